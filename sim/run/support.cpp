#include "sim/run/support.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/machine.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace isinglass {

namespace {

// A machine that could run the model, but for its array.
MachineSpec machine_for(const EnergyModel& model, const std::string& array) {
    MachineSpec machine;
    machine.array.choose(array);
    machine.circuit.choose(model.circuit());
    machine.couplings.mismatch = 0.0;
    if (array == "analog") machine.dynamics.choose(dynamics_of(model).front());
    return machine;
}

// Why this array does not run the model; nothing where it does.
std::string refusal(const EnergyModel& model, const std::string& array) {
    const auto activation = model.activations().front();
    const Network net = make_network(2,
                                     {{.name = "output",
                                       .size = 2,
                                       .low = activation.low,
                                       .high = activation.high,
                                       .domain = activation.domain}},
                                     {{.from = input_layer, .to = 0}}, model.needs());
    const auto machine = machine_for(model, array);
    try {
        machine.array->dynamics(machine, net, model, 1);
        return {};
    } catch (const UserError& error) {
        return error.what();
    }
}

} // namespace

std::string support_page() {
    std::string page = "# What runs on what\n\nMade by `isinglass reference support`; do not edit.\n\n"
                       "| `network.model` | circuit of an analog array | its `machine.array.dynamics` |";
    std::string rule = "|---|---|---|";
    std::vector<std::string> others;
    for (const auto& array : array_kinds())
        if (array != "analog") others.push_back(array);
    for (const auto& array : others) {
        page += fmt::format(" {} |", array);
        rule += "---|";
    }
    page += "\n" + rule + "\n";
    std::string reasons;
    for (const auto& name : energy_models()) {
        const auto model = make_energy_model(name);
        page +=
            fmt::format("| `{}` | {} | {} |", name, model->circuit(), fmt::join(dynamics_of(*model), ", "));
        for (const auto& array : others) {
            const auto why = refusal(*model, array);
            page += why.empty() ? " yes |" : " no |";
            if (!why.empty()) reasons += "- " + why + "\n";
        }
        page += "\n";
    }
    page += fmt::format(
        "\nEvery kind of coupling ({}) goes with every model and every array. Pairs that are missing "
        "are refused:\n\n{}",
        fmt::join(coupling_kinds(), ", "), reasons);
    return page;
}

} // namespace isinglass
