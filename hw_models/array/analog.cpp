// The analog array: nodes that follow equations of motion, integrated or iterated.
#include "hw_models/array/array_kind.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/machine.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

class Analog final : public ArrayKind {
  public:
    std::shared_ptr<const Dynamics> dynamics(const MachineSpec& machine, const Network&,
                                             const EnergyModel& model, std::uint64_t) const override {
        if (machine.circuit.name() != model.circuit())
            throw UserError(
                fmt::format("machine.circuit.kind = \"{}\" does not build the nodes of network.model = "
                            "\"{}\"; machine.circuit.kind = \"{}\" does",
                            machine.circuit.name(), model.name(), model.circuit()));
        check_relaxation(*machine.dynamics.part(), machine.dynamics.name(), model);
        return Chosen(machine.dynamics).part(); // its own, whatever becomes of the machine
    }
    bool has_voltages() const override { return true; }
    bool sums_digitally() const override { return false; }
    bool has_time_constant() const override { return true; }
    std::vector<std::string> models() const override {
        return {energy_models().begin(), energy_models().end()};
    }
};

} // namespace

std::unique_ptr<ArrayKind> make_analog_array() {
    return std::make_unique<Analog>();
}

} // namespace isinglass
