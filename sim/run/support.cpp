#include "sim/run/support.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

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

Network small_network(const EnergyModel& model, const std::vector<LinkRequest>& links) {
    const auto activation = model.activations().front();
    return make_network(2,
                        {{.name = "output",
                          .size = 2,
                          .low = activation.low,
                          .high = activation.high,
                          .domain = activation.domain}},
                        links, model.needs());
}

// Why this array does not run the model; nothing where it does.
std::string refusal(const EnergyModel& model, const std::string& array) {
    try {
        check_runs(machine_for(model, array), model);
        return {};
    } catch (const UserError& error) {
        return error.what();
    }
}

// Whether the model takes couplings within a layer.
bool couples_within(const EnergyModel& model) {
    try {
        small_network(model, {{.from = input_layer, .to = 0},
                              {.from = 0, .to = 0, .kind = make_coupling_kind("all-to-all")}});
        return true;
    } catch (const UserError&) {
        return false;
    }
}

// How arrays hold a weight that windows share.
std::string sharing() {
    std::vector<std::string> unrolled, stored;
    for (const auto& name : array_kinds()) {
        MachineSpec machine;
        machine.array.choose(name);
        (machine.array->sums_digitally() ? stored : unrolled).push_back(name);
    }
    return fmt::format("Weights that the windows of a convolution share are unrolled, a cell a copy, on the "
                       "array \"{}\", and stored once, read for each copy in turn, on {}.",
                       fmt::join(unrolled, ", "), fmt::join(stored, " and "));
}

} // namespace

namespace {

std::shared_ptr<const Dynamics> dynamics_on(const MachineSpec& machine, const EnergyModel& model) {
    const Network net = small_network(model, {{.from = input_layer, .to = 0}});
    return machine.array->dynamics(machine, net, model, 1);
}

// Couplings on the longest way from the inputs; couplings of predictive networks lead to layers described
// later.
std::size_t depth(const NetworkSpec& spec) {
    std::map<std::string, std::size_t> of;
    std::size_t deepest = 0;
    const auto couplings = spec.resolved_couplings();
    for (const auto& layer : spec.layers)
        for (const auto& c : couplings)
            if (c.to == layer.name)
                deepest = std::max(deepest, of[c.to] = std::max(of[c.to], of[c.from] + 1));
    return deepest;
}

} // namespace

void check_runs(const MachineSpec& machine, const EnergyModel& model) {
    dynamics_on(machine, model);
}

void check_depth(const Experiment& experiment) {
    const auto& m = experiment.machine;
    const auto& free = experiment.training.free;
    const auto model = experiment.network.model.part();
    if (!model->learns_from_errors() || free.unit != RelaxUnit::steps) return;
    if (dynamics_on(m, *model)->relaxation() != Relaxation::flow) return;
    const std::size_t couplings = depth(experiment.network);
    if (free.value >= static_cast<double>(couplings)) return;
    throw UserError(
        fmt::format("training.free = \"{} steps\": machine.array.kind = \"{}\" takes values one layer "
                    "further in each, and network.model = \"{}\" is {} layers deep; valid is as many "
                    "or more, several times as many settle",
                    free.value, m.array.name(), model->name(), couplings));
}

std::string support_page() {
    std::string page =
        "# What runs on what\n\nMade by `isinglass reference support`; do not edit.\n\n"
        "| `network.model` | couplings within layers | pools | circuit of an analog array | its "
        "`machine.array.dynamics` |";
    std::string rule = "|---|---|---|---|---|";
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
        page += fmt::format("| `{}` | {} | {} | {} | {} |", name, couples_within(*model) ? "yes" : "no",
                            model->needs().convolves ? "yes" : "no", model->circuit(),
                            fmt::join(dynamics_of(*model), ", "));
        for (const auto& array : others) {
            const auto why = refusal(*model, array);
            page += why.empty() ? " yes |" : " no |";
            if (!why.empty()) reasons += "- " + why + "\n";
        }
        page += "\n";
    }
    page += fmt::format(
        "\nKinds of couplings ({}) go with every model and every array, but for those within layers and "
        "pools "
        "(`pool` of a convolution) where the table says no. {}\n\nPairs that are missing are refused:\n\n{}",
        fmt::join(coupling_kinds(), ", "), sharing(), reasons);
    return page;
}

} // namespace isinglass
