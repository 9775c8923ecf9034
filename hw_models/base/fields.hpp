// How a component declares its parameters: once, where they are used.
//
// A parameter struct has a member `void fields(Fields& f)` that names every parameter with its unit, valid
// range and one line of meaning; the value that the struct holds before the call is the default. One
// declaration serves the reader of configuration files (with its errors), the writer of the expanded
// configuration and the reference page, so that these cannot drift apart. See sim/config for the
// implementations.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// Physical dimension of a quantity. Values are SI inside; unit strings exist only in files and on screens.
enum class Unit {
    second,
    hertz,
    volt,
    ampere,
    ohm,
    siemens,
    farad,
    joule,
    watt,
    metre,
    square_metre,
    kelvin,
    bit,
    byte,
    byte_per_second,
    joule_per_bit,
    flop_per_second,
    joule_per_flop,
};

// Inclusive bounds of a valid value, in SI units.
struct Limits {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
};

// Name of a parameter as written in a file, one line of meaning, and whether a file must give it.
struct Key {
    std::string_view name;
    std::string_view meaning;
    bool required = false;
};

// A length of relaxation: in RC time constants of an analog array ("15 RC"), in steps of an iteration, of a
// digital array or of a feedback array ("30 steps"), or in time ("150 ns").
enum class RelaxUnit { rc, steps, seconds };
struct RelaxTime {
    double value = 0.0;
    RelaxUnit unit = RelaxUnit::rc;
    [[nodiscard]] double seconds(double rc_s, double step_s) const {
        return unit == RelaxUnit::rc ? value * rc_s : unit == RelaxUnit::steps ? value * step_s : value;
    }
};

// Visitor over a component's parameters.
// - Every call either leaves the value as it is (key absent) or stores a value within the limits.
// - Implementations throw ConfigError for what a user got wrong; components never check again.
class Fields {
  public:
    virtual ~Fields() = default;

    virtual void quantity(Key key, double& value, Unit unit, Limits limits) = 0;
    virtual void number(Key key, double& value, Limits limits) = 0;
    virtual void integer(Key key, std::int64_t& value, Limits limits) = 0;
    virtual void flag(Key key, bool& value) = 0;
    virtual void text(Key key, std::string& value) = 0;
    virtual void relax_time(Key key, RelaxTime& value, Limits limits) = 0;
    virtual void numbers(Key key, std::vector<double>& values, Limits limits) = 0;
    virtual void integers(Key key, std::vector<std::int64_t>& values, Limits limits) = 0;

    // One of a fixed set of words.
    virtual void choice(Key key, std::string& value, std::span<const std::string> words) = 0;

    // A sub-table. Absent in the file: the declaration still runs, so defaults apply and required keys are
    // asked for.
    virtual void table(Key key, const std::function<void(Fields&)>& declare) = 0;

    // An array of tables ([[key]]). `resize(n)` makes n default elements; `declare(i, f)` declares element i.
    // `count` is the number there now, which the writer writes.
    virtual void tables(Key key, std::size_t count, const std::function<void(std::size_t)>& resize,
                        const std::function<void(std::size_t, Fields&)>& declare) = 0;

    // A word that selects which further parameters this table has: `select(word, f)` makes the component of
    // that word and declares its parameters in the same table. The reference visits every word.
    virtual void variant(Key key, std::string& value, std::span<const std::string> words,
                         const std::function<void(const std::string&, Fields&)>& select) = 0;

    // Raises a user error at `key` of this table for what single limits cannot say ("min must be below max").
    // Does nothing where no file is read.
    virtual void check(bool valid, std::string_view key, std::string_view what_is_valid) = 0;

    // Integers of any width, through std::int64_t.
    template <class Int>
    void count(Key key, Int& value, Limits limits) {
        auto wide = static_cast<std::int64_t>(value);
        integer(key, wide, limits);
        value = static_cast<Int>(wide);
    }
};

} // namespace isinglass
