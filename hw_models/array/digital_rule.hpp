// How a digital array moves the spins of one energy model: integer arithmetic, step by step.
#pragma once

#include "hw_models/array/digital_products.hpp"
#include "hw_models/array/digital_spec.hpp"
#include "hw_models/array/dynamics.hpp"

#include <memory>
#include <span>
#include <string>

namespace isinglass {

// What a rule is made for. References outlive the rule.
struct DigitalSite {
    const DigitalSpec& spec;
    const Network& net;
    CouplingFormat couplings;
    double input_top = 255.0; // code of an input's level 1
    std::uint64_t noise_seed = 0;
};

// Bound to one thread and one network. States in a LaneBlock are words over the word's unit, which single
// precision holds exactly. A lane's new state depends on that lane's data alone.
class DigitalRule {
  public:
    virtual ~DigitalRule() = default;
    virtual void begin(const RelaxPhase& phase) = 0;
    virtual void step(const float* values, LaneBlock& block) = 0;
};

// Throws UserError for an energy model that digital arrays do not run; model is its name.
std::unique_ptr<DigitalRule> make_digital_rule(const std::string& model, const DigitalSite& site);
std::span<const std::string> digital_models();

std::unique_ptr<DigitalRule> make_digital_hopfield(const DigitalSite& site);

} // namespace isinglass
