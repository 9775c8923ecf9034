// Benchmark cases from presets and runs.
#pragma once

#include "sim/commands/cli.hpp"
#include "tests/bench/physics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace isinglass::bench {

// What the physics benches take on the command line.
struct CaseOptions {
    std::string data;
    std::vector<std::string> runs;
    std::int64_t samples = 64;
};

// The first `samples` test images with the initial couplings of preset `mnist`, and with those of every run.
void for_each_case(const CaseOptions& options, void (*bench)(const BenchCase&, double beta));

// A sub-command over such cases.
Subcommand case_bench(std::string name, std::string summary, std::int64_t samples,
                      void (*bench)(const BenchCase&, double beta));

} // namespace isinglass::bench
