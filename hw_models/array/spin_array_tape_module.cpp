// What waveforms show of the array's nodes: the steps of a sample, evaluated once more by itself, at the
// times of its commands.
#include "hw_models/array/spin_array_module.hpp"

#include <utility>

namespace isinglass {

// A traced sample's steps become voltages as time passes; other samples just take the time.
void SpinArrayModule::wait_playing_tape(std::size_t command, std::uint64_t duration_fs) {
    const std::uint64_t start = now_fs();
    const auto& trace = context_.trace;
    if (trace.open && context_.traced(command)) return play_tape(command, start, duration_fs);
    if (trace.before_fs == 0) return wait(femtoseconds(duration_fs));
    while (!unseen_.empty() && unseen_.front().end_fs + trace.before_fs < start) unseen_.pop_front();
    unseen_.push_back({command, start, start + duration_fs});
    wait(femtoseconds(duration_fs), past_shown_);
    if (now_fs() < start + duration_fs) play_tape(command, start, duration_fs);
}

void SpinArrayModule::play_tape(std::size_t command, std::uint64_t start_fs, std::uint64_t duration_fs) {
    const auto op = context_.job.places[command].op;
    const auto presentation = context_.sample_of(command).presentation;
    const double rc_fs = context_.machine.circuit->time_constant_s * 1e15;
    const std::uint64_t end = start_fs + duration_fs;
    const TapeStep* last = nullptr;
    for (const auto& step : scheduler_.tape(context_.job.places[command].sample, store_->values())) {
        if (step.op != op) continue;
        last = &step;
        if (context_.model->dynamics->settled_values_only()) continue;
        const auto time = std::min(start_fs + static_cast<std::uint64_t>(step.time_rc * rc_fs), end);
        if (time < now_fs()) continue;
        if (time > now_fs()) wait(femtoseconds(time - now_fs()));
        show_state(now_fs(), step, presentation);
    }
    if (end > now_fs()) wait(femtoseconds(end - now_fs()));
    if (last != nullptr) show_state(now_fs(), *last, presentation);
}

// Tapes are made now that they are wanted: each costs what one sample costs. Those of a chain are not, since
// only the last state before it is kept.
void SpinArrayModule::show_past() {
    const std::uint64_t now = now_fs();
    const double rc_fs = context_.machine.circuit->time_constant_s * 1e15;
    for (const auto& past : std::exchange(unseen_, {})) {
        const auto& place = context_.job.places[past.command];
        if (past.end_fs + context_.trace.before_fs < now || context_.job.samples[place.sample].chained)
            continue;
        const auto presentation = context_.sample_of(past.command).presentation;
        const TapeStep* last = nullptr;
        for (const auto& step : scheduler_.tape(place.sample, store_->values())) {
            if (step.op != place.op) continue;
            last = &step;
            const auto time = past.start_fs + static_cast<std::uint64_t>(step.time_rc * rc_fs);
            if (context_.model->dynamics->settled_values_only() || time > std::min(now, past.end_fs))
                continue;
            show_state(time, step, presentation);
        }
        if (last != nullptr && past.end_fs <= now) show_state(past.end_fs, *last, presentation);
    }
    past_shown_.notify(sc_core::SC_ZERO_TIME);
}

void SpinArrayModule::show_state(std::uint64_t time_fs, const TapeStep& step, std::uint64_t presentation) {
    const double volts = context_.machine.circuit->volts_per_unit;
    auto& sink = *context_.trace.sink;
    std::size_t signal = 0;
    for (const auto& layer : context_.network().layers) {
        const double per_unit = state_signal(context_.machine, layer).per_unit;
        for (std::size_t i = 0; i < layer.size; ++i, ++signal) {
            const std::size_t column = layer.offset + i;
            sink.real(time_fs, node_signals_[signal], per_unit * static_cast<double>(step.state[column]));
            if (!step.second.empty())
                sink.real(time_fs, second_signals_[signal], volts * static_cast<double>(step.second[column]));
        }
    }
    sink.real(time_fs, energy_signal_, step.energy);
    sink.real(time_fs, residual_signal_, step.residual);
    context_.trace.trigger->at_state(time_fs, presentation, step.state);
}

} // namespace isinglass
