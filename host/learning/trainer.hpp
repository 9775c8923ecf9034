// The EP training loop: present a batch, estimate the gradient from read-outs, update, program.
#pragma once

#include "host/data/data_set.hpp"
#include "host/learning/calibration.hpp"
#include "host/learning/presenter.hpp"
#include "host/learning/responses.hpp"
#include "host/network/network_spec.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace isinglass {

// Presentations of a scoring's job, where a sample has no more of its own.
inline constexpr std::size_t presentations_per_scoring_job = 1024;

// Where a run stands; together with the optimiser's state all that resuming needs.
struct TrainingState {
    std::vector<float> theta;        // the host's couplings, then the weights of the cost's read-out
    std::vector<std::uint8_t> held;  // codes that the machine holds
    std::vector<std::uint8_t> codes; // those that it is to hold; with pulses: counts that are to be given
    std::vector<float> calibration;  // Calibration::flat() of the last one, empty before
    std::vector<float> wanted;       // with pulses: changes that do not yet make a whole one
    bool program_pending = false;    // the next job programs the difference
    std::int64_t epoch = 0;          // the epoch under way
    std::int64_t batch = 0;          // its next batch
    std::int64_t updates = 0;
    double cost_sum = 0.0; // over this epoch's batches so far
    std::int64_t correct = 0;
    std::int64_t presented = 0;
    JobCounters counters;                 // of the run so far
    std::vector<double> response_squares; // Responses::squares() of this epoch so far
};

// Mean cost and accuracy of some samples.
struct Score {
    double accuracy = 0.0;
    double cost = 0.0;
};

struct EpochResult {
    std::int64_t epoch = 0; // counted from 1
    Score train;            // running, over the epoch
    std::optional<Score> validation;
    double rate_factor = 1.0;
    std::size_t saturated = 0;
    std::optional<double> mean_abs_sine; // of the last batch, where the model has phases
    std::vector<float> responses;        // rms response of every node over the epoch, Responses::rms()
};

// What a run reports to whoever shows it, and asks.
struct TrainingObserver {
    std::function<void(const TrainingState&, std::size_t batches)> batch_done = [](const TrainingState&,
                                                                                   std::size_t) {};
    std::function<void(const EpochResult&, const TrainingState&)> epoch_done = [](const EpochResult&,
                                                                                  const TrainingState&) {};
    std::function<bool()> stop_requested = [] { return false; };
};

// Numbers that a run starts with: couplings, then the weights of the cost's read-out.
std::vector<float> initial_numbers(const Network& net, const EnergyModel& model, const TrainingSpec& training,
                                   std::uint64_t seed);

// Owns the host's couplings and codes of a run. All functions take simulated time on the host's process.
class Trainer {
  public:
    Trainer(Presenter& presenter, const MachineSpec& machine, const NetworkSpec& spec,
            std::shared_ptr<const Network> network, const TrainingSpec& training, std::uint64_t seed,
            WorkerPool& pool);

    // Tells the values of all couplings as devices hold them. With pulses the host does not know these;
    // couplings of checkpoints, of scores on other machines and of theta() are the simulator's, and no part
    // of training.
    using DeviceStates = std::function<void(std::span<float>)>;
    void show_devices(DeviceStates states) { devices_ = std::move(states); }

    // Fresh couplings; the first job programs all of them.
    void start();
    // Goes on from an interrupted run (the optimiser's state is restored by the caller). The machine is put
    // into the state that it had, which costs simulated time that the caller must take back from the ledger.
    void resume(const TrainingState& state);

    // Trains to the end, or until the observer asks to stop; true when all epochs are done.
    bool train(const Samples& train, const Samples& validation, const TrainingObserver& observer);

    // Samples of an epoch (from 0) in the order in which they are presented, `initial_states` presentations
    // each; these are numbered through the run.
    [[nodiscard]] std::vector<std::size_t> order(std::int64_t epoch, std::size_t count) const;

    // Scores samples by free phases, `purpose` keeping the noise of different scorings apart. Adds to
    // `counters`, and to `verdicts` one a sample, where they are not null.
    Score score(const Samples& samples, std::uint64_t purpose, JobCounters* counters = nullptr,
                std::vector<Verdict>* verdicts = nullptr);

    // Programs `theta` in full on a machine of other formats, keeping the run's own state untouched.
    // `calibrated`: after the calibration of converters and offsets that training asks for.
    void program_elsewhere(CouplingFormat format, std::span<const float> theta, bool calibrated = false);
    // Couplings that the last program_elsewhere() clipped to their range; only after one.
    [[nodiscard]] std::size_t saturated_elsewhere() const { return elsewhere_->saturated(); }

    // Where training stands: epochs, batches, counters. Codes, and couplings that devices hold, are in
    // snapshot() only.
    [[nodiscard]] const TrainingState& progress() const { return state_; }
    // A copy of all that resume() needs.
    [[nodiscard]] TrainingState snapshot();
    [[nodiscard]] std::span<const float> theta() {
        look_at_devices();
        return state_.theta;
    }
    [[nodiscard]] Optimiser& optimiser() const { return *training_.optimiser.part(); }
    [[nodiscard]] std::size_t saturated() const { return codes_.saturated(); }

  private:
    [[nodiscard]] std::vector<Presentation>
    presentations(std::size_t count, std::span<const std::size_t> order, std::int64_t batch) const;
    void train_batch(const Samples& train, std::span<const std::size_t> order);
    void update(const BatchReadout& readout, double factor);
    void use_readout(std::span<const float> theta);
    void add_readout_gradient(const Samples& train, std::span<const Presentation> batch,
                              const BatchReadout& readout);
    void program(bool changed_only, const CouplingCodes::BeforeRounding& before = {});
    void step_readout(double factor);
    void calibrate(const Samples& samples, std::uint64_t round);
    void measure_chip(Calibrator& calibrator);
    void give_pulses(const CouplingCodes::BeforeRounding& step);
    void look_at_devices();
    [[nodiscard]] bool by_pulses() const { return pulses_.has_value(); }
    std::vector<float> signs(std::size_t count) const;
    [[nodiscard]] std::size_t batches(const Samples& train) const;
    [[nodiscard]] std::optional<double> mean_abs_sine() const;
    EpochResult finish_epoch(const Samples& validation);

    Presenter& presenter_;
    std::shared_ptr<const Network> net_;
    const TrainingSpec& training_;
    std::uint64_t seed_;
    WorkerPool& pool_;
    std::shared_ptr<const EnergyModel> model_;
    EpGradient gradient_rule_;
    Responses responses_; // of this epoch
    CouplingCodes codes_;
    std::unique_ptr<CouplingCodes> elsewhere_; // of the last program_elsewhere()
    std::vector<double> rates_;                // a block
    std::vector<bool> trainable_;              // likewise
    std::optional<PulseCounts> pulses_;        // with training.write = "pulses"
    Calibration calibration_;
    DeviceStates devices_ = [](std::span<float>) {};
    std::vector<float> gradient_;
    std::vector<std::unique_ptr<BatchReadout>> readouts_; // by batch size: full batches and an epoch's last
    const BatchReadout* last_readout_ = nullptr;          // of the last batch of this process
    TrainingState state_;
};

// Presentation numbers: training counts from 0; scorings have bit 62 set and a purpose of their own.
constexpr std::uint64_t scoring_presentation(std::uint64_t purpose, std::uint64_t sample) {
    return (std::uint64_t{1} << 62) | (purpose << 32) | sample;
}

} // namespace isinglass
