#include "sim/run/observations.hpp"

#include "host/learning/trainer.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::size_t most_mistakes = 24;
constexpr std::size_t most_observed = 64;
constexpr int settling_parts = 16;
constexpr double most_bins = 256.0;

double top_code(const std::optional<int>& bits) {
    return bits ? CodeFormat{bits}.top_code() : most_bins - 1.0;
}

CodeUse code_use(std::string where, std::string converter, const CodeFormat& format) {
    const auto bins = static_cast<std::size_t>(std::min(most_bins, top_code(format.bits) + 1.0));
    return {std::move(where), std::move(converter), format.bits, std::vector<std::uint64_t>(bins)};
}

double code_of(float level, float low, float high, double top) {
    return std::clamp(std::round(static_cast<double>((level - low) / (high - low)) * top), 0.0, top);
}

void count(CodeUse& use, std::span<const float> levels, float low, float high) {
    const double top = top_code(use.bits);
    const double codes_a_bin = (top + 1.0) / static_cast<double>(use.counts.size());
    for (const float level : levels)
        ++use.counts[static_cast<std::size_t>(code_of(level, low, high, top) / codes_a_bin)];
}

std::vector<Presentation> presentations(std::size_t samples, std::uint64_t purpose) {
    std::vector<Presentation> batch;
    for (std::size_t i = 0; i < samples; ++i) batch.push_back({i, scoring_presentation(purpose, i)});
    return batch;
}

// Codes of all read nodes of every sample, after free phases of that length.
using Codes = std::vector<std::vector<double>>;
Codes codes_after(RelaxTime free, const Experiment& e, Simulation& simulation, double top,
                  const Samples& samples, std::span<const Presentation> batch, WorkerPool& pool) {
    TrainingSpec training = e.training;
    training.free = free;
    training.until_settled = false;
    const auto net = simulation.network();
    Presenter presenter(simulation.host(), simulation.meter(), e.machine, net, e.network.model.part(),
                        training, pool);
    Codes codes(batch.size());
    presenter.read_free(samples, batch, nullptr, [&](std::size_t i, std::span<const float> states) {
        for (const auto& layer : net->layers)
            for (const float s : states.subspan(layer.offset, layer.size))
                codes[i].push_back(code_of(s, layer.low, layer.high, top));
    });
    return codes;
}

// Whether no node is further than an LSB from where it ends; angles go the short way round.
bool settled(const Network& net, std::span<const double> now, std::span<const double> end, double top) {
    std::size_t node = 0;
    for (const auto& layer : net.layers)
        for (std::size_t k = 0; k < layer.size; ++k, ++node) {
            const double apart = std::abs(now[node] - end[node]);
            if (std::min(apart, layer.domain == Domain::circle ? top - apart : apart) > 1.0) return false;
        }
    return true;
}

RelaxTime part_of(RelaxTime whole, int part) {
    whole.value *= static_cast<double>(part) / settling_parts;
    if (whole.unit == RelaxUnit::steps) whole.value = std::max(1.0, std::round(whole.value));
    return whole;
}

} // namespace

void note_verdicts(Observations& o, const Samples& samples, std::span<const Verdict> verdicts) {
    o.samples = verdicts.size();
    o.classes = samples.classes;
    for (const auto& v : verdicts) o.classes = std::max({o.classes, v.label + 1, v.predicted + 1});
    const auto classes = static_cast<std::size_t>(o.classes);
    o.confusion.assign(classes * classes, 0);
    o.shape = samples.shape;
    std::vector<Verdict> wrong;
    for (const auto& v : verdicts) {
        ++o.confusion[static_cast<std::size_t>(v.label) * classes + static_cast<std::size_t>(v.predicted)];
        if (v.label != v.predicted) wrong.push_back(v);
    }
    std::ranges::stable_sort(wrong, std::greater<>(), &Verdict::cost);
    wrong.resize(std::min(wrong.size(), most_mistakes));
    o.mistakes.clear();
    std::vector<float> features(samples.feature_count());
    for (const auto& v : wrong) {
        samples.features(v.sample, features);
        Mistake mistake{v, {}};
        for (const float x : features)
            mistake.pixels.push_back(
                static_cast<std::uint8_t>(std::lround(255.0F * std::clamp(x, 0.0F, 1.0F))));
        o.mistakes.push_back(std::move(mistake));
    }
}

void observe_machine(Observations& o, const Experiment& e, Simulation& simulation, Presenter& presenter,
                     const Samples& samples, std::uint64_t purpose, WorkerPool& pool) {
    const auto net = simulation.network();
    const auto& m = e.machine;
    const auto dac = m.dac->build(1, m.dac_bank, 0, 0)->format();
    const auto adc = m.adc->build(1, m.adc_bank, 0, 0)->format();
    const auto batch = presentations(std::min(most_observed, samples.count()), purpose);
    o.codes = {code_use("inputs", "DAC", dac)};
    for (const auto& layer : net->layers) o.codes.push_back(code_use(layer.name, "ADC", adc));
    Matrix clamped(batch.size(), net->inputs);
    presenter.read_free(samples, batch, &clamped, [&](std::size_t, std::span<const float> states) {
        for (std::size_t l = 0; l < net->layers.size(); ++l) {
            const auto& layer = net->layers[l];
            count(o.codes[l + 1], states.subspan(layer.offset, layer.size), layer.low, layer.high);
        }
    });
    for (std::size_t i = 0; i < clamped.rows(); ++i) count(o.codes[0], clamped.row(i), 0.0F, 1.0F);

    o.free_phase_s =
        e.training.free.seconds(m.circuit->time_constant_s, relax_step_s(m, *net, *e.network.model.part()));
    const double top = top_code(adc.bits);
    std::vector<Codes> after;
    for (int part = 1; part <= settling_parts; ++part)
        after.push_back(
            codes_after(part_of(e.training.free, part), e, simulation, top, samples, batch, pool));
    o.settled_by.assign(settling_parts, 0);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        std::size_t part = settling_parts - 1;
        while (part > 0 && settled(*net, after[part - 1][i], after.back()[i], top)) --part;
        ++o.settled_by[part];
    }
}

} // namespace isinglass
