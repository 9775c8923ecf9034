// A network as an experiment describes it, and its layout on the array.
#pragma once

#include "hw_models/array/energy_model.hpp"
#include "hw_models/base/chosen.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/couplings/tile_map.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct LayerSpec {
    std::string name;
    std::int64_t size = 0;
    std::vector<std::int64_t> shape; // rows and columns, or channels, rows and columns
    std::string at = "everywhere";   // of the plane of that shape, of layer_places()
    std::string activation = "clip01";

    // `activations` are those of the energy model, the default first.
    void fields(Fields& f, std::span<const std::string> activations);
    // The plane that `shape` says, or else a line of all nodes.
    [[nodiscard]] Grid plane() const;
};

struct CouplingLinkSpec {
    std::string from;
    std::string to;
    Chosen<CouplingKind> kind{"dense", make_coupling_kind, coupling_kinds};
    double range = 1.0; // largest programmable magnitude
    double rate = 0.0;  // learning rate of these couplings and of the node parameters that come with them
    bool trainable = true;

    void fields(Fields& f);
};

struct NetworkSpec {
    Chosen<EnergyModel> model{"hopfield", make_energy_model, energy_models};
    std::vector<LayerSpec> layers;           // the first one is clamped to the inputs
    std::vector<CouplingLinkSpec> couplings; // empty: every layer to the next, dense

    void fields(Fields& f);
    // Couplings with the default filled in.
    [[nodiscard]] std::vector<CouplingLinkSpec> resolved_couplings() const;
    // Throws UserError where the description makes no network.
    [[nodiscard]] std::shared_ptr<const Network> build() const;
};

// Start values of all parameters: the energy model's, drawn from `seed`.
std::vector<float> initial_couplings(const Network& net, const EnergyModel& model, double gain,
                                     std::uint64_t seed);

} // namespace isinglass
