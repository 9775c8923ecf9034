// A passive crossbar: conductances between nodes, diodes as their walls. The power of a resistor network is
// that of its state, Σ g (Δv)²; here every conductance is charged with a stated mean of (Δv)². Capacitance
// and time constant of a node are stated; a conductance of one model unit is their quotient, C / RC, in
// power, noise, drops along wires and netlists alike.
#include "hw_models/array/circuit.hpp"

namespace isinglass {

namespace {

class Crossbar final : public Circuit {
  public:
    Crossbar() { volts_per_unit = 0.005; } // inputs of a gain of 100 are half a volt then

    void fields(Fields& f) override {
        time_fields(f);
        f.quantity({"node_capacitance",
                    "capacitance of a node; over time_constant it is the conductance of one model unit"},
                   node_capacitance_f_, Unit::farad, {1e-18, 1e-6});
        voltage_fields(f);
        f.quantity({"rms_drop", "root of the mean squared voltage over a conductance"}, rms_drop_v_,
                   Unit::volt, {1e-6, 100.0});
    }
    double unit_conductance_s() const override { return node_capacitance_f_ / time_constant_s; }
    double noise_units(double temperature_k) const override {
        return thermal_noise_units(node_capacitance_f_, temperature_k);
    }
    bool made_of_transistors() const override { return false; }
    std::vector<Flow> flows(const ArrayLoad& load) const override {
        double conductance = 0.0;
        for (std::size_t b = 0; b < load.net.blocks.size(); ++b)
            if (load.net.blocks[b].link >= 0) conductance += load.magnitudes[b] * unit_conductance_s();
        return {{"crossbar.conduction", conductance * rms_drop_v_ * rms_drop_v_}};
    }

  private:
    double node_capacitance_f_ = 0.3e-12;
    double rms_drop_v_ = 0.1;
};

} // namespace

std::unique_ptr<Circuit> make_crossbar() {
    return std::make_unique<Crossbar>();
}

} // namespace isinglass
