// What integrators of the dynamics with conjugate variables share (equations: conjugate.cpp).
#pragma once

#include "hw_models/array/conjugate_pair.hpp"
#include "hw_models/array/state_loops.hpp"

namespace isinglass {

class ConjugateBase : public Integrator {
  public:
    ConjugateBase(const ConjugateParameters& parameters, const Network& net, const RandomStream& noise)
        : parameters_(parameters), net_(net), noise_(noise), pull_(net.layers.size()) {}

    void begin(const RelaxPhase& phase) override {
        phase_ = phase;
        step_ = 0;
    }

  protected:
    // Leak and pump in the middle of this step; true when they are new.
    bool prepare(FieldKernel& kernel) {
        const double middle = (static_cast<double>(step_) + 0.5) * phase_.step_rc;
        const double detuning = phase_.after_reset ? parameters_.detuning(middle) : 0.0;
        if (step_ > 0 && detuning == detuning_) return false;
        detuning_ = detuning;
        for (std::size_t l = 0; l < pull_.size(); ++l) pull_[l] = kernel.leak(l, phase_.nudge) + detuning;
        return true;
    }
    [[nodiscard]] double temperature() const { return phase_.node_noise * phase_.node_noise; }

    const ConjugateParameters parameters_;
    const Network& net_;
    const RandomStream& noise_;
    RelaxPhase phase_;
    std::vector<double> pull_; // of each layer
    std::uint32_t step_ = 0;

  private:
    double detuning_ = 0.0;
};

} // namespace isinglass
