// What the modules of one chip share: time base, ledger, the running job and the trace.
#pragma once

#include "hw_models/control/sample_trigger.hpp"
#include "hw_models/energy/ledger.hpp"
#include "hw_models/energy/power_monitor_module.hpp"
#include "hw_models/machine.hpp"
#include "traces/wave_sink.hpp"

#include <cmath>
#include <functional>
#include <set>
#include <systemc>

namespace isinglass {

inline std::uint64_t now_fs() {
    return sc_core::sc_time_stamp().value();
}
inline sc_core::sc_time femtoseconds(std::uint64_t fs) {
    return sc_core::sc_time::from_value(fs);
}

// Divides simulated time into phases: at every moment exactly one is current, so that they sum to the whole.
// The array's own work decides while a job runs, the host between jobs.
class PhaseClock {
  public:
    explicit PhaseClock(Ledger& ledger) : ledger_(ledger) {}
    void enter(Phase phase) {
        const std::uint64_t now = now_fs();
        ledger_.post_time(phase_, now - since_);
        phase_ = phase;
        since_ = now;
    }
    [[nodiscard]] Phase current() const { return phase_; }

  private:
    Ledger& ledger_;
    Phase phase_ = Phase::idle;
    std::uint64_t since_ = 0;
};

// Which samples are watched, and by whom.
struct TraceControl {
    WaveSink* sink = nullptr; // with a trigger, or neither
    SampleTrigger* trigger = nullptr;
    bool continuous = false;       // units tell what they do outside windows too
    std::set<std::size_t> samples; // of the running job, whose window is open
    bool open = false;             // units tell what they do
    sc_core::sc_event opened;      // they then show what they are at
    std::uint64_t before_fs = 0;   // what comes before a window belongs to it,
    std::function<void()> opening; // so this tells of it, in time before the window opens

    // Whether what the units do is seen by somebody.
    [[nodiscard]] bool seen() const { return open && (!continuous || sink->recording()); }
};

// One chip's modules hold a reference. No module calls another through it; all may tell the power monitor.
struct ChipContext {
    MachineSpec machine;
    std::shared_ptr<const ChipModel> model;
    Ledger ledger;
    PhaseClock phases{ledger};
    PowerMonitor power{"power", ledger};
    TraceControl trace;
    Job job;

    [[nodiscard]] const Network& network() const { return *model->network; }
    [[nodiscard]] std::uint64_t link_latency_fs() const {
        return static_cast<std::uint64_t>(std::llround(machine.link.latency_s * 1e15));
    }
    [[nodiscard]] const JobSample& sample_of(std::size_t command) const {
        return job.samples[job.places[command].sample];
    }
    // Whether a command's sample has codes and states in the trace.
    [[nodiscard]] bool traced(std::size_t command) const {
        return trace.samples.contains(job.places[command].sample) || (trace.continuous && trace.seen());
    }
    // Counts an amount; in a trace's window it shows as power over the clock cycles that it takes.
    void post(ActionId action, Phase phase, double amount, std::uint64_t cycles = 1);
    // A sample's window opens and closes. Windows that overlap are one.
    void open_window(std::size_t sample);
    void close_window(std::size_t sample);
    void close_all_windows();
};

// The phase that a command works for.
Phase phase_of(const Command& command);

// Base of clocked units: everything they do starts on an edge and takes whole cycles.
class ClockedModule : public sc_core::sc_module {
  protected:
    ClockedModule(const sc_core::sc_module_name& name, ChipContext& context)
        : sc_core::sc_module(name), context_(context), clock_fs_(context.machine.clock_fs()) {}

    void wait_cycles(std::uint64_t n) {
        if (n > 0) wait(femtoseconds(n * clock_fs_));
    }
    // The first edge at or after `time_fs`.
    [[nodiscard]] std::uint64_t edge_from(std::uint64_t time_fs) const {
        return (time_fs + clock_fs_ - 1) / clock_fs_ * clock_fs_;
    }
    // Until that edge.
    void wait_until(std::uint64_t time_fs) {
        const std::uint64_t edge = edge_from(time_fs);
        if (edge > now_fs()) wait(femtoseconds(edge - now_fs()));
    }
    void align() { wait_until(now_fs()); }
    void post(ActionId action, Phase phase, double amount, std::uint64_t cycles = 1) {
        context_.post(action, phase, amount, cycles);
    }

    ChipContext& context_;
    const std::uint64_t clock_fs_;
};

} // namespace isinglass
