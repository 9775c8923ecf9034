// The whole chip, from link to spins.
#pragma once

#include "hw_models/base/worker_pool.hpp"
#include "hw_models/control/sequencer.hpp"

#include <memory>

namespace isinglass {

// How the simulation of a chip runs: none of this changes a result.
struct SimulationOptions {
    std::size_t lanes = 256; // samples evaluated at once, at most
    WorkerPool* pool = nullptr;
};

// Host side: register accesses into `link.from_host`, DMA out of `link.to_memory`, the interrupt on
// `link.interrupt_out`. Simulated time must have a resolution of 1 fs.
class Coprocessor : public sc_core::sc_module {
  public:
    Coprocessor(const sc_core::sc_module_name& name, const MachineSpec& machine,
                std::shared_ptr<const ChipModel> model, const SimulationOptions& options);

  private:
    ChipContext context_; // modules below refer to it

  public:
    Link link;

    [[nodiscard]] Ledger& ledger() { return context_.ledger; }
    [[nodiscard]] PhaseClock& phases() { return context_.phases; }

    // Gives the chip other errors and switches, with couplings at zero. Only while no job runs, and for the
    // same network.
    void use_model(const MachineSpec& machine, std::shared_ptr<const ChipModel> model);

    // Lets programmed couplings drift to what they are `age_s` after their write; while no job runs.
    // Simulated time does not pass, and a PROGRAM writes afresh.
    void age(double age_s) { array_.age(age_s); }

    // Values of all couplings as the array sees them, [Network::values]: for checkpoints and looks, no
    // hardware shows them.
    [[nodiscard]] const float* couplings() const { return array_.couplings(); }

    // What an action costs and how many tiles are on, for the power waveforms. Reports do not need it.
    void price_power(const std::map<std::string, double>& joules_per_unit, std::size_t tiles_used);
    // Declares every signal. Once, before the first window.
    void declare_signals(WaveSink& sink);
    // Watches the samples that the trigger chooses from now on; both must outlive the watching. `continuous`:
    // units tell the sink what they do outside windows too; and, before a window opens, what nodes did in the
    // `before_fs` ahead of it, as far as job and couplings are the same. Not while a job runs.
    void trace(WaveSink& sink, SampleTrigger& trigger, bool continuous = false, std::uint64_t before_fs = 0);
    void stop_trace();

  private:
    RegisterFile registers_;
    DmaEngine dma_;
    DacBankModule dac_;
    AdcBankModule adc_;
    SpinArrayModule array_;
    Sequencer sequencer_;
    sc_core::sc_signal<bool> interrupt_;
};

// Static powers by phase, from the time that the ledger holds: see hw_models/energy/README.md.
void post_static_powers(Ledger& ledger, const MachineSpec& machine, std::size_t tiles_used);

} // namespace isinglass
