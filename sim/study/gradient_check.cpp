#include "sim/study/gradient_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr double settled = 10.0;   // times the experiment's relaxation times
constexpr double small_beta = 0.1; // of beta, for the true gradient

struct Variant {
    std::string name;
    MachineSpec machine;
    EpSettings settings;
};

// The ideal twin with one part of the machine's after another, and the machine itself.
std::vector<Variant> variants(const Experiment& e, const MachineSpec& ideal) {
    const auto& m = e.machine;
    const EpSettings long_enough{.beta = e.training.beta, .longer = settled};
    std::vector<Variant> all;
    const auto add = [&](const char* name, bool there, const auto& change) {
        if (!there) return;
        all.push_back({name, ideal, long_enough});
        change(all.back().machine);
    };
    add("DAC", m.dac.name() != "ideal", [&](MachineSpec& v) { v.dac = m.dac; });
    add("ADC", m.adc.name() != "ideal", [&](MachineSpec& v) { v.adc = m.adc; });
    add("couplings' codes", m.couplings.kind != "ideal", [&](MachineSpec& v) {
        v.couplings = m.couplings;
        v.couplings.mismatch = 0.0;
    });
    add("couplings' mismatch", m.couplings.kind != "ideal" && m.couplings.mismatch > 0.0,
        [&](MachineSpec& v) {
            v.couplings = m.couplings;
            v.couplings.bits = 16; // next to no rounding
        });
    add("node noise", m.node_noise != "off", [&](MachineSpec& v) { v.node_noise = m.node_noise; });
    add("no sample-and-holds", !m.sample_and_hold, [&](MachineSpec& v) { v.sample_and_hold = false; });
    EpSettings as_stated = long_enough;
    as_stated.longer = 1.0;
    as_stated.until_settled = e.training.until_settled;
    all.push_back({"finite relaxation", ideal, as_stated});
    all.back().machine.detector = m.detector;
    all.push_back({"all together", m, as_stated});
    return all;
}

double rms_shift(const BatchReadout& readout, const SpinLayer& out, double phases) {
    double squares = 0.0;
    for (std::size_t i = 0; i < readout.batch(); ++i)
        for (std::size_t j = out.offset; j < out.offset + out.size; ++j) {
            const double d = static_cast<double>(readout.first.row(i)[j] - readout.second.row(i)[j]) / phases;
            squares += d * d;
        }
    return std::sqrt(squares / static_cast<double>(readout.batch() * out.size));
}

} // namespace

GradientMatch match(std::span<const float> gradient, std::span<const float> reference) {
    double gg = 0.0;
    double rr = 0.0;
    double gr = 0.0;
    double dd = 0.0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const auto g = static_cast<double>(gradient[i]);
        const auto r = static_cast<double>(reference[i]);
        gg += g * g;
        rr += r * r;
        gr += g * r;
        dd += (g - r) * (g - r);
    }
    const double norms = std::sqrt(gg * rr);
    return {.cosine = norms > 0.0 ? gr / norms : 0.0,
            .norm_ratio = rr > 0.0 ? std::sqrt(gg / rr) : 0.0,
            .snr_db = rr > 0.0 ? 10.0 * std::log10(rr / std::max(dd, 1e-30 * rr)) : 0.0};
}

GradientCheck check_gradient(const Experiment& e, std::span<const float> theta, const Samples& samples,
                             std::size_t count, WorkerPool& pool) {
    MachineSpec ideal = ideal_twin(e.machine, *e.network.model.part());
    ideal.sample_and_hold = true;
    BareMachine twin(e, ideal, theta, pool);
    const auto& net = twin.network();
    BatchReadout readout(count, net);
    const EpSettings exact_settings{.beta = e.training.beta, .longer = settled};
    const auto exact = twin.gradient(samples, exact_settings, readout);
    const auto range = read_range(net.output(), e.training.readout == "differences", e.machine.read_gain);
    const auto format = e.machine.adc->build(1, e.machine.adc_bank, 0, 0)->format();
    GradientCheck check;
    if (format.bits)
        check.output_shift_lsb =
            rms_shift(readout, net.output(), e.training.estimator == "centred" ? 2.0 : 1.0) /
            (static_cast<double>(range.high - range.low) / format.top_code());
    Experiment centred = e;
    if (e.training.estimator != "centred" && e.machine.second_hold) centred.training.estimator = "centred";
    const auto truth =
        BareMachine(centred, ideal, theta, pool)
            .gradient(samples, {.beta = small_beta * e.training.beta, .longer = settled}, readout);
    for (const auto& block : net.blocks) check.blocks.push_back(block.name);
    const auto line = [&](const std::string& name, const std::vector<float>& g, const std::vector<float>& r) {
        GradientLine result{name, {}};
        for (const auto& block : net.blocks)
            result.blocks.push_back(match(std::span(g).subspan(block.first, block.count()),
                                          std::span(r).subspan(block.first, block.count())));
        return result;
    };
    check.against_true.push_back(line("exact EP", exact, truth));
    for (const auto& v : variants(e, ideal)) {
        const auto gradient = BareMachine(e, v.machine, theta, pool).gradient(samples, v.settings, readout);
        check.against_exact.push_back(line(v.name, gradient, exact));
        if (v.name == "all together") check.against_true.push_back(line(v.name, gradient, truth));
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
        shift_lsb, e.training.beta * more,
        more * (e.training.readout == "differences" ? e.machine.read_gain : 0.5),
        static_cast<int>(std::ceil(std::log2(more))));
}

} // namespace isinglass
