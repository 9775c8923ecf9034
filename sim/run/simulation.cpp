#include "sim/run/simulation.hpp"

namespace isinglass {

TileShape tile_shape(const TileSpec& tiles) {
    return {static_cast<std::size_t>(tiles.count), static_cast<std::size_t>(tiles.rows),
            static_cast<std::size_t>(tiles.columns)};
}

Simulation::Simulation(const Experiment& experiment, WorkerPool& pool)
    : experiment_(experiment),
      network_(experiment.network.build()),
      tiles_(place_on_tiles(*network_, tile_shape(experiment.machine.tiles))) {
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS); // before the first time that is not zero
    const auto model = make_chip_model(experiment.machine, network_, experiment.network.model,
                                       static_cast<std::uint64_t>(experiment.run.seed));
    model->energy->check_nudge(*network_, -experiment.training.beta);
    memory_ = std::make_unique<HostMemory>("host_memory");
    host_ = std::make_unique<HostProcessor>("host", *memory_);
    chip_ = std::make_unique<Coprocessor>(
        "coprocessor", experiment.machine, model,
        SimulationOptions{.lanes = static_cast<std::size_t>(experiment.run.lanes), .pool = &pool});
    host_->bus.bind(chip_->link.from_host);
    chip_->link.to_memory.bind(memory_->bus);
    chip_->link.interrupt_out.bind(interrupt_);
    host_->interrupt.bind(interrupt_);
}

HostMeter Simulation::meter() {
    return {.ledger = &chip_->ledger(), .enter = [this](Phase phase) { chip_->phases().enter(phase); }};
}

Ledger& Simulation::ledger_now() {
    chip_->phases().enter(chip_->phases().current());
    return chip_->ledger();
}

void Simulation::use_machine(const MachineSpec& machine) {
    chip_->use_model(machine, make_chip_model(machine, network_, experiment_.network.model,
                                              static_cast<std::uint64_t>(experiment_.run.seed)));
}

void Simulation::run(std::function<void()> program) {
    host_->load(std::move(program));
    sc_core::sc_start();
    host_->rethrow();
}

} // namespace isinglass
