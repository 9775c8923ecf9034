#include "host/learning/trainer.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace isinglass {

namespace {

// The description of every parameter block's link; node parameters follow the link that is the first to them.
std::vector<CouplingLinkSpec> links_of_blocks(const Network& net, const NetworkSpec& spec) {
    const auto couplings = spec.resolved_couplings();
    std::vector<CouplingLinkSpec> links;
    int link = 0;
    for (const auto& block : net.blocks) {
        if (block.link >= 0) link = block.link;
        links.push_back(couplings[static_cast<std::size_t>(link)]);
    }
    return links;
}

} // namespace

std::vector<float> initial_numbers(const Network& net, const EnergyModel& model, const TrainingSpec& training,
                                   std::uint64_t seed) {
    auto theta = initial_couplings(net, model, training.gain, seed);
    theta.resize(net.parameters + training.cost->weights(net.output().size));
    training.cost->initialise_weights(RandomStream(seed, Purpose::readout_weights),
                                      std::span(theta).subspan(net.parameters));
    return theta;
}

Trainer::Trainer(Presenter& presenter, const MachineSpec& machine, const NetworkSpec& spec,
                 std::shared_ptr<const Network> network, const TrainingSpec& training, std::uint64_t seed,
                 WorkerPool& pool)
    : presenter_(presenter),
      net_(std::move(network)),
      training_(training),
      seed_(seed),
      pool_(pool),
      model_(Chosen(spec.model).part()),
      gradient_rule_(*net_, *model_),
      responses_(*net_),
      codes_(*net_, machine.couplings.format(), seed),
      gradient_(net_->parameters + training.cost->weights(net_->output().size)) {
    for (const auto& link : links_of_blocks(*net_, spec)) {
        rates_.push_back(link.rate > 0.0 ? link.rate : training.rate);
        trainable_.push_back(link.trainable);
    }
    if (training.write == "pulses") pulses_.emplace(*net_, machine.couplings.pulses.step, seed);
    optimiser().begin(gradient_.size());
    presenter_.augment_from(seed);
}

void Trainer::start() {
    state_ = {};
    state_.theta = initial_numbers(*net_, *model_, training_, seed_);
    use_readout(state_.theta);
    program(false);
}

void Trainer::resume(const TrainingState& state) {
    state_ = state;
    use_readout(state_.theta);
    codes_.restore(state.held);
    responses_.restore(state.response_squares);
    presenter_.program_next(&codes_, false);
    presenter_.program_now();
    if (!state.calibration.empty()) {
        calibration_ = Calibration::from_flat(state.calibration, *net_);
        calibration_.use(presenter_);
        codes_.set_trim(calibration_.trim);
    }
    for (auto* codes : {&state_.codes, &state_.held}) *codes = {}; // kept elsewhere from now on
    state_.wanted = {};
    if (by_pulses()) std::ranges::copy(state.wanted, pulses_->wanted().begin());
    if (!state.program_pending) return;
    if (by_pulses() && state.updates > 0) {
        pulses_->reissue(state.codes);
        pulses_->set_update(static_cast<std::uint64_t>(state.updates));
        presenter_.pulse_next(&*pulses_);
        return;
    }
    // The codes are those drawn then: rounding anew could draw others.
    const bool changed_only =
        state.updates > 0 && training_.write == "changed"; // a run starts by writing all
    codes_.reissue(state.codes, changed_only, pool_);
    presenter_.program_next(&codes_, changed_only);
}

// Values that devices hold, where they hold them themselves; before the first job they hold none.
void Trainer::look_at_devices() {
    if (by_pulses() && state_.updates > 0) devices_(std::span(state_.theta).first(net_->parameters));
}

TrainingState Trainer::snapshot() {
    look_at_devices();
    TrainingState state = state_;
    state.program_pending = presenter_.program_pending();
    state.response_squares = responses_.squares();
    const auto issued = codes_.held();
    const auto on_machine = state.program_pending ? codes_.before() : issued;
    state.codes.assign(issued.begin(), issued.end());
    state.held.assign(on_machine.begin(), on_machine.end());
    if (!by_pulses() || state_.updates == 0) return state;
    state.wanted.assign(pulses_->wanted().begin(), pulses_->wanted().end());
    state.codes.assign(pulses_->counts().begin(), pulses_->counts().end());
    std::memcpy(state.held.data(), state_.theta.data(), state.held.size());
    return state;
}

void Trainer::program(bool changed_only, const CouplingCodes::BeforeRounding& before) {
    const auto rounding = training_.rounding == "stochastic" ? Rounding::stochastic : Rounding::nearest;
    codes_.encode(state_.theta, rounding, changed_only, static_cast<std::uint64_t>(state_.updates), pool_,
                  before);
    if (!training_.master) {
        codes_.snap(state_.theta, pool_);
        tie_shared(*net_, state_.theta, Tie::first); // copies may have been rounded apart
    }
    presenter_.program_next(&codes_, changed_only);
}

void Trainer::give_pulses(const CouplingCodes::BeforeRounding& step) {
    pool_.run(net_->blocks.size(),
              [&](std::size_t b, unsigned) { step(b, net_->blocks[b].first, net_->blocks[b].count()); });
    const auto rounding = training_.rounding == "stochastic" ? Rounding::stochastic : Rounding::nearest;
    pulses_->decide(rounding, training_.master, static_cast<std::uint64_t>(state_.updates), pool_);
    presenter_.pulse_next(&*pulses_);
}

std::size_t Trainer::batches(const Samples& train) const {
    const auto size = static_cast<std::size_t>(training_.batch);
    return (train.count() + size - 1) / size;
}

// Fisher-Yates with draws of this epoch.
std::vector<std::size_t> Trainer::order(std::int64_t epoch, std::size_t count) const {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    if (!training_.shuffle) return order;
    const RandomStream draws(seed_, Purpose::sample_order);
    for (std::size_t i = count; i > 1; --i) {
        const auto j = draws.below({static_cast<std::uint64_t>(epoch)}, static_cast<std::uint32_t>(i),
                                   static_cast<std::uint32_t>(i));
        std::swap(order[i - 1], order[j]);
    }
    return order;
}

std::vector<float> Trainer::signs(std::size_t count) const {
    std::vector<float> signs(count, 1.0F);
    if (training_.estimator != "random-sign") return signs;
    RandomStream(seed_, Purpose::estimator_sign)
        .uniforms({static_cast<std::uint64_t>(state_.updates)}, signs);
    for (auto& s : signs) s = s < 0.5F ? -1.0F : 1.0F;
    return signs;
}

bool Trainer::train(const Samples& train, const Samples& validation, const TrainingObserver& observer) {
    const std::size_t count = batches(train);
    const auto& calibrating = training_.calibrate;
    if (calibrating.wanted() && state_.calibration.empty()) calibrate(train, 0);
    while (state_.epoch < training_.epochs) {
        const auto shuffled = order(state_.epoch, train.count());
        while (state_.batch < static_cast<std::int64_t>(count)) {
            if (observer.stop_requested()) return false;
            train_batch(train, shuffled);
            observer.batch_done(state_, count);
        }
        const EpochResult result = finish_epoch(validation);
        if (calibrating.when == "every-epoch") calibrate(train, static_cast<std::uint64_t>(state_.epoch));
        observer.epoch_done(result, state_);
    }
    return true;
}

void Trainer::measure_chip(Calibrator& calibrator) {
    if (training_.calibrate.converters) calibrator.measure_converters(calibration_);
    if (training_.calibrate.offsets) calibrator.measure_offsets(calibration_);
}

// All of it, writing the run's couplings again included, is time and energy of the calibration.
void Trainer::calibrate(const Samples& samples, std::uint64_t round) {
    presenter_.as_phase(Phase::calibrate, [&] {
        Calibrator calibrator(presenter_, *net_, training_.calibrate, round, pool_);
        measure_chip(calibrator);
        codes_.set_trim(calibration_.trim);
        if (training_.calibrate.offsets) {
            program(false);
            presenter_.program_now();
        }
        if (!training_.calibrate.range || !training_.differences()) return;
        constexpr std::size_t shown = 32;
        BatchReadout readout(std::min(shown, samples.count()), *net_);
        calibrator.measure_range(calibration_, samples, readout);
    });
    state_.calibration = calibration_.flat();
}

// Of one batch of an epoch; none behind the last one.
std::vector<Presentation> Trainer::presentations(std::size_t count, std::span<const std::size_t> order,
                                                 std::int64_t batch) const {
    const auto size = static_cast<std::size_t>(training_.batch);
    const std::size_t first = std::min(count, static_cast<std::size_t>(batch) * size);
    const auto states = static_cast<std::size_t>(training_.initial_states);
    std::vector<Presentation> shown(std::min(size, count - first) * states);
    const std::uint64_t base = (static_cast<std::uint64_t>(state_.epoch) * count + first) * states;
    for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = {order[first + i / states], base + i};
    return shown;
}

void Trainer::train_batch(const Samples& train, std::span<const std::size_t> order) {
    const std::size_t first = static_cast<std::size_t>(state_.batch * training_.batch);
    const auto batch = presentations(train.count(), order, state_.batch);
    auto found = std::ranges::find_if(readouts_, [&](const auto& r) { return r->batch() == batch.size(); });
    if (found == readouts_.end())
        found = readouts_.insert(found, std::make_unique<BatchReadout>(batch.size(), *net_));
    presenter_.expect(train, presentations(train.count(), order, state_.batch + 1));
    const auto outcome = presenter_.learn(train, batch, signs(batch.size()), **found);
    add_readout_gradient(train, batch, **found);
    const double epoch =
        static_cast<double>(state_.epoch) + static_cast<double>(first) / static_cast<double>(train.count());
    last_readout_ = found->get();
    responses_.add(**found, pool_);
    update(**found, training_.schedule->factor(epoch, static_cast<double>(training_.epochs)));
    ++state_.batch;
    state_.cost_sum += outcome.cost;
    state_.correct += static_cast<std::int64_t>(outcome.correct);
    state_.presented += static_cast<std::int64_t>(batch.size()) / training_.initial_states;
    state_.counters.not_settled += outcome.counters.not_settled;
    state_.counters.adc_clipped += outcome.counters.adc_clipped;
    state_.counters.couplings_written += outcome.counters.couplings_written;
}

void Trainer::update(const BatchReadout& readout, double factor) {
    gradient_rule_.compute(readout, state_.theta, std::span(gradient_).first(net_->parameters), pool_);
    optimiser().advance();
    step_readout(factor);
    ++state_.updates;
    const auto step = [&](std::size_t block, std::size_t first, std::size_t count) {
        if (!trainable_[block]) return;
        const auto values = (by_pulses() ? pulses_->wanted() : std::span(state_.theta)).subspan(first, count);
        optimiser().step(first, std::span<const float>(gradient_).subspan(first, count), values,
                         static_cast<float>(rates_[block] * factor));
        if (!by_pulses()) model_->confine(*net_, block, values);
    };
    if (by_pulses())
        give_pulses(step);
    else
        program(training_.write == "changed", step);
    // The host's work by count: two flops a product and sample for the co-activities, then optimiser and
    // rounding; gradient, couplings and codes pass through memory once each way.
    const auto parameters = static_cast<double>(gradient_.size());
    const auto samples = static_cast<double>(readout.batch());
    double products = 0.0; // of one pass over all couplings
    for (const auto& block : net_->blocks)
        products += static_cast<double>(block.link < 0 ? block.count() * block.nodes_per_number
                                                       : net_->links[block.link].coupling->cells());
    if (model_->learns_from_errors()) products *= 2.0; // the sums that errors are of
    const double flops = 2.0 * samples * products + parameters * (optimiser().flops_per_parameter() + 2.0);
    const double bytes = parameters * (4.0 + 8.0 + 2.0 + optimiser().bytes_per_parameter()) +
                         samples * 4.0 * static_cast<double>(net_->inputs + 2 * net_->spins());
    presenter_.charge(flops, bytes);
}

// The numbers of a read-out that the host trains.
void Trainer::step_readout(double factor) {
    const std::size_t own = gradient_.size() - net_->parameters;
    if (own == 0) return;
    const double rate = training_.cost->weight_rate() > 0.0 ? training_.cost->weight_rate() : training_.rate;
    optimiser().step(net_->parameters, std::span<const float>(gradient_).last(own),
                     std::span(state_.theta).last(own), static_cast<float>(rate * factor));
    use_readout(state_.theta);
}

void Trainer::use_readout(std::span<const float> theta) {
    training_.cost->use_weights(theta.subspan(net_->parameters));
}

// Mean over the batch, at the free outputs that the nudge was made of.
void Trainer::add_readout_gradient(const Samples& train, std::span<const Presentation> batch,
                                   const BatchReadout& readout) {
    const auto gradient = std::span(gradient_).subspan(net_->parameters);
    std::ranges::fill(gradient, 0.0F);
    if (gradient.empty()) return;
    for (std::size_t i = 0; i < batch.size(); ++i)
        training_.cost->add_weight_gradient(readout.free_outputs.row(i), train.labels[batch[i].sample],
                                            1.0F / static_cast<float>(batch.size()), gradient);
}

// Of the free state (one-sided) or the second nudged one.
std::optional<double> Trainer::mean_abs_sine() const {
    if (last_readout_ == nullptr) return std::nullopt;
    double sum = 0.0;
    for (std::size_t r = 0; r < last_readout_->batch(); ++r) {
        const auto mean = model_->mean_abs_sine(*net_, last_readout_->second.row(r));
        if (!mean) return std::nullopt;
        sum += *mean;
    }
    return sum / static_cast<double>(last_readout_->batch());
}

EpochResult Trainer::finish_epoch(const Samples& validation) {
    EpochResult result{.epoch = state_.epoch + 1};
    const auto presented = static_cast<double>(std::max<std::int64_t>(1, state_.presented));
    result.train = {static_cast<double>(state_.correct) / presented, state_.cost_sum / presented};
    result.rate_factor =
        training_.schedule->factor(static_cast<double>(state_.epoch), static_cast<double>(training_.epochs));
    result.saturated = codes_.saturated();
    result.mean_abs_sine = mean_abs_sine();
    result.responses = responses_.rms(state_.presented * training_.initial_states);
    responses_.clear();
    if (validation.count() > 0)
        result.validation = score(validation, static_cast<std::uint64_t>(state_.epoch) + 1, &state_.counters);
    ++state_.epoch;
    state_.batch = 0;
    state_.cost_sum = 0.0;
    state_.correct = 0;
    state_.presented = 0;
    return result;
}

Score Trainer::score(const Samples& samples, std::uint64_t purpose, JobCounters* counters,
                     std::vector<Verdict>* verdicts) {
    BatchOutcome total;
    std::vector<Presentation> batch;
    const auto states = static_cast<std::size_t>(training_.test_states);
    const std::size_t at_once = std::max<std::size_t>(1, presentations_per_scoring_job / states);
    for (std::size_t first = 0; first < samples.count(); first += at_once) {
        batch.clear();
        for (std::size_t i = first; i < std::min(first + at_once, samples.count()); ++i)
            for (std::size_t k = 0; k < states; ++k)
                batch.push_back({i, scoring_presentation(purpose, i * states + k)});
        const auto outcome = presenter_.evaluate(samples, batch);
        total.correct += outcome.correct;
        total.cost += outcome.cost;
        if (verdicts != nullptr)
            verdicts->insert(verdicts->end(), outcome.verdicts.begin(), outcome.verdicts.end());
        if (counters == nullptr) continue;
        counters->not_settled += outcome.counters.not_settled;
        counters->adc_clipped += outcome.counters.adc_clipped;
    }
    const auto n = static_cast<double>(std::max<std::size_t>(1, samples.count()));
    return {static_cast<double>(total.correct) / n, total.cost / n};
}

void Trainer::program_elsewhere(CouplingFormat format, std::span<const float> theta, bool calibrated) {
    use_readout(theta);
    elsewhere_ = std::make_unique<CouplingCodes>(*net_, format, seed_);
    if (calibrated) {
        presenter_.as_phase(Phase::calibrate, [&] {
            Calibrator calibrator(presenter_, *net_, training_.calibrate, 0, pool_);
            measure_chip(calibrator);
        });
        elsewhere_->set_trim(calibration_.trim);
    }
    elsewhere_->encode(theta, Rounding::nearest, false, 0, pool_);
    presenter_.program_next(elsewhere_.get(), false);
}

} // namespace isinglass
