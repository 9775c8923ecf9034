#include "hw_models/base/error.hpp"
#include "hw_models/converters/linearity.hpp"
#include "hw_models/converters/sine_test.hpp"
#include "sim/run/characterization.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numbers>

namespace isinglass {

namespace {

constexpr std::size_t record = 4096;
constexpr std::uint64_t test_noise_seed = 1;

// All converters of a machine, a node each, working on the same input.
class AdcBench {
  public:
    AdcBench(const MachineSpec& machine, double rate_hz)
        : converters_(static_cast<std::size_t>(machine.adc_bank.count)),
          inputs_(converters_),
          levels_(converters_) {
        auto bank = machine.adc_bank;
        bank.rate_hz = rate_hz;
        bank.temperature_k = machine.noise_temperature_k();
        adcs_ = machine.adc->build(converters_, bank, static_cast<std::uint64_t>(machine.chip_seed),
                                   test_noise_seed);
        if (!adcs_->format().bits)
            throw UserError(
                fmt::format("machine.adc.kind = \"{}\" has no codes to be tested; valid are kinds with "
                            "bits, as sar or uniform",
                            machine.adc.name()));
        bytes_.resize(converters_ * adcs_->format().bytes());
    }

    [[nodiscard]] const AdcBank& adcs() const { return *adcs_; }
    [[nodiscard]] std::size_t converters() const { return converters_; }
    [[nodiscard]] double top() const { return adcs_->format().top_code(); }

    // Codes of all converters for an input in LSB.
    std::span<const float> convert(double lsb, std::uint64_t sample) {
        std::ranges::fill(inputs_, static_cast<float>(lsb / top()));
        adcs_->convert({.presentation = sample}, {.nodes = converters_}, inputs_, bytes_);
        adcs_->format().decode(bytes_, 0.0F, static_cast<float>(top()), levels_);
        return levels_;
    }

  private:
    std::size_t converters_;
    std::unique_ptr<AdcBank> adcs_;
    std::vector<float> inputs_, levels_;
    std::vector<std::uint8_t> bytes_;
};

using Histograms = std::vector<std::vector<std::uint64_t>>; // [converter][code]

struct Density {
    Histograms ramp, sine;
};

// Inputs reach 5 % beyond both ends, so that the end codes hold what is cut off.
Density code_density(AdcBench& bench, std::size_t samples_per_code) {
    const auto codes = static_cast<std::size_t>(bench.top()) + 1;
    Density d{Histograms(bench.converters(), std::vector<std::uint64_t>(codes, 0)), {}};
    d.sine = d.ramp;
    const std::size_t samples = samples_per_code * codes;
    for (std::size_t i = 0; i < samples; ++i) {
        const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(samples);
        const auto count = [&](Histograms& h, double input, std::uint64_t draw) {
            const auto codes_now = bench.convert(input * bench.top(), draw);
            for (std::size_t c = 0; c < h.size(); ++c) ++h[c][static_cast<std::size_t>(codes_now[c])];
        };
        count(d.ramp, 1.1 * at - 0.05, 2 * i);
        count(d.sine, 0.5 - 0.55 * std::cos(std::numbers::pi * at), 2 * i + 1);
    }
    return d;
}

// Every converter's fit of one sine at `cycles_per_sample`; the moment of sampling jitters.
std::vector<SineFit> sine_fits(AdcBench& bench, double cycles_per_sample, double rate_hz,
                               std::uint64_t chapter) {
    std::vector<std::vector<double>> codes(bench.converters(), std::vector<double>(record));
    AlignedVector<float> jitter(record);
    RandomStream(test_noise_seed, Purpose::aperture_jitter).gaussians({.presentation = chapter}, jitter);
    for (std::size_t i = 0; i < record; ++i) {
        const double late = bench.adcs().jitter_s() * rate_hz * static_cast<double>(jitter[i]);
        const double phase = 2.0 * std::numbers::pi * cycles_per_sample * (static_cast<double>(i) + late);
        const auto now = bench.convert((0.5 + 0.49 * std::cos(phase)) * bench.top(), (chapter << 32U) + i);
        for (std::size_t c = 0; c < codes.size(); ++c) codes[c][i] = static_cast<double>(now[c]);
    }
    std::vector<SineFit> fits;
    for (const auto& c : codes) fits.push_back(fit_sine(c, cycles_per_sample));
    return fits;
}

double median(std::vector<double> x) {
    std::ranges::sort(x);
    return x[x.size() / 2];
}

template <class Of>
std::vector<double> of_all(const std::vector<SineFit>& fits, Of of) {
    std::vector<double> out;
    for (const auto& f : fits) out.push_back(of(f));
    return out;
}

std::string range_row(std::vector<double> x, const char* format) {
    std::ranges::sort(x);
    const auto f = fmt::runtime(format);
    return fmt::format(f, x.front()) + " … " + fmt::format(f, x.back());
}

std::vector<double> numbered(std::size_t n, double first) {
    std::vector<double> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = first + static_cast<double>(i);
    return x;
}

void test_linearity(AdcBench& bench, const CharacterizationOptions& o, Table& table,
                    std::vector<Figure>& figures) {
    const auto density = code_density(bench, o.samples_per_code);
    std::vector<double> inl, dnl, gain, offset;
    std::size_t missing = 0;
    for (std::size_t c = 0; c < bench.converters(); ++c) {
        const auto t = thresholds_from_ramp(density.ramp[c]);
        const auto l = linearity_of(t);
        inl.push_back(l.worst_inl());
        dnl.push_back(l.worst_dnl());
        gain.push_back(100.0 * (1.0 / (l.step * 1.1 * bench.top()) - 1.0));
        offset.push_back((t[0] * 1.1 - 0.05) * bench.top() - 0.5);
        missing += static_cast<std::size_t>(std::count(density.ramp[c].begin(), density.ramp[c].end(), 0U));
    }
    const auto drawn = linearity_of(bench.adcs().thresholds(o.converter));
    const auto ramp = linearity_of(thresholds_from_ramp(density.ramp[o.converter]));
    const auto sine = linearity_of(thresholds_from_sine(density.sine[o.converter]));
    const auto one = [&](const std::vector<double>& x, const char* f) {
        return fmt::format(fmt::runtime(f), x[o.converter]);
    };
    table.row({"INL, worst code (LSB)", one(inl, "{:.3f}"), fmt::format("{:.3f}", median(inl)),
               range_row(inl, "{:.3f}")});
    table.row({"DNL, worst code (LSB)", one(dnl, "{:.3f}"), fmt::format("{:.3f}", median(dnl)),
               range_row(dnl, "{:.3f}")});
    table.row({"gain error (%)", one(gain, "{:.3f}"), fmt::format("{:.3f}", median(gain)),
               range_row(gain, "{:.3f}")});
    table.row({"offset (LSB)", one(offset, "{:.3f}"), fmt::format("{:.3f}", median(offset)),
               range_row(offset, "{:.3f}")});
    table.row({"codes that never came", "", "", fmt::format("{} in all", missing)});
    figures.push_back({"adc-inl",
                       "ADC integral nonlinearity",
                       "code",
                       "INL (LSB)",
                       numbered(ramp.inl.size(), 1.0),
                       {{"drawn", drawn.inl}, {"ramp", ramp.inl}, {"sine", sine.inl}}});
    figures.push_back({"adc-dnl",
                       "ADC differential nonlinearity",
                       "code",
                       "DNL (LSB)",
                       numbered(ramp.dnl.size(), 1.0),
                       {{"drawn", drawn.dnl}, {"ramp", ramp.dnl}, {"sine", sine.dnl}}});
}

void test_sines(AdcBench& bench, const CharacterizationOptions& o, double rate_hz, Table& table) {
    std::uint64_t chapter = 1;
    for (const double wanted : {0.01, 0.47}) {
        const double f = coherent_frequency(wanted, record);
        const auto fits = sine_fits(bench, f, rate_hz, chapter++);
        const auto sndr = of_all(fits, [](const SineFit& x) { return x.sndr_db(); });
        const auto bits = of_all(fits, [&](const SineFit& x) { return x.effective_bits(bench.top() + 1.0); });
        const std::string at = " at " + format_si(f * rate_hz, "Hz");
        table.row({"SNDR" + at + " (dB)", fmt::format("{:.2f}", sndr[o.converter]),
                   fmt::format("{:.2f}", median(sndr)), range_row(sndr, "{:.2f}")});
        table.row({"ENOB" + at, fmt::format("{:.2f}", bits[o.converter]), fmt::format("{:.2f}", median(bits)),
                   range_row(bits, "{:.2f}")});
    }
}

// Converters that are hurried settle to fewer bits.
Figure bits_against_rate(const MachineSpec& machine, Table& table) {
    Figure figure{"adc-rate",
                  "ADC effective bits against its rate",
                  "conversions a second",
                  "ENOB",
                  {},
                  {{"median of converters", {}}},
                  true};
    std::uint64_t chapter = 10;
    for (const double factor : {0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0}) {
        const double rate_hz = factor * machine.adc_bank.rate_hz;
        AdcBench bench(machine, rate_hz);
        const auto fits = sine_fits(bench, coherent_frequency(0.01, record), rate_hz, chapter++);
        const double bits =
            median(of_all(fits, [&](const SineFit& x) { return x.effective_bits(bench.top() + 1.0); }));
        figure.x.push_back(rate_hz);
        figure.curves[0].y.push_back(bits);
        table.row({format_si(rate_hz, "S/s"), format_si(1.0 / rate_hz, "s"), fmt::format("{:.2f}", bits)});
    }
    return figure;
}

} // namespace

Characterization characterize_adc(const MachineSpec& machine, const CharacterizationOptions& options) {
    AdcBench bench(machine, machine.adc_bank.rate_hz);
    if (options.converter >= bench.converters())
        throw UserError(fmt::format("--converter {}: machine.adc.count = {}; valid is 0 to {}",
                                    options.converter, bench.converters(), bench.converters() - 1));
    Characterization out;
    Table table({"ADC", fmt::format("converter {}", options.converter), "median", "all converters"});
    test_linearity(bench, options, table, out.figures);
    test_sines(bench, options, machine.adc_bank.rate_hz, table);
    Table rates({"rate", "slot", "ENOB"});
    out.figures.push_back(bits_against_rate(machine, rates));
    out.text = fmt::format(
        "{}: {} {}-bit ADCs, kind {}, {} each; code density of {} samples a code, sine fits of {} "
        "samples\n\n{}\n{}",
        machine.name, bench.converters(), *bench.adcs().format().bits, machine.adc.name(),
        format_si(machine.adc_bank.rate_hz, "S/s"), options.samples_per_code, record, table.text(),
        rates.text());
    out.tables = {std::move(table), std::move(rates)};
    return out;
}

} // namespace isinglass
