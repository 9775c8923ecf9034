// Jobs of published machines on the sequencer, for tests and for the table that `bench machines` prints.
#pragma once

#include "tests/chip/chip_rig.hpp"

namespace isinglass::test {

// What a job came to, from the doorbell to the host's return.
struct JobFigures {
    double time_s = 0.0;
    Ledger counts; // of the job, with static powers of one tile

    [[nodiscard]] double time_s_of(Phase phase) const {
        return static_cast<double>(counts.time_fs(phase)) * 1e-15;
    }
};

// A DS-ISA controller: `groups` groups of `per_group` nodes, all to all, a tenth of them loaded in
// optimisation.
struct DsIsaShape {
    std::size_t groups = 32;
    std::size_t per_group = 32;
    [[nodiscard]] std::size_t nodes() const { return groups * per_group; }
};
MachineSpec ds_isa(const DsIsaShape& shape);
// Watts of its array while it evolves: bias currents of nodes, and of couplings of mean magnitude
// 1/sqrt(nodes), all to all, at which a random network is at the edge of stability; they grow with that mean.
double ds_isa_core_w(const DsIsaShape& shape);

// Its three kinds of job. Inference: couplings once, then `tasks` times load, evolve for 100 ns, store.
// Optimisation: `steps` times evolve for 10 ns, store, load of a tenth of the nodes. Training: `steps` times
// couplings and nodes loaded, evolve for 10 ns, store.
enum class DsIsaJob { inference, optimisation, training };
struct DsIsaCase {
    DsIsaShape shape;
    DsIsaJob job = DsIsaJob::inference;
    std::size_t times = 1; // tasks or steps
};

// Jobs of any of them, each on a machine of its own, all in one simulation.
class MachineJobs {
  public:
    void add(const DsIsaCase& job);
    // Programs a problem of `spins` spins on the D-Wave timing preset, and takes so many reads.
    void add_dwave(std::size_t spins, std::size_t reads);
    // In the order of their adding; once a process.
    std::vector<JobFigures> run();

  private:
    Rigs rigs_;
    std::vector<std::function<void(List&, const Rig&)>> fills_;
};

// Exponent b of y ∝ x^b, by least squares of the logarithms.
double exponent(std::span<const double> x, std::span<const double> y);

} // namespace isinglass::test
