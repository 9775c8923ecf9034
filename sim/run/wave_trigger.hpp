// Which samples of a run are recorded: by number, class and epoch, and by what happens to them.
#pragma once

#include "host/learning/line_codes.hpp"
#include "hw_models/control/sample_trigger.hpp"
#include "sim/run/experiment.hpp"
#include "traces/wave_sink.hpp"

#include <functional>
#include <optional>
#include <set>

namespace isinglass {

// A sample as people count: epoch from 1, position in the data, class.
struct PresentedSample {
    std::int64_t epoch = 1;
    std::size_t sample = 0;
    int label = 0;
};
// What a presentation number stands for; nothing where its samples are not to be recorded.
using FindSample = std::function<std::optional<PresentedSample>(std::uint64_t presentation)>;

class WaveTrigger final : public SampleTrigger {
  public:
    // Declares `coprocessor/sample` and `coprocessor/class` of the sample that is recorded, and
    // `coprocessor/array/cost_C`, its cost. All must outlive this.
    WaveTrigger(const Experiment& experiment, std::shared_ptr<const Network> network, FindSample find,
                WaveSink& sink);

    bool at_fetch(std::uint64_t presentation) override;
    bool asks_at_clamp(std::uint64_t presentation) override;
    bool at_clamp(const EvaluatedSample& sample) override;
    bool at_error(DeviceError error) override;
    void at_state(std::uint64_t time_fs, std::uint64_t presentation, std::span<const float> state) override;

    // Samples chosen so far, in order.
    [[nodiscard]] const std::vector<PresentedSample>& taken() const { return taken_; }
    [[nodiscard]] bool full() const { return taken_.size() >= static_cast<std::size_t>(spec_.most); }

  private:
    [[nodiscard]] std::optional<PresentedSample> candidate(std::uint64_t presentation) const;
    bool take(std::uint64_t presentation);
    [[nodiscard]] bool happens(const EvaluatedSample& sample);
    [[nodiscard]] bool misclassified(const EvaluatedSample& sample, int label);
    [[nodiscard]] bool still_moving(const EvaluatedSample& sample) const;

    const Experiment& experiment_;
    const TraceSpec& spec_;
    std::shared_ptr<const Network> net_;
    FindSample find_;
    WaveSink& sink_;
    NumberSet epochs_, samples_, classes_;
    LineCodes lines_;
    std::set<std::uint64_t> presentations_; // of taken_
    std::vector<PresentedSample> taken_;
    std::uint64_t shown_ = ~std::uint64_t{0};
    SignalId sample_signal_, class_signal_, cost_signal_;
};

// Half an LSB of a layer's read-out, in model units; of an ideal ADC, that of 8 bits.
double half_lsb(const MachineSpec& machine, const SpinLayer& layer);

} // namespace isinglass
