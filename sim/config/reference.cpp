#include "sim/config/reference.hpp"

#include "sim/config/decimal.hpp"
#include "sim/config/document.hpp"
#include "sim/config/units.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace isinglass {
namespace {

std::string code(std::string_view text) {
    return fmt::format("`{}`", text);
}

// Bars would end the cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string word_list(std::span<const std::string> words) {
    std::vector<std::string> codes;
    for (const auto& word : words) codes.push_back(code(quoted(word)));
    return fmt::format("{}", fmt::join(codes, ", "));
}

} // namespace

std::string ReferenceWriter::page() const {
    if (rows_.empty()) return inner_;
    return "\n| key | meaning | unit | valid | default |\n|---|---|---|---|---|\n" + rows_ + inner_;
}

void ReferenceWriter::add(Key key, const Row& row) {
    rows_ += fmt::format("| {} | {} | {} | {} | {} |\n", code(key.name), cell(key.meaning), row.unit,
                         cell(row.valid), key.required ? "required" : cell(code(row.standard)));
}

void ReferenceWriter::append(const std::string& title, std::string_view meaning,
                             const ReferenceWriter& inner) {
    inner_ += fmt::format("\n## {}{}\n", title, inner.condition_);
    if (!meaning.empty()) inner_ += fmt::format("\n{}\n", meaning);
    inner_ += inner.page();
}

void ReferenceWriter::quantity(Key key, double& value, Unit unit, Limits limits) {
    add(key, {unit_symbol(unit), format_limits(limits, unit), quoted(format_quantity(value, unit))});
}

void ReferenceWriter::number(Key key, double& value, Limits limits) {
    add(key, {"", format_limits(limits), format_number(value)});
}

void ReferenceWriter::integer(Key key, std::int64_t& value, Limits limits) {
    add(key, {"", fmt::format("whole number, {}", format_limits(limits)), std::to_string(value)});
}

void ReferenceWriter::flag(Key key, bool& value) {
    add(key, {"", "`true`, `false`", value ? "true" : "false"});
}

void ReferenceWriter::text(Key key, std::string& value) {
    add(key, {"", "text", quoted(value)});
}

void ReferenceWriter::relax_time(Key key, RelaxTime& value, Limits limits) {
    add(key, {"RC, steps or s", fmt::format("{} (in RC or steps)", format_limits(limits)),
              quoted(format_relax_time(value))});
}

void ReferenceWriter::numbers(Key key, std::vector<double>& values, Limits limits) {
    std::vector<std::string> texts;
    for (const double value : values) texts.push_back(format_number(value));
    add(key, {"", fmt::format("list of numbers, {}", format_limits(limits)),
              fmt::format("[{}]", fmt::join(texts, ", "))});
}

void ReferenceWriter::integers(Key key, std::vector<std::int64_t>& values, Limits limits) {
    add(key, {"", fmt::format("list of whole numbers, {}", format_limits(limits)),
              fmt::format("[{}]", fmt::join(values, ", "))});
}

void ReferenceWriter::choice(Key key, std::string& value, std::span<const std::string> words) {
    add(key, {"", word_list(words), quoted(value)});
}

void ReferenceWriter::table(Key key, const std::function<void(Fields&)>& declare) {
    ReferenceWriter inner(join_path(path_, key.name), condition_);
    declare(inner);
    append(code(fmt::format("[{}]", inner.path_)), key.meaning, inner);
}

void ReferenceWriter::tables(Key key, std::size_t /*count*/, const std::function<void(std::size_t)>& resize,
                             const std::function<void(std::size_t, Fields&)>& declare) {
    ReferenceWriter inner(join_path(path_, key.name), condition_);
    resize(0); // so that the one element is a default one
    resize(1);
    declare(0, inner);
    append(code(fmt::format("[[{}]]", inner.path_)), key.meaning, inner);
}

void ReferenceWriter::variant(Key key, std::string& value, std::span<const std::string> words,
                              const std::function<void(const std::string&, Fields&)>& select) {
    choice(key, value, words);
    const std::string chosen = value; // selecting may change it
    for (const auto& word : words) {
        const auto key_path = join_path(path_, key.name);
        ReferenceWriter inner(path_, fmt::format("{}, with `{} = {}`", condition_, key_path, quoted(word)));
        select(word, inner);
        const auto title = path_.empty() ? std::string("Document") : code(fmt::format("[{}]", path_));
        if (!inner.page().empty()) append(title, "", inner);
    }
    ReferenceWriter unused(path_, condition_);
    select(chosen, unused); // what is declared later may depend on the default
}

void ReferenceWriter::check(bool /*valid*/, std::string_view /*key*/, std::string_view /*what_is_valid*/) {}

} // namespace isinglass
