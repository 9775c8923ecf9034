#include "sim/estimate/report.hpp"

#include "sim/estimate/limits_table.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

std::array<std::uint64_t, phase_count> femtoseconds(const CostSheet& sheet) {
    std::array<std::uint64_t, phase_count> time_fs{};
    for (std::size_t p = 0; p < phase_count; ++p)
        time_fs[p] = static_cast<std::uint64_t>(std::min<long double>(sheet.time_fs[p], 1.8e19L));
    return time_fs;
}

std::string square_millimetres(double m2) {
    return fmt::format("{:.3g} mm2", m2 * 1e6);
}

std::string heading(const Estimate& e, const ComponentLibrary& library) {
    const auto& net = e.cost.network;
    const auto& m = e.cost.mapping;
    const auto area = chip_area(e.experiment.machine, library);
    std::string text = fmt::format("estimate  {} on {}: nothing is simulated\nnetwork   ", e.experiment.name,
                                   e.experiment.machine.name);
    for (std::size_t l = 0; l < e.experiment.network.layers.size(); ++l)
        text += fmt::format("{}{}", l > 0 ? "-" : "", e.experiment.network.layers[l].size);
    text += fmt::format(" {}, {} couplings and node parameters\n", e.experiment.network.model.name(),
                        net.parameters);
    text += fmt::format("samples   {} for training, {} for validation ({})\n", e.samples.train,
                        e.samples.validation, e.samples_from);
    text += fmt::format("mapping   {}: {}\n", m.name, m.description);
    text += fmt::format("tiles     {}\n", tiles_text(e.cost.network, e.tiles));
    const auto chips = static_cast<double>(m.chips);
    text += fmt::format(
        "area      converters {}, tiles {}, of which couplings take {} (cells of 1 um pitch, an "
        "assumption){}; controller and link not included\n",
        square_millimetres(chips * area.converters_m2), square_millimetres(chips * area.tiles_m2),
        square_millimetres(occupied_m2(e.tiles)), m.chips > 1 ? fmt::format(", of {} chips", m.chips) : "");
    return text;
}

std::string costs(const Estimate& e, ComponentLibrary library) {
    Table table({"", "time", "typical", "optimistic", "mean power"});
    const auto row = [&](const std::string& name, const CostSheet& sheet, double share) {
        library.profile = "typical";
        const double typical = sheet.priced(library).total_j * share;
        library.profile = "optimistic";
        const double optimistic = sheet.priced(library).total_j * share;
        const double time_s = sheet.time_s() * share;
        table.row({name, format_si(time_s, "s"), format_si(typical, "J"), format_si(optimistic, "J"),
                   format_si(time_s > 0.0 ? typical / time_s : 0.0, "W")});
    };
    const auto n = static_cast<double>(std::max<std::size_t>(1, e.cost.batch.samples));
    CostSheet batch = e.cost.batch.sheet;
    batch.add(e.cost.update);
    row("a sample, in a batch", batch, 1.0 / n);
    row("an update, host", e.cost.update, 1.0);
    row(fmt::format("a batch of {}, with its update", e.cost.batch.samples), batch, 1.0);
    row("an epoch, with scoring", e.cost.epoch, 1.0);
    row(fmt::format("the run, {} epochs", e.experiment.training.epochs), e.cost.run, 1.0);
    return table.text() +
           fmt::format("\nlatency of one sample, from its first request to its last code: {}\n",
                       format_si(static_cast<double>(e.cost.sample.times.first_end_fs -
                                                     e.cost.sample.times.first_start_fs) *
                                     1e-15,
                                 "s"));
}

std::string occupancy(const TrainingCost& cost) {
    const auto uses = resources(cost);
    const auto n = static_cast<double>(std::max<std::size_t>(1, cost.batch.samples));
    const double period_s = (cost.batch.sheet.time_s() + cost.update.time_s()) / n;
    const auto critical = std::ranges::max_element(uses, {}, &ResourceUse::busy_s);
    Table table({"resource", "busy a sample", "occupied"});
    for (const auto& use : uses)
        table.row({use.name + (use.name == critical->name ? " (critical)" : ""), format_si(use.busy_s, "s"),
                   format_share(use.busy_s / period_s)});
    return table.text();
}

std::string power(const TrainingCost& cost, ComponentLibrary library) {
    library.profile = "typical";
    const auto peak = peak_power(cost, library);
    return fmt::format(
        "peak power of the coprocessor {}: {} with array, converters and both ways of the link at work, "
        "{} while couplings are written\n",
        format_si(peak.largest_w(), "W"), format_si(peak.relaxing_w, "W"),
        format_si(peak.programming_w, "W"));
}

std::string gpu(const Estimate& e, ComponentLibrary library) {
    const GpuModel model;
    library.profile = "typical";
    const double samples =
        static_cast<double>(e.samples.train) * static_cast<double>(e.experiment.training.epochs);
    const double flops = backpropagation_flops(e.cost.network, samples);
    const auto energy = e.cost.run.priced(library);
    const double host = energy.by_group_j.at("host");
    return fmt::format("the same training by backpropagation on a GPU: {} in {}, where an A100's board takes "
                       "{:.0f} W and does {} "
                       "FLOP/s of its {} FLOP/s peak (2 flops a coupling forward, 4 backward; {:.0f} % is an "
                       "assumption, small "
                       "networks reach less; idle host and data loading left out)\nthis machine: {}, of it "
                       "{} on the chip and its "
                       "link\n",
                       format_si(model.joules(flops), "J"), format_si(model.seconds(flops), "s"),
                       model.board_w, format_si(model.peak_flops_per_s * model.utilisation, ""),
                       format_si(model.peak_flops_per_s, ""), 100.0 * model.utilisation,
                       format_si(energy.total_j, "J"), format_si(energy.total_j - host, "J"));
}

std::string certainty(const TrainingCost& cost) {
    std::string text =
        cost.exact ? "times and counts are those of the simulation; " : "what rests on an assumption:\n";
    for (const auto& assumption : cost.assumptions) text += fmt::format("  - {}\n", assumption);
    if (!cost.exact) text += "  - ";
    return text + "currents are those of couplings as they are initially, or in the run\n";
}

} // namespace

std::string estimate_text(const Estimate& e, const ComponentLibrary& library) {
    const auto priced = e.cost.epoch.priced(library);
    std::string text =
        heading(e, library) + "\n" + costs(e, library) + "\nan epoch, by component and phase\n\n" +
        energy_table(priced, femtoseconds(e.cost.epoch)) + "\n" + occupancy(e.cost) + "\n" +
        energy_limits(e.cost.epoch, e.cost.mapping.machine, library) + settling_limits(e.cost) + "\n" +
        power(e.cost, library) + gpu(e, library) + certainty(e.cost);
    return text;
}

} // namespace isinglass
