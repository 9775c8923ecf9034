// Measurements against closed forms of RC nodes.
#include "hw_models/base/error.hpp"
#include "tests/traces/temporary_folder.hpp"
#include "tests/traces/wave_fixtures.hpp"
#include "traces/wave_measures.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>

namespace isinglass {

using namespace test;

namespace {

constexpr double rc_fs = 10e6;                  // 10 ns
constexpr double amplitude = 0.5;               // V
constexpr double lsb = 0.5 / 255;               // of 8 bits
constexpr std::uint64_t phase_fs = 150'000'000; // 15 RC

// An RC node that charges in phase free, goes on towards twice that in nudge+ and discharges in nudge-, and a
// ringing node of two poles, told at every quarter of an RC; a power of 2 W that falls exponentially. Twice.
void write_nodes(const std::filesystem::path& path) {
    WaveHeader head = header();
    head.notes.push_back(fmt::format("lsb {:.9g} V", lsb));
    WaveRecorder sink(one(wave_formats().make(path.extension().string().substr(1), path, head)), {});
    const SignalId phase = sink.declare_names("chip/phase", phases, 0);
    const SignalId v = sink.declare_real("chip/array/h/0/v_V", 0.0);
    const SignalId ring = sink.declare_real("chip/array/h/1/v_V", 0.0);
    const SignalId watt = sink.declare_real("chip/power/adc_W", 0.0);
    for (std::uint64_t window = 0; window < 2; ++window) {
        const std::uint64_t start = 1'000'000'000 * window;
        sink.real(start, v, 0.0);
        sink.real(start, ring, 0.0);
        sink.real(start, watt, 2.0);
        sink.bits(start, phase, 1);
        sink.open_window(start);
        double from = 0.0;
        for (std::uint64_t p = 0; p < 3; ++p) {
            const double target = p == 2 ? 0.0 : amplitude * static_cast<double>(p + 1);
            const std::uint64_t begin = start + p * phase_fs;
            sink.bits(begin, phase, p + 1);
            for (std::uint64_t t = 2'500'000; t <= phase_fs; t += 2'500'000) {
                const double x = static_cast<double>(t) / rc_fs;
                sink.real(begin + t, v, target + (from - target) * std::exp(-x));
                if (p == 0)
                    sink.real(begin + t, ring,
                              amplitude *
                                  (1.0 - std::exp(-x) * (std::cos(2.0 * x) + 0.5 * std::sin(2.0 * x))));
                if (p == 0) sink.real(begin + t, watt, t == phase_fs ? 0.0 : 2.0 * std::exp(-x));
            }
            from = target + (from - target) * std::exp(-15.0);
        }
        sink.bits(start + 3 * phase_fs, phase, 0);
        sink.close_window(start + 3 * phase_fs);
    }
    sink.finish();
}

std::vector<std::pair<std::string, SpinMeasure>> spins_of(const std::filesystem::path& path,
                                                          MeasureOptions options = {}) {
    std::vector<std::pair<std::string, SpinMeasure>> all;
    if (options.phases.empty()) options.phases = {"free", "nudge+", "nudge-"};
    measure_spins(path, options,
                  [&](const SpinMeasure& m) { all.emplace_back(fmt::format("{} {}", m.path, m.phase), m); });
    return all;
}

} // namespace

TEST_CASE("An RC node's settling time, swing and final value are those of the closed form to 0.1 %",
          "[measure]") {
    const TemporaryFolder folder;
    for (const char* name : {"w.vcd", "w.fst"}) {
        INFO(name);
        write_nodes(folder / name);
        const auto all = spins_of(folder / name);
        REQUIRE(all.size() == 2 * 2 * 3);
        const double left = std::exp(-15.0);
        for (std::size_t window = 0; window < 2; ++window)
            for (std::size_t p = 0; p < 3; ++p) {
                const auto& [key, m] = all[(window * 3 + p) * 2];
                CHECK(key == fmt::format("chip/array/h/0/v_V {}", phases[p + 1]));
                const double travel = p == 2 ? 2.0 * amplitude : amplitude;
                CHECK(m.begin_fs == 1'000'000'000 * window + p * phase_fs);
                CHECK(m.end_fs - m.begin_fs == phase_fs);
                CHECK(m.approach.settling_s ==
                      Approx(std::log(travel / (0.5 * lsb)) * rc_fs * 1e-15).epsilon(1e-3));
                CHECK(m.approach.swing == Approx(travel * (1.0 - left)).epsilon(1e-3));
                CHECK(m.approach.final ==
                      Approx(p == 2 ? 0.0 : amplitude * static_cast<double>(p + 1)).margin(1e-6));
                CHECK(m.approach.overshoot == Approx(0.0).margin(1e-12));
            }
    }
}

TEST_CASE("A ringing node's overshoot is that of its closed form, within what its steps show", "[measure]") {
    const TemporaryFolder folder;
    write_nodes(folder / "w.vcd");
    const auto all = spins_of(folder / "w.vcd");
    // The peak is at x = pi/2, between two steps of 1/4; the largest told value is at x = 1.5.
    const double told = amplitude * -std::exp(-1.5) * (std::cos(3.0) + 0.5 * std::sin(3.0));
    CHECK(all[1].second.approach.overshoot == Approx(told).epsilon(1e-3));
    CHECK(all[1].second.approach.overshoot ==
          Approx(amplitude * std::exp(-std::acos(-1.0) / 2)).epsilon(0.02));
    CHECK(all[3].second.approach.settling_s == 0.0); // it does not move any more
}

TEST_CASE("Options choose signals, phases, times and the LSB of measurements", "[measure]") {
    const TemporaryFolder folder;
    write_nodes(folder / "w.fst");
    CHECK(spins_of(folder / "w.fst", {.globs = {"array/h/1/*"}}).size() == 6);
    CHECK(spins_of(folder / "w.fst", {.phases = {"nudge+"}}).size() == 4);
    CHECK(spins_of(folder / "w.fst", {.from_fs = 900'000'000}).size() == 6);
    CHECK(spins_of(folder / "w.fst", {.to_fs = 200'000'000}).size() == 4); // the second phase is cut
    const auto coarse = spins_of(folder / "w.fst", {.lsb = 2.0 * lsb});
    CHECK(coarse[0].second.approach.settling_s ==
          Approx(std::log(amplitude / lsb) * rc_fs * 1e-15).epsilon(1e-3));
    CHECK_THROWS_WITH(spins_of(folder / "w.fst", {.globs = {"nothing"}}),
                      Catch::Contains("no real signal matches nothing"));
    CHECK_THROWS_WITH(spins_of(folder / "w.fst", {.globs = {"power/*"}}), Catch::Contains("--lsb"));
}

TEST_CASE("The energy of a window is the integral of its power, by phase", "[measure]") {
    const TemporaryFolder folder;
    for (const char* name : {"w.vcd", "w.fst"}) {
        write_nodes(folder / name);
        // Held for a quarter of an RC each: 2 W · h · (1 + q + … + q^59), q = exp(−1/4), twice.
        const double h = 2.5e-9, q = std::exp(-0.25);
        const double expected = 2.0 * 2.0 * h * (1.0 - std::pow(q, 60)) / (1.0 - q);
        const auto energy = measure_energy(folder / name, {});
        CHECK(energy.joules.at("adc").at("free") == Approx(expected).epsilon(1e-9));
        CHECK(energy.joules.at("adc").at("nudge+") == 0.0);
        CHECK(energy.seconds.at("free") == Approx(300e-9));
        CHECK(energy.seconds.at("nudge-") == Approx(300e-9));
        const auto part = measure_energy(folder / name, {.from_fs = 2'500'000, .to_fs = 5'000'000});
        CHECK(part.joules.at("adc").at("free") == Approx(2.0 * q * h).epsilon(1e-9));
    }
}

TEST_CASE("The list of signals says kinds, changes and extremes", "[measure]") {
    const TemporaryFolder folder;
    for (const char* name : {"w.vcd", "w.fst"}) {
        write_nodes(folder / name);
        const auto list = list_signals(folder / name, {.globs = {"phase", "array/h/0/*"}});
        REQUIRE(list.size() == 2);
        CHECK(list[0].signal.path == "chip/phase");
        CHECK(list[0].first_name == "free");
        CHECK(list[0].last_name == "idle");
        CHECK(list[0].changes == 3 + 1 + 3);
        CHECK(list[1].changes == 360 + 1); // and back to 0 between the windows
        CHECK(list[1].low == 0.0);
        CHECK(list[1].high == Approx(2.0 * amplitude));
    }
}

TEST_CASE("A tracker keeps a bounded number of points and still finds the settling time", "[measure]") {
    for (const std::uint64_t steps : {1'000U, 5'000U, 300'000U}) {
        ApproachTracker tracker;
        const double steps_per_rc = static_cast<double>(steps) / 15.0;
        tracker.begin(0, 0.0);
        for (std::uint64_t t = 1; t <= steps; ++t)
            tracker.next(t * 1000, 1.0 - std::exp(-static_cast<double>(t) / steps_per_rc));
        const auto approach = tracker.end(1e-3);
        CHECK(approach.settling_s * 1e12 == Approx(std::log(1e3) * steps_per_rc).epsilon(1e-3));
        CHECK(approach.overshoot == 0.0);
    }
}

} // namespace isinglass
