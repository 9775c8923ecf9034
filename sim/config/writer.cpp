#include "sim/config/writer.hpp"

#include "sim/config/decimal.hpp"
#include "sim/config/document.hpp"
#include "sim/config/units.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace isinglass {
namespace {

// A TOML float needs a point or an exponent.
std::string toml_float(double value) {
    auto text = format_number(value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

} // namespace

std::string TomlWriter::document() const {
    return values_ + inner_;
}

void TomlWriter::line(Key key, std::string_view value) {
    values_ += fmt::format("{} = {}\n", key.name, value);
}

void TomlWriter::append(const std::string& header, const TomlWriter& inner) {
    if (!header.empty()) inner_ += fmt::format("\n{}\n", header);
    inner_ += inner.document();
}

void TomlWriter::quantity(Key key, double& value, Unit unit, Limits /*limits*/) {
    line(key, quoted(format_quantity(value, unit)));
}

void TomlWriter::number(Key key, double& value, Limits /*limits*/) {
    line(key, toml_float(value));
}

void TomlWriter::integer(Key key, std::int64_t& value, Limits /*limits*/) {
    line(key, std::to_string(value));
}

void TomlWriter::flag(Key key, bool& value) {
    line(key, value ? "true" : "false");
}

void TomlWriter::text(Key key, std::string& value) {
    line(key, quoted(value));
}

void TomlWriter::relax_time(Key key, RelaxTime& value, Limits /*limits*/) {
    line(key, quoted(format_relax_time(value)));
}

void TomlWriter::numbers(Key key, std::vector<double>& values, Limits /*limits*/) {
    std::vector<std::string> texts;
    for (const double value : values) texts.push_back(toml_float(value));
    line(key, fmt::format("[{}]", fmt::join(texts, ", ")));
}

void TomlWriter::integers(Key key, std::vector<std::int64_t>& values, Limits /*limits*/) {
    line(key, fmt::format("[{}]", fmt::join(values, ", ")));
}

void TomlWriter::choice(Key key, std::string& value, std::span<const std::string> /*words*/) {
    line(key, quoted(value));
}

void TomlWriter::table(Key key, const std::function<void(Fields&)>& declare) {
    TomlWriter inner(join_path(path_, key.name));
    declare(inner);
    append(inner.values_.empty() ? "" : fmt::format("[{}]", inner.path_), inner);
}

void TomlWriter::tables(Key key, std::size_t count, const std::function<void(std::size_t)>& /*resize*/,
                        const std::function<void(std::size_t, Fields&)>& declare) {
    if (count == 0) line(key, "[]"); // an absent key would leave the default elements
    for (std::size_t i = 0; i < count; ++i) {
        TomlWriter inner(join_path(path_, key.name));
        declare(i, inner);
        append(fmt::format("[[{}]]", inner.path_), inner);
    }
}

void TomlWriter::variant(Key key, std::string& value, std::span<const std::string> words,
                         const std::function<void(const std::string&, Fields&)>& select) {
    choice(key, value, words);
    select(value, *this);
}

void TomlWriter::check(bool /*valid*/, std::string_view /*key*/, std::string_view /*what_is_valid*/) {}

} // namespace isinglass
