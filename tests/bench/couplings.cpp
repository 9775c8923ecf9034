#include "hw_models/base/aligned.hpp"
#include "hw_models/base/chosen.hpp"
#include "hw_models/base/random.hpp"
#include "hw_models/couplings/coupling.hpp"
#include "hw_models/couplings/product.hpp"
#include "sim/config/reader.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::int64_t rounds = 20;
};

// Seconds of one call: the fastest of `rounds` rounds of ten, other processes being the larger error.
template <class F>
double seconds(std::int64_t rounds, F call) {
    double best = 1e9;
    for (std::int64_t round = 0; round < rounds; ++round) {
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < 10; ++i) call();
        best = std::min(
            best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() / 10.0);
    }
    return best;
}

std::unique_ptr<Coupling> build(const std::string& settings, const CouplingEnds& ends) {
    Chosen<CouplingKind> kind{"dense", make_coupling_kind, coupling_kinds};
    TomlReader reader(parse_config(settings, "bench"));
    kind.fields(reader, {"kind", ""});
    return kind->build(ends);
}

AlignedVector<float> drawn(std::size_t n) {
    AlignedVector<float> x(n);
    RandomStream(1, Purpose::test).uniforms({n}, x);
    return x;
}

void measure(Table& table, const std::string& name, const std::string& settings, const CouplingEnds& ends,
             std::int64_t rounds) {
    const auto built = build(settings, ends);
    const Coupling& coupling = *built;
    const std::size_t pre_stride = padded(coupling.pre_size());
    const std::size_t post_stride = padded(coupling.post_size());
    constexpr std::size_t samples = 128; // two read-outs of a batch of 64
    const auto values = drawn(coupling.parameters());
    auto pre = drawn(samples * pre_stride);
    auto post = drawn(samples * post_stride);
    AlignedVector<float> out(coupling.parameters());
    const auto kernel = coupling.kernel(pre_stride, post_stride);
    const double forward =
        seconds(rounds, [&] { kernel->forward(values.data(), pre.data(), post.data(), false); });
    const double transposed =
        seconds(rounds, [&] { kernel->transposed(values.data(), post.data(), pre.data(), false); });
    const double both =
        ends.lateral
            ? seconds(rounds, [&] { kernel->both_ways(values.data(), pre.data(), post.data(), false); })
            : 0.0;
    const double co_activity = seconds(rounds, [&] {
        for (std::size_t s = 0; s < coupling.slabs(); ++s)
            coupling.co_activity(s, samples, {pre.data(), pre_stride}, {post.data(), post_stride},
                                 out.data());
    });
    const auto cell = [&](double s, double rows) {
        return fmt::format("{:.1f} us, {:.4f}", 1e6 * s,
                           1e9 * s / rows / static_cast<double>(coupling.parameters()));
    };
    table.row({name, std::to_string(coupling.parameters()), cell(forward, static_cast<double>(block_lanes)),
               cell(transposed, static_cast<double>(block_lanes)),
               ends.lateral ? cell(both, static_cast<double>(block_lanes)) : "",
               cell(co_activity, static_cast<double>(samples))});
}

int run(const Options& o) {
    Table table({"couplings", "number", "forward", "transposed", "both ways", "co-activity, 128 samples"});
    const Grid image{1, 28, 28}, grid{1, 23, 23};
    const CouplingEnds layers{.pre = image, .post = grid};
    const CouplingEnds within{.pre = grid, .post = grid, .lateral = true};
    measure(table, "dense 784 to 529", "kind = 'dense'", layers, o.rounds);
    measure(table, "local 6x6, 28x28 to 23x23", "kind = 'local'\nwindow = [6, 6]", layers, o.rounds);
    measure(table, "square within 23x23", "kind = 'square'", within, o.rounds);
    measure(table, "king of radius 3 within 23x23", "kind = 'king'\nradius = 3", within, o.rounds);
    measure(table, "all-to-all of 529", "kind = 'all-to-all'", within, o.rounds);
    std::cout << "time of a product of " << block_lanes
              << " lanes on one thread, then ns a coupling and lane\n"
              << table.text();
    return exit_done;
}

} // namespace

Subcommand couplings_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "couplings",
            .summary = "time of a coupling's products: windows and lattices beside dense ones",
            .example = "bench couplings",
            .options = {{"--rounds", "N", "rounds of ten calls, of which the fastest counts", &o->rounds}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
