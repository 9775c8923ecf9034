#include "hw_models/machine.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/energy/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

// Machines differ in what they are built of; this keeps one line a part in MachineSpec::fields.
template <class Part>
void part(Fields& f, Key key, Part& value) {
    f.table(key, [&](Fields& g) { value.fields(g); });
}

const std::vector<std::string> noise_modes{"off", "sampled", "dynamic"};
const std::vector<std::string> product_modes{"single", "split"};

} // namespace

void TileSpec::fields(Fields& f) {
    f.integer({"count", "crossbar tiles on the chip"}, count, {1, 1e6});
    f.integer({"rows", "rows of a tile; a bias takes one more row of the coupling that it belongs to"}, rows,
              {1, 1e6});
    f.integer({"columns", "columns of a tile"}, columns, {1, 1e6});
}

void LinkSpec::fields(Fields& f) {
    f.quantity({"bandwidth", "payload of the link, each direction"}, bytes_per_s, Unit::byte_per_second,
               {1.0, 1e15});
    f.quantity({"latency", "time from sending a byte to its arrival"}, latency_s, Unit::second, {0.0, 1.0});
}

void ControlSpec::fields(Fields& f) {
    f.integer({"unit_queue", "commands that can wait before a unit; a full queue stops the sequencer"},
              unit_queue, {1, 4096});
    f.integer({"staging_slots", "CLAMP buffers that can lie fetched before the DACs"}, staging_slots,
              {1, 4096});
    f.integer({"outstanding_reads", "DMA reads that can be under way"}, outstanding_reads, {1, 4096});
    f.integer({"result_slots", "read-outs that can wait for the DMA engine; when full the ADCs wait"},
              result_slots, {1, 4096});
    f.integer({"reset_cycles", "clock cycles of RESET"}, reset_cycles, {1, 1e6});
    f.integer({"sample_cycles", "clock cycles to take nodes into a hold, or to restore them"}, sample_cycles,
              {1, 1e6});
}

void HostSpec::fields(Fields& f) {
    f.quantity({"flops", "arithmetic rate of the host's update"}, flops_per_s, Unit::flop_per_second,
               {1e3, 1e18});
    f.quantity({"dram_bandwidth", "host memory bandwidth"}, dram_bytes_per_s, Unit::byte_per_second,
               {1e3, 1e15});
    f.quantity({"driver_time", "software time of a job: building the list and taking the interrupt"},
               driver_s, Unit::second, {0.0, 1.0});
}

void MachineSpec::fields(Fields& f) {
    f.text({"name", "name of the machine"}, name);
    f.quantity({"clock", "clock of controller and converters' sequencing"}, clock_hz, Unit::hertz,
               {1e3, 1e11});
    f.text({"components", "table of component costs: a shipped one's name, or a file"}, components);
    f.integer({"chip_seed", "seed of the chip's drawn errors"}, chip_seed, {0, 9e15});
    part(f, {"tiles", "crossbar tiles"}, tiles);
    f.table({"circuit", "cells and nodes of the analog array"}, [this](Fields& g) {
        circuit.fields(g, {"kind", "what the nodes and couplings are; each energy model has its own"});
    });
    f.table({"array", "how the spins move and are read"}, [this](Fields& g) {
        array.fields(
            g,
            {"kind", "what moves the spins: analog circuits, words in digital logic, or digital sums fed "
                     "back to analog nodes"},
            [this](const std::string& kind, Fields& h) {
                if (kind == "analog")
                    dynamics.fields(h, {"dynamics", "equations of motion and how they are integrated"});
            });
        g.choice(
            {"node_noise",
             "kT/C noise of the nodes: off, sampled once where a node is read, or dynamic in every step"},
            node_noise, noise_modes);
        g.choice({"products",
                  "how this program multiplies where sums are analog: single precision, or split into two "
                  "words of 8 bits each. On processors with AMX convolutions with the host's sums of their "
                  "gradients are 2 to 3 times as fast with these, and dense couplings of 256 nodes or more "
                  "on both "
                  "sides 1.3 to 1.7 times in phases of 20 steps; elsewhere it is the same as single"},
                 products, product_modes);
        g.flag({"sample_and_hold",
                "read nodes through sample-and-holds; without, the array waits and nodes keep moving"},
               sample_and_hold);
        g.flag({"second_hold", "a second hold a node, for HOLD, RESTORE and read-out as differences"},
               second_hold);
        g.quantity({"hold_capacitance",
                    "of a sample-and-hold; with sampled node noise its kT/C comes to the node's own"},
                   hold_capacitance_f, Unit::farad, {1e-18, 1e-6});
        g.quantity({"hold_time_constant",
                    "RC with which a discharged hold follows its node for control.sample_cycles"},
                   hold_time_constant_s, Unit::second, {0.0, 1.0});
        g.number({"read_gain", "gain of read-out as differences"}, read_gain, {1e-3, 1e6});
        g.number({"injected_range", "full scale of a frozen nudge's lines, model units"}, injected_range,
                 {1e-6, 1e6});
    });
    part(f, {"spins", "errors of the nodes of an analog array, drawn for a chip"}, spins);
    f.table({"dac", "digital-to-analog converters of the lines"}, [this](Fields& g) {
        dac_bank.fields(g);
        dac.fields(g, {"kind", "model of the converter"});
    });
    f.table({"adc", "analog-to-digital converters of the nodes"}, [this](Fields& g) {
        adc_bank.fields(g);
        adc.fields(g, {"kind", "model of the converter"});
    });
    part(f, {"couplings", "coupling cells and their write circuit"}, couplings);
    part(f, {"settle", "detection of a settled array"}, detector);
    part(f, {"link", "host link"}, link);
    part(f, {"control", "queues and fixed times of the controller"}, control);
    part(f, {"host", "the host processor"}, host);
    part(f, {"corner", "temperature and supply of the chip; the host keeps to nominal times"}, corner);
}

std::uint64_t MachineSpec::clock_fs() const {
    return static_cast<std::uint64_t>(std::llround(1e15 / clock_hz));
}

std::uint64_t MachineSpec::cycles(double seconds) const {
    const double n = seconds * 1e15 / static_cast<double>(clock_fs());
    return static_cast<std::uint64_t>(std::ceil(n - 1e-6));
}

namespace {

// Of arrays that are not analog, the machine's dynamics say nothing.
void check_noise(const MachineSpec& machine, const Dynamics& dynamics) {
    if (machine.node_noise != "dynamic" || dynamics.takes_dynamic_noise()) return;
    const bool analog = machine.array.name() == "analog";
    throw UserError(fmt::format("machine.array.node_noise = \"dynamic\" is a force in every step, and "
                                "machine.array.{} = \"{}\" has no steps in time; \"sampled\" or \"off\" fits",
                                analog ? "dynamics" : "kind",
                                analog ? machine.dynamics.name() : machine.array.name()));
}

// Sweeps of samplers take their time: between two checks there must be one.
void check_sweeps(const MachineSpec& machine, const Dynamics& dynamics) {
    const double sweep_rc = dynamics.physical_rc_per_step();
    if (!machine.detector.present() || dynamics.relaxation() != Relaxation::sampling) return;
    if (machine.detector.period_rc >= sweep_rc * (1.0 - 1e-9)) return;
    throw UserError(fmt::format("machine.settle.period = {} RC is shorter than a sweep of p-bits, "
                                "machine.array.rc_per_step = {} RC; valid is that or more",
                                machine.detector.period_rc, sweep_rc));
}

double adc_slot_rc(const MachineSpec& machine) {
    return 1.0 / (machine.adc_bank.rate_hz * machine.circuit->time_constant_s);
}

// A detector that reads out must be done with one check before the next.
void check_detector(const MachineSpec& machine, std::size_t spins) {
    const double check_rc = static_cast<double>(machine.adc_bank.slots(spins)) * adc_slot_rc(machine);
    if (machine.detector.kind != "readout" || machine.detector.period_rc >= check_rc * (1.0 - 1e-9)) return;
    throw UserError(fmt::format(
        "machine.settle: reading out {} spins takes {} RC, longer than the period of {} RC; valid is "
        "a period of {} RC or more",
        spins, check_rc, machine.detector.period_rc, check_rc));
}

// Errors of spins are those of node voltages.
void check_spins(const MachineSpec& machine, const Network& net) {
    if (!machine.spins.moves_differently() && machine.spins.droop_v_per_us == 0.0) return;
    const auto is_voltage = [](const SpinLayer& layer) {
        return layer.domain == Domain::interval || layer.domain == Domain::diodes;
    };
    if (machine.array.name() == "analog" && std::ranges::all_of(net.layers, is_voltage)) return;
    throw UserError(
        fmt::format("machine.spins has errors of node voltages, and the nodes of machine.array.kind = "
                    "\"{}\" with machine.circuit.kind = \"{}\" have none; valid is to leave it out",
                    machine.array.name(), machine.circuit.name()));
}

// The longest wires that the solved network is meant for.
constexpr std::int64_t longest_solved = 256;

void check_couplings(const MachineSpec& machine) {
    const auto& couplings = machine.couplings;
    if (couplings.kind == "pulsed" && machine.array->sums_digitally())
        throw UserError(
            fmt::format("machine.couplings.kind = \"pulsed\": machine.array.kind = \"{}\" sums words, and "
                        "no devices; valid is \"codes\"",
                        machine.array.name()));
    if (couplings.kind != "codes") return;
    if (couplings.wire_drop != "none" && machine.circuit->unit_conductance_s() == 0.0)
        throw UserError(
            fmt::format("machine.couplings.wire_drop = \"{}\": no current flows through the couplings "
                        "of machine.circuit.kind = \"{}\"; valid are \"none\", or a crossbar",
                        couplings.wire_drop, machine.circuit.name()));
    if (couplings.wire_drop == "solved" &&
        std::max(machine.tiles.rows, machine.tiles.columns) > longest_solved)
        throw UserError(
            fmt::format("machine.couplings.wire_drop = \"solved\" on tiles of {} x {}; valid are tiles "
                        "of {} x {} or less, or \"approximate\"",
                        machine.tiles.rows, machine.tiles.columns, longest_solved, longest_solved));
    if (couplings.direction_error > 0.0 && machine.array->sums_digitally())
        throw UserError(
            fmt::format("machine.couplings.direction_error = {}: machine.array.kind = \"{}\" sums "
                        "words, which are the same in both directions; valid is 0",
                        couplings.direction_error, machine.array.name()));
}

CouplingSpec cells_of(const MachineSpec& machine) {
    auto spec = machine.couplings;
    spec.unit_conductance_s = machine.circuit->unit_conductance_s();
    spec.tile_rows = static_cast<std::size_t>(machine.tiles.rows);
    spec.tile_columns = static_cast<std::size_t>(machine.tiles.columns);
    return spec;
}

void take_holds(const MachineSpec& machine, ChipModel& model) {
    const double rc_s = machine.circuit->time_constant_s;
    model.sample_and_hold = machine.sample_and_hold;
    if (!machine.sample_and_hold) return;
    if (machine.array->has_voltages())
        model.hold_noise_units = node_noise_v(machine.hold_capacitance_f, machine.noise_temperature_k()) /
                                 machine.circuit->volts_per_unit;
    model.droop_units_per_rc = machine.spins.droop_v_per_us * 1e6 * rc_s / machine.circuit->volts_per_unit;
    const double time_s = static_cast<double>(machine.control.sample_cycles) / machine.clock_hz;
    if (machine.hold_time_constant_s > 0.0)
        model.acquired = -std::expm1(-time_s / machine.hold_time_constant_s);
}

} // namespace

StateSignal state_signal(const MachineSpec& machine, const SpinLayer& layer) {
    if (layer.domain == Domain::circle) return {"phi_rad"};
    if (layer.domain == Domain::sign || !machine.array->has_voltages()) return {"s"};
    return {"v_V", machine.circuit->volts_per_unit};
}

double relax_step_s(const MachineSpec& machine, const Network& net, const EnergyModel& model) {
    return machine.array->dynamics(machine, net, model, 0)->physical_rc_per_step() *
           machine.circuit->time_constant_s;
}

namespace {

bool splits_products(const MachineSpec& machine) {
    return machine.products == "split" && !machine.array->sums_digitally();
}

} // namespace

std::shared_ptr<const Network> host_network(const MachineSpec& machine,
                                            std::shared_ptr<const Network> network) {
    if (!splits_products(machine)) return network;
    auto host = std::make_shared<Network>(*network);
    host->split_products = true;
    return host;
}

std::shared_ptr<const Network> network_on(const MachineSpec& machine,
                                          std::shared_ptr<const Network> network) {
    if (machine.array->sums_digitally()) return network;
    const auto& cells = machine.couplings;
    const bool codes = cells.format().bits.has_value();
    const bool apart = codes && (cells.mismatch != 0.0 || cells.cells.any());
    auto chip = std::make_shared<Network>(unrolled(*network, apart));
    if (codes && cells.direction_error != 0.0) chip->backward_offset = chip->values;
    chip->split_products = splits_products(machine);
    return chip;
}

MachineSpec at_corner(MachineSpec machine) {
    auto& corner = machine.corner;
    if (corner.speed && machine.array->has_voltages() && machine.circuit->made_of_transistors())
        machine.circuit->time_constant_s /= conductance_factor(corner.temperature_k, corner.supply);
    corner.speed = false;
    return machine;
}

namespace {

void check_at_corner(const MachineSpec& machine, const Network& network, const EnergyModel& energy) {
    check_couplings(machine);
    const auto dynamics = machine.array->dynamics(machine, network, energy, 0);
    check_noise(machine, *dynamics);
    check_spins(machine, network);
    check_detector(machine, network.spins());
    check_sweeps(machine, *dynamics);
}

} // namespace

void check_machine(const MachineSpec& nominal, const Network& network, const EnergyModel& energy) {
    check_at_corner(at_corner(nominal), network, energy);
}

std::shared_ptr<const ChipModel> make_chip_model(const MachineSpec& nominal,
                                                 std::shared_ptr<const Network> network,
                                                 std::shared_ptr<const EnergyModel> energy,
                                                 std::uint64_t noise_seed, NudgeLaw law) {
    const MachineSpec machine = at_corner(nominal);
    auto model = std::make_shared<ChipModel>();
    check_at_corner(machine, *network, *energy);
    const std::size_t lines = network->inputs + 2 * network->output().size;
    const auto chip_seed = static_cast<std::uint64_t>(machine.chip_seed);
    model->energy = std::move(energy);
    model->nudge_law = law;
    model->dynamics = machine.array->dynamics(machine, *network, *model->energy, noise_seed);
    model->spins = machine.spins;
    model->spin_errors =
        draw_spin_errors(*network, machine.spins, machine.circuit->volts_per_unit, chip_seed);
    auto dacs = machine.dac_bank;
    auto adcs = machine.adc_bank;
    dacs.temperature_k = adcs.temperature_k = machine.noise_temperature_k();
    model->dac = machine.dac->build(lines, dacs, chip_seed, noise_seed);
    model->adc = machine.adc->build(network->spins(), adcs, chip_seed, noise_seed);
    model->couplings = cells_of(machine);
    model->detector = machine.detector;
    model->node_noise = machine.node_noise == "off"       ? NodeNoise::off
                        : machine.node_noise == "sampled" ? NodeNoise::sampled
                                                          : NodeNoise::dynamic;
    model->node_noise_units = machine.circuit->noise_units(machine.noise_temperature_k());
    take_holds(machine, *model);
    model->read_gain = machine.read_gain;
    model->slot_rc = adc_slot_rc(machine);
    model->adc_count = static_cast<std::size_t>(machine.adc_bank.count);
    model->injected_range = static_cast<float>(machine.injected_range);
    model->chip_seed = chip_seed;
    model->noise_seed = noise_seed;
    model->network = network_on(machine, std::move(network));
    return model;
}

namespace {

void make_analog(MachineSpec& machine, const EnergyModel& model) {
    const auto array = machine.array.part();
    const double time_constant_s = machine.circuit->time_constant_s;
    machine.array.choose("analog");
    machine.circuit.choose(model.circuit());
    machine.circuit->time_constant_s = time_constant_s;
    const auto valid = dynamics_of(model);
    const bool flows = std::ranges::find(valid, "dissipative-fast") != valid.end();
    machine.dynamics.choose(flows ? "dissipative-fast" : valid.back()); // samplers and passes have their own
    copy_common_parameters(*array, *machine.dynamics.part());           // temperatures
    machine.detector.period_rc =
        std::max(machine.detector.period_rc, machine.dynamics->physical_rc_per_step());
}

} // namespace

MachineSpec ideal_twin(const MachineSpec& machine, const EnergyModel& model) {
    MachineSpec ideal = machine;
    ideal.name += " (ideal)";
    if (ideal.array.name() != "analog") make_analog(ideal, model);
    ideal.node_noise = "off";
    ideal.dac.choose("ideal");
    ideal.adc.choose("ideal");
    ideal.couplings.kind = "ideal";
    ideal.products = "single";
    ideal.hold_time_constant_s = 0.0;
    ideal.spins = {};
    ideal.corner = {};
    return ideal;
}

} // namespace isinglass
