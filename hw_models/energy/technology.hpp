// Scaling of a published number to another technology node.
#pragma once

namespace isinglass {

// Switching energy of CMOS logic from node to node at one supply, as a factor: E(to)/E(from).
// Quadratics in the supply fitted by Stillmaker and Baas (Integration 58, 2017); between their nodes, linear
// in the node at that supply. Throws UserError outside 7 to 130 nm and 0.5 to 1.5 V.
[[nodiscard]] double energy_scaling(double from_node_m, double to_node_m, double supply_v = 0.8);

// Capacitance of an on-chip wire (Ho et al., JSSC 2008: 0.345, 0.288 and 0.266 pF/mm at 50, 25 and 18 nm),
// linear between these. Throws UserError outside 18 to 50 nm.
[[nodiscard]] double wire_capacitance_f(double node_m, double length_m);

} // namespace isinglass
