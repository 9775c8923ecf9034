// The spin array on the chip: executes a job's commands in order, when their hardware is ready.
#pragma once

#include "hw_models/array/array_meter_module.hpp"
#include "hw_models/control/lane_scheduler.hpp"
#include "hw_models/converters/adc_bank_module.hpp"
#include "hw_models/converters/dac_bank_module.hpp"
#include "hw_models/couplings/coupling_store.hpp"

#include <deque>

namespace isinglass {

// - RELAX takes the time of its command, or the measured one of its sample where it ends when settled.
// - PROGRAM streams codes from host memory into the write circuit while the array stands still.
// - Numbers come from the lane scheduler; this module gives them their time, their energy and their
// waveforms.
class SpinArrayModule : public ClockedModule {
  public:
    SpinArrayModule(const sc_core::sc_module_name& name, ChipContext& context, DmaEngine& dma,
                    DacBankModule& dac, AdcBankModule& adc, RegisterFile& registers, WorkerPool& pool,
                    std::size_t lanes);

    sc_core::sc_fifo<std::size_t> queue; // command indices, from the sequencer

    // Takes the context's model over, with couplings at zero. Only between jobs.
    void use_model();
    [[nodiscard]] const float* couplings() const { return store_->values(); } // [Network::values]
    void age(double age_s) {
        store_->age(age_s, pool_);
        scheduler_.couplings_changed();
    }
    // Prepares for the context's new job.
    void begin_job();
    void declare_signals(WaveSink& sink);

  private:
    void execute();
    void clamp(std::size_t command);
    void program(std::size_t command);
    void relax(std::size_t command);
    // The measured time of its sample, with the detector's verdict.
    std::uint64_t cycles_to_settle(std::size_t command);
    void wait_playing_tape(std::size_t command, std::uint64_t duration_fs);
    // The rest of the tape from now on, of a command that started at `start_fs`.
    void play_tape(std::size_t command, std::uint64_t start_fs, std::uint64_t duration_fs);
    // What nodes did in commands that nobody saw, within the stretch that belongs to a window about to open.
    void show_past();
    void show_state(std::uint64_t time_fs, const TapeStep& step, std::uint64_t presentation);
    // Asks whether a sample that the array takes up is worth a window, now that its numbers can be known.
    void ask_trigger(std::size_t command);
    void show_command();
    void show_opening();
    // Numbers of all samples before a command: their couplings or their job end there, read or not.
    void evaluate_before(std::size_t command);
    // Writes cells, evenly until the first edge at or after `end_fs`.
    void write_until(std::uint64_t end_fs, ActionId action, double amount);
    const SampleResult& result(std::size_t command);
    [[nodiscard]] const ArrayKind& array() const { return *context_.machine.array.part(); }

    DmaEngine& dma_;
    DacBankModule& dac_;
    AdcBankModule& adc_;
    RegisterFile& registers_;
    WorkerPool& pool_;
    LaneScheduler scheduler_;
    std::unique_ptr<CouplingStore> store_;
    struct Unseen {
        std::size_t command;
        std::uint64_t start_fs, end_fs;
    };
    std::deque<Unseen> unseen_;          // of this job and these couplings, while windows have a past
    sc_core::sc_event past_shown_;       // a window opens: the command under way is seen from now on
    std::optional<std::size_t> running_; // command of this job, under way or the last one
    ArrayMeter meter_;
    std::uint64_t clamp_cycles_ = 0;    // to take new inputs over
    std::vector<std::uint8_t> fetched_; // codes of the PROGRAM under way
    ActionId write_, pulse_, node_reset_, compare_, hold_;
    std::vector<SignalId> node_signals_, second_signals_;
    SignalId phase_signal_ = 0, command_signal_ = 0, beta_signal_ = 0, presentation_signal_ = 0;
    SignalId energy_signal_ = 0, residual_signal_ = 0;
};

} // namespace isinglass
