#include "sim/estimate/mapping.hpp"

#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

TileUse tile_use(const NetworkWork& work, const TileSpec& spec) {
    struct Free {
        std::size_t rows, columns;
    };
    const auto rows = static_cast<std::size_t>(spec.rows);
    const auto columns = static_cast<std::size_t>(spec.columns);
    std::vector<Free> open; // tiles begun, those without a free row or column left out
    TileUse use{.available = static_cast<std::size_t>(spec.count),
                .cells_a_tile = static_cast<double>(rows) * static_cast<double>(columns)};
    for (const auto& link : work.links)
        for (std::size_t r = 0; r < link.array_rows; r += rows)
            for (std::size_t c = 0; c < link.array_columns; c += columns) {
                const Free piece{std::min(rows, link.array_rows - r),
                                 std::min(columns, link.array_columns - c)};
                use.cells += static_cast<double>(piece.rows) * static_cast<double>(piece.columns);
                auto tile = std::ranges::find_if(
                    open, [&](const Free& f) { return f.rows >= piece.rows && f.columns >= piece.columns; });
                if (tile == open.end()) {
                    ++use.needed;
                    tile = open.insert(open.end(), {rows, columns});
                }
                tile->rows -= piece.rows;
                tile->columns -= piece.columns;
                if (tile->rows == 0 || tile->columns == 0) open.erase(tile);
            }
    return use;
}

std::string tiles_text(const NetworkWork& work, const TileUse& use) {
    const bool shared =
        std::ranges::any_of(work.blocks, [](const BlockWork& b) { return b.served() > b.numbers; });
    return fmt::format("{} needed, {} a chip; utilisation {}{}", use.needed, use.available,
                       format_share(use.utilisation(use.parts())),
                       !shared         ? ""
                       : work.unrolled ? "; shared weights unrolled, a cell a copy"
                                       : "; shared weights stored once, read for each copy in turn");
}

namespace {

Mapping one_chip(const MachineSpec& machine, const TileUse& use) {
    return {.name = "one chip",
            .description = "all couplings lie on the chip's tiles",
            .machine = machine,
            .tiles_used = static_cast<double>(use.needed)};
}

Mapping time_multiplexed(const MachineSpec& machine, const NetworkWork& work, const TileUse& use) {
    const auto parts = static_cast<double>(use.parts());
    const auto numbers = static_cast<double>(work.parameters);
    const double bytes = numbers * static_cast<double>(machine.couplings.format().bytes());
    const auto cells = static_cast<double>(work.cells());
    const double writing = std::ceil(cells / static_cast<double>(machine.couplings.write_drivers)) *
                           static_cast<double>(machine.couplings.write_cycles);
    const double streaming =
        bytes / machine.link.bytes_per_s / (static_cast<double>(machine.clock_fs()) * 1e-15);
    const double holding = parts * static_cast<double>(machine.control.sample_cycles);
    return {.name = "time-multiplexed",
            .description =
                fmt::format("one chip; its tiles hold {} parts in turn, each written anew from host "
                            "memory for every unit of relaxation while the other nodes are held",
                            use.parts()),
            .machine = machine,
            .turns = work.unrolled ? parts : 1.0,
            .more_cycles = std::ceil(std::max(writing, streaming)) + holding,
            .a_unit = {{"coupling.write", 2.0 * cells},
                       {"link.bit", 8.0 * bytes},
                       {"dma.byte", bytes},
                       {"staging.byte", 2.0 * bytes},
                       {"host.dram_byte", bytes}}, // read by DMA
            .tiles_used = static_cast<double>(use.available)};
}

Mapping multi_chip(const MachineSpec& machine, const NetworkWork& work, const TileUse& use,
                   std::size_t exchanges) {
    const std::size_t chips = use.parts();
    const auto k = static_cast<double>(chips);
    const auto spins = static_cast<double>(work.spins);
    const double code = static_cast<double>(machine.adc->build(1, machine.adc_bank, 0, 0)->format().bytes());
    const auto on_a_chip = static_cast<std::size_t>(std::ceil(spins / k));
    const double cycle_s = static_cast<double>(machine.clock_fs()) * 1e-15;
    const auto slots_s = [](std::size_t n, const ConverterBankSpec& bank) {
        return static_cast<double>(bank.slots(n)) / bank.rate_hz;
    };
    // Every chip converts its own nodes, sends them, and takes all of those that it does not have.
    const double latencies = 2.0 * static_cast<double>(exchanges);
    const double exchange_s = slots_s(on_a_chip, machine.adc_bank) + latencies * machine.link.latency_s +
                              spins * code / machine.link.bytes_per_s +
                              slots_s(work.spins - on_a_chip, machine.dac_bank);
    Mapping mapping{
        .name = "multi-chip",
        .description =
            fmt::format("{} chips hold the couplings; after every unit of relaxation all nodes are held, "
                        "converted, sent up once and down once to all chips, and converted back",
                        chips),
        .machine = machine,
        .chips = chips,
        .more_cycles = std::ceil(exchange_s / cycle_s) +
                       static_cast<double>(exchanges) * static_cast<double>(machine.control.sample_cycles),
        .a_unit = {{std::string(machine.adc->action()), spins},
                   {"link.bit", 2.0 * 8.0 * spins * code},
                   {"dma.byte", 2.0 * spins * code},
                   {std::string(machine.dac->action()), (k - 1.0) * spins}},
        .tiles_used = static_cast<double>(use.needed)};
    if (machine.adc->samples()) mapping.a_unit.emplace_back("sample_hold.sample", spins);
    auto& all = mapping.machine;
    const auto n = static_cast<std::int64_t>(chips);
    all.tiles.count *= n;
    all.dac_bank.count *= n;
    all.adc_bank.count *= n;
    all.couplings.write_drivers *= n;
    all.link.bytes_per_s *= k;
    return mapping;
}

} // namespace

std::vector<Mapping> mappings(const MachineSpec& machine, const NetworkSpec& spec, const NetworkWork& work) {
    const auto use = tile_use(work, machine.tiles);
    if (use.fits()) return {one_chip(machine, use)};
    return {time_multiplexed(machine, work, use),
            multi_chip(machine, work, use, sets_in_turn(machine, spec))};
}

} // namespace isinglass
