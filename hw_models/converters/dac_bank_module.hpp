// The DAC bank on the chip: shared converters and a double-buffered latch a line.
#pragma once

#include "hw_models/control/dma.hpp"

namespace isinglass {

// - Converts a staged CLAMP in as many slots as its lines need, into the back latches; then the array may
// swap.
// - The back latches hold one CLAMP; the next one waits for the swap.
class DacBankModule : public ClockedModule {
  public:
    DacBankModule(const sc_core::sc_module_name& name, ChipContext& context, DmaEngine& dma);

    // For the array: waits until the back latches hold `command`, then swaps them to the front in one cycle.
    void swap(std::size_t command);
    void declare_signals(WaveSink& sink);

  private:
    void convert_staged();
    void show_busy(bool busy);
    void show_codes(std::size_t command);

    DmaEngine& dma_;
    bool back_full_ = false;
    sc_core::sc_event filled_;
    sc_core::sc_event emptied_;
    const double inputs_;       // input lines
    const double input_drives_; // wires that an update of all inputs drives
    ActionId convert_, line_drive_;
    std::vector<SignalId> code_signals_; // one a line
    SignalId busy_signal_ = 0;
};

} // namespace isinglass
