#include "hw_models/array/digital_rule.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<DigitalRule>, const DigitalSite&>& rules() {
    static const Registry<std::unique_ptr<DigitalRule>, const DigitalSite&> registry(
        "energy model of a digital array", {
                                               {"hopfield", make_digital_hopfield},
                                           });
    return registry;
}

} // namespace

std::unique_ptr<DigitalRule> make_digital_rule(const std::string& model, const DigitalSite& site) {
    return rules().make(model, site);
}
std::span<const std::string> digital_models() {
    return rules().names();
}

} // namespace isinglass
