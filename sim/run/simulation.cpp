#include "sim/run/simulation.hpp"

namespace isinglass {

TileShape tile_shape(const TileSpec& tiles) {
    return {static_cast<std::size_t>(tiles.count), static_cast<std::size_t>(tiles.rows),
            static_cast<std::size_t>(tiles.columns)};
}

void check_nudges(const TrainingSpec& training, const Network& network, const EnergyModel& model) {
    Nudge nudge{.beta = training.beta,
                .frozen = training.nudge == "frozen",
                .law = training.cost->live_law().value_or(NudgeLaw::difference)};
    model.check_nudge(network, nudge);
    nudge.beta = -training.beta;
    if (training.estimator != "one-sided") model.check_nudge(network, nudge);
}

Simulation::Simulation(const Experiment& experiment, WorkerPool& pool)
    : experiment_(experiment),
      network_(host_network(experiment.machine, experiment.network.build())),
      tiles_(
          place_on_tiles(*network_on(experiment.machine, network_), tile_shape(experiment.machine.tiles))) {
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS); // before the first time that is not zero
    const auto model = chip_model(experiment.machine);
    check_nudges(experiment.training, *model->network, *model->energy);
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
    chip_->use_model(machine, chip_model(machine));
}

std::shared_ptr<const ChipModel> Simulation::chip_model(const MachineSpec& machine) const {
    const auto law = experiment_.training.cost->live_law().value_or(NudgeLaw::difference);
    return make_chip_model(machine, network_, Chosen(experiment_.network.model).part(),
                           static_cast<std::uint64_t>(experiment_.run.seed), law);
}

void Simulation::run(std::function<void()> program) {
    host_->load(std::move(program));
    sc_core::sc_start();
    host_->rethrow();
}

} // namespace isinglass
