// What cells are worth that hold a code: devices that err, wires that drop voltage, directions that differ.
#include "hw_models/couplings/coupling_store.hpp"
#include "hw_models/couplings/wire_drop.hpp"

#include <algorithm>

namespace isinglass {

float CouplingStore::cell_value(std::size_t block, std::size_t cell, std::int32_t code, double age_s) const {
    if (errors_)
        return static_cast<float>(net_.blocks[block].range *
                                  errors_->value(cell, code, format_.top_code(), age_s));
    const float value = static_cast<float>(blocks_[block].lsb) * static_cast<float>(code);
    return gain_.empty() ? value : value * gain_[cell];
}

void CouplingStore::set_cells(std::size_t block, std::size_t i, const Network::Cells& cells, double age_s) {
    auto& all = cells_.empty() ? values_ : cells_;
    all[i] = cell_value(block, i, codes_[i], age_s);
    if (const auto first = net_.blocks[block].cells_at)
        for (std::size_t at = *first + cells.first; at < *first + cells.last; ++at)
            all[at] = cell_value(block, at, codes_[i], age_s);
}

void CouplingStore::age(double age_s, WorkerPool& pool) {
    if (!errors_) return;
    pool.run(blocks_.size(), [&](std::size_t b, unsigned) {
        const auto& shape = net_.blocks[b];
        for (std::size_t i = 0; i < shape.count(); ++i)
            set_cells(b, shape.first + i, net_.cells(shape, i), age_s);
        settle_block(b);
    });
}

void CouplingStore::settle_block(std::size_t block) {
    const auto& shape = net_.blocks[block];
    if (!cells_.empty()) drop_along_wires(block);
    if (direction_.empty()) return;
    const auto turn = [&](std::size_t first, std::size_t count) {
        for (std::size_t i = first; i < first + count; ++i)
            values_[net_.backward_offset + i] = values_[i] * direction_[i];
    };
    turn(shape.first, shape.count());
    if (shape.cells_at) turn(*shape.cells_at, net_.cells(shape, shape.count() - 1).last);
}

// The devices of each sign lie on wires of their own, one tile's length of them.
void CouplingStore::drop_along_wires(std::size_t block) {
    const auto& shape = net_.blocks[block];
    const float* cells = cells_.data() + shape.first;
    float* values = values_.data() + shape.first;
    std::copy_n(cells, shape.count(), values);
    if (shape.cells_at)
        std::copy_n(cells_.data() + *shape.cells_at, net_.cells(shape, shape.count() - 1).last,
                    values_.data() + *shape.cells_at);
    if (shape.link < 0 || shape.list || blocks_[block].several) return; // no rectangle of cells
    const double wire = spec_.wire_resistance_ohm * spec_.unit_conductance_s;
    std::vector<double> g, effective;
    for (std::size_t r0 = 0; r0 < shape.rows; r0 += spec_.tile_rows)
        for (std::size_t c0 = 0; c0 < shape.columns; c0 += spec_.tile_columns) {
            const std::size_t rows = std::min(spec_.tile_rows, shape.rows - r0);
            const std::size_t columns = std::min(spec_.tile_columns, shape.columns - c0);
            for (const double sign : {1.0, -1.0}) {
                g.assign(rows * columns, 0.0);
                effective.assign(rows * columns, 0.0);
                for (std::size_t k = 0; k < g.size(); ++k)
                    g[k] = std::max(0.0,
                                    sign * static_cast<double>(
                                               cells[(r0 + k / columns) * shape.columns + c0 + k % columns]));
                (spec_.wire_drop == "solved" ? solved_wire_drop : approximate_wire_drop)(g, rows, columns,
                                                                                         wire, effective);
                for (std::size_t k = 0; k < g.size(); ++k)
                    if (g[k] > 0.0)
                        values[(r0 + k / columns) * shape.columns + c0 + k % columns] =
                            static_cast<float>(sign * effective[k]);
            }
        }
}

} // namespace isinglass
