// A network as an experiment describes it, and its layout on the array.
#pragma once

#include "hw_models/array/network.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/couplings/tile_map.hpp"

#include <memory>
#include <string>
#include <vector>

namespace isinglass {

struct LayerSpec {
    std::string name;
    std::int64_t size = 0;
    std::string activation = "clip01"; // clip01: [0, 1]; linear: up to the rails, [−1, 2]

    void fields(Fields& f);
};

struct CouplingLinkSpec {
    std::string from;
    std::string to;
    std::string kind = "dense";
    double range = 1.0; // largest programmable magnitude
    double rate = 0.0;  // learning rate of these couplings and of the biases that come with them

    void fields(Fields& f);
};

struct NetworkSpec {
    std::string model = "hopfield";
    std::vector<LayerSpec> layers;           // the first one is clamped to the inputs
    std::vector<CouplingLinkSpec> couplings; // empty: every layer to the next, dense

    void fields(Fields& f);
    // Couplings with the default filled in.
    [[nodiscard]] std::vector<CouplingLinkSpec> resolved_couplings() const;
    // Throws UserError where the description makes no network.
    [[nodiscard]] std::shared_ptr<const Network> build() const;
};

// Initial couplings U(±gain / √fan_in), biases 0; drawn from `seed`.
std::vector<float> initial_couplings(const Network& net, double gain, std::uint64_t seed);

} // namespace isinglass
