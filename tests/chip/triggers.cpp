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

namespace {

class Numbered final : public SampleTrigger {
  public:
    Numbered(std::set<std::uint64_t> samples, bool when_fetched)
        : samples_(std::move(samples)), when_fetched_(when_fetched) {}
    bool at_fetch(std::uint64_t p) override { return when_fetched_ && samples_.contains(p); }
    bool asks_at_clamp(std::uint64_t p) override { return !when_fetched_ && samples_.contains(p); }
    bool at_clamp(const EvaluatedSample&) override { return true; }

  private:
    std::set<std::uint64_t> samples_;
    bool when_fetched_;
};

// Changes of the only signal, and what windows begin with.
struct Changes final : WaveWriter {
    struct Point {
        std::uint64_t time_fs, value;
        bool operator==(const Point&) const = default;
    };
    std::vector<Point> points;
    std::uint64_t begin_fs = 0;
    void begin(std::span<const Signal>) override {}
    void begin_window(std::uint64_t time_fs, std::span<const std::uint64_t> values) override {
        begin_fs = time_fs;
        points.push_back({time_fs, values[0]});
    }
    void change(std::uint64_t time_fs, SignalId, std::uint64_t value) override {
        points.push_back({time_fs, value});
    }
    void end_window(std::uint64_t) override {}
    void note(std::string_view) override {}
    std::uint64_t bytes() override { return 0; }
    void finish() override {}
};

} // namespace

TEST_CASE("What comes before a window shows the nodes of samples that were not chosen", "[trace]") {
    constexpr std::uint64_t before_fs = 150'000'000; // more than a sample takes
    // Of each dynamics: all samples; then sample 5 and what comes before it, by its number and by what
    // happens to it.
    constexpr std::size_t ways = 3;
    const std::vector<std::string> dynamics{"dissipative", "dissipative-sweeps"};
    Rigs rigs;
    for (const auto& name : dynamics)
        for (std::size_t way = 0; way < ways; ++way) {
            auto machine = whole_cycle_machine();
            machine.dynamics.choose(name);
            rigs.add(machine, chain({40, 70, 10}));
        }
    std::vector<Changes*> seen(rigs.size());
    std::vector<std::vector<std::uint8_t>> codes(rigs.size());
    std::vector<std::unique_ptr<WaveRecorder>> recorders(rigs.size());
    rigs.run([&](Rig& rig, std::size_t i) {
        const bool chosen = i % ways > 0;
        rig.program(random_couplings(*rig.network));
        auto writer = std::make_unique<Changes>();
        seen[i] = writer.get();
        std::vector<std::unique_ptr<WaveWriter>> writers;
        writers.push_back(std::move(writer));
        const RecorderOptions options{.globs = {"array/h1/5/v_V"}, .before_fs = chosen ? before_fs : 0};
        recorders[i] = std::make_unique<WaveRecorder>(std::move(writers), options);
        rig.chip.declare_signals(*recorders[i]);
        Numbered trigger(chosen ? std::set<std::uint64_t>{5} : std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6},
                         i % ways < 2);
        rig.chip.trace(*recorders[i], trigger, chosen, chosen ? before_fs : 0);
        auto list = rig.list();
        fill(list, 7);
        rig.host.run(list.job);
        rig.chip.stop_trace();
        recorders[i]->finish();
        codes[i] = list.codes();
    });
    for (std::size_t i = 0; i < rigs.size(); ++i) {
        if (i % ways == 0) continue;
        const std::size_t all_of_them = i - i % ways;
        INFO(dynamics[i / ways] << ", way " << i % ways);
        CHECK(codes[i] == codes[all_of_them]);
        CHECK(recorders[i]->windows() == 1);
        const auto begin = seen[i]->begin_fs, end = recorders[i]->end_fs();
        CHECK(recorders[i]->begin_fs() == begin);
        std::vector<Changes::Point> expected{{begin, 0}};
        for (const auto& point : seen[all_of_them]->points) {
            if (point.time_fs < begin)
                expected[0].value = point.value;
            else if (point.time_fs <= end)
                expected.push_back(point);
        }
        CHECK(expected.size() > 3);
        CHECK(seen[i]->points == expected);
    }
}
