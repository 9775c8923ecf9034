// One elaborated system: host memory, host processor and coprocessor, wired.
#pragma once

#include "host/driver.hpp"
#include "host/learning/presenter.hpp"
#include "hw_models/coprocessor.hpp"
#include "hw_models/couplings/tile_map.hpp"
#include "sim/run/experiment.hpp"

#include <functional>

namespace isinglass {

TileShape tile_shape(const TileSpec& tiles);

// Throws UserError where the model has no such nudge: both signs of beta, where the estimator takes both.
void check_nudges(const TrainingSpec& training, const Network& network, const EnergyModel& model);

// SystemC elaborates once a process, so there is one of these a process.
class Simulation {
  public:
    Simulation(const Experiment& experiment, WorkerPool& pool);

    [[nodiscard]] const std::shared_ptr<const Network>& network() const { return network_; }
    [[nodiscard]] const TileMap& tiles() const { return tiles_; }
    [[nodiscard]] Coprocessor& chip() { return *chip_; }
    [[nodiscard]] HostProcessor& host() { return *host_; }
    [[nodiscard]] HostMeter meter();
    // Counts and times up to now, the present phase included.
    [[nodiscard]] Ledger& ledger_now();

    // Swaps the chip's numbers for those of another machine (the ideal twin) and back.
    void use_machine(const MachineSpec& machine);

    // Runs `program` on the host in simulated time; what it throws is thrown here.
    void run(std::function<void()> program);

  private:
    [[nodiscard]] std::shared_ptr<const ChipModel> chip_model(const MachineSpec& machine) const;

    const Experiment& experiment_;
    std::shared_ptr<const Network> network_;
    TileMap tiles_;
    std::unique_ptr<HostMemory> memory_;
    std::unique_ptr<HostProcessor> host_;
    std::unique_ptr<Coprocessor> chip_;
    sc_core::sc_signal<bool> interrupt_;
};

} // namespace isinglass
