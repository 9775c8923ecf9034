#include "sim/study/gradient_check.hpp"

#include "sim/study/machine_variants.hpp"
#include "sim/study/true_gradient.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace isinglass {

namespace {

using Gradient = std::vector<float>;

// What the gradients of one repeat are compared with.
struct Reference {
    Gradient exact;
    std::optional<Gradient> truth;
};

double rms_shift(const BatchReadout& readout, const SpinLayer& out, double phases) {
    double squares = 0.0;
    for (std::size_t i = 0; i < readout.batch(); ++i)
        for (std::size_t j = out.offset; j < out.offset + out.size; ++j) {
            const double d = static_cast<double>(readout.first.row(i)[j] - readout.second.row(i)[j]) / phases;
            squares += d * d;
        }
    return std::sqrt(squares / static_cast<double>(readout.batch() * out.size));
}

std::span<const float> part(const Gradient& g, const ParameterBlock& block) {
    return std::span(g).subspan(block.first, block.count());
}

// Power of the exact gradient over the variance of the difference between repeats.
double snr_db(const std::vector<Gradient>& gradients, const std::vector<Reference>& references,
              const ParameterBlock& block) {
    const auto n = static_cast<double>(gradients.size());
    if (gradients.size() < 2) return std::numeric_limits<double>::infinity();
    double signal = 0.0;
    double noise = 0.0;
    for (std::size_t i = block.first; i < block.first + block.count(); ++i) {
        double sum = 0.0;
        double squares = 0.0;
        for (std::size_t r = 0; r < gradients.size(); ++r) {
            const auto exact = static_cast<double>(references[r % references.size()].exact[i]);
            const double d = static_cast<double>(gradients[r][i]) - exact;
            sum += d;
            squares += d * d;
            signal += exact * exact / n;
        }
        noise += (squares - sum * sum / n) / (n - 1.0);
    }
    constexpr double rounding = 1e-12; // of sums in double precision
    return noise <= rounding * signal ? std::numeric_limits<double>::infinity()
                                      : 10.0 * std::log10(signal / noise);
}

GradientMatch mean(const std::vector<GradientMatch>& matches) {
    GradientMatch m;
    for (const auto& one : matches) {
        m.cosine += one.cosine / static_cast<double>(matches.size());
        m.norm_ratio += one.norm_ratio / static_cast<double>(matches.size());
    }
    return m;
}

GradientLine line(const std::string& name, const Network& net, const std::vector<Gradient>& gradients,
                  const std::vector<Reference>& references) {
    GradientLine result{name, {}};
    for (const auto& block : net.blocks) {
        std::vector<GradientMatch> exact, truth;
        for (std::size_t r = 0; r < gradients.size(); ++r) {
            const auto& reference = references[r % references.size()];
            exact.push_back(match(part(gradients[r], block), part(reference.exact, block)));
            if (reference.truth)
                truth.push_back(match(part(gradients[r], block), part(*reference.truth, block)));
        }
        result.blocks.push_back({.to_exact = mean(exact), .snr_db = snr_db(gradients, references, block)});
        if (truth.size() == gradients.size()) result.blocks.back().to_true = mean(truth);
    }
    return result;
}

// The mean over samples of dC/dθ at the equilibria near `free`; nothing where one has none.
std::optional<Gradient> true_gradient(const TrueGradient& rule, const Experiment& e, const Network& net,
                                      const Samples& samples, const Matrix& free, WorkerPool& pool) {
    constexpr std::size_t at_once = 8;
    const std::size_t tasks = (free.rows() + at_once - 1) / at_once;
    std::vector<std::vector<double>> sums(tasks, std::vector<double>(net.parameters, 0.0));
    std::vector<char> found(free.rows(), 1);
    pool.run(tasks, [&](std::size_t task, unsigned) {
        std::vector<float> levels(net.inputs);
        for (std::size_t i = task * at_once; i < std::min(free.rows(), (task + 1) * at_once); ++i) {
            samples.features(i, levels);
            found[i] = rule.add({levels, samples.labels[i], free.row(i)}, *e.network.model.part(),
                                *e.training.cost.part(), sums[task])
                           ? 1
                           : 0;
        }
    });
    if (std::ranges::count(found, 0) > 0) return std::nullopt;
    Gradient gradient(net.parameters);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        double sum = 0.0;
        for (const auto& part_sum : sums) sum += part_sum[i];
        gradient[i] = static_cast<float>(sum / static_cast<double>(free.rows()));
    }
    tie_shared(net, gradient, Tie::sum);
    return gradient;
}

double share_at_bound(const Network& net, const Matrix& free) {
    const auto& out = net.output();
    if (out.domain == Domain::circle) return 0.0;
    std::size_t n = 0;
    for (std::size_t r = 0; r < free.rows(); ++r)
        for (const float s : free.row(r).subspan(out.offset, out.size))
            n += s <= out.low || s >= out.high ? 1 : 0;
    return static_cast<double>(n) / static_cast<double>(free.rows() * out.size);
}

// Gradients of one machine, a repeat each.
std::vector<Gradient> repeats(BareMachine& machine, const Samples& samples, EpSettings settings,
                              std::size_t count, BatchReadout& readout) {
    std::vector<Gradient> all;
    for (std::size_t r = 0; r < count; ++r) {
        settings.first = r * readout.batch();
        all.push_back(machine.gradient(samples, settings, readout));
    }
    return all;
}

} // namespace

GradientMatch match(std::span<const float> gradient, std::span<const float> reference) {
    double gg = 0.0;
    double rr = 0.0;
    double gr = 0.0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const auto g = static_cast<double>(gradient[i]);
        const auto r = static_cast<double>(reference[i]);
        gg += g * g;
        rr += r * r;
        gr += g * r;
    }
    const double norms = std::sqrt(gg * rr);
    return {.cosine = norms > 0.0 ? gr / norms : 0.0, .norm_ratio = rr > 0.0 ? std::sqrt(gg / rr) : 0.0};
}

GradientCheck check_gradient(const Experiment& e, std::span<const float> numbers, const Samples& samples,
                             const GradientCheckSize& size, WorkerPool& pool) {
    const auto ideal = ideal_variant(e);
    const auto net = e.network.build();
    const auto theta = numbers.first(net->parameters);
    e.training.cost->use_weights(numbers.subspan(net->parameters));
    BareMachine twin(e, ideal.machine, theta, pool);
    BatchReadout readout(size.samples, *net);
    GradientCheck check;
    for (const auto& block : net->blocks) check.blocks.push_back(block.name);

    auto exact = repeats(twin, samples, ideal.settings, size.repeats, readout);
    const auto format = e.machine.adc->build(1, e.machine.adc_bank, 0, 0)->format();
    const auto range = read_range(net->output(), e.training.differences(), e.machine.read_gain);
    if (format.bits)
        check.output_shift_lsb = rms_shift(readout, net->output(), e.training.nudged_phases()) /
                                 (static_cast<double>(range.high - range.low) / format.top_code());
    const auto ideal_gradients = exact;
    // Where no reset is random, all repeats of the ideal twin are one.
    if (std::ranges::all_of(exact, [&](const Gradient& g) { return g == exact.front(); })) exact.resize(1);

    const auto energy = make_pair_energy(e.network.model);
    check.no_truth = no_true_gradient(*net, e.network.model).value_or("");
    std::optional<TrueGradient> rule;
    if (check.no_truth.empty()) rule.emplace(*net, *energy, theta);
    std::vector<Reference> references;
    for (std::size_t r = 0; r < exact.size(); ++r) {
        auto settings = ideal.settings;
        settings.first = r * size.samples;
        const auto free = twin.free_states(samples, size.samples, settings);
        if (r == 0) check.outputs_at_bound = share_at_bound(*net, free);
        references.push_back({std::move(exact[r]), {}});
        if (!rule) continue;
        references.back().truth = true_gradient(*rule, e, *net, samples, free, pool);
        if (!references.back().truth) check.no_truth = "a sample's free state is no stable equilibrium";
    }
    check.lines.push_back(line("exact EP", *net, ideal_gradients, references));
    for (const double part : {10.0, 100.0}) {
        auto smaller = ideal.settings;
        smaller.beta /= part;
        check.lines.push_back(line(fmt::format("exact EP, beta / {}", part), *net,
                                   repeats(twin, samples, smaller, exact.size(), readout), references));
    }
    for (const auto& v : machine_variants(e)) {
        BareMachine machine(e, v.machine, theta, pool);
        check.lines.push_back(
            line(v.name, *net, repeats(machine, samples, v.settings, size.repeats, readout), references));
    }
    return check;
}

std::string advice(const Experiment& e, double shift_lsb) {
    const bool codes = e.machine.adc->build(1, e.machine.adc_bank, 0, 0)->format().bits.has_value();
    if (!codes || shift_lsb >= 1.0) return {};
    if (shift_lsb <= 0.0) return "warning: the nudge does not move the outputs at all\n";
    const double more = 1.0 / shift_lsb;
    return fmt::format(
        "warning: the nudge moves the outputs by {:.2g} LSB of their read-out (rms); beta = {:.2g}, "
        "training.readout = \"differences\" with machine.array.read_gain = {:.2g}, or {} more bits of "
        "the ADC would make it an LSB\n",
        shift_lsb, e.training.beta * more, more * (e.training.differences() ? e.machine.read_gain : 0.5),
        static_cast<int>(std::ceil(std::log2(more))));
}

} // namespace isinglass
