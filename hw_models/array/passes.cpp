// Passes through the layers of a predictive network: one forward pass per step of a free phase, and in nudged
// phases layers by turns, every second one at a time, those of the outputs first. No circuit is known that
// does so: idealised.
#include "hw_models/array/dynamics.hpp"

namespace isinglass {

namespace {

class Passes final : public Integrator {
  public:
    explicit Passes(const Network& net) : turns_(sets_from_outputs(net)) {
        for (std::size_t l = 0; l < net.layers.size(); ++l) forward_.push_back({.layers = LayerSet{1} << l});
    }
    void begin(const RelaxPhase& phase) override { nudge_ = phase.nudge; }
    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        for (const auto& set : nudge_.beta == 0.0 ? forward_ : turns_)
            kernel.solve(values, nudge_, block, set);
    }

  private:
    std::vector<NodeSet> forward_, turns_;
    Nudge nudge_;
};

class IdealisedPasses final : public Dynamics {
  public:
    void fields(Fields& f) override {
        f.number({"rc_per_step",
                  "time that a pass is taken to have, in RC; an assumption, since no circuit is "
                  "known that makes it"},
                 rc_per_step_, {1e-4, 1e4});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream&) const override {
        return std::make_unique<Passes>(net);
    }
    double step_rc() const override { return rc_per_step_; }
    double physical_rc_per_step() const override { return rc_per_step_; }
    bool settled_values_only() const override { return true; }
    int nodes_per_spin() const override { return 1; }
    bool takes_dynamic_noise() const override { return false; }
    Relaxation relaxation() const override { return Relaxation::passes; }

  private:
    double rc_per_step_ = 1.0;
};

} // namespace

std::unique_ptr<Dynamics> make_idealised_passes() {
    return std::make_unique<IdealisedPasses>();
}

} // namespace isinglass
