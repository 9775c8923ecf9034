#include "sim/config/units.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/decimal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace isinglass {
namespace {

struct Dimension {
    std::string_view what;
    std::string_view example;
    std::vector<std::string_view> symbols; // the first one is written
    int smallest = -18;                    // prefixes that make sense, as powers of ten
    int largest = 12;
    int prefix_power = 1; // the prefix of an area is squared
    bool binary = false;  // takes Ki, Mi, Gi, Ti
};

const Dimension& dimension(Unit unit) {
    // In the order of enum Unit.
    static const std::array<Dimension, 18> dimensions{{
        {"a time", "10 ns", {"s"}},
        {"a rate", "500 MHz", {"Hz", "S/s"}},
        {"a voltage", "0.5 V", {"V"}},
        {"a current", "10 uA", {"A"}},
        {"a resistance", "30 kOhm", {"Ohm", "ohm", "Ω", "\u2126"}},
        {"a conductance", "30 uS", {"S"}},
        {"a capacitance", "0.3 pF", {"F"}},
        {"an energy", "0.6 pJ", {"J"}},
        {"a power", "5 mW", {"W"}},
        {"a length", "1 um", {"m"}},
        {"an area", "1 um2", {"m2", "m^2", "m²"}, -18, 6, 2},
        {"a temperature", "300 K", {"K"}, -6, 0},
        {"an amount of bits", "8 bit", {"bit"}, 0, 12, 1, true},
        {"an amount of bytes", "64 KiB", {"B"}, 0, 12, 1, true},
        {"a data rate", "4 GB/s", {"B/s"}, 0, 12, 1, true},
        {"an energy per bit", "5 pJ/bit", {"J/bit"}},
        {"a compute rate", "100 GFLOP/s", {"FLOP/s"}, 0, 12},
        {"an energy per operation", "20 pJ/FLOP", {"J/FLOP"}},
    }};
    return dimensions.at(static_cast<std::size_t>(unit));
}

// A factor of 10^exponent × whole; decimal exponents are added to the written number before it is rounded.
struct Scale {
    int exponent = 0;
    double whole = 1.0;
};

struct Prefix {
    std::string_view text;
    int exponent;
};
constexpr std::array<Prefix, 13> prefixes{{{"a", -18},
                                           {"f", -15},
                                           {"p", -12},
                                           {"n", -9},
                                           {"u", -6},
                                           {"\u00b5", -6},
                                           {"\u03bc", -6},
                                           {"m", -3},
                                           {"", 0},
                                           {"k", 3},
                                           {"M", 6},
                                           {"G", 9},
                                           {"T", 12}}};

struct Whole {
    std::string_view text;
    double factor;
};
constexpr std::array<Whole, 4> binary_prefixes{
    {{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}}};
constexpr std::array<Whole, 3> long_times{{{"min", 60.0}, {"h", 3600.0}, {"day", 86400.0}}};

std::optional<Scale> find_scale(std::string_view text, Unit unit) {
    const Dimension& d = dimension(unit);
    for (const auto symbol : d.symbols) {
        if (!text.ends_with(symbol)) continue;
        const auto before = text.substr(0, text.size() - symbol.size());
        for (const auto& prefix : prefixes)
            if (before == prefix.text && prefix.exponent >= d.smallest && prefix.exponent <= d.largest)
                return Scale{prefix.exponent * d.prefix_power, 1.0};
        for (const auto& prefix : binary_prefixes)
            if (d.binary && before == prefix.text) return Scale{0, prefix.factor};
    }
    for (const auto& time : long_times)
        if (unit == Unit::second && text == time.text) return Scale{0, time.factor};
    return std::nullopt;
}

double scaled(const Written& written, Scale scale, std::string_view text) {
    const auto decimal =
        fmt::format("{}e{}", written.mantissa, std::clamp(written.exponent, -9999, 9999) + scale.exponent);
    double value = 0.0;
    const auto parsed = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
    if (parsed.ec != std::errc{} || !std::isfinite(value * scale.whole))
        throw UserError(fmt::format("\"{}\" is too large or too small a number", text));
    return value * scale.whole;
}

std::string_view prefix_text(int exponent) {
    return std::find_if(prefixes.begin(), prefixes.end(),
                        [&](const Prefix& p) { return p.exponent == exponent; })
        ->text;
}

} // namespace

double parse_quantity(std::string_view text, Unit unit) {
    const Dimension& d = dimension(unit);
    const auto written = split_number(text);
    if (!written)
        throw UserError(fmt::format("\"{}\" is not {}; write e.g. \"{}\"", text, d.what, d.example));
    if (written->rest.empty())
        throw UserError(
            fmt::format("\"{}\" has no unit; write it with its unit, e.g. \"{}\"", text, d.example));
    const auto scale = find_scale(written->rest, unit);
    if (!scale)
        throw UserError(fmt::format("\"{}\" has the unit '{}', where {} is expected; write e.g. \"{}\"", text,
                                    written->rest, d.what, d.example));
    return scaled(*written, *scale, text);
}

std::string format_quantity(double si_value, Unit unit) {
    const Dimension& d = dimension(unit);
    for (auto prefix = binary_prefixes.rbegin(); prefix != binary_prefixes.rend(); ++prefix) {
        const double count = si_value / prefix->factor;
        if (unit == Unit::byte && count >= 1.0 && count < 0x1p53 && count == std::floor(count))
            return fmt::format("{} {}{}", format_number(count), prefix->text, d.symbols[0]);
    }
    const Digits digits = shortest_digits(si_value);
    const int step = 3 * d.prefix_power;
    const int wanted =
        si_value == 0.0 ? 0 : static_cast<int>(std::floor(digits.exponent / double(step))) * step;
    const int exponent = std::clamp(wanted, d.smallest * d.prefix_power, d.largest * d.prefix_power);
    return fmt::format("{} {}{}", decimal_text(digits, digits.exponent - exponent),
                       prefix_text(exponent / d.prefix_power), d.symbols[0]);
}

RelaxTime parse_relax_time(std::string_view text) {
    const auto written = split_number(text);
    if (written && written->rest == "RC") return {scaled(*written, {}, text), RelaxUnit::rc};
    if (written && written->rest == "steps") return {scaled(*written, {}, text), RelaxUnit::steps};
    if (written && find_scale(written->rest, Unit::second))
        return {parse_quantity(text, Unit::second), RelaxUnit::seconds};
    throw UserError(fmt::format(
        "\"{}\" is not a relaxation time; write e.g. \"15 RC\", \"30 steps\" or \"150 ns\"", text));
}

std::string format_relax_time(RelaxTime time) {
    switch (time.unit) {
    case RelaxUnit::rc: return format_number(time.value) + " RC";
    case RelaxUnit::steps: return format_number(time.value) + " steps";
    case RelaxUnit::seconds: return format_quantity(time.value, Unit::second);
    }
    return {};
}

std::string_view unit_symbol(Unit unit) {
    return dimension(unit).symbols[0];
}

std::string_view unit_example(Unit unit) {
    return dimension(unit).example;
}

std::string format_limits(Limits limits, std::optional<Unit> unit) {
    const auto text = [&](double v) { return unit ? format_quantity(v, *unit) : format_number(v); };
    const bool below = std::isfinite(limits.min);
    const bool above = std::isfinite(limits.max);
    if (below && above) return text(limits.min) + " to " + text(limits.max);
    if (below) return "at least " + text(limits.min);
    return above ? "at most " + text(limits.max) : "any finite value";
}

} // namespace isinglass
