// The analog array: nodes that follow equations of motion, integrated or iterated.
#include "hw_models/array/array_kind.hpp"
#include "hw_models/machine.hpp"

namespace isinglass {

namespace {

class Analog final : public ArrayKind {
  public:
    std::shared_ptr<const Dynamics> dynamics(const MachineSpec& machine, const Network&,
                                             const EnergyModel& model, std::uint64_t) const override {
        check_relaxation(*machine.dynamics.part(), machine.dynamics.name(), model);
        return Chosen(machine.dynamics).part(); // its own, whatever becomes of the machine
    }
    Bias bias() const override { return {.couplings = true, .nodes = true}; }
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
