#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

// Samples without RESET go on from where the array stands, whoever put it there.

namespace {

constexpr std::uint16_t all = 3;
const std::vector<std::uint8_t> codes{5, 100, 200, 255};

std::vector<float> theta(const Network& net, std::uint64_t index) {
    const auto drawn = random_floats(net.parameters, index, -0.3F, 0.3F);
    return {drawn.begin(), drawn.end()};
}

void start(List& list, std::uint64_t presentation) {
    list.clamp(clamp_inputs, presentation, codes).reset().relax(4);
}

void go_on(List& list, std::uint64_t presentation) {
    list.clamp(clamp_inputs, presentation, codes).relax(4).read(all);
}

std::vector<std::uint8_t> run(Rig& rig, const std::function<void(List&)>& fill) {
    rig.memory.release_all();
    auto list = rig.list();
    fill(list);
    rig.host.run(list.job);
    return list.codes();
}

} // namespace

TEST_CASE("A chain of samples in one job goes on relaxing", "[chain]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(theta(*rig.network, 1));
        const auto at_once =
            run(rig, [](List& l) { l.clamp(clamp_inputs, 0, codes).reset().relax(4).relax(4).read(all); });
        const auto fresh =
            run(rig, [](List& l) { l.clamp(clamp_inputs, 0, codes).reset().relax(4).read(all); });
        CHECK(fresh != at_once);
        CHECK(run(rig, [](List& l) { start(l, 0), go_on(l, 1); }) == at_once);
    });
}

TEST_CASE("A chain goes on over the end of a job, whether its samples are read or not", "[chain]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(theta(*rig.network, 1));
        const auto at_once =
            run(rig, [](List& l) { l.clamp(clamp_inputs, 0, codes).reset().relax(4).relax(4).read(all); });
        run(rig, [](List& l) { start(l, 0), l.read(all); });
        CHECK(run(rig, [](List& l) { go_on(l, 1); }) == at_once);
        run(rig, [](List& l) { start(l, 0); }); // nobody has asked for its numbers
        CHECK(run(rig, [](List& l) { go_on(l, 1); }) == at_once);
    });
}

TEST_CASE("A sample that nobody reads relaxes under the couplings of its time", "[chain]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        CouplingCodes second(*rig.network, rig.model->couplings.format(), 1);
        second.encode(theta(*rig.network, 2), Rounding::nearest, false, 0, rig.pool);
        const auto job = [&](bool read_first) {
            rig.program(theta(*rig.network, 1));
            rig.memory.release_all();
            auto list = rig.list();
            start(list, 0);
            if (read_first) list.read(all);
            for (std::size_t b = 0; b < rig.network->blocks.size(); ++b)
                list.job.program(b, second.buffer(b, rig.pool), false);
            go_on(list, 1);
            rig.host.run(list.job);
            return list.codes_of_read(read_first ? 1 : 0);
        };
        const auto read = job(true);
        CHECK(job(false) == read);
        OnePresentation trigger(0);
        rig.chip.trace(recorder, trigger);
        CHECK(job(false) == read);
    });
}
