// A component's parameters by name, as it declares them.
#pragma once

#include "hw_models/base/fields.hpp"

#include <map>
#include <string>
#include <vector>

namespace isinglass {

// Visits a component and keeps its numbers, in SI units. Names of sub-tables stand before, as "array.macs";
// of arrays of tables nothing is kept.
class Parameters final : public Fields {
  public:
    template <class Component>
    static Parameters of(const Component& component) {
        Component copy = component; // declaring takes references to what it reads
        Parameters found;
        copy.fields(found);
        return found;
    }

    [[nodiscard]] bool has(const std::string& name) const { return numbers_.contains(name); }
    // Throws std::out_of_range for a name that the component does not declare.
    [[nodiscard]] double number(const std::string& name) const { return numbers_.at(name).front(); }
    [[nodiscard]] const std::vector<double>& list(const std::string& name) const { return numbers_.at(name); }

    void quantity(Key key, double& value, Unit, Limits) override { keep(key, {value}); }
    void number(Key key, double& value, Limits) override { keep(key, {value}); }
    void integer(Key key, std::int64_t& value, Limits) override { keep(key, {static_cast<double>(value)}); }
    void flag(Key key, bool& value) override { keep(key, {value ? 1.0 : 0.0}); }
    void text(Key, std::string&) override {}
    void relax_time(Key key, RelaxTime& value, Limits) override { keep(key, {value.value}); }
    void numbers(Key key, std::vector<double>& values, Limits) override { keep(key, values); }
    void integers(Key key, std::vector<std::int64_t>& values, Limits) override {
        keep(key, {values.begin(), values.end()});
    }
    void choice(Key, std::string&, std::span<const std::string>) override {}
    void table(Key key, const std::function<void(Fields&)>& declare) override {
        const std::string outer = path_;
        path_ += std::string(key.name) + ".";
        declare(*this);
        path_ = outer;
    }
    void tables(Key, std::size_t, const std::function<void(std::size_t)>&,
                const std::function<void(std::size_t, Fields&)>&) override {}
    void variant(Key, std::string& value, std::span<const std::string>,
                 const std::function<void(const std::string&, Fields&)>& select) override {
        select(value, *this);
    }
    void check(bool, std::string_view, std::string_view) override {}

  private:
    void keep(Key key, std::vector<double> values) {
        numbers_[path_ + std::string(key.name)] = std::move(values);
    }

    std::map<std::string, std::vector<double>> numbers_;
    std::string path_;
};

} // namespace isinglass
