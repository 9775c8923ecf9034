// Where a network's couplings lie: on the tiles of one chip, on those of one chip in turns, or on several
// chips.
#pragma once

#include "sim/estimate/array_work.hpp"
#include "sim/estimate/network_work.hpp"

#include <string>
#include <vector>

namespace isinglass {

struct TileUse {
    std::size_t needed = 0; // tiles that hold every coupling at once
    double cells = 0.0;     // used
    std::size_t available = 0;
    double cells_a_tile = 0.0;
    [[nodiscard]] bool fits() const { return needed <= available; }
    // Chips, or turns of one, that the couplings take.
    [[nodiscard]] std::size_t parts() const { return (needed + available - 1) / available; }
    // Of the cells of all tiles of so many chips.
    [[nodiscard]] double utilisation(std::size_t chips) const {
        return cells / (static_cast<double>(chips * available) * cells_a_tile);
    }
};

// Links are cut into rectangles no larger than a tile; each goes to the first tile whose free rows and
// columns hold it, and pieces that share a tile share no row and no column.
TileUse tile_use(const NetworkWork& work, const TileSpec& spec);
// "18 needed, 32 a chip; utilisation 4.1 %; shared weights unrolled, a cell a copy".
std::string tiles_text(const NetworkWork& work, const TileUse& use);

// How a network is spread. While spins relax, each unit of relaxation (an RC, or a step of arrays that count
// steps) takes `turns` times its time and `more_cycles` beyond, and `a_unit` is counted.
struct Mapping {
    std::string name;        // "one chip", "time-multiplexed", "multi-chip"
    std::string description; // what it assumes
    MachineSpec machine;     // of all chips together
    std::size_t chips = 1;
    double turns = 1.0;
    double more_cycles = 0.0;
    std::vector<Amount> a_unit;
    double tiles_used = 0.0;
};

// One chip where the network fits; otherwise both of the others, each a bound:
// - time-multiplexed: in every unit of relaxation each part of the couplings is written into the tiles from
//   host memory in turn, and its nodes move while the others are held. Where sums are made in digital logic
//   a step makes its products part by part, as many as ever;
// - multi-chip: every chip holds a part; after every unit all nodes are held, converted, sent up once and
//   down once to all chips by the link of each, and converted back. Digital arrays that move sets of nodes
//   one after another exchange after each set. Chips share the products of digital sums.
std::vector<Mapping> mappings(const MachineSpec& machine, const NetworkSpec& spec, const NetworkWork& work);

} // namespace isinglass
