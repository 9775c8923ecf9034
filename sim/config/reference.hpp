// Writes the reference page of all configuration keys.
#pragma once

#include "hw_models/base/fields.hpp"

#include <string>
#include <string_view>

namespace isinglass {

// Markdown: a section a table, with a row a key: key, meaning, unit, what is valid, default.
// - Run it over freshly made parameters: what they hold is printed as the default.
// - It changes them: every word of a variant is selected in turn (each has a section of its own), and arrays
// of
//   tables are made one element long to show what an element has.
class ReferenceWriter : public Fields {
  public:
    ReferenceWriter() = default;

    // The page so far.
    [[nodiscard]] std::string page() const;

    void quantity(Key key, double& value, Unit unit, Limits limits) override;
    void number(Key key, double& value, Limits limits) override;
    void integer(Key key, std::int64_t& value, Limits limits) override;
    void flag(Key key, bool& value) override;
    void text(Key key, std::string& value) override;
    void relax_time(Key key, RelaxTime& value, Limits limits) override;
    void numbers(Key key, std::vector<double>& values, Limits limits) override;
    void integers(Key key, std::vector<std::int64_t>& values, Limits limits) override;
    void choice(Key key, std::string& value, std::span<const std::string> words) override;
    void table(Key key, const std::function<void(Fields&)>& declare) override;
    void tables(Key key, std::size_t count, const std::function<void(std::size_t)>& resize,
                const std::function<void(std::size_t, Fields&)>& declare) override;
    void variant(Key key, std::string& value, std::span<const std::string> words,
                 const std::function<void(const std::string&, Fields&)>& select) override;
    void check(bool valid, std::string_view key, std::string_view what_is_valid) override;

  private:
    struct Row {
        std::string_view unit;
        std::string valid;
        std::string standard;
    };
    ReferenceWriter(std::string path, std::string condition)
        : path_(std::move(path)), condition_(std::move(condition)) {}
    void add(Key key, const Row& row);
    void append(const std::string& title, std::string_view meaning, const ReferenceWriter& inner);

    std::string path_;
    std::string condition_; // the words of variants around this table: ", with `adc.kind = \"sar\"`"
    std::string rows_;
    std::string inner_;
};

} // namespace isinglass
