// Command sequencer: takes a job at the doorbell and hands its commands to the units.
#pragma once

#include "hw_models/array/spin_array_module.hpp"

namespace isinglass {

// - At the doorbell it fetches the list, checks it and takes a snapshot of the buffers, which belong to the
// device
//   until the last interrupt. A list with a bad command is refused whole: status and error registers say why.
//   An error of the list itself has the list's length as its command.
// - It issues one command a cycle, in order; a full queue stops it.
class Sequencer : public ClockedModule {
  public:
    Sequencer(const sc_core::sc_module_name& name, ChipContext& context, RegisterFile& registers,
              DmaEngine& dma, SpinArrayModule& array);

  private:
    void run();
    bool take_job();
    bool snapshot_buffers();
    void issue();
    bool issue_next();
    void refuse(DeviceError error, std::size_t command);

    RegisterFile& registers_;
    DmaEngine& dma_;
    SpinArrayModule& array_;
    ActionId command_;
    sc_core::sc_event start_issuing_;
    std::size_t next_ = 0;          // command to be issued,
    std::uint64_t earliest_fs_ = 0; // not before
    bool requested_ = false;        // its codes, of a CLAMP
};

} // namespace isinglass
