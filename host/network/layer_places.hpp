// Where the nodes of layers lie: each layer on a plane of its own, or several at places of one plane.
#pragma once

#include "host/network/network_spec.hpp"

#include <span>
#include <string>
#include <vector>

namespace isinglass {

// Where on the plane of its shape a layer lies; the first word, everywhere, is the default.
std::span<const std::string> layer_places();

// Gives layers at "remaining" places without a size the number of places that the others leave.
void size_remaining(std::vector<LayerSpec>& layers);

// Grids of all layers. Throws UserError where nodes do not fit their places, saying what would.
std::vector<Grid> layer_grids(const std::vector<LayerSpec>& layers);

} // namespace isinglass
