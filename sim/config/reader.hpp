// Reads parameters from a configuration table.
#pragma once

#include "hw_models/base/fields.hpp"
#include "sim/config/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// - Every error is a ConfigError of one line: where the value was written (FILE:LINE or --set …), the full
// key
//   path, the value, and what is valid.
// - A key that is absent leaves its value alone, unless it is required. Values must be finite.
// - Quantities need their unit; plain numbers take none; whole numbers are written without a point.
// - Limits of a relaxation time count for RC; one given in seconds only has to be positive (or 0 where the
// limits
//   admit 0), since the array's RC is not known here.
// - Tables inside are checked for unknown keys when their declaration ends; call reject_unknown_keys() after
// the
//   outermost one. A table is declared once.
class TomlReader : public Fields {
  public:
    // `path` is the table's own key path, for messages; "" for the whole document.
    explicit TomlReader(ConfigNode table, std::string path = "");

    // Throws for the first key that no declaration asked for, naming the nearest one that was.
    void reject_unknown_keys() const;

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
    // The node of a key, now known to be asked for; nullptr when absent. Throws when a required one is.
    const ConfigNode* ask(Key key);

    ConfigNode table_;
    std::string path_;
    void collect_outgrown(const ConfigNode& chosen, const std::string& chosen_word,
                          std::span<const std::string> words,
                          const std::function<void(const std::string&, Fields&)>& select);

    std::vector<std::string> asked_;
    std::vector<std::string> outgrown_; // keys of words that a later source chose away from
    bool probing_ = false;              // only to see which keys a declaration asks for
};

} // namespace isinglass
