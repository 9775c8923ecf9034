#include "sim/report/wave_pack.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <fstream>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// A VCD of `signals` reals that change at every one of `steps` times, all differently.
std::filesystem::path many_waves(const TemporaryFolder& folder, int signals, int steps) {
    const auto path = folder / "many.vcd";
    std::ofstream out(path);
    out << "$timescale 1ps $end\n$scope module coprocessor $end\n";
    for (int s = 0; s < signals; ++s) out << fmt::format("$var real 64 s{} v{}_V $end\n", s, s);
    out << "$upscope $end\n$enddefinitions $end\n";
    std::string text;
    for (int t = 0; t < steps; ++t) {
        text = fmt::format("#{}\n", 10 * t);
        for (int s = 0; s < signals; ++s)
            text += fmt::format("r{:.5g} s{}\n", std::sin(1e-3 * t * (s + 1)) + 0.01 * (t * 7919 % 101), s);
        out << text;
    }
    return path;
}

// What the page's script does, again.
std::vector<std::uint8_t> bytes_of(const std::string& base64_text) {
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<std::uint8_t> bytes;
    unsigned word = 0, bits = 0;
    for (const char c : base64_text) {
        if (c == '=') break;
        word = word << 6 | static_cast<unsigned>(letters.find(c));
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(word >> bits & 255U));
    }
    return bytes;
}

struct Numbers {
    std::vector<std::uint8_t> bytes;
    std::size_t at = 0;
    std::uint64_t next() {
        std::uint64_t n = 0;
        for (unsigned shift = 0;; shift += 7) {
            n |= static_cast<std::uint64_t>(bytes.at(at) & 127U) << shift;
            if ((bytes.at(at++) & 128U) == 0) return n;
        }
    }
    std::int64_t next_signed() {
        const auto n = next();
        return n % 2 == 0 ? static_cast<std::int64_t>(n / 2) : -static_cast<std::int64_t>(n / 2) - 1;
    }
};

Numbers inflated(const Json& packed) {
    const auto bytes = bytes_of(packed.at("data"));
    Numbers numbers{std::vector<std::uint8_t>(1 << 24)};
    uLongf size = numbers.bytes.size();
    REQUIRE(uncompress(numbers.bytes.data(), &size, bytes.data(), bytes.size()) == Z_OK);
    numbers.bytes.resize(size);
    return numbers;
}

} // namespace

TEST_CASE("thinned waveforms keep the extremes of every stretch, and their order") {
    ThinnedPoints points(100);
    const auto wave = [](std::uint64_t t) { return static_cast<float>((t * 7919) % 10007); };
    for (std::uint64_t t = 0; t < 50'000; ++t) points.add(t, wave(t));
    CHECK(points.thinned());
    CHECK(points.times_fs().size() < 200);
    CHECK(std::ranges::is_sorted(points.times_fs()));
    CHECK(points.times_fs().front() == 0);
    CHECK(points.times_fs().back() == 49'999);
    const auto [low, high] = std::ranges::minmax(points.values());
    CHECK(low == 0.0F);
    CHECK(high == 10006.0F);
    for (std::size_t i = 0; i < points.values().size(); ++i)
        CHECK(points.values()[i] == wave(points.times_fs()[i]));
}

TEST_CASE("a gap in recording survives thinning") {
    ThinnedPoints points(16);
    for (std::uint64_t t = 0; t < 1000; ++t) points.add(t, t == 500 ? NAN : static_cast<float>(t % 10));
    CHECK(std::ranges::count_if(points.values(), [](float v) { return std::isnan(v); }) == 1);
}

TEST_CASE("packed waveforms unpack to times and values within half a step") {
    const TemporaryFolder folder;
    const auto path = folder / "small.vcd";
    std::ofstream(path)
        << "$timescale 1ps $end\n$scope module coprocessor $end\n"
           "$var real 64 a v_V $end\n$var wire 8 b code $end\n$upscope $end\n$enddefinitions $end\n"
           "#100\nr-0.5 a\nb00000011 b\n#250\nr0.25 a\n#300\nr1.5 a\nb11111111 b\n#400\n";
    const auto packed = packed_waves(path, most_packed_bytes);
    auto numbers = inflated(packed);
    CHECK(packed.at("begin_fs") == 100'000);
    const std::vector<std::vector<double>> times{{0, 150e3, 200e3}, {0, 200e3}};
    const std::vector<std::vector<double>> values{{-0.5, 0.25, 1.5}, {3, 255}};
    for (std::size_t s = 0; s < 2; ++s) {
        const auto& signal = packed.at("signals").at(s);
        const double low = signal.at("low"), high = signal.at("high"), tick = packed.at("tick_fs");
        REQUIRE(signal.at("points") == times[s].size());
        std::uint64_t at = 0;
        for (const double t : times[s]) CHECK(static_cast<double>(at += numbers.next()) * tick == Approx(t));
        std::int64_t v = 0;
        for (const double x : values[s]) {
            v += numbers.next_signed();
            const double shown =
                s == 0 ? low + static_cast<double>(v - 1) * (high - low) / 4094 : static_cast<double>(v - 1);
            CHECK(shown == Approx(x).margin(s == 0 ? (high - low) / 8188 : 0.0));
        }
    }
}

TEST_CASE("waveforms too large for a page are thinned until they fit") {
    const TemporaryFolder folder;
    const auto path = many_waves(folder, 20, 3000);
    const auto whole = packed_waves(path, most_packed_bytes);
    CHECK(whole.at("thinned") == false);
    const auto fitting = packed_waves(path, 20'000);
    CHECK(fitting.at("thinned") == true);
    CHECK(bytes_of(fitting.at("data")).size() <= 20'000);
    CHECK(fitting.at("signals").size() == 20);
    for (std::size_t s = 0; s < 20; ++s) {
        CHECK(fitting["signals"][s]["low"] == whole["signals"][s]["low"]);
        CHECK(fitting["signals"][s]["high"] == whole["signals"][s]["high"]);
    }
    const auto few = packed_waves(path, most_packed_bytes, {.signals = 5, .points = 100});
    CHECK(few.at("signals").size() == 5);
    CHECK(few.at("left_out") == 15);
}
