// What the machine did: amounts of named actions by phase. Joules are computed from it later, in pricing.hpp.
//
// - The module that acts posts, with the phase of the command that it works for; a post is one addition.
// - Amounts are counts, or activity integrals in SI units, as the action's row in the component library says.
// - Counts below 2^53 are exact, and so are times; integrals are added in the order of posting.
// - One thread posts. A copy is a snapshot.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// What a command is done for.
enum class Phase : std::uint8_t {
    program,
    clamp,
    free,
    nudge_plus,
    nudge_minus,
    read,
    update,
    idle,
    calibrate
};
inline constexpr std::size_t phase_count = 9;

// "program", "clamp", "free", "nudge+", "nudge-", "read", "update", "idle", "calibrate".
[[nodiscard]] std::string_view phase_name(Phase phase);
// Throws UserError for a word that is none of these.
[[nodiscard]] Phase phase_from_name(std::string_view name);

// True for half of "component.action": lower-case letters, digits and '_', a letter first.
[[nodiscard]] bool is_action_word(std::string_view word);

// Index of a declared action in one ledger.
enum class ActionId : std::uint32_t {};

struct LedgerEntry {
    std::string action;
    Phase phase;
    double amount;
    bool operator==(const LedgerEntry&) const = default;
};

// A ledger as plain data, for checkpoints and summaries. Entries of amount 0 are left out.
struct LedgerRecord {
    std::vector<LedgerEntry> entries;
    std::array<std::uint64_t, phase_count> time_fs{};
    bool operator==(const LedgerRecord&) const = default;
};

class Ledger {
  public:
    // The id of "component.action"; a second call with the same name gives the same id.
    // Throws UserError for a name of another form (names also come from files).
    ActionId declare(std::string_view action);

    // Adds an amount, at least 0, to a declared action.
    void post(ActionId action, Phase phase, double amount) {
        assert(amount >= 0.0 && cell(action, phase) < amounts_.size());
        amounts_[cell(action, phase)] += amount;
    }

    // Adds simulated time on the critical path, in femtoseconds; all phases together are the simulated time.
    // Throws std::overflow_error beyond 2^64 fs (5.1 hours) in a phase.
    void post_time(Phase phase, std::uint64_t duration_fs);

    // Names in the order of declaration: the action of id i is actions()[i].
    [[nodiscard]] std::span<const std::string> actions() const { return actions_; }
    [[nodiscard]] double amount(ActionId action, Phase phase) const { return amounts_[cell(action, phase)]; }
    // Over all phases; 0 for an action that was never declared.
    [[nodiscard]] double amount(std::string_view action) const;
    [[nodiscard]] std::uint64_t time_fs(Phase phase) const {
        return time_fs_[static_cast<std::size_t>(phase)];
    }
    [[nodiscard]] double time_s() const;

    // What was posted after the snapshot `earlier` of this ledger was taken.
    [[nodiscard]] Ledger since(const Ledger& earlier) const;

    // Moves all that was posted after the snapshot `earlier` of this ledger to one phase.
    void assign_since(const Ledger& earlier, Phase phase);

    // Adds another ledger, of a rank for instance; ids of this one stay valid.
    void merge(const Ledger& other);

    [[nodiscard]] LedgerRecord save() const;
    // Replaces all amounts and times; ids of this ledger stay valid. Throws UserError for a bad action name.
    void restore(const LedgerRecord& record);

  private:
    [[nodiscard]] static std::size_t cell(ActionId action, Phase phase) {
        return static_cast<std::size_t>(action) * phase_count + static_cast<std::size_t>(phase);
    }

    std::vector<std::string> actions_;
    std::vector<double> amounts_; // [action][phase]
    std::array<std::uint64_t, phase_count> time_fs_{};
};

} // namespace isinglass
