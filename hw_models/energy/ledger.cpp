#include "hw_models/energy/ledger.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace isinglass {
namespace {

constexpr std::array<std::string_view, phase_count> phase_names = {
    "program", "clamp", "free", "nudge+", "nudge-", "read", "update", "idle", "calibrate"};

} // namespace

std::string_view phase_name(Phase phase) {
    return phase_names[static_cast<std::size_t>(phase)];
}

Phase phase_from_name(std::string_view name) {
    const auto found = std::find(phase_names.begin(), phase_names.end(), name);
    if (found == phase_names.end())
        throw UserError(
            fmt::format("no phase is called '{}'; there are: {}", name, fmt::join(phase_names, ", ")));
    return static_cast<Phase>(found - phase_names.begin());
}

bool is_action_word(std::string_view word) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '_'; };
    return !word.empty() && is_letter(word.front()) &&
           std::all_of(word.begin(), word.end(), [&](char c) { return is_letter(c) || is_other(c); });
}

ActionId Ledger::declare(std::string_view action) {
    const auto found = std::find(actions_.begin(), actions_.end(), action);
    if (found != actions_.end()) return static_cast<ActionId>(found - actions_.begin());
    const auto dot = action.find('.');
    if (dot == std::string_view::npos || !is_action_word(action.substr(0, dot)) ||
        !is_action_word(action.substr(dot + 1)))
        throw UserError(
            fmt::format("'{}' is no action; one is written component.action, as adc.convert", action));
    actions_.emplace_back(action);
    amounts_.resize(actions_.size() * phase_count, 0.0);
    return static_cast<ActionId>(actions_.size() - 1);
}

void Ledger::post_time(Phase phase, std::uint64_t duration_fs) {
    auto& time_fs = time_fs_[static_cast<std::size_t>(phase)];
    if (duration_fs > std::numeric_limits<std::uint64_t>::max() - time_fs)
        throw std::overflow_error(
            fmt::format("simulated time of phase {} exceeds 2^64 fs", phase_name(phase)));
    time_fs += duration_fs;
}

double Ledger::amount(std::string_view action) const {
    const auto found = std::find(actions_.begin(), actions_.end(), action);
    if (found == actions_.end()) return 0.0;
    const auto first =
        amounts_.begin() + (found - actions_.begin()) * static_cast<std::ptrdiff_t>(phase_count);
    return std::accumulate(first, first + phase_count, 0.0);
}

double Ledger::time_s() const {
    double sum_s = 0.0;
    for (const auto time_fs : time_fs_) sum_s += static_cast<double>(time_fs) * 1e-15;
    return sum_s;
}

Ledger Ledger::since(const Ledger& earlier) const {
    Ledger difference = *this;
    for (std::size_t i = 0; i < earlier.actions_.size(); ++i) {
        const auto action = difference.declare(earlier.actions_[i]);
        for (std::size_t p = 0; p < phase_count; ++p)
            difference.amounts_[cell(action, static_cast<Phase>(p))] -= earlier.amounts_[i * phase_count + p];
    }
    for (std::size_t p = 0; p < phase_count; ++p) {
        assert(time_fs_[p] >= earlier.time_fs_[p]);
        difference.time_fs_[p] -= earlier.time_fs_[p];
    }
    return difference;
}

void Ledger::assign_since(const Ledger& earlier, Phase phase) {
    const Ledger moved = since(earlier);
    amounts_.assign(amounts_.size(), 0.0);
    time_fs_ = {};
    merge(earlier);
    for (std::size_t i = 0; i < moved.actions_.size(); ++i)
        for (std::size_t p = 0; p < phase_count; ++p)
            post(declare(moved.actions_[i]), phase, moved.amounts_[i * phase_count + p]);
    for (const auto time_fs : moved.time_fs_) post_time(phase, time_fs);
}

void Ledger::merge(const Ledger& other) {
    for (std::size_t i = 0; i < other.actions_.size(); ++i) {
        const auto action = declare(other.actions_[i]);
        for (std::size_t p = 0; p < phase_count; ++p)
            post(action, static_cast<Phase>(p), other.amounts_[i * phase_count + p]);
    }
    for (std::size_t p = 0; p < phase_count; ++p) post_time(static_cast<Phase>(p), other.time_fs_[p]);
}

LedgerRecord Ledger::save() const {
    LedgerRecord record{.entries = {}, .time_fs = time_fs_};
    for (std::size_t i = 0; i < amounts_.size(); ++i)
        if (amounts_[i] != 0.0)
            record.entries.push_back(
                {actions_[i / phase_count], static_cast<Phase>(i % phase_count), amounts_[i]});
    return record;
}

void Ledger::restore(const LedgerRecord& record) {
    std::fill(amounts_.begin(), amounts_.end(), 0.0);
    for (const auto& entry : record.entries) post(declare(entry.action), entry.phase, entry.amount);
    time_fs_ = record.time_fs;
}

} // namespace isinglass
