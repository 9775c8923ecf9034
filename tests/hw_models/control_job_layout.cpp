#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto model = model_of(test_machine(), chain({20, 33, 17, 5}));

Job parse(const ListWriter& list) {
    Job job;
    REQUIRE_FALSE(parse_job(list.list, *model, {}, job));
    return job;
}

} // namespace

TEST_CASE("A command is 32 bytes, as the host writes it", "[job]") {
    CHECK(sizeof(Command) == 32);
    CHECK(offsetof(Command, flags) == 1);
    CHECK(offsetof(Command, target) == 2);
    CHECK(offsetof(Command, length) == 4);
    CHECK(offsetof(Command, address) == 8);
    CHECK(offsetof(Command, tag) == 16);
    CHECK(offsetof(Command, cycles) == 24);
    CHECK(offsetof(Command, beta) == 28);
    CHECK(name_of({.opcode = Opcode::restore}) == "RESTORE");
}

TEST_CASE("Lines and nodes are counted over the groups and layers that a command names", "[job]") {
    const auto& net = *model->network;
    CHECK(nodes_read(net, 1) == 33);
    CHECK(nodes_read(net, 5) == 33 + 5);
    CHECK(nodes_read(net, 7) == 55);
    CHECK(lines_clamped(net, clamp_inputs) == 20);
    CHECK(lines_clamped(net, clamp_targets | clamp_injected) == 10);
    CHECK(lines_clamped(net, 0) == 0);
}

TEST_CASE("A PROGRAM starts a segment and samples know theirs", "[job]") {
    ListWriter list(*model);
    list.clamp(clamp_inputs, 7).reset().relax(5).read(4);
    list.clamp(clamp_inputs, 8).reset().relax(5).read(4);
    list.program(0).program(1);
    list.clamp(clamp_inputs, 9).reset().relax(5).read(4).interrupt();
    const auto job = parse(list);
    REQUIRE(job.samples.size() == 3);
    CHECK(job.samples[0].segment == job.samples[1].segment);
    CHECK(job.samples[1].segment < job.samples[2].segment);
    CHECK(job.samples[1].presentation == 8);
    CHECK(job.samples[1].first_command == 4);
    CHECK(job.samples[2].first_command == 10);
}

TEST_CASE("Equal samples share a program, whatever interrupts lie between their commands", "[job]") {
    ListWriter list(*model);
    const auto sample = [&](std::uint64_t p, std::uint32_t cycles, bool interrupted = false) {
        list.clamp(clamp_inputs, p).reset();
        if (interrupted) list.interrupt();
        list.relax(cycles).read(4);
    };
    sample(1, 10);
    sample(2, 10, true);
    sample(3, 11);
    sample(4, 10);
    sample(5, 11);
    const auto job = parse(list);
    CHECK(job.programs.size() == 2);
    std::vector<std::size_t> programs;
    for (const auto& s : job.samples) programs.push_back(s.program);
    CHECK(programs == std::vector<std::size_t>{0, 0, 1, 0, 1});
}

TEST_CASE("Samples that differ in any argument do not share a program", "[job]") {
    ListWriter list(*model);
    const auto both = static_cast<std::uint8_t>(clamp_inputs | clamp_targets);
    list.clamp(clamp_inputs, 1).reset().relax(10).read(4);
    list.clamp(both, 1).reset().relax(10).read(4);
    list.clamp(both, 1).reset().relax(10, 0.5F).read(4);
    list.clamp(both, 1).reset().relax(10, -0.5F).read(4);
    list.clamp(both, 1).reset().relax(10, 0.5F, relax_until_settled).read(4);
    list.clamp(both | clamp_injected, 1).reset().relax(10, 0.5F, relax_frozen).read(4);
    list.clamp(both | clamp_injected, 1).reset().relax(10, 0.5F).read(4);
    list.clamp(clamp_inputs, 1).reset().relax(10).read(6);
    list.clamp(clamp_inputs, 1).reset().hold().relax(10).read(4);
    list.clamp(clamp_inputs, 1).reset().hold().relax(10).read(4, read_differences);
    list.clamp(clamp_inputs, 1).relax(10).read(4);
    CHECK(parse(list).programs.size() == 11);
}

TEST_CASE("A sample that relaxes, holds or reads before it resets starts where the one before ended",
          "[job]") {
    ListWriter list(*model);
    list.clamp(clamp_inputs, 1).reset().relax(10).read(4);
    list.clamp(clamp_inputs, 2).relax(10).reset().read(4);
    list.clamp(clamp_inputs, 3).hold().reset().relax(5);
    list.clamp(clamp_inputs, 4).read(4).reset();
    list.clamp(clamp_inputs, 5).clamp(clamp_targets, 5).reset().relax(10, 0.5F);
    list.clamp(clamp_inputs, 6);
    const auto job = parse(list);
    std::vector<bool> chained;
    for (const auto& s : job.samples) chained.push_back(s.chained);
    CHECK(chained == std::vector<bool>{false, true, true, true, false, false});
}

TEST_CASE("Places lead from a command to its sample, its op and its rank among ops of its kind", "[job]") {
    ListWriter list(*model);
    list.clamp(clamp_inputs | clamp_targets, 1).reset().relax(10).read(7).hold();
    list.clamp(clamp_inputs | clamp_targets, 2)
        .reset()
        .relax(10)
        .interrupt()
        .read(7)
        .hold()
        .restore()
        .relax(4, 0.5F)
        .read(5);
    const auto job = parse(list);
    const std::size_t last = list.list.size() - 1;
    CHECK(job.places[last].sample == 1);
    CHECK(job.places[last].op == 7);
    CHECK(job.places[last].ordinal == 1);
    CHECK(job.op(last).kind == SampleOp::Kind::read);
    CHECK(job.op(last).layers == 5);
    CHECK(job.op(last).command == 7);
    CHECK(job.op(last - 1).nudge.beta == 0.5);
    CHECK(job.places[last - 1].ordinal == 1);
    CHECK(job.op(2).time_rc == Approx(10 * JobRules{}.cycle_rc));
}

TEST_CASE("Buffers of CLAMPs and READs are as long as their commands say, aligned, and do not overlap",
          "[job]") {
    ListWriter list(*model);
    list.program(1).clamp(clamp_inputs | clamp_targets, 1).reset().relax(10).read(5).read(2);
    list.program(2).clamp(clamp_inputs, 2).reset().relax(5).read(7).interrupt();
    auto job = parse(list);
    std::vector<int> owners(job.bytes.size(), 0);
    for (std::size_t i = 0; i < job.commands.size(); ++i) {
        const auto opcode = job.commands[i].opcode;
        if (opcode != Opcode::clamp && opcode != Opcode::read) continue;
        const auto buffer = job.buffer(i);
        CHECK(buffer.size() == job.commands[i].length);
        const auto first = static_cast<std::size_t>(buffer.data() - job.bytes.data());
        CHECK(first % 8 == 0);
        REQUIRE(first + buffer.size() <= job.bytes.size());
        for (std::size_t b = first; b < first + buffer.size(); ++b) ++owners[b];
    }
    CHECK(*std::ranges::max_element(owners) == 1);
    CHECK(std::ranges::count(owners, 0) < 6 * 8); // padding only
}

TEST_CASE("A job that was parsed before leaves nothing in the next one", "[job]") {
    Job job;
    ListWriter first(*model);
    REQUIRE_FALSE(parse_job(first.clamp(clamp_inputs, 1).reset().relax(9).read(7).list, *model, {}, job));
    ListWriter second(*model);
    REQUIRE_FALSE(parse_job(second.clamp(clamp_inputs, 2).reset().list, *model, {}, job));
    CHECK(job.samples.size() == 1);
    CHECK(job.programs.size() == 1);
    CHECK(job.samples[0].presentation == 2);
    CHECK(job.bytes.size() == 24);
}
