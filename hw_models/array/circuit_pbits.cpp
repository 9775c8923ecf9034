// Two-valued nodes that flip at random: transconductors sum a node's input as in the array of continuous
// spins, a comparator against a noise source decides. The time constant is that of the sum.
#include "hw_models/array/circuit.hpp"

namespace isinglass {

namespace {

class PBits final : public Circuit {
  public:
    void fields(Fields& f) override {
        time_fields(f);
        f.quantity({"node_capacitance", "capacitance of a node's summing wire"}, node_capacitance_f_,
                   Unit::farad, {1e-18, 1e-6});
        voltage_fields(f);
    }
    double noise_units(double /*temperature_k*/) const override {
        return 0.0;
    } // a sampled node is a decided one
    std::vector<Flow> flows(const ArrayLoad& load) const override {
        const double bias_a_per_unit = class_a_bias_a(node_capacitance_f_, usual_class_a_margin);
        return {{"coupling.bias", directed_magnitude(load) * bias_a_per_unit},
                {"pbit.run", static_cast<double>(load.net.spins())}};
    }

  private:
    double node_capacitance_f_ = 0.3e-12;
};

} // namespace

std::unique_ptr<Circuit> make_pbits() {
    return std::make_unique<PBits>();
}

} // namespace isinglass
