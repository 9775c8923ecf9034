#include "hw_models/converters/linearity.hpp"
#include "hw_models/converters/sine_test.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <numbers>

using namespace isinglass;
using namespace isinglass::test;

namespace {

using Errors = std::map<std::string, double>;

const Errors perfect{{"matching", 0.0},       {"comparator_offset", 0.0}, {"comparator_noise", 0.0},
                     {"sampling_noise", 0.0}, {"inverse_gain", 0.0},      {"array_time_constant", 0.0}};

Errors with(Errors errors, const Errors& others) {
    for (const auto& [key, value] : others) errors[key] = value;
    return errors;
}

std::unique_ptr<AdcBank> sar(const Errors& errors, std::size_t nodes, std::uint64_t chip_seed = 1) {
    const auto kind = make_sar_adc();
    set(*kind, errors);
    return kind->build(nodes, {.count = static_cast<std::int64_t>(nodes), .rate_hz = 2e8}, chip_seed, 2);
}

// Array topology is a word, which no number sets.
class Split final : public Fields {
  public:
    Split(Errors errors, std::string word) : numbers_(std::move(errors)), word_(std::move(word)) {}
    void quantity(Key k, double& v, Unit u, Limits l) override { numbers_.quantity(k, v, u, l); }
    void number(Key k, double& v, Limits l) override { numbers_.number(k, v, l); }
    void integer(Key k, std::int64_t& v, Limits l) override { numbers_.integer(k, v, l); }
    void flag(Key k, bool& v) override { numbers_.flag(k, v); }
    void text(Key, std::string&) override {}
    void relax_time(Key, RelaxTime&, Limits) override {}
    void numbers(Key, std::vector<double>&, Limits) override {}
    void integers(Key, std::vector<std::int64_t>&, Limits) override {}
    void choice(Key, std::string& value, std::span<const std::string>) override { value = word_; }
    void table(Key, const std::function<void(Fields&)>& declare) override { declare(*this); }
    void tables(Key, std::size_t, const std::function<void(std::size_t)>&,
                const std::function<void(std::size_t, Fields&)>&) override {}
    void variant(Key, std::string& value, std::span<const std::string>,
                 const std::function<void(const std::string&, Fields&)>& select) override {
        value = word_;
        select(value, *this);
    }
    void check(bool, std::string_view, std::string_view) override {}

  private:
    SetFields numbers_;
    std::string word_;
};

std::unique_ptr<AdcBank> split_sar(const Errors& errors, std::size_t nodes) {
    const auto kind = make_sar_adc();
    Split fields(errors, "split");
    kind->fields(fields);
    return kind->build(nodes, {.count = static_cast<std::int64_t>(nodes), .rate_hz = 2e8}, 1, 2);
}

std::unique_ptr<DacBank> dac(const Errors& errors, const std::string& elements, std::size_t lines,
                             const ConverterBankSpec& bank) {
    const auto kind = make_capacitive_dac();
    Split fields(errors, elements);
    kind->fields(fields);
    return kind->build(lines, bank, 1, 2);
}

std::vector<std::uint16_t> codes_at(const AdcBank& bank, std::size_t nodes, double level,
                                    std::uint64_t sample) {
    std::vector<std::uint8_t> bytes(nodes * bank.format().bytes());
    bank.convert({.presentation = sample}, {.nodes = nodes},
                 std::vector<float>(nodes, static_cast<float>(level)), bytes);
    std::vector<float> levels(nodes);
    bank.format().decode(bytes, 0.0F, static_cast<float>(bank.format().top_code()), levels);
    return {levels.begin(), levels.end()};
}

double deviation(std::span<const double> x) {
    double mean = 0.0;
    double square = 0.0;
    for (const double v : x) mean += v / static_cast<double>(x.size());
    for (const double v : x) square += (v - mean) * (v - mean) / static_cast<double>(x.size());
    return std::sqrt(square);
}

// Standard deviation of the codes of a search whose every decision has noise of its own: the probability of a
// code is the product of those of its decisions. Later decisions mend a little of what earlier ones got
// wrong.
double noisy_search_spread(double input, double sigma, int bits) {
    double mean = 0.0;
    double square = 0.0;
    for (int code = 0; code < 1 << bits; ++code) {
        double probability = 1.0;
        int kept = 0;
        for (int bit = 1 << (bits - 1); bit > 0; bit /= 2) {
            const double keep = 0.5 * std::erfc((kept + bit - input - 0.5) / sigma / std::sqrt(2.0));
            probability *= (code & bit) != 0 ? keep : 1.0 - keep;
            kept += code & bit;
        }
        mean += probability * code;
        square += probability * code * code;
    }
    return std::sqrt(square - mean * mean);
}

} // namespace

TEST_CASE("A perfect SAR ADC rounds to nearest, whichever way its capacitors are arranged", "[sar]") {
    for (const bool split : {false, true})
        for (const double bits : {1.0, 6.0, 10.0}) {
            const auto errors = with(perfect, {{"bits", bits}});
            const auto bank = split ? split_sar(errors, 3) : sar(errors, 3);
            const double top = bank->format().top_code();
            for (double x = -1.3; x < top + 2.0; x += 0.1703) {
                if (std::abs(x + 0.5 - std::round(x + 0.5)) < 1e-3)
                    continue; // single precision may say either
                const auto code = codes_at(*bank, 3, x / top, 0);
                CHECK(code[1] == std::clamp(std::floor(x + 0.5), 0.0, top));
            }
            const auto thresholds = bank->thresholds(2);
            REQUIRE(thresholds.size() == static_cast<std::size_t>(top));
            for (std::size_t k = 0; k < thresholds.size(); ++k)
                CHECK(thresholds[k] == Approx(static_cast<double>(k) + 0.5).margin(1e-3));
        }
}

TEST_CASE("INL and DNL of drawn SAR ADCs by code density are those of their tables", "[sar]") {
    constexpr std::size_t converters = 16;
    for (const double bits : {8.0, 10.0}) {
        // All errors but noise; capacitors small enough that some codes go missing at 10 bits.
        const auto bank = sar(with(perfect, {{"bits", bits},
                                             {"matching", 0.03},
                                             {"comparator_offset", 2e-3},
                                             {"inverse_gain", 1e-3},
                                             {"array_time_constant", 30e-12}}),
                              converters);
        const double top = bank->format().top_code();
        const auto codes = static_cast<std::size_t>(top) + 1;
        std::vector<std::vector<std::uint64_t>> ramp(converters, std::vector<std::uint64_t>(codes, 0));
        auto sine = ramp;
        const std::size_t samples = 200 * codes;
        for (std::size_t i = 0; i < samples; ++i) {
            const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(samples);
            const auto r = codes_at(*bank, converters, 1.04 * at - 0.02, i);
            const auto s = codes_at(*bank, converters, 0.5 - 0.53 * std::cos(std::numbers::pi * at), i);
            for (std::size_t c = 0; c < converters; ++c) ++ramp[c][r[c]], ++sine[c][s[c]];
        }
        double most_dnl = 0.0;
        for (std::size_t c = 0; c < converters; ++c) {
            const auto table = linearity_of(bank->thresholds(c));
            most_dnl = std::max(most_dnl, table.worst_dnl());
            for (const auto& measured :
                 {linearity_of(thresholds_from_ramp(ramp[c])), linearity_of(thresholds_from_sine(sine[c]))})
                for (std::size_t k = 0; k < table.inl.size(); ++k) {
                    REQUIRE(std::abs(measured.inl[k] - table.inl[k]) < 0.1);
                    if (k > 0) REQUIRE(std::abs(measured.dnl[k - 1] - table.dnl[k - 1]) < 0.1);
                }
        }
        CHECK(most_dnl > 0.5); // something was there to be measured
    }
}

TEST_CASE("DNL at the middle of a binary array grows with mismatch as its 2^N - 1 units say", "[sar]") {
    constexpr std::size_t chips = 2000;
    for (const double bits : {8.0, 10.0})
        for (const double matching : {0.002, 0.004, 0.008}) {
            const auto bank = sar(with(perfect, {{"bits", bits}, {"matching", matching}}), chips);
            const auto middle = static_cast<std::size_t>(std::ldexp(1.0, static_cast<int>(bits) - 1));
            std::vector<double> dnl;
            for (std::size_t c = 0; c < chips; ++c) {
                const auto t = bank->thresholds(c);
                dnl.push_back(t[middle - 1] - t[middle - 2] - 1.0); // into code 10…0
            }
            // From 011…1 to 100…0, 2^(N−1) units replace 2^(N−1) − 1 others; default unit of 1 fF.
            CHECK(deviation(dnl) == Approx(matching * std::sqrt(std::exp2(bits) - 1.0)).epsilon(0.06));
        }
}

TEST_CASE("Parasitic capacitance behind the bridge bends a split array where the high bits begin", "[sar]") {
    const auto bank = split_sar(with(perfect, {{"bits", 8.0}, {"bridge_parasitic", 0.1}}), 1);
    const auto dnl = linearity_of(bank->thresholds(0)).dnl;
    // The bridge's lower node has 16 · 1.1 + 16/15 units, so the low bits weigh 18.67 / 17.07 of a unit less.
    const double low = (16.0 + 16.0 / 15.0) / (16.0 * 1.1 + 16.0 / 15.0);
    const double ratio = (1.0 + dnl[14]) / (1.0 + dnl[3]); // step into code 16 over one within the low bits
    CHECK(ratio == Approx((16.0 - 15.0 * low) / low).epsilon(1e-3));
}

TEST_CASE("Comparator noise and sampled noise of a SAR ADC add to quantisation as variances", "[sar]") {
    constexpr std::size_t n = 20000;
    const double lsb = 0.8 / 1023.0;
    const auto spread = [&](const Errors& errors) {
        const auto codes = codes_at(*sar(with(with(perfect, {{"bits", 10.0}}), errors), n), n, 0.4999, 1);
        return deviation(std::vector<double>(codes.begin(), codes.end()));
    };
    CHECK(spread({}) < 1e-9);
    CHECK(spread({{"comparator_noise", 3.0 * lsb}}) ==
          Approx(noisy_search_spread(0.4999 * 1023.0, 3.0, 10)).epsilon(0.03));
    // kT/C of 1024 units of 0.01 fF at 300 K: 0.636 mV.
    CHECK(spread({{"sampling_noise", 1.0}, {"unit_capacitance", 1e-17}}) ==
          Approx(std::sqrt(std::pow(636.0e-6 / lsb, 2) + 1.0 / 12.0)).epsilon(0.03));
}

TEST_CASE("A sine through a SAR ADC has the effective bits that quantisation and noise leave", "[sar]") {
    constexpr std::size_t n = 4096;
    const auto effective = [&](const Errors& errors) {
        const auto bank = sar(with(perfect, errors), 1);
        const double f = coherent_frequency(0.1, n);
        std::vector<double> codes;
        for (std::size_t i = 0; i < n; ++i) {
            const double x = 0.5 + 0.499 * std::cos(2.0 * std::numbers::pi * f * static_cast<double>(i));
            codes.push_back(codes_at(*bank, 1, x, i)[0]);
        }
        return fit_sine_and_frequency(codes, f + 1e-6).effective_bits(bank->format().top_code() + 1.0);
    };
    CHECK(effective({{"bits", 8.0}}) == Approx(8.0).margin(0.05));
    CHECK(effective({{"bits", 10.0}}) == Approx(10.0).margin(0.05));
    const double lsb = 0.8 / 255.0; // noise of one LSB beside quantisation: ½ log2(1 + 12)
    CHECK(
        effective(
            {{"bits", 8.0}, {"sampling_noise", 1.0}, {"unit_capacitance", 4.142e-21 / (256 * lsb * lsb)}}) ==
        Approx(8.0 - 0.5 * std::log2(13.0)).margin(0.1));
}

TEST_CASE("An array that has not settled between decisions converts wrongly, as its RC says", "[sar]") {
    const auto worst = [](double time_constant) {
        const auto bank = sar(with(perfect, {{"bits", 8.0}, {"array_time_constant", time_constant}}), 1);
        double most = 0.0;
        const auto t = bank->thresholds(0);
        for (std::size_t k = 0; k < t.size(); ++k)
            most = std::max(most, std::abs(t[k] - static_cast<double>(k) - 0.5));
        return most;
    };
    const double decision_s = 5e-9 / 9.0; // a ninth of a slot at 200 MS/s
    // The first decision has 128 LSB to go: after 8 time constants 128/e^8 = 0.043 LSB are missing.
    CHECK(worst(decision_s / 8.0) == Approx(128.0 * std::exp(-8.0)).epsilon(0.01));
    CHECK(worst(decision_s / 3.0) > 6.0);
}

TEST_CASE("A unary DAC never steps down, a binary one of the same units may", "[capacitive]") {
    const Errors rough{{"matching", 0.15}, {"bits", 10.0}};
    std::size_t falls[2] = {0, 0};
    for (const bool unary : {false, true}) {
        const auto bank = dac(rough, unary ? "unary" : "binary", 64, {});
        for (std::size_t c = 0; c < 64; ++c)
            for (const double d : linearity_of(bank->levels(c)).dnl) falls[unary ? 1 : 0] += d < -1.0 ? 1 : 0;
    }
    CHECK(falls[0] > 0);
    CHECK(falls[1] == 0);
}

TEST_CASE("INL at the middle of a DAC spreads as half a root of its units, DNL as its kind says",
          "[capacitive]") {
    constexpr std::size_t chips = 1500;
    constexpr double sigma = 0.004;
    for (const bool unary : {false, true}) {
        const auto bank = dac({{"matching", sigma}, {"bits", 8.0}, {"buffer_offset", 0.0}},
                              unary ? "unary" : "binary", chips, {.count = chips});
        std::vector<double> inl, dnl;
        for (std::size_t c = 0; c < chips; ++c) {
            const auto l = linearity_of(bank->levels(c));
            inl.push_back(l.inl[128]);
            dnl.push_back(l.dnl[127]);
        }
        CHECK(deviation(inl) == Approx(sigma * std::sqrt(255.0) / 2.0).epsilon(0.07));
        CHECK(deviation(dnl) == Approx(unary ? sigma : sigma * std::sqrt(255.0)).epsilon(0.07));
    }
}

TEST_CASE("A DAC that is latched too early keeps a part of the level of the slot before", "[capacitive]") {
    const Errors quiet{{"matching", 0.0},       {"buffer_offset", 0.0}, {"buffer_noise", 0.0},
                       {"sampling_noise", 0.0}, {"inverse_gain", 0.0},  {"line_time_constant", 1e-9}};
    const auto bank = dac(quiet, "binary", 6, {.count = 2, .rate_hz = 5e8});
    const std::vector<std::uint8_t> codes{255, 0, 255, 255, 0, 255};
    std::vector<float> levels(6);
    bank->convert({}, {.lines = 6}, codes, levels);
    const auto left = static_cast<float>(std::exp(-2.0)); // a slot of 2 ns, RC 1 ns
    const std::vector<float> expected{1.0F - left, 0.0F, 1.0F, 1.0F - left, left, 1.0F};
    for (std::size_t i = 0; i < 6; ++i) CHECK(levels[i] == Approx(expected[i]).margin(1e-5));
}

TEST_CASE("A sine fit finds amplitude, offset, frequency and the noise beside it", "[sine]") {
    std::vector<double> samples;
    AlignedVector<float> noise(2000);
    RandomStream(3, Purpose::test).gaussians({}, noise);
    for (std::size_t i = 0; i < 2000; ++i)
        samples.push_back(3.0 +
                          2.0 * std::cos(2.0 * std::numbers::pi * 0.0371234 * static_cast<double>(i) + 0.7) +
                          0.01 * static_cast<double>(noise[i]));
    const auto fit = fit_sine_and_frequency(samples, 0.03713);
    CHECK(fit.amplitude == Approx(2.0).epsilon(1e-3));
    CHECK(fit.offset == Approx(3.0).epsilon(1e-3));
    CHECK(fit.phase_rad == Approx(0.7).margin(2e-3));
    CHECK(fit.cycles_per_sample == Approx(0.0371234).epsilon(1e-6));
    CHECK(fit.residual_rms == Approx(0.01).epsilon(0.05));
    CHECK(fit.sndr_db() == Approx(20.0 * std::log10(std::sqrt(2.0) / 0.01)).margin(0.5));
}
