// Whether conjugate variables lower barriers, on networks that are first shown to have several equilibria:
// random couplings all-to-all, too strong for one equilibrium, and two wells with a barrier of known height.
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/physics/rig.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

namespace isinglass::bench {

namespace {

constexpr std::size_t lanes = block_lanes;
const std::vector<double> frictions{0.1, 0.3, 1.0, 3.0, 10.0};

// Spins in −1 … 1 within one layer, every pair joined; one input, which does nothing.
Network all_to_all(std::size_t spins) {
    return make_network(
        1, {{.name = "s", .size = spins, .low = -1.0F, .high = 1.0F}},
        {{.from = input_layer, .to = 0}, {.from = 0, .to = 0, .kind = make_coupling_kind("all-to-all")}},
        make_hopfield()->needs());
}

// Couplings N(0, strength² / spins).
std::vector<float> random_couplings(const Network& net, double strength, std::uint64_t seed) {
    std::vector<float> values(net.parameters, 0.0F);
    for (const auto& block : net.blocks) {
        if (block.link != 1) continue;
        const auto part = std::span(values).subspan(block.first, block.count());
        RandomStream(seed, Purpose::test).gaussians({1}, part);
        for (auto& w : part) w *= static_cast<float>(strength / std::sqrt(static_cast<double>(net.spins())));
    }
    return values;
}

// A block of lanes under one dynamics.
class Motion {
  public:
    Motion(const Network& net, const std::vector<float>& values, const std::string& kind, double friction,
           std::uint64_t seed)
        : net_(net),
          values_(values),
          model_(make_hopfield()),
          kernel_(model_->kernel(net)),
          draws_(seed, Purpose::node_noise),
          dynamics_(rig::dynamics(kind, kind == "conjugate" ? rig::Settings{{"friction", friction}}
                                                            : rig::Settings{})),
          integrator_(dynamics_->integrator(net, draws_)),
          block_(net),
          numbers_(lanes) {
        block_.lanes = lanes;
        std::iota(numbers_.begin(), numbers_.end(), std::uint64_t{0});
        kernel_->clamp(values_.data(), block_);
    }

    // Every lane from a state of its own, drawn uniformly; at rest.
    void start_at_random(std::uint64_t seed) {
        const RandomStream draws(seed, Purpose::initial_state);
        block_.momentum.fill(0.0F);
        for (std::size_t r = 0; r < lanes; ++r) {
            const auto s = spins(r);
            draws.uniforms({r}, s);
            for (auto& x : s) x = 2.0F * x - 1.0F;
        }
    }
    void start_at(float state) {
        block_.momentum.fill(0.0F);
        for (std::size_t r = 0; r < lanes; ++r) std::ranges::fill(spins(r), state);
    }

    // A phase of `steps`, with noise of temperature T.
    void begin(std::uint32_t steps, double temperature, std::uint32_t phase) {
        integrator_->begin({.nudge = {},
                            .step_rc = step_rc,
                            .steps = steps,
                            .node_noise = std::sqrt(temperature),
                            .command = phase,
                            .presentations = numbers_});
    }
    void step() { integrator_->step(values_.data(), block_, *kernel_); }
    void relax(std::uint32_t steps, double temperature, std::uint32_t phase) {
        begin(steps, temperature, phase);
        for (std::uint32_t n = 0; n < steps; ++n) step();
    }

    std::span<float> spins(std::size_t lane) {
        return block_.state.row(lane).subspan(net_.layers[0].offset, net_.layers[0].size);
    }
    // ½Σs² − Σ over pairs, from the field: the couplings' part of it is Ws.
    std::vector<double> energies() {
        kernel_->field(values_.data(), {}, block_, block_.state, all_layers, block_.field);
        std::vector<double> e(lanes, 0.0);
        for (std::size_t r = 0; r < lanes; ++r) {
            const auto s = spins(r);
            const auto f = block_.field.row(r).subspan(net_.layers[0].offset, net_.layers[0].size);
            for (std::size_t j = 0; j < s.size(); ++j)
                e[r] += 0.5 * static_cast<double>(s[j]) * static_cast<double>(s[j] - f[j]);
        }
        return e;
    }

    static constexpr double step_rc = 0.25;

  private:
    const Network& net_;
    const std::vector<float>& values_;
    std::unique_ptr<EnergyModel> model_;
    std::unique_ptr<FieldKernel> kernel_;
    RandomStream draws_;
    std::shared_ptr<const Dynamics> dynamics_;
    std::unique_ptr<Integrator> integrator_;
    LaneBlock block_;
    std::vector<std::uint64_t> numbers_;
};

struct Dynamic {
    std::string kind;
    double friction;
    [[nodiscard]] std::string name() const {
        return kind == "conjugate" ? fmt::format("conjugate, friction {}", friction) : kind;
    }
};
std::vector<Dynamic> all_dynamics() {
    std::vector<Dynamic> all{{"dissipative", 0.0}};
    for (const double friction : frictions) all.push_back({"conjugate", friction});
    return all;
}

// --- random couplings -----------------------------------------------------------------------------------

// What the starts of an instance came to, one dynamics.
struct Ends {
    std::vector<double> energies;
    std::size_t different = 0; // pairs of starts one after the other that end in different states
    std::size_t pairs = 0;
};

// Relaxes `rc` without noise, or cools: `temperature` falls to 0 over four fifths of the time.
Ends ends_of(const Network& net, const std::vector<float>& values, const Dynamic& d, double rc,
             double temperature, std::size_t blocks) {
    Ends ends;
    for (std::size_t b = 0; b < blocks; ++b) {
        Motion motion(net, values, d.kind, d.friction, 100 + b);
        motion.start_at_random(b);
        constexpr std::uint32_t stages = 16;
        const double cooling = temperature > 0.0 ? 0.8 : 0.0;
        const auto until = [&](double part) {
            return static_cast<std::uint32_t>(std::lround(part * rc / Motion::step_rc));
        };
        for (std::uint32_t k = 0; k < stages; ++k) // whole steps, that add up to those of `rc`
            motion.relax(until(cooling * (k + 1) / stages) - until(cooling * k / stages),
                         temperature * (1.0 - (k + 0.5) / stages), k);
        motion.relax(until(1.0) - until(cooling), 0.0, stages);
        for (const double e : motion.energies()) ends.energies.push_back(e);
        for (std::size_t r = 1; r < lanes; ++r) {
            const auto a = motion.spins(r - 1), c = motion.spins(r);
            bool same = true;
            for (std::size_t j = 0; j < a.size(); ++j) same = same && std::abs(a[j] - c[j]) < 0.05F;
            ends.different += same ? 0 : 1;
            ++ends.pairs;
        }
    }
    return ends;
}

double mean_of(const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

void show_multistability(std::size_t spins) {
    Table table({"couplings N(0, g^2 / N)", "starts that end elsewhere than the one before"});
    for (const double strength : {0.4, 0.8, 2.0, 4.0}) {
        const auto net = all_to_all(spins);
        const auto ends =
            ends_of(net, random_couplings(net, strength, 1), {"dissipative", 0.0}, 400.0, 0.0, 2);
        table.row({fmt::format("N = {}, g = {}", spins, strength),
                   fmt::format("{} of {}", ends.different, ends.pairs)});
    }
    std::cout << "Several equilibria: random starts, dissipative, 400 RC\n" << table.text() << '\n';
}

// Power of the cells' and nodes' bias currents on epc1-28nm, beside that of the dissipative array: a spin of
// conjugate variables has two nodes.
double power_ratio(const Network& net, const std::vector<float>& values, const Dynamic& d) {
    std::vector<double> magnitudes;
    for (const auto& block : net.blocks) {
        magnitudes.push_back(0.0);
        for (std::size_t i = 0; i < block.count(); ++i)
            magnitudes.back() += static_cast<double>(std::abs(values[block.first + i]));
    }
    const auto watts = [&](int nodes_per_spin) {
        double sum = 0.0;
        for (const auto& flow : make_transconductors()->flows({net, magnitudes, nodes_per_spin}))
            sum += flow.per_s;
        return sum;
    };
    return watts(d.kind == "conjugate" ? 2 : 1) / watts(1);
}

enum class Equal { time, energy };

// Mean energy above the best that was seen by any dynamics, % of that, and the share of starts that reach it.
// At equal energy the columns are times of the dissipative array; others stop when they have taken as much.
void compare_depths(std::size_t spins, double temperature, const char* title, Equal equal) {
    constexpr int instances = 16;
    constexpr std::size_t blocks = 2;
    const std::vector<double> times{10.0, 30.0, 100.0, 300.0};
    std::map<std::pair<std::size_t, std::size_t>, std::vector<std::vector<double>>>
        found; // dynamics, time: instances
    double ratios = 0.0;
    const auto dynamics = all_dynamics();
    std::vector<double> best(instances, std::numeric_limits<double>::infinity());
    const auto net = all_to_all(spins);
    for (int i = 0; i < instances; ++i) {
        const auto values = random_couplings(net, 4.0, 10 + static_cast<std::uint64_t>(i));
        ratios += power_ratio(net, values, dynamics.back()) / instances;
        for (std::size_t d = 0; d < dynamics.size(); ++d)
            for (std::size_t t = 0; t < times.size(); ++t) {
                const double rc =
                    times[t] / (equal == Equal::time ? 1.0 : power_ratio(net, values, dynamics[d]));
                auto e = ends_of(net, values, dynamics[d], rc, temperature, blocks).energies;
                best[static_cast<std::size_t>(i)] =
                    std::min(best[static_cast<std::size_t>(i)], std::ranges::min(e));
                found[{d, t}].push_back(std::move(e));
            }
    }
    std::vector<std::string> header{
        fmt::format("{}, at equal {}", title, equal == Equal::time ? "time" : "energy")};
    for (const double rc : times)
        header.push_back(fmt::format("{} RC: above best", rc)), header.push_back("at best");
    Table table(header);
    for (std::size_t d = 0; d < dynamics.size(); ++d) {
        std::vector<std::string> row{dynamics[d].name()};
        for (std::size_t t = 0; t < times.size(); ++t) {
            double above = 0.0, reached = 0.0;
            for (int i = 0; i < instances; ++i) {
                const auto& e = found[{d, t}][static_cast<std::size_t>(i)];
                const double lowest = best[static_cast<std::size_t>(i)];
                above += 100.0 * (mean_of(e) - lowest) / std::abs(lowest) / instances;
                reached += 100.0 *
                           static_cast<double>(std::ranges::count_if(
                               e, [&](double x) { return x < lowest + 1e-3 * std::abs(lowest); })) /
                           static_cast<double>(e.size()) / instances;
            }
            row.push_back(fmt::format("{:.2f} %", above));
            row.push_back(fmt::format("{:.1f} %", reached));
        }
        table.row(row);
    }
    std::cout << table.text();
    if (equal == Equal::energy)
        std::cout << fmt::format(
            "Conjugate variables stop at 1 / {:.3f} of the time: their power beside that of "
            "the others\n",
            ratios);
    std::cout << '\n';
}

// --- two wells ------------------------------------------------------------------------------------------

constexpr std::size_t well_spins = 4;
constexpr double well_coupling =
    2.0; // of all pairs, times N: E = N m² (1 − J (N − 1) / N) / 2 where all spins are m

// Mean time in RC until the mean spin of a lane first has the other sign, over the lanes; censored at
// `longest`.
std::optional<double> escape_rc(const Network& net, const std::vector<float>& values, const Dynamic& d,
                                double temperature) {
    constexpr double longest = 20000.0;
    Motion motion(net, values, d.kind, d.friction, 7);
    motion.start_at(0.8F);
    motion.relax(static_cast<std::uint32_t>(20.0 / Motion::step_rc), 0.25 * temperature,
                 0); // to thermal motion within the well
    const auto steps = static_cast<std::uint32_t>(longest / Motion::step_rc);
    motion.begin(steps, temperature, 1);
    std::vector<bool> gone(lanes, false);
    std::size_t left = lanes;
    double waited =
        0.0; // Σ over lanes of the time in the first well: / escapes is the maximum-likelihood mean
    for (std::uint32_t n = 0; n < steps && left > 0; ++n) {
        motion.step();
        for (std::size_t r = 0; r < lanes; ++r) {
            if (gone[r]) continue;
            waited += Motion::step_rc;
            const auto s = motion.spins(r);
            if (std::accumulate(s.begin(), s.end(), 0.0F) / static_cast<float>(s.size()) > -0.5F) continue;
            gone[r] = true;
            --left;
        }
    }
    if (left == lanes) return {};
    return waited / static_cast<double>(lanes - left);
}

std::vector<float> well_values(const Network& net) {
    std::vector<float> values(net.parameters, 0.0F);
    for (const auto& block : net.blocks)
        if (block.link == 1)
            std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(block.first), block.count(),
                        static_cast<float>(well_coupling / static_cast<double>(well_spins)));
    return values;
}

// Slope of ln(escape time) over 1/T: the height of the barrier that the motion feels.
void compare_escapes() {
    const std::vector<double> temperatures{0.3, 0.25, 0.2, 0.16, 0.13};
    const auto net = all_to_all(well_spins);
    const auto values = well_values(net);
    const double height =
        0.5 * well_spins * (well_coupling * (well_spins - 1.0) / well_spins - 1.0); // from all ±1 to all 0
    std::vector<std::string> header{fmt::format("two wells, barrier {} between them", height)};
    for (const double t : temperatures) header.push_back(fmt::format("T = {}", t));
    header.push_back("barrier felt");
    Table table(header);
    for (const auto& d : all_dynamics()) {
        std::vector<std::string> row{d.name()};
        double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (const double t : temperatures) {
            const auto rc = escape_rc(net, values, d, t);
            row.push_back(rc ? fmt::format("{:.0f} RC", *rc) : "none");
            if (!rc) continue;
            const double x = 1.0 / t, y = std::log(*rc);
            ++n, sx += x, sy += y, sxx += x * x, sxy += x * y;
        }
        row.push_back(n < 3 ? "-" : fmt::format("{:.2f}", (n * sxy - sx * sy) / (n * sxx - sx * sx)));
        table.row(row);
    }
    std::cout << "Mean time until noise carries the state from one well to the other\n" << table.text();
    std::cout << fmt::format("Power of conjugate variables beside that of the dissipative array: {:.3f}\n",
                             power_ratio(net, values, all_dynamics().back()));
}

int run() {
    show_multistability(48);
    for (const auto equal : {Equal::time, Equal::energy}) {
        compare_depths(48, 0.0, "no noise, g = 4", equal);
        compare_depths(48, 0.5, "cooled from T = 0.5", equal);
    }
    compare_escapes();
    return exit_done;
}

} // namespace

Subcommand barriers_bench() {
    return {.name = "barriers",
            .summary = "whether conjugate variables lower barriers, where there are several equilibria",
            .example = "bench barriers",
            .run = run};
}

} // namespace isinglass::bench
