// Calibration: host programs that measure the chip through commands and registers alone.
#pragma once

#include "host/data/data_set.hpp"
#include "host/learning/calibration_spec.hpp"
#include "host/learning/presenter.hpp"

#include <optional>

namespace isinglass {

// What a calibration found, and the host makes up for from then on.
struct Calibration {
    std::vector<float> slope, offset; // of read-outs, a node each in wiring order: LineCodes::correct
    std::vector<float> trim;          // added to couplings [Network::parameters]: CouplingCodes::set_trim
    double read_gain = 0.0;           // of differences; 0: the machine's

    // As numbers for a checkpoint, and back. Throws UserError for numbers of another network.
    [[nodiscard]] std::vector<float> flat() const;
    static Calibration from_flat(std::span<const float> numbers, const Network& net);
    // Reads by it from now on.
    void use(Presenter& presenter) const;
};

// Host programs of one calibration. Draws are keyed by `round`, their number in the run. All take simulated
// time and energy, which callers post as Phase::calibrate by Presenter::as_phase.
class Calibrator {
  public:
    Calibrator(Presenter& presenter, const Network& net, const CalibrationSpec& spec, std::uint64_t round,
               WorkerPool& pool)
        : presenter_(presenter), net_(net), spec_(spec), round_(round), pool_(pool) {}

    // Offset and gain of every ADC: its nodes' conversions of the reference at 1/8 and 7/8 of full scale.
    void measure_converters(Calibration& found);
    // Offset of every spin: its read-out with couplings at 0 and biases at 1/4 and 3/4 (Hopfield cells settle
    // at their bias), extrapolated to 0 through both, since a bias has a gain of its own. Programs the
    // machine anew.
    void measure_offsets(Calibration& found);
    // The power of two with which the largest response to a nudge among some samples reaches 80 % of full
    // scale, at most. Needs the couplings of the run on the machine.
    void measure_range(Calibration& found, const Samples& samples, BatchReadout& readout);

  private:
    [[nodiscard]] Presentation presentation(std::size_t i) const;
    [[nodiscard]] std::vector<double> mean_reads(const std::function<std::uint64_t(JobBuilder&)>& read);
    [[nodiscard]] std::vector<double> settled_at(float& bias);

    Presenter& presenter_;
    const Network& net_;
    const CalibrationSpec& spec_;
    std::uint64_t round_;
    WorkerPool& pool_;
    std::size_t presented_ = 0;
};

} // namespace isinglass
