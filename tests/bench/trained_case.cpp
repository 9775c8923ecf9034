#include "tests/bench/trained_case.hpp"

#include "sim/run/trained.hpp"
#include "tests/bench/benches.hpp"

namespace isinglass::bench {

namespace {

void run_case(const Trained& trained, const RunData& data, const CaseOptions& options,
              const std::string& name, void (*bench)(const BenchCase&, double beta)) {
    const auto net = trained.experiment.network.build();
    const auto seed = static_cast<std::uint64_t>(trained.experiment.run.seed);
    BenchCase c{.net = *net,
                .values = trained.theta.empty()
                              ? initial_couplings(*net, *trained.experiment.network.model.part(),
                                                  trained.experiment.training.gain, seed)
                              : trained.theta,
                .inputs = {},
                .labels = {},
                .name = name,
                .live_nudge = trained.experiment.training.nudge == "live"};
    for (std::size_t i = 0; i < static_cast<std::size_t>(options.samples) && i < data.test.count(); ++i) {
        c.inputs.emplace_back(net->inputs);
        data.test.features(i, c.inputs.back());
        c.labels.push_back(data.test.labels[i]);
    }
    bench(c, trained.experiment.training.beta);
}

} // namespace

void for_each_case(const CaseOptions& options, void (*bench)(const BenchCase&, double beta)) {
    std::vector<Trained> trained; // all, before minutes go into the first: one may not be there
    for (const auto& run : options.runs) trained.push_back(load_trained({.experiment_or_run = run}));
    const Trained untrained = load_trained({.experiment_or_run = "mnist"});
    run_case(untrained, load_data(untrained.experiment, options.data), options, "MNIST 784-512-10, untrained",
             bench);
    for (std::size_t i = 0; i < trained.size(); ++i)
        run_case(trained[i], load_data(trained[i].experiment, options.data), options,
                 "trained: " + options.runs[i], bench);
}

Subcommand case_bench(std::string name, std::string summary, std::int64_t samples,
                      void (*bench)(const BenchCase&, double beta)) {
    auto o = std::make_shared<CaseOptions>();
    o->samples = samples;
    return {.name = name,
            .summary = std::move(summary),
            .example = "bench " + name + " --data DIR --run runs/mnist-1-1",
            .options = {{"--data", "DIR", "where the data sets lie", &o->data, true},
                        {"--run", "RUN", "a trained run (may be given several times)", &o->runs},
                        {"--samples", "N", "test images to relax", &o->samples}},
            .run = [o, bench] {
                for_each_case(*o, bench);
                return static_cast<int>(exit_done);
            }};
}

Subcommand residuals_bench() {
    return case_bench("residuals", "time, steps and products that each dynamics needs to settle", 32,
                      bench_residuals);
}

Subcommand rc_per_step_bench() {
    return case_bench("rc-per-step", "physical time that a step of each iteration is worth", 32,
                      bench_rc_per_step);
}

Subcommand transients_bench() {
    return case_bench("transients", "deviation of the integrators from Boost.odeint's adaptive one", 4,
                      bench_transients);
}

} // namespace isinglass::bench
