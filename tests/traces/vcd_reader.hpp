// A reader of VCD for tests: what a file says, in a form that two files can be compared in.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <map>
#include <string>
#include <vector>

namespace isinglass::test {

struct VcdVariable {
    std::string type; // "real", "wire", "string"
    unsigned width;   // as the file says

    bool operator==(const VcdVariable&) const = default;
};

struct VcdChange {
    std::uint64_t time_fs;
    std::string path;  // parts joined by '/', without a range
    std::string value; // a real's or text's own text, bits without leading zeros

    auto operator<=>(const VcdChange&) const = default;
};

struct VcdFile {
    std::string version, comment;
    std::uint64_t timescale_fs = 0;
    std::map<std::string, VcdVariable> variables;
    std::map<std::string, std::vector<std::string>> enumerations; // by variable, as fst2vcd -e tells them
    std::vector<VcdChange> changes; // in the order of the file; initial values too
    std::uint64_t end_fs = 0;       // the last time named

    std::vector<VcdChange> changes_of(const std::string& path) const;
    std::vector<VcdChange>
    sorted_changes() const; // by time, then path; several of one signal keep their order
};

// Throws std::runtime_error for text that is no VCD, for values of undeclared signals and for times that run
// back.
VcdFile read_vcd(std::istream& in);
VcdFile read_vcd(const std::filesystem::path& path);

} // namespace isinglass::test
