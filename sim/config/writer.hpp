// Writes the fully expanded configuration.
#pragma once

#include "hw_models/base/fields.hpp"

#include <string>
#include <string_view>

namespace isinglass {

// - Every key that is declared is written, in the order of declaration, plain values before tables.
// - Reading the text back gives bit-identical values: numbers and quantities have the fewest digits that do
// so.
// - The same values give the same text.
// - A variant writes its word, then what `select(word)` declares; `select` must keep a component that is
// already
//   of that word.
// Throws std::logic_error for a value that is not finite: no such value can be read.
class TomlWriter : public Fields {
  public:
    TomlWriter() = default;

    // The document so far.
    [[nodiscard]] std::string document() const;

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
    explicit TomlWriter(std::string path) : path_(std::move(path)) {}
    void line(Key key, std::string_view value);
    // Appends a table's text below its header, after a blank line.
    void append(const std::string& header, const TomlWriter& inner);

    std::string path_;
    std::string values_; // key = value lines of this table
    std::string inner_;  // the tables inside it, which TOML wants after them
};

} // namespace isinglass
