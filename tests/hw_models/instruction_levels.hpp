// Tests that run themselves again at other instruction levels of oneDNN.
#pragma once

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace isinglass::test {

// Runs the test of that name by itself at most at instruction level `level`; true when it passes.
inline bool passes_at(const char* level, const std::string& test) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe").string();
    const auto command =
        fmt::format("DNNL_MAX_CPU_ISA={} '{}' '{}' -w NoTests > /dev/null", level, program, test);
    return std::system(command.c_str()) ==
           0; // NOLINT(cert-env33-c,concurrency-mt-unsafe): the test's own program
}

} // namespace isinglass::test
