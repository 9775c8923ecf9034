#include "hw_models/array/digital_rule.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace isinglass {

namespace {

const std::vector<DigitalModel>& models() {
    static const std::vector<DigitalModel> all{
        {.name = "hopfield", .make = make_digital_hopfield},
        {.name = "xy", .make = make_digital_xy, .spin_features = 2, .input_features = 2, .lookups = 2},
        {.name = "oscillator", .make = make_digital_oscillators, .spin_features = 2, .lookups = 3},
        {.name = "predictive", .make = make_digital_predictive, .layer_by_layer = true},
        {.name = "binary", .make = make_digital_pbits, .lookups = 1, .set_by_set = true},
        {.name = "bifurcation", .make = make_digital_bifurcation, .words = 2},
    };
    return all;
}

} // namespace

std::vector<std::string> digital_models() {
    std::vector<std::string> names;
    for (const auto& model : models()) names.push_back(model.name);
    return names;
}

const DigitalModel& digital_model(const std::string& name) {
    const auto found = std::ranges::find(models(), name, &DigitalModel::name);
    if (found != models().end()) return *found;
    throw UserError(
        fmt::format("machine.array.kind = \"digital\" does not run network.model = \"{}\"; it runs: {}", name,
                    fmt::join(digital_models(), ", ")));
}

} // namespace isinglass
