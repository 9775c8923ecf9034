#include "hw_models/couplings/tile_map.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace isinglass {

namespace {

std::size_t ceil_divide(std::size_t a, std::size_t b) {
    return (a + b - 1) / b;
}

struct Wanted {
    std::string name;
    std::size_t rows, columns;
};

std::vector<Wanted> wanted(const Network& net) {
    std::vector<Wanted> all;
    for (std::size_t b = 0; b < net.blocks.size(); ++b) {
        const auto& block = net.blocks[b];
        if (block.link < 0) continue;
        std::size_t bias_rows = 0; // node parameters follow the link that is the first into their layer
        while (b + 1 + bias_rows < net.blocks.size() && net.blocks[b + 1 + bias_rows].link < 0) ++bias_rows;
        const auto& coupling = *net.links[block.link].coupling;
        all.push_back({block.name, coupling.array_rows() + bias_rows,
                       net.unrolled ? coupling.array_columns() : coupling.stored_columns()});
    }
    return all;
}

[[noreturn]] void refuse(const std::vector<Wanted>& all, const TileShape& tiles, const Wanted& piece) {
    std::string sizes;
    for (const auto& w : all)
        sizes += fmt::format("{}{} {}x{} ({} tiles)", sizes.empty() ? "" : ", ", w.name, w.rows, w.columns,
                             ceil_divide(w.rows, tiles.rows) * ceil_divide(w.columns, tiles.columns));
    throw UserError(
        fmt::format("the network does not fit the machine: {} (bias rows included) on {} tiles of {}x{}; no "
                    "tile is left for a {}x{} piece of {}; smaller layers or more tiles "
                    "(machine.tiles.count) fit",
                    sizes, tiles.count, tiles.rows, tiles.columns, piece.rows, piece.columns, piece.name));
}

} // namespace

TileMap place_on_tiles(const Network& net, const TileShape& tiles) {
    struct Free {
        std::size_t rows, columns;
    };
    std::vector<Free> free(tiles.count, {tiles.rows, tiles.columns});
    const auto all = wanted(net);
    TileMap map;
    std::size_t cells = 0;
    for (const auto& w : all)
        for (std::size_t r = 0; r < w.rows; r += tiles.rows)
            for (std::size_t c = 0; c < w.columns; c += tiles.columns) {
                const Wanted piece{w.name, std::min(tiles.rows, w.rows - r),
                                   std::min(tiles.columns, w.columns - c)};
                auto fits = std::ranges::find_if(
                    free, [&](const Free& f) { return f.rows >= piece.rows && f.columns >= piece.columns; });
                if (fits == free.end()) refuse(all, tiles, piece);
                fits->rows -= piece.rows;
                fits->columns -= piece.columns;
                cells += piece.rows * piece.columns;
                map.pieces.push_back(
                    {piece.name, static_cast<std::size_t>(fits - free.begin()), piece.rows, piece.columns});
            }
    for (const auto& f : free) map.tiles_used += f.rows < tiles.rows ? 1 : 0;
    map.utilisation =
        static_cast<double>(cells) / static_cast<double>(tiles.count * tiles.rows * tiles.columns);
    return map;
}

std::size_t input_line_drives(const Network& net, std::size_t tile_columns) {
    std::size_t wires = 0;
    for (const auto& link : net.links)
        if (link.from == input_layer)
            wires += link.coupling->pre_size() * ceil_divide(net.unrolled ? link.coupling->array_columns()
                                                                          : link.coupling->stored_columns(),
                                                             tile_columns);
    return wires;
}

} // namespace isinglass
