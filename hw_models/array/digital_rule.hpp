// How a digital array moves the spins of one energy model: integer arithmetic, step by step.
#pragma once

#include "hw_models/array/annealing.hpp"
#include "hw_models/array/bifurcation_flow.hpp"
#include "hw_models/array/digital_products.hpp"
#include "hw_models/array/digital_spec.hpp"
#include "hw_models/array/dynamics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace isinglass {

// What a rule is made for. References outlive the rule.
struct DigitalSite {
    const DigitalSpec& spec;
    const Network& net;
    CouplingFormat couplings;
    double input_top = 255.0; // code of an input's level 1
    std::uint64_t noise_seed = 0;
    Annealing annealing{}; // of two-valued nodes
    BifurcationSpec bifurcation{};
    bool discrete = false; // whether positions that bifurcate are multiplied by their signs
};

// Bound to one thread and one network. States in a LaneBlock are words over the word's unit, which single
// precision holds exactly. A lane's new state depends on that lane's data alone.
class DigitalRule {
  public:
    virtual ~DigitalRule() = default;
    virtual void begin(const RelaxPhase& phase) = 0;
    virtual void step(const float* values, LaneBlock& block) = 0;
};

// An energy model that digital arrays run, and what a step of it takes.
struct DigitalModel {
    std::string name;
    std::unique_ptr<DigitalRule> (*make)(const DigitalSite& site);
    std::size_t spin_features = 1;  // products of a coupling between spins, each way
    std::size_t input_features = 1; // products of a coupling from an input
    std::size_t lookups = 0;        // of tables, a node
    bool set_by_set = false;        // whether nodes that are coupled are moved one set after another
    int words = 1;                  // a node
    bool layer_by_layer = false;    // whether layers are
};

// Throws UserError for an energy model that digital arrays do not run, naming those that they do.
const DigitalModel& digital_model(const std::string& name);
std::vector<std::string> digital_models();

std::unique_ptr<DigitalRule> make_digital_hopfield(const DigitalSite& site);
std::unique_ptr<DigitalRule> make_digital_xy(const DigitalSite& site);
std::unique_ptr<DigitalRule> make_digital_oscillators(const DigitalSite& site);
std::unique_ptr<DigitalRule> make_digital_pbits(const DigitalSite& site);
std::unique_ptr<DigitalRule> make_digital_bifurcation(const DigitalSite& site);
std::unique_ptr<DigitalRule> make_digital_predictive(const DigitalSite& site);

} // namespace isinglass
