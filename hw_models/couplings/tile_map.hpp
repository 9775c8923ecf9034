// Where couplings lie: their rectangles on the chip's crossbar tiles.
#pragma once

#include "hw_models/array/network.hpp"

#include <string>
#include <vector>

namespace isinglass {

// Crossbar tiles of a chip.
struct TileShape {
    std::size_t count = 4;
    std::size_t rows = 1024;
    std::size_t columns = 1024;
};

// A rectangle of one link's couplings (its layer's bias row included where the link is the first to it).
struct TilePiece {
    std::string link;
    std::size_t tile = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
};

struct TileMap {
    std::vector<TilePiece> pieces;
    std::size_t tiles_used = 0;
    double utilisation = 0.0; // cells used over the cells of all tiles
};

// Cuts every link into rectangles no larger than a tile and places each into the first tile whose free rows
// and columns hold it; pieces that share a tile share no row and no column, since wires are what they would
// share. Throws UserError naming the sizes when the network does not fit.
TileMap place_on_tiles(const Network& net, const TileShape& tiles);

// Wires that an update of all inputs drives: one for each tile that a line's couplings lie on. A wire ends at
// its tile, so a coupling wider than a tile has its lines driven once for each tile's width.
std::size_t input_line_drives(const Network& net, std::size_t tile_columns);

} // namespace isinglass
