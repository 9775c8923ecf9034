// Presents samples to the machine and reads what comes back: EP's phases as command lists.
#pragma once

#include "host/data/data_set.hpp"
#include "host/driver.hpp"
#include "host/learning/coupling_codes.hpp"
#include "host/learning/gradient.hpp"
#include "host/learning/training_spec.hpp"
#include "hw_models/energy/ledger.hpp"
#include "hw_models/machine.hpp"

#include <functional>

namespace isinglass {

// What the host posts about itself and about the time that it spends. The chip posts its own.
struct HostMeter {
    Ledger* ledger = nullptr;
    std::function<void(Phase)> enter; // the phase that simulated time counts for from now on
};

// Which sample is presented, under which number of the run.
struct Presentation {
    std::size_t sample = 0;   // index into the samples
    std::uint64_t number = 0; // unique in the run: part of every random draw's key
};

// What one batch came to.
struct BatchOutcome {
    std::size_t correct = 0;
    double cost = 0.0; // sum
    JobCounters counters;
};

// The host's side of the machine: knows formats, ranges and times, and owns no coupling.
class Presenter {
  public:
    Presenter(HostProcessor& host, HostMeter meter, const MachineSpec& machine,
              std::shared_ptr<const Network> network, const TrainingSpec& training);

    // The machine's formats as the device tells them; again after the device was given other errors.
    void use(const MachineSpec& machine);

    // Codes to be programmed by the next job, before its samples; nothing when null.
    void program_next(const CouplingCodes* codes, bool changed_only) {
        codes_ = codes;
        changed_only_ = changed_only;
    }

    [[nodiscard]] bool program_pending() const { return codes_ != nullptr; }
    // Programs what is pending in a job of its own.
    void program_now();

    // Free phases and read-out of the outputs. Predictions are counted against the labels.
    BatchOutcome evaluate(const Samples& samples, std::span<const Presentation> batch);
    // Free and nudged phases; fills `readout` (batch.size() rows) for the gradient. `signs` are those of the
    // nudge, for the random-sign estimator.
    BatchOutcome learn(const Samples& samples, std::span<const Presentation> batch,
                       std::span<const float> signs, BatchReadout& readout);

    // Time and energy of the host's own arithmetic and memory traffic; waits in simulated time.
    void charge(double flops, double bytes);
    // Waits for a clock edge of the device, so that what follows takes the same time whenever it starts.
    void align();

  private:
    struct Reads; // addresses of a sample's read-outs

    JobBuilder begin_job();
    JobCounters run(JobBuilder& job);
    void clamp(JobBuilder& job, const Samples& samples, Presentation p, std::uint8_t lines,
               std::span<const float> force);
    void free_phase(JobBuilder& job) const;
    void nudged_phase(JobBuilder& job, double beta) const;
    Reads add_sample(JobBuilder& job, float sign) const;
    std::vector<float> frozen_forces(const Samples& samples, std::span<const Presentation> batch,
                                     BatchOutcome& outcome);
    void decode(std::uint64_t address, std::uint16_t layers, bool differences, std::span<float> state);
    void collect(const Reads& reads, float sign, std::size_t row, BatchReadout& readout);
    void score(std::span<const float> output, int label, BatchOutcome& outcome) const;

    HostProcessor& host_;
    HostMeter meter_;
    MachineSpec machine_;
    std::shared_ptr<const Network> net_;
    const TrainingSpec& training_;
    DeviceInfo info_;
    CodeFormat dac_, adc_;
    std::uint16_t all_layers_mask_, output_mask_;
    std::uint32_t free_cycles_ = 1, nudged_cycles_ = 1;
    std::uint8_t relax_flags_ = 0;
    const CouplingCodes* codes_ = nullptr;
    bool changed_only_ = true;
    std::vector<float> levels_;
    ActionId flop_, dram_byte_;
};

} // namespace isinglass
