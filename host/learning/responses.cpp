#include "host/learning/responses.hpp"

#include "hw_models/array/state_loops.hpp"
#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace isinglass {

Responses::Responses(const Network& net) : net_(net), squares_(net.state_columns) {
    constexpr std::size_t columns = 256;
    for_each_stretch(net_, all_layers, [&](std::size_t, const Stretch& nodes) {
        for (std::size_t first = nodes.first; first < nodes.nodes_end; first += columns)
            parts_.push_back({first, std::min(nodes.nodes_end, first + columns), nodes.circle});
    });
}

void Responses::add(const BatchReadout& readout, WorkerPool& pool) {
    pool.run(parts_.size(), [&](std::size_t task, unsigned) {
        const auto& part = parts_[task];
        double* sums = squares_.data();
        for (std::size_t r = 0; r < readout.batch(); ++r) {
            const float* first = readout.first.row(r).data();
            const float* second = readout.second.row(r).data();
            const float scale = readout.scale[r];
            const auto add_square = [&](std::size_t j, float moved) {
                const double response = scale * moved;
                sums[j] += response * response;
            };
            if (part.circle)
                for (std::size_t j = part.first; j < part.end; ++j)
                    add_square(j, wrapped(first[j] - second[j]));
            else
                for (std::size_t j = part.first; j < part.end; ++j) add_square(j, first[j] - second[j]);
        }
    });
}

std::vector<float> Responses::rms(std::int64_t presentations) const {
    std::vector<float> rms;
    const auto count = static_cast<double>(std::max<std::int64_t>(1, presentations));
    for (const auto& layer : net_.layers)
        for (std::size_t j = 0; j < layer.size; ++j)
            rms.push_back(static_cast<float>(std::sqrt(squares_[layer.offset + j] / count)));
    return rms;
}

void Responses::restore(const std::vector<double>& squares) {
    if (squares.size() != squares_.size())
        throw UserError(fmt::format("the checkpoint's responses are of {} columns, and this network has {}",
                                    squares.size(), squares_.size()));
    squares_ = squares;
}

// In rounds over all couplings, each of which reaches the nodes one further away.
std::vector<int> distances_to_outputs(const Network& net) {
    std::vector<int> distance(net.spins(), -1);
    for (std::size_t j = net.first_node(net.layers.size() - 1); j < net.spins(); ++j) distance[j] = 0;
    bool reached = true;
    for (int round = 0; reached; ++round) {
        reached = false;
        const auto step = [&](std::size_t a, std::size_t b) {
            if (distance[a] != round || distance[b] >= 0) return;
            distance[b] = round + 1;
            reached = true;
        };
        // Any node of a layer with that distance?
        const auto has = [&](int layer, auto is) {
            const std::size_t first = net.first_node(static_cast<std::size_t>(layer));
            return std::any_of(distance.begin() + static_cast<std::ptrdiff_t>(first),
                               distance.begin() + static_cast<std::ptrdiff_t>(first + net.layers[layer].size),
                               is);
        };
        const auto here = [round](int d) { return d == round; };
        const auto far = [](int d) { return d < 0; };
        for (const auto& link : net.links) {
            if (link.from == input_layer) continue;
            // Large ones take their time: only those that bring something.
            if (!(has(link.from, here) && has(link.to, far)) && !(has(link.to, here) && has(link.from, far)))
                continue;
            const std::size_t from = net.first_node(static_cast<std::size_t>(link.from));
            const std::size_t to = net.first_node(static_cast<std::size_t>(link.to));
            link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t) {
                step(from + i, to + j);
                step(to + j, from + i);
            });
        }
    }
    return distance;
}

std::vector<ResponseAtDistance> by_distance(const Network& net, std::span<const int> distance,
                                            std::span<const float> rms) {
    std::vector<ResponseAtDistance> table;
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const std::size_t first = net.first_node(l);
        std::map<int, std::pair<std::size_t, double>> sums; // nodes and squares
        for (std::size_t j = 0; j < net.layers[l].size; ++j) {
            auto& [nodes, squares] = sums[distance[first + j]];
            ++nodes;
            const double response = rms[first + j];
            squares += response * response;
        }
        for (const auto& [at, sum] : sums)
            table.push_back(
                {net.layers[l].name, at, sum.first, std::sqrt(sum.second / static_cast<double>(sum.first))});
    }
    return table;
}

} // namespace isinglass
