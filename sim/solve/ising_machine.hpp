// One elaborated machine that solves: host memory, host processor and coprocessor, wired for a problem's
// graph.
#pragma once

#include "host/driver.hpp"
#include "host/learning/line_codes.hpp"
#include "hw_models/coprocessor.hpp"
#include "sim/run/experiment.hpp"
#include "sim/solve/graph_network.hpp"

#include <functional>
#include <memory>

namespace isinglass {

// SystemC elaborates once a process, so there is one of these a process.
class IsingMachine {
  public:
    // Throws UserError naming the sizes where the problem does not fit the machine's tiles.
    IsingMachine(const Experiment& experiment, const IsingProblem& problem);

    // Runs `program` on the host in simulated time; what it throws is thrown here.
    void run(std::function<void()> program);

    // --- for the program only
    // Writes the problem's couplings.
    void program();
    // Anneals shots number first … first + count − 1, each from RESET for `steps` steps, in one job. The
    // states read out are rows of `spins`, signs [count × spins].
    void shots(std::uint64_t first, std::size_t count, std::int64_t steps, std::vector<std::int8_t>& spins);
    // Counts and times up to now.
    [[nodiscard]] const Ledger& ledger_now();

    [[nodiscard]] WorkerPool& pool() { return pool_; }
    // Simulated time of a step.
    [[nodiscard]] double step_s() const { return step_s_; }

  private:
    void run_job(JobBuilder& job);
    void charge_scoring(std::size_t shots);
    void decode(std::span<const std::uint8_t> codes, std::span<std::int8_t> spins) const;

    const Experiment& experiment_;
    const IsingProblem& problem_;
    std::shared_ptr<const EnergyModel> model_;
    GraphNetwork graph_;
    WorkerPool pool_;
    double step_s_;
    std::unique_ptr<HostMemory> memory_;
    std::unique_ptr<HostProcessor> host_;
    std::unique_ptr<Coprocessor> chip_;
    sc_core::sc_signal<bool> interrupt_;
    std::unique_ptr<LineCodes> lines_;
};

} // namespace isinglass
