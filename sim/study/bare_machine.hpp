// A machine's numbers without its time: what a batch's read-outs would be on a variant of it.
#pragma once

#include "host/data/data_set.hpp"
#include "host/learning/gradient.hpp"
#include "host/learning/line_codes.hpp"
#include "hw_models/array/sample_program.hpp"
#include "sim/run/experiment.hpp"

#include <memory>
#include <span>

namespace isinglass {

// What differs between presentations that are to be compared.
struct EpSettings {
    double beta = 0.5;
    double longer = 1.0;        // factor on the experiment's relaxation times
    bool until_settled = false; // phases end when the machine's detector says so
    std::uint64_t first = 0;    // number of the first presentation, which draws are keyed by
};

// Presentation k of every call has the draws of presentation k of every other one: common random numbers.
class BareMachine {
  public:
    // Programs `theta`, rounded to the machine's codes.
    BareMachine(const Experiment& experiment, const MachineSpec& machine, std::span<const float> theta,
                WorkerPool& pool);

    // EP's phases on the first batch() samples, decoded as the host does.
    void learn(const Samples& samples, const EpSettings& settings, BatchReadout& readout);
    // Free states of the first n samples, [n x state columns], as the host reads them.
    [[nodiscard]] Matrix free_states(const Samples& samples, std::size_t n, const EpSettings& settings);
    // The EP gradient of those samples.
    std::vector<float> gradient(const Samples& samples, const EpSettings& settings, BatchReadout& readout);
    [[nodiscard]] const Network& network() const { return *net_; }

  private:
    using Codes = std::vector<std::vector<std::uint8_t>>;
    Codes clamps(const Samples& samples, std::size_t n, bool forces, const Matrix& free) const;
    void run(const SampleProgram& program, const Codes& clamps, std::uint64_t first,
             std::vector<Codes>& reads) const;
    [[nodiscard]] SampleOp relax(const RelaxTime& time, double beta, const EpSettings& settings) const;
    [[nodiscard]] std::uint16_t all_layers_mask() const {
        return static_cast<std::uint16_t>((1U << net_->layers.size()) - 1U);
    }

    const Experiment& e_;
    const MachineSpec machine_;
    std::shared_ptr<const Network> net_; // as the host knows it
    std::span<const float> theta_;
    WorkerPool& pool_;
    std::shared_ptr<const ChipModel> model_;
    std::unique_ptr<CouplingStore> store_;
    std::unique_ptr<LineCodes> lines_;
};

} // namespace isinglass
