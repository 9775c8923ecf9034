#include "sim/run/training_run.hpp"

#include "hw_models/couplings/product.hpp"
#include "sim/run/files.hpp"
#include "sim/run/observations.hpp"
#include "sim/run/progress.hpp"
#include "sim/run/sample_waves.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <chrono>
#include <ostream>

namespace isinglass {

namespace {

constexpr const char* metrics_header = "epoch,train_accuracy,train_cost,validation_accuracy,validation_cost,"
                                       "rate_factor,simulated_time_s,energy_j,"
                                       "couplings_written,couplings_saturated,not_settled,adc_clipped,"
                                       "mean_abs_sine";

constexpr const char* responses_header = "epoch,layer,distance,nodes,rms_response";

constexpr std::uint64_t test_purpose = 0; // validations are numbered by epoch, from 1
constexpr std::uint64_t ideal_purpose = (1U << 30) - 1;
constexpr std::uint64_t observing_purpose = ideal_purpose - 1;

double seconds_since(std::chrono::steady_clock::time_point t) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}

std::string percent(double fraction) {
    return fmt::format("{:.2f} %", 100.0 * fraction);
}

constexpr double shown_left_s = 60.0; // what ends sooner needs no forecast

} // namespace

TrainingRun::TrainingRun(const Experiment& experiment, RunData data, RunDirectory directory,
                         std::optional<Checkpoint> from, std::optional<std::int64_t> stop_after,
                         std::ostream& out)
    : experiment_(experiment),
      data_(std::move(data)),
      directory_(std::move(directory)),
      from_(std::move(from)),
      fresh_(!from_.has_value()),
      stop_after_(stop_after),
      out_(out),
      config_(expanded(experiment_)),
      library_(load_components(experiment_.machine)),
      pool_(experiment_.run.thread_count()),
      simulation_(experiment_, pool_),
      distances_(distances_to_outputs(*simulation_.network())),
      began_(std::chrono::steady_clock::now()) {}

TrainingRun::~TrainingRun() = default;

RunSummary TrainingRun::run() {
    simulation_.run([this] { train_and_score(); });
    if (waves_) waves_->finish();
    finish_summary();
    return summary_;
}

// Counts so far, static powers included.
Ledger TrainingRun::counts() {
    Ledger ledger = simulation_.ledger_now();
    post_static_powers(ledger, experiment_.machine, simulation_.tiles().tiles_used);
    return ledger;
}

void TrainingRun::start(Trainer& trainer) {
    if (fresh_) {
        trainer.start();
        return;
    }
    restore_optimiser(*from_, trainer.optimiser());
    trainer.resume(from_->training);
    simulation_.ledger_now().restore(from_->ledger);
    metrics_ = from_->metrics;
    responses_ = from_->responses;
    response_rows_ = from_->response_rows;
    best_validation_ = from_->best_validation;
    best_epoch_ = from_->best_epoch;
    wall_before_s_ = from_->wall_s;
    from_.reset(); // couplings and an optimiser's state, at their full size
}

void TrainingRun::train_and_score() {
    Presenter presenter(simulation_.host(), simulation_.meter(), experiment_.machine, simulation_.network(),
                        experiment_.network.model.part(), experiment_.training, pool_);
    Trainer trainer(presenter, experiment_.machine, experiment_.network, simulation_.network(),
                    experiment_.training, static_cast<std::uint64_t>(experiment_.run.seed), pool_);
    trainer.show_devices([this](std::span<float> states) {
        std::copy_n(simulation_.chip().couplings(), states.size(), states.begin());
    });
    start(trainer);
    begin_trace(trainer);
    if (fresh_) save(trainer, directory_.checkpoint(0));
    ProgressBar bar;
    const auto per_epoch = static_cast<std::int64_t>(data_.train.count());
    presented_before_ = trainer.progress().epoch * per_epoch + trainer.progress().presented;
    const bool complete = trainer.train(
        data_.train, data_.validation,
        {.batch_done =
             [&](const TrainingState& state, std::size_t) {
                 ++batches_;
                 bar.show(
                     {.stage = fmt::format("epoch {}/{}", state.epoch + 1, experiment_.training.epochs),
                      .done = state.epoch * per_epoch + state.presented,
                      .total = experiment_.training.epochs * per_epoch,
                      .accuracy = static_cast<double>(state.correct) / static_cast<double>(state.presented)});
             },
         .epoch_done =
             [&](const EpochResult& result, const TrainingState&) {
                 bar.erase();
                 record_epoch(result, trainer);
             },
         .stop_requested = [&] { return interrupt_.requested() || batches_ == stop_after_; }});
    bar.erase();
    const auto& state = trainer.progress();
    summary_.epochs = state.epoch;
    summary_.samples = state.epoch * per_epoch + state.presented +
                       state.epoch * static_cast<std::int64_t>(data_.validation.count());
    summary_.not_settled = state.counters.not_settled;
    summary_.adc_clipped = state.counters.adc_clipped;
    summary_.couplings_saturated = trainer.saturated();
    summary_.stopped_because = complete ? "all epochs done" : "interrupted";
    summary_.wall.time_s = wall_before_s_ + seconds_since(began_);
    summary_.wall.samples_per_s =
        static_cast<double>(state.epoch * per_epoch + state.presented - presented_before_) /
        std::max(1e-9, seconds_since(began_));
    const Ledger ledger = counts();
    summary_.set_costs(ledger, price(ledger, library_));
    save(trainer, directory_.last());
    if (complete) score_test(trainer, presenter);
}

void TrainingRun::begin_trace(Trainer& trainer) {
    const auto& spec = experiment_.trace;
    if (spec.capture == "none") return;
    const auto count = data_.train.count();
    if (!NumberSet::parse(spec.samples)->reaches(0, static_cast<std::int64_t>(count) - 1))
        throw UserError(fmt::format("trace.samples = '{}' are no training samples; valid is 0 to {}",
                                    spec.samples, count - 1));
    const auto list = [](const std::string& text) {
        return text == "all" ? text : fmt::format("{}", fmt::join(listed_words(text), "_"));
    };
    const bool one_epoch = spec.epochs.find_first_not_of("0123456789") == std::string::npos;
    auto name =
        fmt::format("epoch-{:0>{}}-train-{}", list(spec.epochs), one_epoch ? 4 : 0, list(spec.samples));
    if (spec.classes != "all") name += "-class-" + list(spec.classes);
    if (spec.when != "always") name += "-" + spec.when;
    // Numbers count presentations: of an epoch's samples in their order, several from other initial states.
    auto order =
        std::make_shared<std::pair<std::int64_t, std::vector<std::size_t>>>(-1, std::vector<std::size_t>{});
    waves_ = std::make_unique<SampleWaves>(
        simulation_.chip(), experiment_, simulation_.network(),
        SampleWaves::free_base(spec, directory_.waves() / name),
        [this, order, count, &trainer](std::uint64_t presentation) -> std::optional<PresentedSample> {
            const auto n = presentation / static_cast<std::uint64_t>(experiment_.training.initial_states);
            const auto epoch = static_cast<std::int64_t>(n / count);
            if (epoch >= experiment_.training.epochs) return std::nullopt; // a scoring
            if (order->first != epoch) *order = {epoch, trainer.order(epoch, count)};
            const auto sample = order->second[n % count];
            return PresentedSample{epoch + 1, sample, data_.train.labels[sample]};
        });
}

void TrainingRun::record_epoch(const EpochResult& r, Trainer& trainer) {
    const Ledger ledger = counts();
    const double energy = price(ledger, library_).total_j;
    const auto& c = trainer.progress().counters;
    const auto validation = [&](auto member) {
        return r.validation ? fmt::format("{}", (*r.validation).*member) : std::string();
    };
    metrics_.push_back(fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}", r.epoch, r.train.accuracy,
                                   r.train.cost, validation(&Score::accuracy), validation(&Score::cost),
                                   r.rate_factor, ledger.time_s(), energy, c.couplings_written, r.saturated,
                                   c.not_settled, c.adc_clipped,
                                   r.mean_abs_sine ? fmt::format("{}", *r.mean_abs_sine) : std::string()));
    write_atomically(directory_.metrics(),
                     fmt::format("{}\n{}\n", metrics_header, fmt::join(metrics_, "\n")));
    record_responses(r);
    const double chosen_by = r.validation ? r.validation->accuracy : r.train.accuracy;
    const bool best = chosen_by > best_validation_;
    if (best) {
        best_validation_ = chosen_by;
        best_epoch_ = r.epoch;
    }
    save(trainer, directory_.checkpoint(r.epoch));
    save(trainer, directory_.last());
    if (best) save(trainer, directory_.best());
    summary_.train_accuracy = r.train.accuracy;
    out_ << fmt::format("epoch {:3}/{}  train {}  {}simulated {}  {}{}{}\n", r.epoch,
                        experiment_.training.epochs, percent(r.train.accuracy),
                        r.validation ? fmt::format("validation {}  ", percent(r.validation->accuracy))
                                     : std::string(),
                        format_si(ledger.time_s(), "s"), format_si(energy, "J"),
                        r.mean_abs_sine ? fmt::format("  mean |sin| {:.3f}", *r.mean_abs_sine)
                                        : std::string(),
                        time_left(r.epoch))
         << std::flush;
}

// Of the epochs to come, at the pace of this session; logs have no progress bar.
std::string TrainingRun::time_left(std::int64_t epochs_done) const {
    const auto per_epoch = static_cast<std::int64_t>(data_.train.count());
    const Progress progress{.stage = {},
                            .done = epochs_done * per_epoch,
                            .total = experiment_.training.epochs * per_epoch,
                            .accuracy = {}};
    const auto left_s = remaining_s(progress, progress.done - presented_before_, seconds_since(began_));
    return left_s.value_or(0.0) > shown_left_s ? fmt::format("  {} left", format_duration(*left_s))
                                               : std::string();
}

// Responses by distance from the outputs; the maps themselves are in the checkpoints.
void TrainingRun::record_responses(const EpochResult& r) {
    responses_ = r.responses;
    for (const auto& row : by_distance(*simulation_.network(), distances_, r.responses))
        response_rows_.push_back(
            fmt::format("{},{},{},{},{}", r.epoch, row.layer, row.distance, row.nodes, row.rms));
    write_atomically(directory_.responses(),
                     fmt::format("{}\n{}\n", responses_header, fmt::join(response_rows_, "\n")));
}

void TrainingRun::save(Trainer& trainer, const std::filesystem::path& path) {
    Checkpoint checkpoint{.training = trainer.snapshot(),
                          .ledger = simulation_.ledger_now().save(),
                          .config = config_,
                          .version = ISINGLASS_VERSION,
                          .metrics = metrics_,
                          .responses = responses_,
                          .response_rows = response_rows_,
                          .best_validation = best_validation_,
                          .best_epoch = best_epoch_,
                          .wall_s = wall_before_s_ + seconds_since(began_)};
    save_optimiser(trainer.optimiser(), checkpoint);
    write_checkpoint(path, checkpoint);
}

// Once, after the last epoch: on the machine as it is, then the same couplings on its ideal twin.
void TrainingRun::score_test(Trainer& trainer, Presenter& presenter) {
    if (data_.test.count() == 0) return;
    std::vector<Verdict> verdicts;
    summary_.test_accuracy = trainer.score(data_.test, test_purpose, nullptr, &verdicts).accuracy;
    observe(presenter, verdicts);
    const MachineSpec ideal = ideal_twin(experiment_.machine, *experiment_.network.model.part());
    const std::vector<float> theta(trainer.theta().begin(), trainer.theta().end());
    simulation_.use_machine(ideal);
    presenter.use(ideal);
    trainer.program_elsewhere(ideal.couplings.format(), theta);
    summary_.ideal_test_accuracy = trainer.score(data_.test, ideal_purpose).accuracy;
}

// For the report, after everything was counted.
void TrainingRun::observe(Presenter& presenter, std::span<const Verdict> test) {
    Observations observations{.part = "test"};
    note_verdicts(observations, data_.test, test);
    observe_machine(observations, experiment_, simulation_, presenter, data_.test, observing_purpose, pool_);
    write_atomically(directory_.observations(), observations.to_json());
}

void TrainingRun::finish_summary() {
    summary_.seed = static_cast<std::uint64_t>(experiment_.run.seed);
    summary_.version = ISINGLASS_VERSION;
    summary_.isa = instruction_level();
    summary_.config_sha256 = configuration_hash(experiment_);
    summary_.wall.peak_rss_bytes = peak_rss_bytes();
    write_atomically(directory_.summary(), summary_.to_json());
    if (waves_) out_ << waves_->report();
}

void print_summary(const RunSummary& summary, const EnergyReport& energy,
                   const std::filesystem::path& directory, std::ostream& out) {
    std::array<std::uint64_t, phase_count> time_fs = summary.ledger.time_fs;
    out << '\n' << energy_table(energy, time_fs) << '\n';
    Table table({"result", "value"});
    auto accuracy = [](const std::optional<double>& a) {
        return a ? percent(*a) : std::string("not scored");
    };
    table.row({"test accuracy", accuracy(summary.test_accuracy)});
    table.row({"  on the ideal machine", accuracy(summary.ideal_test_accuracy)});
    table.row({"train accuracy", accuracy(summary.train_accuracy)});
    table.row({"simulated time", format_si(summary.simulated_time_s, "s")});
    table.row({"  a sample", format_si(summary.time_per_sample_s, "s")});
    table.row({"energy", format_si(summary.energy_j, "J")});
    table.row({"  a sample", format_si(summary.energy_per_sample_j, "J")});
    table.row({"samples presented", fmt::format("{}", summary.samples)});
    table.row({"ADC conversions clipped", fmt::format("{}", summary.adc_clipped)});
    table.row({"couplings saturated", fmt::format("{}", summary.couplings_saturated)});
    table.row({"RELAX not settled", fmt::format("{}", summary.not_settled)});
    table.row({"wall time", fmt::format("{:.1f} s", summary.wall.time_s)});
    table.row({"samples a second", fmt::format("{:.0f}", summary.wall.samples_per_s)});
    table.row({"stopped because", summary.stopped_because});
    out << table.text();
    out << fmt::format("\nrun     {}\nreport  {}\n", directory.string(),
                       (directory / "report.html").string());
}

} // namespace isinglass
