// Which samples are traced: the chip asks, whoever traces decides.
#pragma once

#include "hw_models/array/sample_program.hpp"
#include "hw_models/control/job.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace isinglass {

// A sample whose numbers are known: its read-outs lie in the job's buffers, before their scheduled time.
struct EvaluatedSample {
    const Job& job;
    std::size_t sample; // index into job.samples
    std::size_t clipped;
    std::span<const RelaxOutcome> relaxed; // one per RELAX
    std::function<const Tape&()> tape;     // every step of it; costs what one sample costs
};

// Implementations change nothing of the chip.
class SampleTrigger {
  public:
    virtual ~SampleTrigger() = default;

    // Whether a sample's window opens when its codes are asked for.
    virtual bool at_fetch(std::uint64_t presentation) = 0;
    // Whether to ask at_clamp() for a sample that at_fetch() did not choose; its numbers are then made before
    // its CLAMP rather than after, which changes none of them.
    virtual bool asks_at_clamp(std::uint64_t /*presentation*/) { return false; }
    // Whether a sample's window opens when the array takes it up.
    virtual bool at_clamp(const EvaluatedSample&) { return false; }
    // Whether an error is worth a window by itself.
    virtual bool at_error(DeviceError) { return false; }
    // The state of a traced sample at this time, model units [Network::state_columns].
    virtual void at_state(std::uint64_t /*time_fs*/, std::uint64_t /*presentation*/,
                          std::span<const float> /*state*/) {}
};

// One presentation, whatever happens to it.
class OnePresentation final : public SampleTrigger {
  public:
    explicit OnePresentation(std::uint64_t presentation) : presentation_(presentation) {}
    bool at_fetch(std::uint64_t presentation) override { return presentation == presentation_; }

  private:
    std::uint64_t presentation_;
};

} // namespace isinglass
