#include "hw_models/base/error.hpp"
#include "hw_models/converters/linearity.hpp"
#include "hw_models/converters/sine_test.hpp"
#include "hw_models/energy/limits.hpp"
#include "sim/run/characterization.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <numbers>

namespace isinglass {

namespace {

constexpr std::size_t record = 4096;
constexpr std::uint64_t test_noise_seed = 1;

// All converters of a machine, working on the same codes, one after the other in two lines each.
class DacBench {
  public:
    DacBench(const MachineSpec& machine, double rate_hz)
        : converters_(static_cast<std::size_t>(machine.dac_bank.count)), levels_(2 * converters_) {
        auto bank = machine.dac_bank;
        bank.rate_hz = rate_hz;
        bank.temperature_k = machine.noise_temperature_k();
        dacs_ = machine.dac->build(2 * converters_, bank, static_cast<std::uint64_t>(machine.chip_seed),
                                   test_noise_seed);
        if (!dacs_->format().bits)
            throw UserError(
                fmt::format("machine.dac.kind = \"{}\" has no codes to be tested; valid are kinds with "
                            "bits, as capacitive or uniform",
                            machine.dac.name()));
        codes_.resize(levels_.size() * dacs_->format().bytes());
    }

    [[nodiscard]] const DacBank& dacs() const { return *dacs_; }
    [[nodiscard]] std::size_t converters() const { return converters_; }
    [[nodiscard]] double top() const { return dacs_->format().top_code(); }

    // Levels of all converters for `code`, in LSB, in a slot that follows one of code `before`.
    std::span<const float> convert(std::uint32_t before, std::uint32_t code, std::uint64_t sample) {
        const std::size_t bytes = dacs_->format().bytes();
        for (std::size_t i = 0; i < levels_.size(); ++i)
            std::memcpy(codes_.data() + i * bytes, i < converters_ ? &before : &code, bytes);
        dacs_->convert({.presentation = sample}, {.lines = levels_.size(), .high = static_cast<float>(top())},
                       codes_, levels_);
        return std::span<const float>(levels_).subspan(converters_);
    }

  private:
    std::size_t converters_;
    std::unique_ptr<DacBank> dacs_;
    std::vector<float> levels_;
    std::vector<std::uint8_t> codes_;
};

struct Spread {
    double one, median, least, most;
};

Spread spread_of(std::vector<double> x, std::size_t converter) {
    const double one = x[converter];
    std::ranges::sort(x);
    return {one, x[x.size() / 2], x.front(), x.back()};
}

void add_row(Table& table, const std::string& what, const Spread& s) {
    table.row({what, fmt::format("{:.3f}", s.one), fmt::format("{:.3f}", s.median),
               fmt::format("{:.3f} … {:.3f}", s.least, s.most)});
}

// Levels measured once they have settled (a code held for two slots), mean of `repeats` conversions.
void test_linearity(DacBench& bench, const CharacterizationOptions& o, Table& table,
                    std::vector<Figure>& figures) {
    constexpr std::size_t repeats = 16;
    const auto codes = static_cast<std::uint32_t>(bench.top()) + 1;
    std::vector<std::vector<double>> levels(bench.converters(), std::vector<double>(codes, 0.0));
    for (std::uint32_t code = 0; code < codes; ++code)
        for (std::size_t k = 0; k < repeats; ++k) {
            const auto now = bench.convert(code, code, code * repeats + k);
            for (std::size_t c = 0; c < levels.size(); ++c)
                levels[c][code] += static_cast<double>(now[c]) / static_cast<double>(repeats);
        }
    std::vector<double> inl, dnl, gain, offset;
    for (const auto& l : levels) {
        const auto measured = linearity_of(l);
        inl.push_back(measured.worst_inl());
        dnl.push_back(measured.worst_dnl());
        gain.push_back(100.0 * (measured.step - 1.0));
        offset.push_back(l[0]);
    }
    add_row(table, "INL, worst code (LSB)", spread_of(inl, o.converter));
    add_row(table, "DNL, worst step (LSB)", spread_of(dnl, o.converter));
    add_row(table, "gain error (%)", spread_of(gain, o.converter));
    add_row(table, "offset (LSB)", spread_of(offset, o.converter));
    const auto drawn = linearity_of(bench.dacs().levels(o.converter));
    const auto measured = linearity_of(levels[o.converter]);
    Figure inl_figure{"dac-inl", "DAC integral nonlinearity",
                      "code",    "INL (LSB)",
                      {},        {{"drawn", drawn.inl}, {"measured", measured.inl}}};
    Figure dnl_figure{"dac-dnl", "DAC differential nonlinearity",
                      "code",    "DNL (LSB)",
                      {},        {{"drawn", drawn.dnl}, {"measured", measured.dnl}}};
    for (std::uint32_t k = 0; k < codes; ++k) inl_figure.x.push_back(k);
    for (std::uint32_t k = 1; k < codes; ++k) dnl_figure.x.push_back(k);
    figures.push_back(std::move(inl_figure));
    figures.push_back(std::move(dnl_figure));
}

// A sine rounded to codes, every one in a slot after that of the one before.
void test_sine(DacBench& bench, const CharacterizationOptions& o, double rate_hz, Table& table) {
    std::uint64_t draw = std::uint64_t{1} << 32U;
    for (const double wanted : {0.01, 0.47}) {
        const double f = coherent_frequency(wanted, record);
        std::vector<std::vector<double>> levels(bench.converters(), std::vector<double>(record));
        const auto code = [&](std::size_t i) {
            const double phase = 2.0 * std::numbers::pi * f * static_cast<double>(i);
            return static_cast<std::uint32_t>(std::lround((0.5 + 0.49 * std::cos(phase)) * bench.top()));
        };
        for (std::size_t i = 0; i < record; ++i) {
            const auto now = bench.convert(code((i + record - 1) % record), code(i), draw++);
            for (std::size_t c = 0; c < levels.size(); ++c) levels[c][i] = static_cast<double>(now[c]);
        }
        std::vector<double> sndr, bits;
        for (const auto& l : levels) {
            const auto fit = fit_sine(l, f);
            sndr.push_back(fit.sndr_db());
            bits.push_back(fit.effective_bits(bench.top() + 1.0));
        }
        const std::string at = " at " + format_si(f * rate_hz, "Hz");
        add_row(table, "SNDR" + at + " (dB)", spread_of(sndr, o.converter));
        add_row(table, "ENOB" + at, spread_of(bits, o.converter));
    }
}

// What is missing of a full-scale step at the end of a slot, and the bits to half an LSB of which it settled.
Figure settling_against_slot(const MachineSpec& machine, std::size_t converter, Table& table) {
    Figure figure{"dac-settling",
                  "DAC settling after a full-scale step",
                  "slot (ns)",
                  "settled to (bits)",
                  {},
                  {{"converter", {}}},
                  true};
    for (const double factor : {0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0}) {
        const double rate_hz = factor * machine.dac_bank.rate_hz;
        DacBench bench(machine, rate_hz);
        const auto top = static_cast<std::uint32_t>(bench.top());
        constexpr std::size_t repeats = 1000; // the error lies below the noise of a single conversion
        double missing = 0.0;
        for (std::size_t k = 0; k < repeats; ++k)
            missing += static_cast<double>(bench.convert(top, top, 2 * k)[converter] -
                                           bench.convert(0, top, 2 * k)[converter]);
        missing /= static_cast<double>(repeats) * bench.top();
        const double bits = missing > 1e-7 ? -std::log2(missing) - 1.0 : std::nan("");
        figure.x.push_back(1e9 / rate_hz);
        figure.curves[0].y.push_back(bits);
        table.row({format_si(1.0 / rate_hz, "s"), fmt::format("{:.4f} %", 100.0 * missing),
                   std::isfinite(bits) ? fmt::format("{:.1f}", bits) : "> 20"});
    }
    return figure;
}

} // namespace

Characterization characterize_dac(const MachineSpec& machine, const CharacterizationOptions& options) {
    DacBench bench(machine, machine.dac_bank.rate_hz);
    if (options.converter >= bench.converters())
        throw UserError(fmt::format("--converter {}: machine.dac.count = {}; valid is 0 to {}",
                                    options.converter, bench.converters(), bench.converters() - 1));
    Characterization out;
    Table table({"DAC", fmt::format("converter {}", options.converter), "median", "all converters"});
    test_linearity(bench, options, table, out.figures);
    test_sine(bench, options, machine.dac_bank.rate_hz, table);
    Table settling({"slot", "left of a full-scale step", "settled to half an LSB of (bits)"});
    out.figures.push_back(settling_against_slot(machine, options.converter, settling));
    out.text = fmt::format("{}: {} {}-bit DACs, kind {}, {} each\n\n{}\n{}", machine.name, bench.converters(),
                           *bench.dacs().format().bits, machine.dac.name(),
                           format_si(machine.dac_bank.rate_hz, "S/s"), table.text(), settling.text());
    out.tables = {std::move(table), std::move(settling)};
    return out;
}

} // namespace isinglass
