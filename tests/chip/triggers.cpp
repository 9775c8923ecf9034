// Windows that open by what happens to a sample, and around errors.
#include "tests/chip/recorder.hpp"
#include "traces/wave_recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint16_t all = 3;

bool wanted(std::uint8_t code) {
    return code % 3 == 0;
}

// Chooses samples by their read-out of the first output.
class ByReadOut final : public SampleTrigger {
  public:
    bool at_fetch(std::uint64_t) override { return false; }
    bool asks_at_clamp(std::uint64_t) override { return true; }
    bool at_clamp(const EvaluatedSample& sample) override {
        const auto& job = sample.job;
        for (std::size_t c = job.samples[sample.sample].first_command; c < job.commands.size(); ++c) {
            if (job.commands[c].opcode != Opcode::read) continue;
            if (!wanted(job.buffer(c)[70])) return false;
            chosen.push_back(job.samples[sample.sample].presentation);
            return true;
        }
        return false;
    }
    void at_state(std::uint64_t, std::uint64_t presentation, std::span<const float>) override {
        shown.insert(presentation);
    }
    std::vector<std::uint64_t> chosen;
    std::set<std::uint64_t> shown;
};

class AtBusErrors final : public SampleTrigger {
  public:
    bool at_fetch(std::uint64_t) override { return false; }
    bool at_error(DeviceError error) override { return error == DeviceError::bus; }
};

void fill(List& list, std::uint64_t samples) {
    for (std::uint64_t p = 0; p < samples; ++p)
        list.clamp(clamp_inputs, p,
                   {static_cast<std::uint8_t>(37 * p), static_cast<std::uint8_t>(255 - 91 * p), 120})
            .reset()
            .relax(60)
            .read(all);
}

} // namespace

TEST_CASE("Samples chosen by their read-outs have windows from their CLAMP to the arrival of their read-out",
          "[trace]") {
    Rigs rigs;
    for (int i = 0; i < 2; ++i) rigs.add(whole_cycle_machine(), chain({40, 70, 10}));
    std::array<std::vector<std::uint8_t>, 2> codes;
    std::array<LedgerRecord, 2> counts;
    ByReadOut trigger;
    Recorder recorder;
    rigs.run([&](Rig& rig, std::size_t i) {
        rig.program(random_couplings(*rig.network));
        if (i == 1) {
            rig.chip.declare_signals(recorder);
            recorder.start(0, rig.clock_fs());
            rig.chip.trace(recorder, trigger);
        }
        auto list = rig.list();
        fill(list, 30);
        rig.host.run(list.job);
        codes.at(i) = list.codes();
        counts.at(i) = rig.ledger().save();
    });
    CHECK(codes[0] == codes[1]);
    CHECK((counts[0] == counts[1]));
    REQUIRE(trigger.chosen.size() > 2);
    CHECK(trigger.chosen.size() < 30);
    // By the read-outs: 80 codes a sample, the outputs last.
    std::vector<std::uint64_t> expected;
    for (std::uint64_t p = 0; p < 30; ++p)
        if (wanted(codes[0][80 * p + 70])) expected.push_back(p);
    CHECK(trigger.chosen == expected);
    CHECK(trigger.shown == std::set(expected.begin(), expected.end()));
    CHECK(recorder.windows.size() <= expected.size()); // those of neighbours are one
    const auto first = recorder.windows.at(0).first;
    CHECK(recorder.value("coprocessor/command", first) == "CLAMP");
    CHECK(recorder.value("coprocessor/presentation", first) == std::to_string(expected[0]));
}

TEST_CASE("A bus error opens a window that shows what led to it", "[trace]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        rig.program(random_couplings(*rig.network));
        struct Windows final : WaveWriter {
            std::vector<Signal> signals;
            std::string events;
            void begin(std::span<const Signal> s) override { signals.assign(s.begin(), s.end()); }
            void begin_window(std::uint64_t, std::span<const std::uint64_t>) override { events += "begin "; }
            void change(std::uint64_t, SignalId id, std::uint64_t value) override {
                const auto& signal = signals[id];
                if (signal.kind == SignalKind::names) events += signal.names[value] + " ";
            }
            void end_window(std::uint64_t) override { events += "end"; }
            void note(std::string_view) override {}
            std::uint64_t bytes() override { return 0; }
            void finish() override {}
        };
        auto writer = std::make_unique<Windows>();
        auto& seen = *writer;
        std::vector<std::unique_ptr<WaveWriter>> writers;
        writers.push_back(std::move(writer));
        WaveRecorder recorder(std::move(writers),
                              {.globs = {"command", "dma/error"}, .before_fs = 200'000'000});
        rig.chip.declare_signals(recorder);
        AtBusErrors trigger;
        rig.chip.trace(recorder, trigger, true);
        auto list = rig.list();
        list.clamp(clamp_inputs, 0).reset().relax(30);
        list.job.add({.opcode = Opcode::read, .target = 2, .length = 10, .address = 0x7fff'ffff'0000});
        CHECK_THROWS_AS(rig.host.run(list.job), DeviceFailure);
        rig.chip.stop_trace();
        recorder.finish();
        CHECK(seen.events.find("RESET RELAX READ") != std::string::npos);
        CHECK(seen.events.find("bus_error") != std::string::npos);
        CHECK(seen.events.starts_with("begin "));
        CHECK(seen.events.ends_with("end"));
        CHECK(recorder.windows() == 1);
    });
}
