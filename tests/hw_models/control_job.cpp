#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto net = chain({20, 33, 17, 5});

struct Parsed {
    std::optional<JobError> error;
    Job job;
};

Parsed parse(const ListWriter& list, const ChipModel& model, const JobRules& rules = {}) {
    Parsed parsed;
    parsed.error = parse_job(list.list, model, rules, parsed.job);
    return parsed;
}

const auto model = model_of(test_machine(), net);

// A list that is right up to `command`, which is then refused with `code`.
void check_refused(DeviceError code, const Command& command, const ChipModel& chip = *model,
                   const JobRules& rules = {}) {
    ListWriter list(chip);
    list.clamp(clamp_inputs, 1).reset().relax(10);
    REQUIRE_FALSE(parse(list, chip, rules).error);
    const std::size_t at = list.list.size();
    const auto error = parse(list.add(command).interrupt(), chip, rules).error;
    REQUIRE(error.has_value());
    CHECK(error->code == code);
    CHECK(error->command == at);
}

Command with(Command command, void (*change)(Command&)) {
    change(command);
    return command;
}

const Command good_clamp = ListWriter(*model).clamp(clamp_inputs, 1).list[0];
const Command good_read = ListWriter(*model).read(5).list[0];
const Command good_relax = ListWriter(*model).relax(10).list[0];
const Command good_program = ListWriter(*model).program(2).list[0];

} // namespace

TEST_CASE("An opcode that there is not is refused", "[job]") {
    for (const int opcode : {0, 10, 255})
        check_refused(DeviceError::bad_opcode, {.opcode = static_cast<Opcode>(opcode)});
}

TEST_CASE("A buffer whose length does not fit its lines, nodes or couplings is refused", "[job]") {
    for (const auto& good : {good_clamp, good_read, good_program}) {
        check_refused(DeviceError::bad_length, with(good, [](Command& c) { ++c.length; }));
        check_refused(DeviceError::bad_length, with(good, [](Command& c) { --c.length; }));
        check_refused(DeviceError::bad_length, with(good, [](Command& c) { c.length = 0; }));
    }
}

TEST_CASE("A buffer of changes may be shorter than all codes, but no longer than their largest form",
          "[job]") {
    const auto changed = [](std::size_t length) {
        auto command = good_program;
        command.flags = program_changed_only;
        command.length = static_cast<std::uint32_t>(length);
        return command;
    };
    const std::size_t most = 33 * (4 + 3) + 33 * 17; // counts, bitmaps and codes of block h1-h2
    for (const std::size_t length : {std::size_t{33 * 4}, std::size_t{200}, most})
        CHECK_FALSE(parse(ListWriter(*model).add(changed(length)), *model).error);
    check_refused(DeviceError::bad_length, changed(most + 1));
    check_refused(DeviceError::bad_length, changed(0xffffffff));
}

TEST_CASE("A block, layer or line that there is not is refused", "[job]") {
    check_refused(DeviceError::bad_argument, with(good_program, [](Command& c) { c.target = 6; }));
    check_refused(DeviceError::bad_argument, with(good_read, [](Command& c) { c.target = 8; }));
    check_refused(DeviceError::bad_argument, with(good_read, [](Command& c) { c.target = 0; }));
    check_refused(DeviceError::bad_argument, with(good_clamp, [](Command& c) { c.flags = 0; }));
}

TEST_CASE("A flag that a command does not know is refused, not dropped", "[job]") {
    check_refused(DeviceError::bad_argument, with(good_program, [](Command& c) { c.flags |= 2; }));
    check_refused(DeviceError::bad_argument, with(good_clamp, [](Command& c) { c.flags |= 8; }));
    check_refused(DeviceError::bad_argument, with(good_relax, [](Command& c) { c.flags |= 4; }));
    check_refused(DeviceError::bad_argument, with(good_read, [](Command& c) { c.flags |= 4; }));
    for (const auto opcode : {Opcode::reset, Opcode::hold, Opcode::restore, Opcode::interrupt})
        check_refused(DeviceError::bad_argument, {.opcode = opcode, .flags = 1});
}

TEST_CASE("A relaxation of no time or of no stable equilibrium is refused", "[job]") {
    check_refused(DeviceError::bad_argument, with(good_relax, [](Command& c) { c.cycles = 0; }));
    for (const float beta :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto command = good_relax;
        command.beta = beta;
        check_refused(DeviceError::bad_argument, command);
    }
    for (const float beta : {-1.0F, -1.5F}) {
        ListWriter list(*model);
        const auto error =
            parse(list.clamp(clamp_inputs | clamp_targets, 1).reset().relax(10, beta), *model).error;
        REQUIRE(error.has_value());
        CHECK(error->code == DeviceError::bad_argument);
    }
}

TEST_CASE("A RELAX until settled needs a detector", "[job]") {
    auto machine = test_machine();
    machine.detector.kind = "none";
    check_refused(DeviceError::no_detector,
                  with(good_relax, [](Command& c) { c.flags = relax_until_settled; }),
                  *model_of(machine, net));
}

TEST_CASE("HOLD, RESTORE and read-out as differences need a second hold", "[job]") {
    const JobRules without{.second_hold = false};
    check_refused(DeviceError::no_second_hold, {.opcode = Opcode::hold}, *model, without);
    check_refused(DeviceError::no_second_hold, {.opcode = Opcode::restore}, *model, without);
    check_refused(DeviceError::no_second_hold,
                  with(good_read, [](Command& c) { c.flags = read_differences; }), *model, without);
}

TEST_CASE("A sample's commands need a CLAMP of inputs before them", "[job]") {
    for (const auto& command :
         {good_read, good_relax, Command{.opcode = Opcode::reset}, Command{.opcode = Opcode::hold},
          ListWriter(*model).clamp(clamp_targets, 1).list[0]}) {
        for (const bool after_program : {false, true}) {
            ListWriter list(*model);
            if (after_program) list.clamp(clamp_inputs, 1).reset().relax(10).program(0);
            const auto error = parse(list.add(command), *model).error;
            REQUIRE(error.has_value());
            CHECK(error->code == DeviceError::no_clamp);
            CHECK(error->command == list.list.size() - 1);
        }
    }
}

TEST_CASE("A nudge, RESTORE or difference needs its CLAMP or HOLD in the same sample", "[job]") {
    // What lines and hold carry from an earlier sample would depend on how samples share the array.
    check_refused(DeviceError::no_clamp, with(good_relax, [](Command& c) { c.beta = 0.5F; }));
    check_refused(DeviceError::no_clamp,
                  with(good_relax, [](Command& c) { c.flags = relax_frozen, c.beta = 0.5F; }));
    check_refused(DeviceError::bad_argument, {.opcode = Opcode::restore});
    check_refused(DeviceError::bad_argument, with(good_read, [](Command& c) { c.flags = read_differences; }));
    ListWriter list(*model);
    list.clamp(clamp_inputs | clamp_targets, 1)
        .reset()
        .relax(5, 0.5F)
        .hold()
        .restore()
        .read(1, read_differences);
    list.clamp(clamp_injected, 1).relax(5, -0.5F, relax_frozen);
    CHECK_FALSE(parse(list, *model).error);
    CHECK(parse(list.clamp(clamp_inputs, 2).reset().restore(), *model).error->code ==
          DeviceError::bad_argument);
}

TEST_CASE("A RELAX until settled ends with the last check that its limit holds", "[job]") {
    auto machine = test_machine();
    machine.detector.period_rc = 0.6; // three cycles
    const auto chip = model_of(machine, net);
    const auto last_check = [&](std::uint32_t cycles) {
        ListWriter list(*chip);
        const auto [error, job] =
            parse(list.clamp(clamp_inputs, 1).reset().relax(cycles, 0.0F, relax_until_settled), *chip);
        REQUIRE_FALSE(error);
        return job.op(2).time_rc;
    };
    CHECK(last_check(3) == Approx(0.6));
    CHECK(last_check(5) == Approx(0.6));
    CHECK(last_check(6) == Approx(1.2));
    CHECK(last_check(3'000'000) == Approx(600'000.0).epsilon(1e-9)); // no check is lost to rounding
    check_refused(DeviceError::bad_argument,
                  {.opcode = Opcode::relax, .flags = relax_until_settled, .cycles = 2}, *chip);
}

TEST_CASE("A sample of so many commands that noise would repeat is refused", "[job]") {
    ListWriter list(*model);
    list.clamp(clamp_inputs, 1).reset();
    while (list.list.size() < 256) list.relax(1);
    CHECK_FALSE(parse(list, *model).error);
    const auto error = parse(list.relax(1), *model).error;
    REQUIRE(error.has_value());
    CHECK(error->command == 256);
}

TEST_CASE("An empty list is a job without samples", "[job]") {
    const auto [error, job] = parse(ListWriter(*model), *model);
    CHECK_FALSE(error);
    CHECK(job.samples.empty());
    CHECK(job.bytes.empty());
}
