// Coupled oscillators: phases against a common reference are the states. A coupling injects a current of its
// strength at the other's phase and pulls it at the rate |W|/RC; inputs and biases inject at the reference's
// phase.
#include "hw_models/array/circuit.hpp"

namespace isinglass {

namespace {

class Oscillators final : public Circuit {
  public:
    void fields(Fields& f) override {
        time_fields(f);
        f.number({"phase_noise", "standard deviation of a sampled phase against the reference, in radians"},
                 phase_noise_, {0.0, 1.0});
    }
    double noise_units(double /*temperature_k*/) const override { return phase_noise_; }
    // Full-strength couplings: what a coupling of the programmable range injects.
    std::vector<Flow> flows(const ArrayLoad& load) const override {
        double strength = 0.0;
        for (std::size_t b = 0; b < load.net.blocks.size(); ++b)
            strength += load.magnitudes[b] / load.net.blocks[b].range;
        return {{"oscillator.run", static_cast<double>(load.net.spins())}, {"oscillator.coupling", strength}};
    }

  private:
    double phase_noise_ = 0.01;
};

} // namespace

std::unique_ptr<Circuit> make_oscillators() {
    return std::make_unique<Oscillators>();
}

} // namespace isinglass
