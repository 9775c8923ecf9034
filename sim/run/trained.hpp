// A trained network back on a machine, to score it or to look at it.
#pragma once

#include "sim/run/training_run.hpp"

#include <functional>
#include <optional>
#include <string>

namespace isinglass {

// What `eval` and `waves` take: a run's folder, or an experiment with its initial couplings.
struct TrainedSource {
    std::string experiment_or_run;
    std::vector<std::string> sets;
    std::optional<std::int64_t> epoch; // of a run; otherwise its last checkpoint
};

struct Trained {
    Experiment experiment;
    std::vector<float> theta; // empty: initial couplings, drawn from the experiment's seed
    std::int64_t epoch = 0;   // that they were saved after
};

Trained load_trained(const TrainedSource& source);

// One elaborated machine that holds trained couplings. `use` runs in simulated time.
class TrainedMachine {
  public:
    explicit TrainedMachine(const Trained& trained);

    // Runs `program(presenter, trainer)` with the couplings about to be programmed.
    void run(const std::function<void(Presenter&, Trainer&)>& program);
    // Within run(): the same couplings on the ideal twin from here on.
    void use_ideal_twin(Presenter& presenter, Trainer& trainer);
    [[nodiscard]] Simulation& simulation() { return simulation_; }
    [[nodiscard]] const Experiment& experiment() const { return trained_.experiment; }

  private:
    const Trained& trained_;
    WorkerPool pool_;
    Simulation simulation_;
    std::vector<float> theta_;
};

} // namespace isinglass
