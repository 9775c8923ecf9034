#include "hw_models/array/energy_model.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<EnergyModel>>& models() {
    static const Registry<std::unique_ptr<EnergyModel>> registry("energy model",
                                                                 {
                                                                     {"hopfield", make_hopfield},
                                                                 });
    return registry;
}

} // namespace

std::unique_ptr<EnergyModel> make_energy_model(const std::string& name) {
    return models().make(name);
}
std::span<const std::string> energy_models() {
    return models().names();
}

} // namespace isinglass
