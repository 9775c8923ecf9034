// A training run from experiment to run directory.
#pragma once

#include "host/data/data_set.hpp"
#include "host/learning/trainer.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/interrupt.hpp"
#include "sim/run/run_directory.hpp"
#include "sim/run/simulation.hpp"
#include "sim/run/summary.hpp"

#include <iosfwd>
#include <memory>

namespace isinglass {

// Data of an experiment, cut into what trains, what chooses and what is scored once at the end.
struct RunData {
    Samples train, validation, test;
    std::string description;
};

// Loads and checks against the network: image size and classes. Errors are UserError.
RunData load_data(const Experiment& experiment, const std::string& data_option);

// Throws UserError for settings that are valid each by itself and not together, naming the keys.
void check_combinations(const Experiment& experiment);

// One run, in one process.
class TrainingRun {
  public:
    // `from` to resume; nothing to start afresh. Stops like an interrupt after `stop_after` batches of this
    // process. What a person reads goes to `out`.
    TrainingRun(const Experiment& experiment, RunData data, RunDirectory directory,
                std::optional<Checkpoint> from, std::optional<std::int64_t> stop_after, std::ostream& out);
    ~TrainingRun();

    // Trains, scores and writes everything; what stopped it is in the summary.
    RunSummary run();

  private:
    void train_and_score();
    void start(Trainer& trainer);
    void record_epoch(const EpochResult& result, Trainer& trainer);
    [[nodiscard]] std::string time_left(std::int64_t epochs_done) const;
    void record_responses(const EpochResult& result);
    void save(Trainer& trainer, const std::filesystem::path& path);
    void observe(Presenter& presenter, std::span<const Verdict> test);
    void score_test(Trainer& trainer, Presenter& presenter);
    void begin_trace(Trainer& trainer);
    void finish_summary();
    [[nodiscard]] Ledger counts();

    const Experiment experiment_;
    const RunData data_;
    const RunDirectory directory_;
    std::optional<Checkpoint> from_; // let go once it is taken over
    bool fresh_;
    std::optional<std::int64_t> stop_after_;
    std::int64_t batches_ = 0; // of this process
    std::ostream& out_;
    const std::string config_;
    const ComponentLibrary library_;
    WorkerPool pool_;
    Simulation simulation_;
    const std::vector<int> distances_; // of the nodes to the outputs
    std::unique_ptr<class SampleWaves> waves_;
    InterruptGuard interrupt_;
    std::vector<std::string> metrics_, response_rows_;
    std::vector<float> responses_; // of the last epoch that ended
    double best_validation_ = -1.0;
    std::int64_t best_epoch_ = 0;
    double wall_before_s_ = 0.0;
    std::int64_t presented_before_ = 0;
    std::chrono::steady_clock::time_point began_;
    RunSummary summary_;
};

// Summary and breakdown for people.
void print_summary(const RunSummary& summary, const EnergyReport& energy,
                   const std::filesystem::path& directory, std::ostream& out);

} // namespace isinglass
