#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/summary.hpp"
#include "tests/bench/results_sections.hpp"

#include <fmt/core.h>

#include <map>
#include <set>
#include <sstream>

namespace isinglass::bench {

namespace {

// Rms response by distance from the outputs, all layers together, after an epoch.
using Decay = std::map<int, double>;

// Of the first and the last epoch in a run's responses.csv.
std::pair<Decay, Decay> decays(const std::string& folder) {
    struct Sum {
        double nodes = 0, squares = 0;
    };
    std::map<int, std::map<int, Sum>> epochs;
    std::istringstream in(read_file(folder + "/responses.csv"));
    std::string line;
    std::getline(in, line); // the header
    while (std::getline(in, line)) {
        std::istringstream cells(line);
        std::string epoch, layer, distance, nodes, rms;
        for (auto* cell : {&epoch, &layer, &distance, &nodes, &rms}) std::getline(cells, *cell, ',');
        auto& sum = epochs[std::stoi(epoch)][std::stoi(distance)];
        sum.nodes += std::stod(nodes);
        sum.squares += std::stod(nodes) * std::stod(rms) * std::stod(rms);
    }
    const auto rms_of = [](const std::map<int, Sum>& sums) {
        Decay decay;
        for (const auto& [distance, sum] : sums) decay[distance] = std::sqrt(sum.squares / sum.nodes);
        return decay;
    };
    return {rms_of(epochs.begin()->second), rms_of(epochs.rbegin()->second)};
}

std::string cells_of(const Decay& decay) {
    std::string text;
    for (const auto& [distance, rms] : decay) text += fmt::format("{}{:.3f}", text.empty() ? "" : ", ", rms);
    return text;
}

// Numbers that are trained: copies of a shared coupling count once.
std::size_t trained_couplings(const Network& net) {
    std::size_t count = 0;
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        std::vector<float> numbers(block.count());
        for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = static_cast<float>(k);
        net.links[static_cast<std::size_t>(block.link)].coupling->tie(numbers, Tie::first);
        count += std::set<float>(numbers.begin(), numbers.end()).size();
    }
    return count;
}

constexpr const char* presets[] = {
    "mnist-xy-31",           "mnist-xy-lattice",        "mnist-xy-lattice-lateral",
    "mnist-xy-lattice-skip", "mnist-xy-lattice-shared", "mnist-xy-lattice-shared-4",
    "mnist-xy-lattice-2",    "mnist-xy-lattice-deep"};

} // namespace

std::string lattices_section(const RunsOf& runs_of) {
    std::string page =
        "\n## Lattices of coupled phases on MNIST\n\nResponses are R = (phase after the nudge - free phase) "
        "/ "
        "beta, wrapped, as root mean squares over the samples of an\nepoch and over the nodes that are 0, 1, "
        "2 … "
        "couplings away from the outputs. The map of all nodes and all couplings are in\n"
        "`checkpoints/epoch-NNNN.h5` of each run (`responses`, `couplings`), the numbers here in "
        "`responses.csv`.\n\n"
        "| preset | cells | trained couplings | accuracy | R after the first epoch | R after the last |\n"
        "|---|---|---|---|---|---|\n";
    for (const auto* preset : presets) {
        const auto runs = runs_of(preset);
        if (runs.empty()) {
            page += fmt::format("| `{}` | not run | | | | |\n", preset);
            continue;
        }
        const auto network = load_experiment(preset, {}).network.build();
        std::size_t cells = 0;
        for (const auto& link : network->links) cells += link.coupling->parameters();
        const auto file = runs.front() + "/summary.json";
        const auto summary = RunSummary::from_json(read_file(file), file);
        const auto [first, last] = decays(runs.front());
        page += fmt::format("| `{}` | {} | {} | {:.2f} % | {} | {} |\n", preset, cells,
                            trained_couplings(*network), 100.0 * summary.test_accuracy.value(),
                            cells_of(first), cells_of(last));
    }
    return page;
}

} // namespace isinglass::bench
