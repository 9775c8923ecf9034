// Recorders onto strings and files, for tests of what ends up in them.
#pragma once

#include "tests/traces/vcd_reader.hpp"
#include "traces/vcd_writer.hpp"
#include "traces/wave_recorder.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass::test {

inline constexpr std::array<std::string_view, 4> phases{"idle", "free", "nudge+", "nudge-"};

inline std::uint64_t name_index(std::string_view name) {
    return static_cast<std::uint64_t>(std::ranges::find(phases, name) - phases.begin());
}

inline WaveHeader header() {
    return {.version = "isinglass 1.2.3",
            .seed = 7,
            .configuration_hash = "c0ffee",
            .notes = {"settled values only"}};
}

inline std::vector<std::unique_ptr<WaveWriter>> one(std::unique_ptr<WaveWriter> writer) {
    std::vector<std::unique_ptr<WaveWriter>> writers;
    writers.push_back(std::move(writer));
    return writers;
}

// VCD onto a string; a resolution is one of volts.
struct Dump {
    explicit Dump(RecorderOptions options)
        : sink(one(std::make_unique<VcdWriter>(text, header())), options) {}
    Dump() : Dump(RecorderOptions{}) {}
    explicit Dump(double resolution) : Dump(RecorderOptions{.resolutions = {{"V", resolution}}}) {}
    [[nodiscard]] VcdFile read() const {
        std::istringstream in(text.str());
        return read_vcd(in);
    }

    std::ostringstream text;
    WaveRecorder sink;
};

using Values = std::vector<std::string>;

inline Values values_of(const VcdFile& file, const std::string& path) {
    Values values;
    for (const auto& change : file.changes_of(path)) values.push_back(change.value);
    return values;
}

// "TIME VALUE, TIME VALUE…", times in ps.
inline std::string timeline(const VcdFile& file, const std::string& path) {
    std::string line;
    for (const auto& change : file.changes_of(path))
        line += (line.empty() ? "" : ", ") + std::to_string(change.time_fs / 1000) + " " + change.value;
    return line;
}

} // namespace isinglass::test
