#include "sim/run/trace_spec.hpp"

#include "hw_models/energy/ledger.hpp"
#include "sim/run/wave_presets.hpp"
#include "traces/wave_writer.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace isinglass {

namespace {

const std::vector<std::string> captures{"none", "samples"};
const std::vector<std::string> conditions{"always", "misclassified", "not-settled", "clipped", "bus-error"};
constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size() && n >= 0 ? std::optional(n)
                                                                              : std::nullopt;
}

bool all_of_them_are(const std::string& text, const auto& known) {
    return std::ranges::all_of(listed_words(text), [&](const std::string& word) {
        return std::ranges::find(known, word) != known.end();
    });
}

} // namespace

std::vector<std::string> listed_words(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::size_t first = text.find_first_not_of(" \t", at);
        if (first < comma)
            words.push_back(text.substr(first, text.find_last_not_of(" \t", comma - 1) - first + 1));
        at = comma + 1;
    }
    return words == std::vector<std::string>{"all"} ? std::vector<std::string>{} : words;
}

std::optional<NumberSet> NumberSet::parse(const std::string& text) {
    NumberSet set;
    const auto words = listed_words(text);
    if (words.empty() && text.find("all") == std::string::npos) return std::nullopt;
    if (words.empty()) set.ranges_.emplace_back(0, no_end);
    for (const auto& word : words) {
        const auto dash = word.find('-');
        const auto first = whole_number(std::string_view(word).substr(0, dash));
        const auto last =
            dash == std::string::npos ? first : whole_number(std::string_view(word).substr(dash + 1));
        if (!first || !last || *last < *first) return std::nullopt;
        set.ranges_.emplace_back(*first, *last);
    }
    return set;
}

bool NumberSet::contains(std::int64_t n) const {
    return std::ranges::any_of(ranges_, [n](const auto& r) { return r.first <= n && n <= r.second; });
}

bool NumberSet::reaches(std::int64_t first, std::int64_t last) const {
    return std::ranges::any_of(
        ranges_, [&](const auto& r) { return std::max(r.first, first) <= std::min(r.second, last); });
}

void TraceSpec::fields(Fields& f) {
    const auto numbers = [&f](Key key, std::string& value) {
        f.text(key, value);
        f.check(NumberSet::parse(value).has_value(), key.name, "numbers and ranges, as '0-9, 40', or 'all'");
    };
    f.choice({"capture", "what is recorded while training: nothing, or the samples chosen here"}, capture,
             captures);
    numbers({"epochs", "epochs in which samples are recorded, from 1: '1', '3-5, 9' or 'all'"}, epochs);
    numbers({"samples", "which samples, by their position in the data from 0: '17', '0-9, 40' or 'all'"},
            samples);
    numbers({"classes", "of those, the ones of these classes"}, classes);
    f.choice({"when", "of those, the ones to which this happens"}, when, conditions);
    f.integer({"most", "samples recorded, at most"}, most, {1, 1e9});
    f.text({"phases", "phases of a sample that are recorded: 'all', or as 'free, nudge+'"}, phases);
    std::vector<std::string> phase_names;
    for (std::size_t p = 0; p < phase_count; ++p) phase_names.emplace_back(phase_name(static_cast<Phase>(p)));
    f.check(all_of_them_are(phases, phase_names), "phases",
            fmt::format("'all', or some of {}", fmt::join(phase_names, ", ")));
    f.quantity({"before", "what comes before a window and is recorded with it; spins of other samples as far "
                          "back as the last PROGRAM"},
               before_s, Unit::second, {0.0, 1.0});
    f.quantity({"after", "what comes after a window and is recorded with it"}, after_s, Unit::second,
               {0.0, 1.0});
    f.choice({"view", "which signals are recorded, and how viewers show them"}, view, wave_preset_names());
    f.text({"signals", "of those, the ones whose path matches: 'all', or globs as 'array/*/v_V, phase'"},
           signals);
    f.text({"format", "file formats, as 'vcd' or 'vcd, fst'"}, format);
    f.check(!listed_words(format).empty() && all_of_them_are(format, wave_formats().names()), "format",
            fmt::format("some of {}", fmt::join(wave_formats().names(), ", ")));
    f.quantity({"resolution", "voltages are rounded to multiples of this"}, resolution_v, Unit::volt,
               {1e-12, 1.0});
    f.quantity({"decimation", "analog values change at multiples of this time only; 0 s: at every step"},
               decimation_s, Unit::second, {0.0, 1.0});
    f.quantity({"limit", "size of a file at which recording stops, and the run goes on"}, limit_bytes,
               Unit::byte, {1e4, 1e15});
}

} // namespace isinglass
