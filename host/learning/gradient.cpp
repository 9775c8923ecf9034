#include "host/learning/gradient.hpp"

#include <algorithm>

namespace isinglass {

namespace {

void apply(const LocalTerm::FeatureMap& map, std::span<const float> s, std::span<float> feature) {
    if (map)
        map(s, feature);
    else
        std::ranges::copy(s, feature.begin());
}

void scale(std::span<float> values, float factor) {
    for (auto& v : values) v *= factor;
}

float weight_of(const BatchReadout& batch, std::size_t row, const LocalTerm& term) {
    return static_cast<float>(term.coefficient) * batch.scale[row] / static_cast<float>(batch.batch());
}

// sum += weight · (feature of first − feature of second)
void add_contrast(const BatchReadout& batch, const StatePair& states, std::size_t row, const LocalTerm& term,
                  const LocalTerm::FeatureMap& map, std::span<float> sum) {
    thread_local std::vector<float> first, second;
    first.resize(sum.size());
    second.resize(sum.size());
    apply(map, states.first.row(row), first);
    apply(map, states.second.row(row), second);
    const float weight = weight_of(batch, row, term);
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += weight * (first[j] - second[j]);
}

void sum_contrasts(const BatchReadout& batch, const LocalTerm& term, const LocalTerm::FeatureMap& map,
                   std::span<float> sum) {
    std::ranges::fill(sum, 0.0F);
    const StatePair states{batch.first, batch.second};
    for (std::size_t r = 0; r < batch.batch(); ++r) add_contrast(batch, states, r, term, map, sum);
}

template <class F>
void each_row(std::size_t rows, WorkerPool& pool, F f) {
    constexpr std::size_t at_once = 8;
    pool.run((rows + at_once - 1) / at_once, [&](std::size_t task, unsigned) {
        for (std::size_t r = task * at_once; r < std::min(rows, (task + 1) * at_once); ++r) f(r);
    });
}

// Rows that a term needs: a feature that is 1 everywhere lets the batch be summed beforehand.
std::size_t rows_between_spins(const LocalTerm& term, const BatchReadout& batch) {
    return term.pre_is_one || term.post_is_one ? 1 : (batch.one_state ? 1 : 2) * batch.batch();
}
std::size_t rows_from_inputs(const LocalTerm& term, const BatchReadout& batch) {
    if (term.post_is_one || !term.from_inputs) return 0; // the same in both states, or nothing
    return term.pre_is_one ? 1 : batch.batch();
}

} // namespace

void EpGradient::Factors::begin(std::size_t most_rows, std::size_t pre_columns, std::size_t post_columns) {
    if (pre.rows() != most_rows) {
        pre = Matrix(most_rows, pre_columns);
        post = Matrix(most_rows, post_columns);
    }
    rows = 0;
}

EpGradient::EpGradient(const Network& net, const EnergyModel& model)
    : net_(net), model_(model), terms_(model.local_terms()) {}

StatePair EpGradient::learnt_from(const BatchReadout& batch) const {
    if (model_.learns_from_errors()) return {first_errors_, second_errors_};
    return {batch.first, batch.second};
}

// Rows of first and second one below the other, so that one product sums both.
void EpGradient::add_between_spins(const BatchReadout& batch, const LocalTerm& term, WorkerPool& pool) {
    const std::size_t n = batch.batch();
    auto& pre = spins_.pre;
    auto& post = spins_.post;
    auto& at = spins_.rows;
    if (term.pre_is_one || term.post_is_one) {
        std::ranges::fill(term.pre_is_one ? pre.row(at) : post.row(at), 1.0F);
        sum_contrasts(batch, term, term.pre_is_one ? term.post : term.pre,
                      term.pre_is_one ? post.row(at) : pre.row(at));
        ++at;
        return;
    }
    const auto ends = learnt_from(batch);
    each_row(n, pool, [&, at](std::size_t r) {
        const auto lay_out = [&](std::size_t row, const Matrix& states, const Matrix& far, float weight) {
            apply(term.pre, states.row(r), pre.row(row));
            apply(term.post, far.row(r), post.row(row));
            scale(post.row(row), weight);
        };
        const float weight = weight_of(batch, r, term);
        lay_out(at + r, batch.first, ends.first, weight);
        if (!batch.one_state) lay_out(at + n + r, batch.second, ends.second, -weight);
    });
    at += rows_between_spins(term, batch);
}

// A clamped input is the same in both states: its feature factors out of the difference.
void EpGradient::add_from_inputs(const BatchReadout& batch, const LocalTerm& term, WorkerPool& pool) {
    if (term.post_is_one || !term.from_inputs) return;
    auto& pre = inputs_.pre;
    auto& post = inputs_.post;
    auto& at = inputs_.rows;
    if (term.pre_is_one) {
        std::ranges::fill(pre.row(at), 1.0F);
        sum_contrasts(batch, term, term.post, post.row(at));
        ++at;
        return;
    }
    const auto states = learnt_from(batch);
    each_row(batch.batch(), pool, [&, first = at](std::size_t r) {
        apply(term.input, batch.inputs.row(r), pre.row(first + r));
        std::ranges::fill(post.row(first + r), 0.0F);
        add_contrast(batch, states, r, term, term.post, post.row(first + r));
    });
    at += batch.batch();
}

// From the states that were read, and the host's couplings.
void EpGradient::find_errors(const BatchReadout& batch, std::span<const float> theta, WorkerPool& pool) {
    if (first_errors_.rows() != batch.batch()) {
        first_errors_ = Matrix(batch.batch(), net_.state_columns);
        second_errors_ = first_errors_;
    }
    while (evaluators_.size() < pool.threads()) {
        auto& evaluator = evaluators_.emplace_back();
        evaluator.kernel = model_.kernel(net_);
        evaluator.block = std::make_unique<LaneBlock>(net_);
        evaluator.errors = Matrix(LaneBlock::rows(), net_.state_columns);
    }
    if (batch.one_state) second_errors_.fill(0.0F);
    constexpr auto at_once = static_cast<std::size_t>(block_lanes);
    pool.run((batch.batch() + at_once - 1) / at_once, [&](std::size_t task, unsigned thread) {
        auto& evaluator = evaluators_[thread];
        auto& block = evaluator.block;
        const std::size_t first = task * at_once;
        block->lanes = std::min(at_once, batch.batch() - first);
        for (std::size_t r = 0; r < block->lanes; ++r)
            std::ranges::copy(batch.inputs.row(first + r), block->inputs.row(r).begin());
        evaluator.kernel->clamp(theta.data(), *block);
        const auto of_state = [&](const Matrix& states, Matrix& to) {
            for (std::size_t r = 0; r < block->lanes; ++r)
                std::ranges::copy(states.row(first + r), block->state.row(r).begin());
            evaluator.kernel->errors(theta.data(), *block, evaluator.errors);
            for (std::size_t r = 0; r < block->lanes; ++r)
                std::ranges::copy(evaluator.errors.row(r), to.row(first + r).begin());
        };
        of_state(batch.first, first_errors_);
        if (!batch.one_state) of_state(batch.second, second_errors_);
    });
}

// Where a node takes the largest of several sums, the host finds by its own couplings which one that was.
void EpGradient::choose_winners(std::span<const float> theta, WorkerPool& pool) {
    for (const auto& block : net_.blocks) {
        if (block.link < 0 || !net_.links[block.link].coupling->pools()) continue;
        const auto link = static_cast<std::size_t>(block.link);
        const bool clamped = net_.links[link].from == input_layer;
        const auto& factors = clamped ? inputs_ : spins_;
        const auto& pre = factors.pre;
        const auto& post = factors.post;
        const std::size_t rows = factors.rows;
        const std::size_t from = clamped ? 0 : net_.layers[net_.links[link].from].offset;
        const std::size_t nodes = net_.links[link].coupling->post_size();
        winners_[link].resize(post.rows() * nodes);
        for (unsigned t = 0; t < pool.threads(); ++t)
            if (!choosers_.contains({link, t}))
                choosers_[{link, t}] = net_.kernel(block.link, pre.stride(), post.stride());
        constexpr auto at_once = static_cast<std::size_t>(block_lanes);
        pool.run((rows + at_once - 1) / at_once, [&](std::size_t task, unsigned thread) {
            const std::size_t first = task * at_once;
            auto& kernel = *choosers_.at({link, thread});
            kernel.begin(std::min(at_once, rows - first));
            kernel.choose(theta.data() + block.first, pre.data() + first * pre.stride() + from);
            kernel.winners(winners_.at(link).data() + first * nodes, nodes);
        });
    }
}

// Couplings slab by slab, and the node parameters of layer after layer.
void EpGradient::sum(const BatchReadout& batch, std::span<const float> theta, std::span<float> gradient,
                     WorkerPool& pool) {
    struct Task {
        const ParameterBlock* block;
        std::size_t slab;
    };
    std::vector<Task> tasks;
    for (const auto& block : net_.blocks)
        if (block.link >= 0)
            for (std::size_t s = 0; s < net_.links[block.link].coupling->slabs(); ++s)
                tasks.push_back({&block, s});
    pool.run(tasks.size() + net_.layers.size(), [&](std::size_t i, unsigned) {
        if (i < tasks.size())
            couplings(*tasks[i].block, tasks[i].slab, gradient);
        else
            node_parameters(batch, i - tasks.size(), theta, gradient);
    });
    tie_shared(net_, gradient, Tie::sum);
}

void EpGradient::couplings(const ParameterBlock& block, std::size_t slab, std::span<float> gradient) const {
    const auto& link = net_.links[block.link];
    const auto& [pre, post, rows] = link.from == input_layer ? inputs_ : spins_;
    const std::size_t from = link.from == input_layer ? 0 : net_.layers[link.from].offset;
    const auto chosen = winners_.find(static_cast<std::size_t>(block.link));
    const ActivityRows before{pre.data() + from, pre.stride()};
    const ActivityRows after{post.data() + net_.layers[link.to].offset, post.stride(),
                             chosen == winners_.end() ? nullptr : chosen->second.data()};
    float* out = gradient.data() + block.first;
    if (net_.split_products)
        link.coupling->split_co_activity(slab, rows, before, after, out);
    else
        link.coupling->co_activity(slab, rows, before, after, out);
}

void EpGradient::node_parameters(const BatchReadout& batch, std::size_t layer, std::span<const float> theta,
                                 std::span<float> gradient) const {
    for (const auto& block : net_.blocks)
        if (block.link < 0 && block.layer == static_cast<int>(layer))
            std::ranges::fill(gradient.subspan(block.first, block.count()), 0.0F);
    const auto states = learnt_from(batch);
    for (std::size_t r = 0; r < batch.batch(); ++r) {
        const float weight = batch.scale[r] / static_cast<float>(batch.batch());
        model_.add_node_gradient(net_, layer, theta, states.first.row(r), weight, gradient);
        model_.add_node_gradient(net_, layer, theta, states.second.row(r), -weight, gradient);
    }
}

void EpGradient::compute(const BatchReadout& batch, std::span<const float> theta, std::span<float> gradient,
                         WorkerPool& pool) {
    if (model_.learns_from_errors()) find_errors(batch, theta, pool);
    std::size_t spin_rows = 0;
    std::size_t input_rows = 0;
    for (const auto& term : terms_) {
        spin_rows += rows_between_spins(term, batch);
        input_rows += rows_from_inputs(term, batch);
    }
    spins_.begin(spin_rows, net_.state_columns, net_.state_columns);
    inputs_.begin(input_rows, net_.input_nodes, net_.state_columns);
    for (const auto& term : terms_) {
        add_between_spins(batch, term, pool);
        add_from_inputs(batch, term, pool);
    }
    choose_winners(theta, pool);
    sum(batch, theta, gradient, pool);
}

} // namespace isinglass
