// A coprocessor as a machine file describes it: what it is made of, how fast and how accurate.
#pragma once

#include "hw_models/array/array_kind.hpp"
#include "hw_models/array/chip_model.hpp"
#include "hw_models/base/chosen.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/corner.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace isinglass {

// Crossbar tiles that couplings are placed on.
struct TileSpec {
    std::int64_t count = 4;
    std::int64_t rows = 1024;
    std::int64_t columns = 1024;
    void fields(Fields& f);
};

// The link between host and chip: full duplex, posted writes, reads answered in order.
struct LinkSpec {
    double bytes_per_s = 4e9; // each direction
    double latency_s = 200e-9;
    void fields(Fields& f);
};

// Buffers and queues of the controller.
struct ControlSpec {
    std::int64_t unit_queue = 8;        // commands that wait before a unit
    std::int64_t staging_slots = 4;     // samples whose codes lie fetched before the DACs
    std::int64_t outstanding_reads = 4; // DMA reads under way
    std::int64_t result_slots = 2;      // read-outs that wait for the DMA engine
    std::int64_t reset_cycles = 2;
    std::int64_t sample_cycles = 1; // to take nodes into their holds, and to hold or restore
    void fields(Fields& f);
};

// The host's own work, by a stated roofline model: time = max(flops / rate, bytes / bandwidth).
struct HostSpec {
    double flops_per_s = 1e12;
    double dram_bytes_per_s = 50e9;
    double driver_s = 200e-9; // software time of a job: building the list, taking the interrupt
    void fields(Fields& f);
};

// Drawn errors have one seed, noise another: a chip can be kept while the noise changes.
struct MachineSpec {
    std::string name = "unnamed";
    double clock_hz = 500e6;
    TileSpec tiles;
    Chosen<Circuit> circuit{"transconductors", make_circuit, circuit_kinds};
    Chosen<ArrayKind> array{"analog", make_array, array_kinds};
    Chosen<Dynamics> dynamics{"dissipative", make_dynamics, dynamics_kinds}; // of an analog array
    std::string node_noise = "sampled";                                      // off, sampled, dynamic
    std::string products = "single"; // single, split: of this program's arithmetic
    bool sample_and_hold = true;
    bool second_hold = true;
    double hold_capacitance_f = 20e-15; // as the component table prices it
    double hold_time_constant_s = 0.0;
    SpinSpec spins;
    double read_gain = 2.0;
    double injected_range = 1.0;
    Chosen<DacKind> dac{"uniform", make_dac, dac_kinds};
    ConverterBankSpec dac_bank{.count = 64, .rate_hz = 500e6};
    Chosen<AdcKind> adc{"uniform", make_adc, adc_kinds};
    ConverterBankSpec adc_bank{.count = 64, .rate_hz = 200e6};
    CouplingSpec couplings;
    SettleDetector detector;
    LinkSpec link;
    ControlSpec control;
    HostSpec host;
    CornerSpec corner;
    std::string components = "28nm"; // table of costs
    std::int64_t chip_seed = 1;

    void fields(Fields& f);

    // Durations in femtoseconds; the clock's is rounded once, here.
    [[nodiscard]] std::uint64_t clock_fs() const;
    [[nodiscard]] double cycle_rc() const {
        return static_cast<double>(clock_fs()) * 1e-15 / circuit->time_constant_s;
    }
    [[nodiscard]] double noise_temperature_k() const { return corner.noise ? corner.temperature_k : 300.0; }
    // Clock cycles that cover a duration; a duration of n cycles takes n.
    [[nodiscard]] std::uint64_t cycles(double seconds) const;
};

// How traces show the states of a layer: the last part of the signal's name, and its value of one model unit.
// Voltages ("v_V"), angles ("phi_rad"), or plain states ("s") where nodes are words or two-valued.
struct StateSignal {
    std::string name;
    double per_unit = 1.0;
};
StateSignal state_signal(const MachineSpec& machine, const SpinLayer& layer);

// The machine as its corner makes it: the time constant of nodes made of transistors. A host that knows
// nothing of the corner goes on by the nominal one. Applied twice it is applied once.
MachineSpec at_corner(MachineSpec machine);

// What one step of relaxation takes: of an iteration, a digital or a feedback array as many seconds as it
// stands for, of an integration its step.
double relax_step_s(const MachineSpec& machine, const Network& net, const EnergyModel& model);

// The network as the host computes with it: it multiplies as the array's simulation does.
std::shared_ptr<const Network> host_network(const MachineSpec& machine,
                                            std::shared_ptr<const Network> network);

// The network with the cells that this machine gives its couplings: one for each pair of nodes on an analog
// array, one word for each number elsewhere.
std::shared_ptr<const Network> network_on(const MachineSpec& machine, std::shared_ptr<const Network> network);

// Throws UserError, naming what would fit, where the machine's couplings, array, noise, spins or settle
// detector do not go with the model or the network.
void check_machine(const MachineSpec& nominal, const Network& network, const EnergyModel& energy);

// The numbers of this machine, at its corner, for a network. `noise_seed` is the run's; the outputs' cells
// nudge by `law`.
std::shared_ptr<const ChipModel> make_chip_model(const MachineSpec& nominal,
                                                 std::shared_ptr<const Network> network,
                                                 std::shared_ptr<const EnergyModel> energy,
                                                 std::uint64_t noise_seed,
                                                 NudgeLaw law = NudgeLaw::difference);

// The same machine with ideal converters, couplings and nodes and no noise: the ideal twin that results of
// networks of that energy model are rescored on. A digital or feedback array gives way to an iteration
// towards the same equilibrium on the model's own circuit, or to sampling at the same temperatures, in as
// many steps where a phase is given in steps.
MachineSpec ideal_twin(const MachineSpec& machine, const EnergyModel& model);

} // namespace isinglass
