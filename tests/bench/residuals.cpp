#include "tests/bench/residual_curves.hpp"
#include "tests/physics/rig.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace isinglass {

namespace {

constexpr std::array targets{1e-2, 1e-3, 1e-4};
const std::vector<double> frictions{0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0};
const std::vector<double> sweep_frictions{0.5, 0.6, 0.7, 0.8, 0.9, 1.0}; // in steps of 1 RC
const std::vector<double> all_steps{0.25, 0.375, 0.5, 0.75, 1.0, 1.5};

struct Method {
    std::string kind;
    double step;
    rig::Settings settings; // without the step
    int products;           // coupling products a step; one is all couplings, forward and transposed, once
};

// Median over samples of what `measure` says, nothing if more than half of them have nothing.
template <class Measure>
std::optional<double> median(const std::vector<ResidualCurve>& curves, Measure measure) {
    if (curves.empty()) return {};
    std::vector<double> all;
    for (const auto& curve : curves) {
        const std::optional<double> x = measure(curve);
        all.push_back(x ? *x : 1e300);
    }
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::ranges::nth_element(all, middle);
    if (*middle > 1e299) return {};
    return *middle;
}

std::optional<double> median_steps(const std::vector<ResidualCurve>& curves, double target) {
    return median(curves, [&](const ResidualCurve& c) -> std::optional<double> {
        const auto n = c.settles(target);
        return n ? std::optional(static_cast<double>(*n)) : std::nullopt;
    });
}

// The best of several methods for one target.
struct Cell {
    std::optional<double> steps;
    const Method* method = nullptr;
};
using Cells = std::array<Cell, targets.size()>;

Cells best_of(ResidualBench& bench, const std::vector<Method>& methods, Phase phase) {
    Cells cells{};
    for (const auto& m : methods) {
        const auto curves = bench.curves(*rig::dynamics(m.kind, m.settings), m.step, phase);
        for (std::size_t t = 0; t < targets.size(); ++t) {
            const auto n = median_steps(curves, targets[t]);
            if (n && (!cells[t].steps || *n * m.products < *cells[t].steps * cells[t].method->products))
                cells[t] = {n, &m};
        }
    }
    return cells;
}

// One row of the table: methods of which the fastest is shown for each target.
struct Row {
    std::string name;
    bool of_motion; // integrates the equations: its RC are physical
    std::vector<Method> methods;
};

std::vector<Method> each_friction(const std::string& kind, const std::vector<double>& at_steps, int products,
                                  const std::vector<double>& at_frictions = frictions) {
    std::vector<Method> all;
    for (const double step : at_steps)
        for (const double friction : at_frictions)
            all.push_back({kind, step, {{"friction", friction}}, products});
    return all;
}

std::vector<Method> each_step(const std::string& kind, const std::vector<double>& at_steps, int products) {
    std::vector<Method> all;
    for (const double step : at_steps) all.push_back({kind, step, {}, products});
    return all;
}

std::vector<Row> table() {
    return {{"dissipative, RC/4", true, {{"dissipative", 0.25, {}, 2}}},
            {"conjugate, RC/4, best friction", true, each_friction("conjugate", {0.25}, 2)},
            {"Euler, RC/2", false, {{"dissipative-fast", 0.5, {}, 1}}},
            {"Euler, best step", false, each_step("dissipative-fast", all_steps, 1)},
            {"even/odd sweeps", false, {{"dissipative-sweeps", 1.0, {}, 1}}},
            {"dissipative, best step", false, each_step("dissipative", all_steps, 2)},
            {"conjugate, best friction and step", false, each_friction("conjugate", all_steps, 2)},
            {"conjugate Euler, best of both", false, each_friction("conjugate-fast", all_steps, 1)},
            {"conjugate sweeps, best friction", false,
             each_friction("conjugate-sweeps", {1.0}, 1, sweep_frictions)}};
}

std::string shown(const Cell& cell, const Row& row) {
    if (!cell.steps) return fmt::format("{:>33}", "not reached");
    const Method& m = *cell.method;
    std::string how;
    if (m.settings.contains("friction")) how += fmt::format("γ{} ", m.settings.at("friction"));
    if (!row.of_motion && row.methods.size() > 1) how += fmt::format("h{}", m.step);
    const std::string rc = row.of_motion ? fmt::format("{:.2f}", *cell.steps * m.step) : "-";
    return fmt::format("{:>7} {:>5.0f} {:>5.0f} {:13}", rc, *cell.steps, *cell.steps * m.products, how);
}

void print_table(ResidualBench& bench, Phase phase) {
    static constexpr std::array names{"free", "+beta", "-beta"};
    const auto moved = bench.curves(*rig::dynamics("dissipative-sweeps"), 1.0, phase).size();
    fmt::print("\n{:34}",
               fmt::format("{} phase, {} samples move", names[static_cast<std::size_t>(phase)], moved));

    for (const double target : targets) fmt::print(" | {:33}", fmt::format("residual {:.0e}", target));
    fmt::print("\n{:34}", "");
    for (std::size_t t = 0; t < targets.size(); ++t)
        fmt::print(" | {:>7} {:>5} {:>5} {:13}", "RC", "steps", "prod.", "at");
    fmt::print("\n");
    if (moved == 0) return;
    for (const Row& row : table()) {
        const Cells cells = best_of(bench, row.methods, phase);
        fmt::print("{:34}", row.name);
        for (const Cell& cell : cells) fmt::print(" | {}", shown(cell, row));
        fmt::print("\n");
    }
}

// RC of the equations of motion that one step of an iteration is worth: see bench_residuals.
void print_rc_per_step(ResidualBench& bench, const Method& iteration, const std::string& equations,
                       std::size_t steps, Phase phase) {
    const auto fast = bench.curves(*rig::dynamics(iteration.kind, iteration.settings), iteration.step, phase);
    const auto exact = bench.curves(*rig::dynamics(equations, iteration.settings), 0.125, phase);
    std::vector<double> ratios;
    double typical = 0.0;
    for (std::size_t i = 0; i < fast.size(); ++i) {
        std::size_t n = std::min(steps, fast[i].residual.size() - 1);
        if (fast[i].residual[n] < ResidualBench::floor) n = fast[i].settles(ResidualBench::floor).value_or(n);
        if (n == 0) continue;
        const double reached = std::max(fast[i].residual[n], ResidualBench::floor * 1.001);
        const auto rc = exact[i].settles_rc(reached);
        if (!rc) continue;
        ratios.push_back(*rc / static_cast<double>(n));
        typical += std::log10(reached) / static_cast<double>(fast.size());
    }
    if (ratios.empty()) return;
    std::ranges::sort(ratios);
    std::string settings = fmt::format("step {}", iteration.step);
    for (const auto& [key, value] : iteration.settings) settings += fmt::format(", {} {}", key, value);
    fmt::print("{:20} {:22} {:6} {:3} steps: {:.3f} RC a step (quartiles {:.3f} … {:.3f}, residual about "
               "{:.0e}, {} samples)\n",
               iteration.kind, settings, phase == Phase::free ? "free" : "nudged", steps,
               ratios[ratios.size() / 2], ratios[ratios.size() / 4], ratios[ratios.size() * 3 / 4],
               std::pow(10.0, typical), ratios.size());
}

void print_steps_worth(ResidualBench& runs, bool live_nudge) {
    fmt::print("\nPhysical time of an iteration's step (rc_per_step)\n");
    for (const auto& [phase, part] : {std::pair{Phase::free, 1UL}, std::pair{Phase::plus, 3UL}}) {
        if (phase != Phase::free && !live_nudge) continue;
        print_rc_per_step(runs, {"dissipative-fast", 0.5, {}, 1}, "dissipative", 30 / part, phase);
        print_rc_per_step(runs, {"dissipative-sweeps", 1.0, {}, 1}, "dissipative", 15 / part, phase);
        print_rc_per_step(runs, {"conjugate-fast", 0.5, {}, 1}, "conjugate", 30 / part, phase);
        print_rc_per_step(runs, {"conjugate-fast", 1.0, {{"friction", 0.8}}, 1}, "conjugate", 20 / part,
                          phase);
        print_rc_per_step(runs, {"conjugate-sweeps", 1.0, {{"friction", 0.9}}, 1}, "conjugate", 15 / part,
                          phase);
    }
}

} // namespace

void bench_residuals(const BenchCase& bench, double beta) {
    fmt::print("\nResiduals of {}: median over {} samples, beta {}\n", bench.name, bench.inputs.size(), beta);
    ResidualBench runs(bench, beta);
    for (const Phase phase : {Phase::free, Phase::plus, Phase::minus})
        if (phase == Phase::free || bench.live_nudge) print_table(runs, phase);
    print_steps_worth(runs, bench.live_nudge);
}

void bench_rc_per_step(const BenchCase& bench, double beta) {
    fmt::print("\n{}, beta {}", bench.name, beta);
    ResidualBench runs(bench, beta);
    print_steps_worth(runs, bench.live_nudge);
}

} // namespace isinglass
