#include "tests/bench/bare_kernels.hpp"

#include "host/learning/gradient.hpp"
#include "host/learning/optimiser.hpp"
#include "host/network/network_spec.hpp"
#include "hw_models/array/dynamics.hpp"

#include <chrono>

namespace isinglass::bench {

namespace {

struct Worker {
    Worker(const Network& net, const EnergyModel& model, const RandomStream& noise)
        : block(net),
          kernel(model.kernel(net)),
          integrator(make_dissipative_fast()->integrator(net, noise)) {}

    void relax(const float* values, double beta, int steps) {
        integrator->begin({.nudge = {.beta = beta}, .step_rc = 0.5});
        for (int i = 0; i < steps; ++i) integrator->step(values, block, *kernel);
    }

    LaneBlock block;
    std::unique_ptr<FieldKernel> kernel;
    std::unique_ptr<Integrator> integrator;
};

// One block of lanes from clamp to both nudged states.
void present(Worker& w, const float* theta, const Matrix& inputs, std::size_t first, BatchReadout& out) {
    auto& block = w.block;
    block.lanes = std::min<std::size_t>(block_lanes, out.batch() - first);
    for (std::size_t r = 0; r < block.lanes; ++r)
        std::ranges::copy(inputs.row(first + r), block.inputs.row(r).begin());
    w.kernel->clamp(theta, block);
    block.state.fill(0.0F);
    w.relax(theta, 0.0, 30);
    block.held = block.state;
    w.relax(theta, 0.5, 10);
    for (std::size_t r = 0; r < block.lanes; ++r)
        std::ranges::copy(block.state.row(r), out.first.row(first + r).begin());
    block.state = block.held;
    w.relax(theta, -0.5, 10);
    for (std::size_t r = 0; r < block.lanes; ++r)
        std::ranges::copy(block.state.row(r), out.second.row(first + r).begin());
}

} // namespace

double bare_kernels_s(WorkerPool& pool, std::size_t batches, std::size_t batch) {
    const NetworkSpec spec{.layers = {{.name = "input", .size = 784},
                                      {.name = "hidden", .size = 512},
                                      {.name = "output", .size = 10}}};
    const auto net = spec.build();
    const auto model = make_hopfield();
    const RandomStream noise(1, Purpose::test);
    std::vector<Worker> workers;
    for (unsigned t = 0; t < pool.threads(); ++t) workers.emplace_back(*net, *model, noise);
    auto theta = initial_couplings(*net, *model, 1.0, 1);
    std::vector<float> gradient(net->parameters);
    EpGradient rule(*net, *model);
    const auto sgd = make_sgd();
    sgd->begin(net->parameters);
    BatchReadout out(batch, *net);
    out.scale.assign(batch, 1.0F);
    for (std::size_t r = 0; r < batch; ++r) noise.uniforms({r}, out.inputs.row(r));
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t b = 0; b < batches; ++b) {
        const auto lanes = static_cast<std::size_t>(block_lanes);
        pool.run((batch + lanes - 1) / lanes, [&](std::size_t i, unsigned thread) {
            present(workers[thread], theta.data(), out.inputs, i * lanes, out);
        });
        rule.compute(out, theta, gradient, pool);
        constexpr std::size_t run = 1 << 15;
        pool.run((net->parameters + run - 1) / run, [&](std::size_t i, unsigned) {
            const std::size_t n = std::min(run, net->parameters - i * run);
            sgd->step(i * run, std::span<const float>(gradient).subspan(i * run, n),
                      std::span(theta).subspan(i * run, n), 1e-4F);
        });
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

} // namespace isinglass::bench
