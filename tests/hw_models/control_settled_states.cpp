#include "hw_models/control/settled_states.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace isinglass;

namespace {

using Kind = SampleOp::Kind;

SampleProgram free_phase(double time_rc = 15.0) {
    return {{.kind = Kind::clamp, .command = 0, .inputs = true},
            {.kind = Kind::reset, .command = 1},
            {.kind = Kind::relax, .command = 2, .time_rc = time_rc},
            {.kind = Kind::read, .command = 3}};
}

SampleProgram nudged(double time_rc = 15.0) {
    auto program = free_phase(time_rc);
    program.front().injected = true;
    program.back() = {
        .kind = Kind::relax, .command = 3, .time_rc = 8.0, .nudge = {.beta = 0.5, .frozen = true}};
    return program;
}

// Three samples with two codes of inputs each, behind which there may be others.
struct Group {
    explicit Group(std::uint64_t first = 7) {
        for (std::size_t i = 0; i < 3; ++i) {
            codes[i] = {static_cast<std::uint8_t>(i), 2, 99};
            tasks[i].presentation = first + i;
            tasks[i].clamp_codes = {std::span(codes[i])};
        }
    }
    [[nodiscard]] bool known() const {
        return std::ranges::all_of(tasks, [](const SampleTask& t) { return t.known_end != nullptr; });
    }
    [[nodiscard]] bool unknown() const {
        return std::ranges::all_of(tasks, [](const SampleTask& t) { return t.known_end == nullptr; });
    }
    std::array<std::array<std::uint8_t, 3>, 3> codes{};
    std::array<SampleTask, 3> tasks;
};

// States after a job of free phases whose evaluation left them.
SettledStates after_free_phases() {
    SettledStates states;
    Group group;
    for (auto& task : group.tasks) task.clamp_codes.front() = task.clamp_codes.front().first(2);
    states.attend(free_phase(), group.tasks);
    CHECK(group.unknown());
    for (std::size_t i = 0; i < 3; ++i) group.tasks[i].leave_end->state = {static_cast<float>(i)};
    states.complete();
    return states;
}

} // namespace

TEST_CASE("What a group settled in is known to a next one that relaxes the same", "[lanes]") {
    auto states = after_free_phases();
    Group again;
    states.attend(nudged(), again.tasks);
    REQUIRE(again.known());
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(again.tasks[i].known_end->state == std::vector<float>{static_cast<float>(i)});
}

TEST_CASE("Another presentation, input, time or number of samples is not known", "[lanes]") {
    Group later(8), other_code;
    other_code.codes[1][1] = 3;
    for (auto* group : {&later, &other_code}) {
        auto states = after_free_phases();
        states.attend(nudged(), group->tasks);
        CHECK(group->unknown());
    }
    auto states = after_free_phases();
    Group longer;
    states.attend(nudged(16.0), longer.tasks);
    CHECK(longer.unknown());
    states = after_free_phases();
    Group fewer;
    states.attend(nudged(), std::span(fewer.tasks).first(2));
    CHECK(fewer.unknown());
}

TEST_CASE("States that were forgotten, or never computed, are not known", "[lanes]") {
    auto states = after_free_phases();
    states.forget();
    Group group;
    states.attend(nudged(), group.tasks);
    CHECK(group.unknown());
    SettledStates interrupted; // by an exception, between attend() and complete()
    Group first, second;
    interrupted.attend(free_phase(), first.tasks);
    interrupted.attend(nudged(), second.tasks);
    CHECK(second.unknown());
}

TEST_CASE("Programs that nudge leave no states behind", "[lanes]") {
    SettledStates states;
    Group group;
    states.attend(nudged(), group.tasks);
    CHECK(std::ranges::all_of(group.tasks, [](const SampleTask& t) { return t.leave_end == nullptr; }));
}
