#include "tests/traces/wave_fixtures.hpp"

#include <catch2/catch.hpp>

namespace isinglass {

using namespace test;

namespace {

constexpr std::uint64_t ps = 1'000;

// A phase, a real that counts steps of 1 ps, and a bit; a window from 20 to 60 ps.
struct Counted {
    explicit Counted(const RecorderOptions& options)
        : dump(options),
          phase(dump.sink.declare_names("chip/phase", phases, 0)),
          real(dump.sink.declare_real("chip/v_V", 0.0)),
          bit(dump.sink.declare_bits("chip/odd", 1, 0)) {}

    VcdFile run() {
        for (std::uint64_t t = 0; t <= 100; ++t) {
            if (t == 20) dump.sink.open_window(t * ps);
            if (t % 20 == 0) dump.sink.bits(t * ps, phase, t / 20 % 4);
            dump.sink.real(t * ps, real, static_cast<double>(t));
            if (t % 7 == 0) dump.sink.bits(t * ps, bit, t / 7 % 2);
            if (t == 60) dump.sink.close_window(t * ps);
        }
        dump.sink.finish();
        return dump.read();
    }

    Dump dump;
    SignalId phase, real, bit;
};

std::pair<std::uint64_t, std::uint64_t> span_ps(const VcdFile& file) {
    return {file.changes.front().time_fs / ps, file.end_fs / ps};
}

} // namespace

TEST_CASE("A window holds what was told between its opening and its closing", "[recorder]") {
    Counted c({});
    const auto file = c.run();
    CHECK(span_ps(file) == std::pair<std::uint64_t, std::uint64_t>{20, 60});
    CHECK(timeline(file, "chip/phase") == "20 idle, 20 free, 40 nudge+, 60 nudge-");
    CHECK(file.changes_of("chip/v_V").size() == 42); // that of 19 ps, then every one
    CHECK(c.dump.sink.begin_fs() == 20 * ps);
    CHECK(c.dump.sink.end_fs() == 60 * ps);
}

TEST_CASE("What comes before and after a window belongs to it when asked for", "[recorder]") {
    Counted c({.before_fs = 5 * ps, .after_fs = 10 * ps});
    const auto file = c.run();
    CHECK(span_ps(file) == std::pair<std::uint64_t, std::uint64_t>{15, 70});
    const auto values = values_of(file, "chip/v_V");
    REQUIRE(values.size() == 57); // 14 at the opening, then 15 … 70
    CHECK(values.front() == "14");
    CHECK(values[1] == "15");
    CHECK(values.back() == "70");
    CHECK(timeline(file, "chip/odd") == "15 0, 21 1, 28 0, 35 1, 42 0, 49 1, 56 0, 63 1, 70 0");
}

TEST_CASE("What is told late, before a window opens, comes at its time", "[recorder]") {
    Dump dump(RecorderOptions{.before_fs = 10 * ps});
    const SignalId on_time = dump.sink.declare_real("a_V", 0.0);
    const SignalId late = dump.sink.declare_real("b_V", 0.0);
    for (std::uint64_t t = 1; t <= 20; ++t) dump.sink.real(t * ps, on_time, static_cast<double>(t));
    for (const std::uint64_t t : {5U, 12U, 17U}) dump.sink.real(t * ps, late, static_cast<double>(t));
    dump.sink.open_window(20 * ps);
    dump.sink.real(21 * ps, late, 21.0);
    dump.sink.close_window(22 * ps);
    dump.sink.finish();
    const auto file = dump.read(); // whose reader wants times in order
    CHECK(timeline(file, "b_V") == "10 5, 12 12, 17 17, 21 21");
    CHECK(values_of(file, "a_V") ==
          Values{"9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"});
}

TEST_CASE("Windows whose surroundings overlap are one", "[recorder]") {
    Dump dump(RecorderOptions{.before_fs = 10 * ps, .after_fs = 10 * ps});
    const SignalId v = dump.sink.declare_real("v_V", 0.0);
    for (std::uint64_t t = 0; t <= 60; ++t) {
        dump.sink.real(t * ps, v, static_cast<double>(t));
        if (t == 20 || t == 32) dump.sink.open_window(t * ps);
        if (t == 25 || t == 35) dump.sink.close_window(t * ps);
    }
    dump.sink.finish();
    CHECK(dump.sink.windows() == 1);
    CHECK(span_ps(dump.read()) == std::pair<std::uint64_t, std::uint64_t>{10, 45});
    CHECK(values_of(dump.read(), "v_V").size() == 37);
}

TEST_CASE("Only the phases that were asked for are recorded, whether their signal is kept or not",
          "[recorder]") {
    for (const bool keep : {true, false}) {
        Counted c({.globs = {keep ? "*" : "v_V"}, .phases = {"nudge+"}});
        const auto file = c.run();
        CHECK(span_ps(file) == std::pair<std::uint64_t, std::uint64_t>{40, 60});
        CHECK(file.variables.size() == (keep ? 3 : 1));
        REQUIRE(c.dump.sink.phase_changes().size() == 1);
        CHECK(c.dump.sink.phase_changes()[0].name == "nudge+");
        CHECK(c.dump.sink.phase_changes()[0].time_fs == 40 * ps);
    }
}

TEST_CASE("Decimated reals change at multiples of the interval only and have the values of that time",
          "[recorder]") {
    Counted c({.decimate_fs = 16 * ps});
    const auto file = c.run();
    // At 20 ps the value of 19; at 32 and 48 those of then; at the end the last one.
    CHECK(timeline(file, "chip/v_V") == "20 19, 32 32, 48 48, 60 60");
    CHECK(timeline(file, "chip/odd") == "20 0, 21 1, 28 0, 35 1, 42 0, 49 1, 56 0");
}

TEST_CASE("Globs keep signals by their path, with the root scope or below it", "[recorder]") {
    const std::vector<std::string> paths{"chip/array/h/3/v_V", "chip/array/out/3/v_V", "chip/adc/3/code",
                                         "chip/phase"};
    const auto kept = [&](RecorderOptions options) {
        Dump dump(options);
        for (const auto& path : paths) dump.sink.declare_real(path, 0.0);
        std::string names;
        for (const auto& signal : dump.sink.signals()) names += signal.path.substr(5) + " ";
        return names;
    };
    CHECK(kept({}) == "array/h/3/v_V array/out/3/v_V adc/3/code phase ");
    CHECK(kept({.globs = {"array/*/v_V"}}) == "array/h/3/v_V array/out/3/v_V ");
    CHECK(kept({.globs = {"chip/array/h/*", "phase"}}) == "array/h/3/v_V phase ");
    CHECK(kept({.globs = {"*/v_V"}, .also = {"array/out/*"}}) == "array/out/3/v_V ");
    CHECK(kept({.globs = {"h/*"}}).empty());
}

TEST_CASE("Each unit has its own resolution", "[recorder]") {
    Dump dump(RecorderOptions{.resolutions = {{"V", 0.25}, {"rad", 2.0}}});
    const SignalId v = dump.sink.declare_real("v_V", 0.2);
    const SignalId phi = dump.sink.declare_real("phi_rad", 0.0);
    const SignalId w = dump.sink.declare_real("p_W", 0.0);
    dump.sink.open_window(0);
    for (const SignalId signal : {v, phi, w}) dump.sink.real(ps, signal, 1.3);
    dump.sink.close_window(2 * ps);
    CHECK(values_of(dump.read(), "v_V") == Values{"0.25", "1.25"});
    CHECK(values_of(dump.read(), "phi_rad") == Values{"0", "2"});
    CHECK(values_of(dump.read(), "p_W") == Values{"0", "1.3"});
}

TEST_CASE("A file that reaches its limit is closed with a note, and what is told later is not written",
          "[recorder]") {
    Dump dump(RecorderOptions{.limit_bytes = 100'000});
    const SignalId v = dump.sink.declare_real("v_V", 0.0);
    dump.sink.open_window(0);
    for (std::uint64_t t = 1; t <= 100'000; ++t) dump.sink.real(t * ps, v, 0.5 * static_cast<double>(t));
    dump.sink.close_window(100'001 * ps);
    dump.sink.open_window(100'002 * ps);
    dump.sink.finish();
    REQUIRE(dump.sink.stopped_fs());
    const auto size = dump.text.str().size();
    CHECK(size > 90'000);
    CHECK(size < 130'000);
    const auto file = dump.read();
    CHECK(file.end_fs == *dump.sink.stopped_fs());
    CHECK(dump.text.str().find("the file reached its limit of 100000 bytes") != std::string::npos);
    CHECK(dump.sink.end_fs() == *dump.sink.stopped_fs());
}

TEST_CASE("A recorder that saw no window leaves nothing in its file", "[recorder]") {
    Dump dump;
    const SignalId v = dump.sink.declare_real("v_V", 0.0);
    dump.sink.real(ps, v, 1.0);
    dump.sink.finish();
    CHECK(dump.text.str().empty());
    CHECK(dump.sink.windows() == 0);
}

} // namespace isinglass
