#include "tests/physics/resistive_rig.hpp"

#include "tests/set_parameters.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <Eigen/Dense>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace isinglass::rig {

namespace {

constexpr std::size_t inputs = 4, hidden = 6, outputs = 3;

} // namespace

ResistiveCase::ResistiveCase(std::uint64_t seed, bool diodes, float hidden_range)
    : energy(make_resistive()), sample{.inputs = random_levels(inputs, seed)} {
    test::set(*energy, {{"input_gain", input_gain}});
    std::vector<SpinLayer> layers{{.name = "hidden",
                                   .size = hidden,
                                   .low = -hidden_range,
                                   .high = hidden_range,
                                   .domain = diodes ? Domain::diodes : Domain::interval},
                                  {.name = "output", .size = outputs, .low = -wide, .high = wide}};
    net = std::make_shared<const Network>(
        make_network(inputs, layers,
                     {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}, {.from = input_layer, .to = 1}},
                     energy->needs()));
    values = random_values(*net, 1.0, 0.5, seed);
    for (const auto& block : net->blocks)
        if (block.link >= 0)
            for (auto& g : std::span(values).subspan(block.first, block.count())) g = std::abs(g);
    sample.targets.assign(outputs, 0.0F);
    sample.targets[seed % outputs] = 1.0F;
}

std::shared_ptr<const ChipModel> ResistiveCase::on(const std::string& dynamics,
                                                   const Settings& settings) const {
    return make_chip_model(test::with_circuit_of(*energy, ideal_machine(dynamics, settings)), net, energy, 1);
}

// Terminals: ground, lines, complements, hidden nodes, outputs.
Kirchhoff circuit_of(const ResistiveCase& c, double beta) {
    Kirchhoff circuit;
    for (const double sign : {1.0, -1.0})
        for (const float x : c.sample.inputs)
            circuit.voltages.push_back(
                {circuit.terminals++, sign * ResistiveCase::input_gain * static_cast<double>(x)});
    for (const auto& layer : c.net->layers)
        for (std::size_t i = 0; i < layer.size; ++i) circuit.spins.push_back(circuit.terminals++);
    const std::size_t first_hidden = circuit.spins.front();
    const std::size_t first_output = first_hidden + hidden;
    std::size_t at = 0; // in the order of the parameter vector
    auto next = [&] { return static_cast<double>(c.values[at++]); };
    auto join = [&](std::size_t from, std::size_t count, std::size_t to, std::size_t to_count) {
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < to_count; ++j)
                circuit.resistors.push_back({from + i, to + j, next()});
    };
    join(1, 2 * inputs, first_hidden, hidden);
    for (std::size_t j = 0; j < hidden; ++j) circuit.currents.push_back({first_hidden + j, next()});
    join(first_hidden, hidden, first_output, outputs);
    for (std::size_t j = 0; j < outputs; ++j) circuit.currents.push_back({first_output + j, next()});
    join(1, 2 * inputs, first_output, outputs);
    if (c.net->layers[0].domain == Domain::diodes)
        for (std::size_t j = 0; j < hidden; ++j)
            (j < hidden / 2 ? circuit.keep_positive : circuit.keep_negative).push_back(first_hidden + j);
    if (beta == 0.0) return circuit;
    for (std::size_t j = 0; j < outputs; ++j) {
        circuit.voltages.push_back({circuit.terminals, static_cast<double>(c.sample.targets[j])});
        circuit.resistors.push_back({circuit.terminals++, first_output + j, beta});
    }
    return circuit;
}

std::vector<double> kirchhoff(const Kirchhoff& circuit) {
    const auto n = static_cast<long>(circuit.terminals);
    Eigen::MatrixXd law = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd current = Eigen::VectorXd::Zero(n);
    for (const auto& r : circuit.resistors) {
        const auto a = static_cast<long>(r.a);
        const auto b = static_cast<long>(r.b);
        law(a, a) += r.conductance;
        law(b, b) += r.conductance;
        law(a, b) -= r.conductance;
        law(b, a) -= r.conductance;
    }
    for (const auto& s : circuit.currents) current[static_cast<long>(s.terminal)] += s.value;
    auto fix = [&](std::size_t terminal, double voltage) {
        law.row(static_cast<long>(terminal)).setZero();
        law(static_cast<long>(terminal), static_cast<long>(terminal)) = 1.0;
        current[static_cast<long>(terminal)] = voltage;
    };
    fix(0, 0.0);
    for (const auto& s : circuit.voltages) fix(s.terminal, s.value);
    const Eigen::VectorXd v = law.fullPivLu().solve(current);
    std::vector<double> result;
    for (const auto t : circuit.spins) result.push_back(v[static_cast<long>(t)]);
    return result;
}

namespace {

std::string netlist(const Kirchhoff& circuit) {
    std::string text = "a resistive network\n.model knee D(is=1e-9 n=1e-4)\n.options reltol=1e-6\n";
    std::size_t n = 0;
    for (const auto& s : circuit.voltages) text += fmt::format("V{} {} 0 {:.9g}\n", ++n, s.terminal, s.value);
    for (const auto& r : circuit.resistors)
        text += fmt::format("R{} {} {} {:.9g}\n", ++n, r.a, r.b, 1.0 / r.conductance);
    for (const auto& s : circuit.currents) text += fmt::format("I{} 0 {} {:.9g}\n", ++n, s.terminal, s.value);
    for (const auto t : circuit.keep_positive) text += fmt::format("D{} 0 {} knee\n", ++n, t);
    for (const auto t : circuit.keep_negative) text += fmt::format("D{} {} 0 knee\n", ++n, t);
    text += ".control\nop\nset numdgt=9\n";
    for (const auto t : circuit.spins) text += fmt::format("print v({})\n", t);
    return text + ".endc\n.end\n";
}

} // namespace

std::optional<std::vector<double>> ngspice(const Kirchhoff& circuit) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("isinglass-{}.cir", getpid());
    std::ofstream(file) << netlist(circuit);
    std::FILE* pipe = popen(fmt::format("ngspice -b '{}' 2>/dev/null", file.string()).c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no shell to run ngspice in");
    std::vector<double> voltages;
    std::array<char, 256> line{};
    while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
        double voltage = 0.0;
        if (std::sscanf(line.data(), "v(%*d) = %lf", &voltage) == 1) voltages.push_back(voltage);
    }
    const int status = pclose(pipe);
    std::filesystem::remove(file);
    if (WEXITSTATUS(status) == 127) return {}; // the shell knows no such program
    if (voltages.size() != circuit.spins.size()) throw std::runtime_error("ngspice finds no operating point");
    return voltages;
}

Oracle resistive_oracle(const ResistiveCase& c) {
    Oracle oracle;
    oracle.energy = [c](std::span<const double> s, std::span<const double> theta) {
        std::vector<double> v(1 + 2 * inputs + hidden + outputs, 0.0);
        std::size_t line = 1;
        for (const double sign : {1.0, -1.0})
            for (const float x : c.sample.inputs) v[line++] = sign * ResistiveCase::input_gain * double{x};
        std::ranges::copy(s, v.begin() + static_cast<long>(line));
        double energy = 0.0;
        std::size_t at = 0;
        auto heat = [&](std::size_t from, std::size_t count, std::size_t to, std::size_t to_count) {
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t j = 0; j < to_count; ++j)
                    energy += 0.5 * theta[at++] * std::pow(v[from + i] - v[to + j], 2);
        };
        auto sources = [&](std::size_t first, std::size_t count) {
            for (std::size_t j = 0; j < count; ++j) energy -= theta[at++] * v[first + j];
        };
        const std::size_t first_output = line + hidden;
        heat(1, 2 * inputs, line, hidden);
        sources(line, hidden);
        heat(line, hidden, first_output, outputs);
        sources(first_output, outputs);
        heat(1, 2 * inputs, first_output, outputs);
        return energy;
    };
    oracle.cost = [c](std::span<const double> s) {
        double cost = 0.0;
        for (std::size_t j = 0; j < outputs; ++j)
            cost += 0.5 * std::pow(s[hidden + j] - double{c.sample.targets[j]}, 2);
        return cost;
    };
    const bool diodes = c.net->layers[0].domain == Domain::diodes;
    for (std::size_t j = 0; j < hidden + outputs; ++j) {
        oracle.low.push_back(diodes && j < hidden / 2 ? 0.0 : double{-wide});
        oracle.high.push_back(diodes && j >= hidden / 2 && j < hidden ? 0.0 : double{wide});
    }
    return oracle;
}

} // namespace isinglass::rig
