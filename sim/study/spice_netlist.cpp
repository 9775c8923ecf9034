#include "sim/study/spice_netlist.hpp"

#include "hw_models/base/error.hpp"
#include "sim/estimate/parameters.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cctype>

namespace isinglass {

namespace {

constexpr std::size_t most_spins = 1024; // more are no small array

class Netlist {
  public:
    Netlist(const MachineSpec& machine, const Network& net, const EnergyModel& model,
            const SpiceSample& sample)
        : net_(net), sample_(sample), resistive_(model.name() == "resistive"), spins_(spice_nodes(net)) {
        Parameters circuit;
        machine.circuit.part()->fields(circuit);
        rc_s_ = machine.circuit->time_constant_s;
        volts_ = machine.circuit->volts_per_unit;
        farads_ = circuit.number("node_capacitance");
        siemens_ = farads_ / rc_s_; // of one model unit
        input_volts_ = volts_;
        if (!resistive_) return;
        Parameters own;
        const_cast<EnergyModel&>(model).fields(own); // NOLINT: declaring only reads here
        input_volts_ *= own.number("input_gain");
    }

    std::string text(const std::string& data_file) {
        lines_ = fmt::format("* {} spins, {} inputs: C = {:.6g} F, G = {:.6g} S a model unit, RC = {:.6g} s, "
                             "{:.6g} V a model unit\n.options reltol=1e-6 abstol=1e-15 vntol=1e-9\n"
                             ".model knee D(is=1e-9 n=1e-4)\n",
                             net_.spins(), net_.inputs, farads_, siemens_, rc_s_, volts_);
        inputs();
        nodes();
        for (const auto& block : net_.blocks) block.link < 0 ? currents(block) : couplings(block);
        nudge();
        const double end_s = sample_.free_s + sample_.nudged_s;
        lines_ +=
            fmt::format(".tran {:.9g} {:.9g} 0 {:.9g} uic\n.control\nrun\nset wr_singlescale\nset numdgt=9\n"
                        "wrdata {} v({})\n.endc\n.end\n",
                        rc_s_ / 20.0, end_s, rc_s_ / 50.0, data_file, fmt::join(spins_, ") v("));
        return std::move(lines_);
    }

  private:
    void inputs() {
        for (std::size_t i = 0; i < net_.input_nodes; ++i) {
            const double level = static_cast<double>(sample_.inputs[i % net_.inputs]);
            const double sign = i < net_.inputs ? 1.0 : -1.0; // a line, then the complements
            lines_ += fmt::format("V{} {} 0 {:.9g}\n", ++count_, input_name(i), sign * level * input_volts_);
        }
    }
    static std::string input_name(std::size_t i) { return fmt::format("in_{}", i); }

    void wall(const std::string& node, double low, double high) {
        lines_ += fmt::format("V{0} low{0} 0 {1:.9g}\nD{0} low{0} {2} knee\n", ++count_, low * volts_, node);
        lines_ +=
            fmt::format("V{0} high{0} 0 {1:.9g}\nD{0} {2} high{0} knee\n", ++count_, high * volts_, node);
    }
    void nodes() {
        std::size_t n = 0;
        for (const auto& layer : net_.layers)
            for (std::size_t j = 0; j < layer.size; ++j, ++n) {
                const auto& node = spins_[n];
                lines_ += fmt::format("C{} {} 0 {:.9g} ic=0\n", ++count_, node, farads_);
                if (!resistive_) lines_ += fmt::format("R{} {} 0 {:.9g}\n", ++count_, node, 1.0 / siemens_);
                const bool halves = layer.domain == Domain::diodes;
                const bool positive = j < (layer.size + 1) / 2;
                wall(node, halves && positive ? 0.0 : static_cast<double>(layer.low),
                     halves && !positive ? 0.0 : static_cast<double>(layer.high));
            }
    }
    std::string pre_name(const NetworkLink& link, std::size_t i) const {
        return link.from == input_layer ? input_name(i)
                                        : spins_[net_.first_node(static_cast<std::size_t>(link.from)) + i];
    }
    void couplings(const ParameterBlock& block) {
        const auto& link = net_.links[static_cast<std::size_t>(block.link)];
        const std::size_t first = net_.first_node(static_cast<std::size_t>(link.to));
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            const double strength = static_cast<double>(sample_.values[block.first + w]) * siemens_;
            if (strength == 0.0) return;
            const auto from = pre_name(link, i);
            const auto& to = spins_[first + j];
            if (resistive_) {
                lines_ += fmt::format("R{} {} {} {:.9g}\n", ++count_, from, to, 1.0 / strength);
                return;
            }
            lines_ += fmt::format("G{} 0 {} {} 0 {:.9g}\n", ++count_, to, from, strength);
            if (link.from != input_layer)
                lines_ += fmt::format("G{} 0 {} {} 0 {:.9g}\n", ++count_, from, to, strength);
        });
    }
    void currents(const ParameterBlock& block) {
        const std::size_t first = net_.first_node(static_cast<std::size_t>(block.layer));
        for (std::size_t j = 0; j < block.count(); ++j)
            if (const auto b = static_cast<double>(sample_.values[block.first + j]); b != 0.0)
                lines_ +=
                    fmt::format("I{} 0 {} {:.9g}\n", ++count_, spins_[first + j], b * siemens_ * volts_);
    }
    void nudge() {
        if (sample_.nudged_s <= 0.0) return;
        const std::size_t first = net_.first_node(net_.layers.size() - 1);
        for (std::size_t j = 0; j < net_.output().size; ++j)
            lines_ += fmt::format("B{} 0 {} i = time > {:.9g} ? {:.9g} * ({:.9g} - v({})) : 0\n", ++count_,
                                  spins_[first + j], sample_.free_s, sample_.beta * siemens_,
                                  static_cast<double>(sample_.targets[j]) * volts_, spins_[first + j]);
    }

    const Network& net_;
    const SpiceSample& sample_;
    bool resistive_;
    std::vector<std::string> spins_;
    double rc_s_ = 0.0, volts_ = 0.0, input_volts_ = 0.0, siemens_ = 0.0, farads_ = 0.0;
    std::size_t count_ = 0; // of elements, for their names
    std::string lines_;
};

} // namespace

std::vector<std::string> spice_nodes(const Network& net) {
    std::vector<std::string> names;
    for (const auto& layer : net.layers) {
        std::string word;
        for (const char c : layer.name)
            word += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(c)) : '_';
        for (std::size_t j = 0; j < layer.size; ++j) names.push_back(fmt::format("n_{}_{}", word, j));
    }
    return names;
}

std::string spice_netlist(const MachineSpec& machine, const Network& net, const EnergyModel& model,
                          const SpiceSample& sample, const std::string& data_file) {
    const auto name = model.name();
    if (name != "hopfield" && name != "resistive")
        throw UserError(
            fmt::format("network.model = \"{}\" has no netlist; hopfield and resistive have", name));
    if (machine.array.name() != "analog" || machine.dynamics->nodes_per_spin() != 1)
        throw UserError(
            "a netlist shows the nodes of an analog array with one node a spin; machine.array.kind = "
            "\"analog\" with machine.array.dynamics = \"dissipative\" fits");
    if (net.spins() > most_spins)
        throw UserError(
            fmt::format("{} spins are no small array; valid is up to {}", net.spins(), most_spins));
    return Netlist(at_corner(machine), net, model, sample).text(data_file);
}

} // namespace isinglass
