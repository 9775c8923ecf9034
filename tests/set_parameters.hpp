// Numbers of a component's parameters by their key, as a machine file has them.
#pragma once

#include "hw_models/machine.hpp"

#include <fmt/core.h>

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace isinglass::test {

using Settings = std::map<std::string, double>;

// Gives parameters the numbers of their keys, wherever those occur; the others keep theirs.
class SetFields final : public Fields {
  public:
    explicit SetFields(Settings settings) : settings_(std::move(settings)) {}

    void quantity(Key key, double& value, Unit, Limits) override { take(key, value); }
    void number(Key key, double& value, Limits) override { take(key, value); }
    void integer(Key key, std::int64_t& value, Limits) override { take(key, value); }
    void flag(Key key, bool& value) override { take(key, value); }
    void text(Key, std::string&) override {}
    void relax_time(Key, RelaxTime&, Limits) override {}
    void numbers(Key, std::vector<double>&, Limits) override {}
    void integers(Key, std::vector<std::int64_t>&, Limits) override {}
    void choice(Key, std::string&, std::span<const std::string>) override {}
    void table(Key, const std::function<void(Fields&)>& declare) override { declare(*this); }
    void tables(Key, std::size_t, const std::function<void(std::size_t)>&,
                const std::function<void(std::size_t, Fields&)>&) override {}
    void variant(Key, std::string& value, std::span<const std::string>,
                 const std::function<void(const std::string&, Fields&)>& select) override {
        select(value, *this);
    }
    void check(bool, std::string_view, std::string_view) override {}

    // Throws std::logic_error for a key that occurred nowhere.
    void reject_rest() const {
        for (const auto& [name, number] : settings_)
            if (!taken_.contains(name))
                throw std::logic_error(fmt::format("a test names a parameter that there is not: {}", name));
    }

  private:
    template <class Value>
    void take(Key key, Value& value) {
        const auto found = settings_.find(std::string(key.name));
        if (found == settings_.end()) return;
        value = static_cast<Value>(found->second);
        taken_.insert(found->first);
    }

    Settings settings_;
    std::set<std::string> taken_;
};

// For `part` with a member fields(Fields&).
template <class Part>
void set(Part& part, Settings settings) {
    SetFields fields(std::move(settings));
    part.fields(fields);
    fields.reject_rest();
}

// The same machine with the circuit that the energy model's nodes are built of.
inline MachineSpec with_circuit_of(const EnergyModel& model, MachineSpec machine) {
    machine.circuit.choose(model.circuit());
    return machine;
}

} // namespace isinglass::test
