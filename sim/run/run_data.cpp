#include "sim/estimate/parameters.hpp"
#include "sim/run/memory_need.hpp"
#include "sim/run/training_run.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

// As many outputs as the cost needs to tell the classes apart.
void check_outputs(const DataSet& set, const LayerSpec& out, const Cost& cost) {
    const auto classes = static_cast<std::size_t>(set.train.classes);
    const auto size = static_cast<std::size_t>(out.size);
    const std::size_t per_class = cost.outputs_per_class();
    if (size % per_class == 0 && classes <= cost.most_classes(size)) return;
    const std::string each = per_class == 1 ? "" : fmt::format(" and the cost {} outputs of each", per_class);
    throw UserError(
        fmt::format("data set '{}' has {} classes{}, output layer '{}' has size {}: network.layer.{}.size = "
                    "{} fits",
                    set.name, classes, each, out.name, out.size, out.name, classes * per_class));
}

} // namespace

RunData load_data(const Experiment& experiment, const std::string& data_option) {
    const auto location = DataLocation::from_option(data_option);
    check_samples(experiment.data.kind.name(), experiment.data.kind->loading_bytes(location),
                  available_memory_bytes());
    DataSet set = experiment.data.kind->load(location);
    const auto& layers = experiment.network.layers;
    if (layers.size() < 2) throw UserError("network.layer: an input layer and at least one more are needed");
    const auto inputs = static_cast<std::size_t>(layers.front().size);
    const auto& shape = set.train.shape;
    if (set.train.feature_count() != inputs)
        throw UserError(
            fmt::format("data set '{}' has {} features a sample ({} x {} x {}), layer '{}' has size {}: "
                        "network.layer.{}.size = {} fits",
                        set.name, shape.size(), shape.channels, shape.height, shape.width,
                        layers.front().name, inputs, layers.front().name, shape.size()));
    check_outputs(set, layers.back(), *experiment.training.cost.part());
    const std::string description = fmt::format("{} ({})", set.name, set.description);
    auto [train, validation] =
        split_validation(std::move(set.train), static_cast<std::size_t>(experiment.data.validation));
    return {std::move(train), std::move(validation), std::move(set.test), description};
}

namespace {

// A phase that ends when the array has settled needs time for one check at least.
void check_limit(const char* phase, const RelaxTime& limit, const MachineSpec& machine, double step_s) {
    const double rc = machine.circuit->time_constant_s;
    const double limit_rc = limit.seconds(rc, step_s) / rc;
    if (limit_rc >= machine.detector.period_rc * (1.0 - 1e-9)) return;
    throw UserError(fmt::format("training.{} = {} RC is shorter than machine.settle.period = {} RC; with "
                                "training.until_settled = true valid is that or more",
                                phase, limit_rc, machine.detector.period_rc));
}

// Updates by pulses know no couplings, only changes.
void check_pulses(const Experiment& experiment) {
    const auto& t = experiment.training;
    const auto& kind = experiment.machine.couplings.kind;
    if (kind != "pulsed")
        throw UserError(
            fmt::format("training.write = \"pulses\" moves devices that hold couplings themselves, and "
                        "machine.couplings.kind is \"{}\"; machine.couplings.preset = \"ecram-pulsed\" fits",
                        kind));
    const auto& model = experiment.network.model.name();
    if (model != "hopfield" && model != "binary")
        throw UserError(
            fmt::format("training.write = \"pulses\": the host does not know the couplings, which "
                        "network.model = \"{}\" needs or bounds; valid are hopfield and binary",
                        model));
    Parameters optimiser;
    t.optimiser->fields(optimiser);
    if (optimiser.number("weight_decay") != 0.0)
        throw UserError(
            fmt::format("training.optimiser.weight_decay = {} shrinks couplings, which the host does not "
                        "know with training.write = \"pulses\"; valid is 0",
                        optimiser.number("weight_decay")));
}

// Offsets are measured at the equilibria of cells that settle at their bias, and made up for where it is
// written.
void check_calibration(const Experiment& experiment) {
    const auto& t = experiment.training;
    const auto& m = experiment.machine;
    if (!m.array->has_voltages())
        throw UserError(
            fmt::format("training.calibrate.when = \"{}\": machine.array.kind = \"{}\" has no converters; "
                        "valid is \"never\"",
                        t.calibrate.when, m.array.name()));
    if (!t.calibrate.offsets) return;
    const auto& model = experiment.network.model.name();
    if (model != "hopfield" || t.write == "pulses" || !t.master)
        throw UserError(
            "training.calibrate.offsets = true writes biases that make up for offsets: it takes "
            "network.model = "
            "\"hopfield\", couplings that are programmed and training.master = true; valid is false");
}

} // namespace

void check_combinations(const Experiment& experiment) {
    const auto& t = experiment.training;
    const auto& m = experiment.machine;
    if (t.nudge == "live" && !t.cost->live_law())
        throw UserError(
            fmt::format("training.nudge = \"live\" is the force beta (y - o), which is not that of "
                        "training.cost.kind = \"{}\"; training.nudge = \"frozen\" fits",
                        t.cost.name()));
    if (t.until_settled && !m.detector.present())
        throw UserError("training.until_settled = true needs detection hardware; machine.settle.kind = "
                        "\"comparators\" or "
                        "\"readout\" fits");
    if (t.until_settled) {
        const double step_s = relax_step_s(m, *experiment.network.build(), *experiment.network.model.part());
        check_limit("free", t.free, m, step_s);
        check_limit("nudged", t.nudged, m, step_s);
    }
    for (const auto& [name, length] : {std::pair{"free", t.free}, std::pair{"nudged", t.nudged}})
        if (length.unit == RelaxUnit::rc && !m.array->has_time_constant())
            throw UserError(
                fmt::format("training.{} = \"{} RC\": the nodes of machine.array.kind = \"{}\" have no "
                            "time constant; valid is a number of steps, as \"30 steps\", or a time",
                            name, length.value, m.array.name()));
    if (t.holds_free() && !m.second_hold)
        throw UserError(
            fmt::format("training.estimator = \"{}\" with training.readout = \"{}\" needs the second hold; "
                        "machine.array.second_hold = true, or training.estimator = \"one-sided\" with "
                        "training.readout = \"absolute\", fits",
                        t.estimator, t.readout));
    if (t.write == "pulses") check_pulses(experiment);
    if (t.calibrate.wanted()) check_calibration(experiment);
    if (!t.master && m.couplings.kind != "codes" && t.write != "pulses")
        throw UserError("training.master = false keeps codes only, and machine.couplings.kind has none that "
                        "is not \"codes\"; "
                        "machine.couplings.kind = \"codes\" fits");
    if (experiment.trace.capture != "none" &&
        !NumberSet::parse(experiment.trace.epochs)->reaches(1, t.epochs))
        throw UserError(
            fmt::format("trace.epochs = '{}' is never reached; valid is 1 to training.epochs = {}",
                        experiment.trace.epochs, t.epochs));
}

} // namespace isinglass
