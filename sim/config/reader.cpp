#include "sim/config/reader.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/nearest.hpp"
#include "sim/config/units.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace isinglass {
namespace {

// A value with its full key path: what the messages are made of.
struct Item {
    const ConfigNode& node;
    std::string path;

    [[noreturn]] void fail(std::string_view what) const {
        throw ConfigError(
            fmt::format("{}: key '{}' = {} {}", node.source.text(), path, describe(node), what));
    }
};

void require_in_range(const Item& item, double value, Limits limits,
                      std::optional<Unit> unit = std::nullopt) {
    if (std::isfinite(value) && value >= limits.min && value <= limits.max) return;
    item.fail("is out of range: valid is " + format_limits(limits, unit));
}

double read_number(const Item& item, Limits limits) {
    const auto* integer = item.node.get_if<std::int64_t>();
    const auto* real = item.node.get_if<double>();
    if (!integer && !real) item.fail("must be a plain number, without quotes or unit");
    const double value = integer ? static_cast<double>(*integer) : *real;
    require_in_range(item, value, limits);
    return value;
}

std::int64_t read_integer(const Item& item, Limits limits) {
    const auto* integer = item.node.get_if<std::int64_t>();
    if (!integer) item.fail("must be a whole number");
    require_in_range(item, static_cast<double>(*integer), limits);
    return *integer;
}

template <class T>
const T& read_as(const Item& item, std::string_view what) {
    const T* value = item.node.get_if<T>();
    if (!value) item.fail(fmt::format("must be {}", what));
    return *value;
}

// The text of a value that is written with a unit.
const std::string& read_unit_text(const Item& item, std::string_view example) {
    const bool bare = item.node.get_if<double>() || item.node.get_if<std::int64_t>();
    if (bare) item.fail(fmt::format("has no unit: write it with its unit, e.g. \"{}\"", example));
    return read_as<std::string>(item, fmt::format("a quantity in quotes, e.g. \"{}\"", example));
}

// `parse(text)` with its UserError put into place.
template <class Parse>
auto parsed_at(const Item& item, Parse parse) {
    try {
        return parse();
    } catch (const UserError& error) {
        throw ConfigError(fmt::format("{}: key '{}': {}", item.node.source.text(), item.path, error.what()));
    }
}

template <class T, class ReadOne>
std::vector<T> read_list(const Item& item, ReadOne read_one) {
    std::vector<T> values;
    for (const auto& element : read_as<ConfigNode::Array>(item, "a list of numbers in brackets"))
        values.push_back(read_one(Item{element, fmt::format("{}[{}]", item.path, values.size())}));
    return values;
}

// An element's part of a key path, as --set takes it: its name, or else its position.
std::string element_key(const ConfigNode& element, std::size_t position) {
    const ConfigNode* name = element.find("name");
    const auto* text = name ? name->get_if<std::string>() : nullptr;
    return text ? *text : std::to_string(position);
}

} // namespace

TomlReader::TomlReader(ConfigNode table, std::string path)
    : table_(std::move(table)), path_(std::move(path)) {
    if (!table_.is_table()) Item{table_, path_}.fail(fmt::format("must be a table: write [{}]", path_));
}

const ConfigNode* TomlReader::ask(Key key) {
    asked_.emplace_back(key.name);
    const ConfigNode* node = table_.find(key.name);
    if (!node && key.required && !probing_)
        throw ConfigError(fmt::format("{}: key '{}' is missing ({})", table_.source.text(),
                                      join_path(path_, key.name), key.meaning));
    return node;
}

void TomlReader::reject_unknown_keys() const {
    for (const auto& [key, node] : std::get<ConfigNode::Table>(table_.value)) {
        if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
        if (std::find(outgrown_.begin(), outgrown_.end(), key) != outgrown_.end()) continue;
        const auto close = nearest(key, asked_);
        throw ConfigError(fmt::format(
            "{}: unknown key '{}'; {}", node.source.text(), join_path(path_, key),
            close.empty() ? "this table has no keys"
                          : fmt::format("the nearest valid key is '{}'", join_path(path_, close))));
    }
}

void TomlReader::quantity(Key key, double& value, Unit unit, Limits limits) {
    const ConfigNode* node = ask(key);
    if (!node) return;
    const Item item{*node, join_path(path_, key.name)};
    const auto& text = read_unit_text(item, unit_example(unit));
    const double si_value = parsed_at(item, [&] { return parse_quantity(text, unit); });
    require_in_range(item, si_value, limits, unit);
    value = si_value;
}

void TomlReader::number(Key key, double& value, Limits limits) {
    if (const ConfigNode* node = ask(key)) value = read_number({*node, join_path(path_, key.name)}, limits);
}

void TomlReader::integer(Key key, std::int64_t& value, Limits limits) {
    if (const ConfigNode* node = ask(key)) value = read_integer({*node, join_path(path_, key.name)}, limits);
}

void TomlReader::flag(Key key, bool& value) {
    if (const ConfigNode* node = ask(key))
        value = read_as<bool>({*node, join_path(path_, key.name)}, "true or false");
}

void TomlReader::text(Key key, std::string& value) {
    const ConfigNode* node = ask(key);
    if (!node) return;
    // A whole number is text too where text is wanted: run.threads = 2.
    if (const auto* number = node->get_if<std::int64_t>())
        value = std::to_string(*number);
    else
        value = read_as<std::string>({*node, join_path(path_, key.name)}, "text in quotes");
}

void TomlReader::relax_time(Key key, RelaxTime& value, Limits limits) {
    const ConfigNode* node = ask(key);
    if (!node) return;
    const Item item{*node, join_path(path_, key.name)};
    const auto& text = read_unit_text(item, "15 RC");
    const auto time = parsed_at(item, [&] { return parse_relax_time(text); });
    const bool in_time = time.unit == RelaxUnit::seconds;
    if (!in_time && !(time.value >= limits.min && time.value <= limits.max))
        item.fail(fmt::format("is out of range: valid is {}, counted in RC or steps", format_limits(limits)));
    if (in_time && !(time.value > 0.0 || (time.value == 0.0 && limits.min <= 0.0)))
        item.fail("is out of range: a time must be positive");
    value = time;
}

void TomlReader::numbers(Key key, std::vector<double>& values, Limits limits) {
    if (const ConfigNode* node = ask(key))
        values = read_list<double>({*node, join_path(path_, key.name)},
                                   [&](const Item& item) { return read_number(item, limits); });
}

void TomlReader::integers(Key key, std::vector<std::int64_t>& values, Limits limits) {
    if (const ConfigNode* node = ask(key))
        values = read_list<std::int64_t>({*node, join_path(path_, key.name)},
                                         [&](const Item& item) { return read_integer(item, limits); });
}

void TomlReader::choice(Key key, std::string& value, std::span<const std::string> words) {
    const ConfigNode* node = ask(key);
    if (!node) return;
    const Item item{*node, join_path(path_, key.name)};
    const auto all = fmt::format("one of {}", fmt::join(words, ", "));
    const auto& word = read_as<std::string>(item, all + ", in quotes");
    if (std::find(words.begin(), words.end(), word) == words.end())
        item.fail(fmt::format("must be {}; the nearest is '{}'", all, nearest(word, words)));
    value = word;
}

void TomlReader::table(Key key, const std::function<void(Fields&)>& declare) {
    const ConfigNode* node = ask(key);
    TomlReader inner(node ? *node : ConfigNode{ConfigNode::Table{}, table_.source},
                     join_path(path_, key.name));
    inner.probing_ = probing_;
    declare(inner);
    inner.reject_unknown_keys();
}

void TomlReader::tables(Key key, std::size_t /*count*/, const std::function<void(std::size_t)>& resize,
                        const std::function<void(std::size_t, Fields&)>& declare) {
    const ConfigNode* node = ask(key);
    if (!node) return;
    const std::string path = join_path(path_, key.name);
    const auto& elements =
        read_as<ConfigNode::Array>({*node, path}, fmt::format("an array of tables: write [[{}]]", path));
    resize(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        TomlReader inner(elements[i], join_path(path, element_key(elements[i], i)));
        declare(i, inner);
        inner.reject_unknown_keys();
    }
}

void TomlReader::variant(Key key, std::string& value, std::span<const std::string> words,
                         const std::function<void(const std::string&, Fields&)>& select) {
    choice(key, value, words);
    const std::string chosen = value; // selecting another word may write to `value`
    if (const ConfigNode* node = table_.find(key.name)) collect_outgrown(*node, chosen, words, select);
    value = chosen;
    select(chosen, *this);
}

// A preset's keys for one word stay behind when a file over it, or --set, chooses another word: they are
// passed over. Keys written beside the word itself, or set, are not.
void TomlReader::collect_outgrown(const ConfigNode& chosen, const std::string& chosen_word,
                                  std::span<const std::string> words,
                                  const std::function<void(const std::string&, Fields&)>& select) {
    for (const auto& word : words) {
        if (word == chosen_word) continue;
        TomlReader probe({ConfigNode::Table{}, chosen.source}, path_);
        probe.probing_ = true;
        select(word, probe);
        for (const auto& name : probe.asked_) {
            const ConfigNode* node = table_.find(name);
            if (node != nullptr && node->source.file != chosen.source.file &&
                !node->source.file.starts_with("--set"))
                outgrown_.push_back(name);
        }
    }
}

void TomlReader::check(bool valid, std::string_view key, std::string_view what_is_valid) {
    if (valid || probing_) return;
    const auto path = join_path(path_, key);
    if (const ConfigNode* node = table_.find(key))
        Item{*node, path}.fail(fmt::format("is not valid: {}", what_is_valid));
    throw ConfigError(fmt::format("{}: key '{}' (not given, default) is not valid: {}", table_.source.text(),
                                  path, what_is_valid));
}

} // namespace isinglass
