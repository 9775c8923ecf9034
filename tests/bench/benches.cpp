#include "tests/bench/benches.hpp"

namespace isinglass::bench {

std::vector<Subcommand> all_benches() {
    return {speed_bench(),       accuracy_bench(),   rounding_bench(),  residuals_bench(),
            rc_per_step_bench(), transients_bench(), gradients_bench(), couplings_bench(),
            deep_bench(),        baselines_bench(),  barriers_bench(),  claims_bench(),
            imagenet_bench(),    results_bench(),    solver_bench(),    solver_accuracy_bench(),
            updates_bench(),     fpga_bench(),       waves_bench(),     machines_bench(),
            joules_bench(),      energy_bench()};
}

} // namespace isinglass::bench
