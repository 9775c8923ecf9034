// The benchmarks, one file each; `bench NAME --help` says what each does.
#pragma once

#include "sim/commands/cli.hpp"

namespace isinglass::bench {

Subcommand speed_bench();
Subcommand accuracy_bench();
Subcommand rounding_bench();
Subcommand residuals_bench();
Subcommand rc_per_step_bench();
Subcommand transients_bench();
Subcommand gradients_bench();
Subcommand couplings_bench();
Subcommand deep_bench();
Subcommand baselines_bench();
Subcommand barriers_bench();
Subcommand claims_bench();
Subcommand imagenet_bench();
Subcommand results_bench();
Subcommand solver_bench();
Subcommand solver_accuracy_bench();
Subcommand updates_bench();
Subcommand fpga_bench();
Subcommand waves_bench();
Subcommand machines_bench();
Subcommand joules_bench();
Subcommand energy_bench();

std::vector<Subcommand> all_benches();

} // namespace isinglass::bench
