// Sample-and-holds and the ADC bank on the chip.
#pragma once

#include "hw_models/control/dma.hpp"

namespace isinglass {

// - One hold a node: a READ takes all its nodes at once, and the next READ waits until they are converted.
// - Converted codes go to a result slot; with none free the holds stay taken.
// - Interrupts pass through in order.
class AdcBankModule : public ClockedModule {
  public:
    AdcBankModule(const sc_core::sc_module_name& name, ChipContext& context, DmaEngine& dma);

    // For the array: returns when the nodes are held; without sample-and-holds, when the ADCs begin, and the
    // array has to stand until wait_converted() returns.
    void read(std::size_t command);
    void wait_converted();
    // Slots that the nodes of these layers take, in whole cycles.
    [[nodiscard]] std::uint64_t conversion_cycles(LayerSet layers) const;
    void pass(std::size_t command) { queue_.write(command); }
    // Conversions by the settle detector, which reads all nodes `checks` times.
    void post_settle_reads(std::uint32_t checks, Phase phase);
    void declare_signals(WaveSink& sink);

  private:
    void post_samples(Phase phase, double nodes);
    void convert_held();
    [[nodiscard]] std::uint64_t cycles_of(std::span<const LineRun> runs) const;
    void show_busy(bool busy);
    void show_codes(std::size_t command);

    DmaEngine& dma_;
    sc_core::sc_fifo<std::size_t> queue_;
    bool held_ = false;
    std::vector<LineRun> held_runs_; // nodes of the READ that holds them, or held them last
    sc_core::sc_event released_;
    ActionId convert_, sample_;
    std::vector<SignalId> code_signals_; // one a spin
    SignalId busy_signal_ = 0;
};

} // namespace isinglass
