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
void add_contrast(const BatchReadout& batch, std::size_t row, const LocalTerm& term,
                  const LocalTerm::FeatureMap& map, std::span<float> sum) {
    thread_local std::vector<float> first, second;
    first.resize(sum.size());
    second.resize(sum.size());
    apply(map, batch.first.row(row), first);
    apply(map, batch.second.row(row), second);
    const float weight = weight_of(batch, row, term);
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += weight * (first[j] - second[j]);
}

void sum_contrasts(const BatchReadout& batch, const LocalTerm& term, const LocalTerm::FeatureMap& map,
                   std::span<float> sum) {
    std::ranges::fill(sum, 0.0F);
    for (std::size_t r = 0; r < batch.batch(); ++r) add_contrast(batch, r, term, map, sum);
}

template <class F>
void each_row(std::size_t rows, WorkerPool& pool, F f) {
    constexpr std::size_t at_once = 8;
    pool.run((rows + at_once - 1) / at_once, [&](std::size_t task, unsigned) {
        for (std::size_t r = task * at_once; r < std::min(rows, (task + 1) * at_once); ++r) f(r);
    });
}

// Rows that a term needs: a feature that is 1 everywhere lets the batch be summed beforehand.
std::size_t rows_between_spins(const LocalTerm& term, std::size_t batch) {
    return term.pre_is_one || term.post_is_one ? 1 : 2 * batch;
}
std::size_t rows_from_inputs(const LocalTerm& term, std::size_t batch) {
    if (term.post_is_one || !term.from_inputs) return 0; // the same in both states, or nothing
    return term.pre_is_one ? 1 : batch;
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

// Rows of first and second one below the other, so that one product sums both.
void EpGradient::add_between_spins(const BatchReadout& batch, const LocalTerm& term, WorkerPool& pool) {
    const std::size_t n = batch.batch();
    auto& [pre, post, at] = spins_;
    if (term.pre_is_one || term.post_is_one) {
        std::ranges::fill(term.pre_is_one ? pre.row(at) : post.row(at), 1.0F);
        sum_contrasts(batch, term, term.pre_is_one ? term.post : term.pre,
                      term.pre_is_one ? post.row(at) : pre.row(at));
        ++at;
        return;
    }
    each_row(n, pool, [&, first = at](std::size_t r) {
        const float weight = weight_of(batch, r, term);
        apply(term.pre, batch.first.row(r), pre.row(first + r));
        apply(term.pre, batch.second.row(r), pre.row(first + n + r));
        apply(term.post, batch.first.row(r), post.row(first + r));
        apply(term.post, batch.second.row(r), post.row(first + n + r));
        scale(post.row(first + r), weight);
        scale(post.row(first + n + r), -weight);
    });
    at += 2 * n;
}

// A clamped input is the same in both states: its feature factors out of the difference.
void EpGradient::add_from_inputs(const BatchReadout& batch, const LocalTerm& term, WorkerPool& pool) {
    if (term.post_is_one || !term.from_inputs) return;
    auto& [pre, post, at] = inputs_;
    if (term.pre_is_one) {
        std::ranges::fill(pre.row(at), 1.0F);
        sum_contrasts(batch, term, term.post, post.row(at));
        ++at;
        return;
    }
    each_row(batch.batch(), pool, [&, first = at](std::size_t r) {
        apply(term.input, batch.inputs.row(r), pre.row(first + r));
        std::ranges::fill(post.row(first + r), 0.0F);
        add_contrast(batch, r, term, term.post, post.row(first + r));
    });
    at += batch.batch();
}

void EpGradient::couplings(std::span<float> gradient, WorkerPool& pool) {
    struct Task {
        const ParameterBlock* block;
        std::size_t slab;
    };
    std::vector<Task> tasks;
    for (const auto& block : net_.blocks)
        if (block.link >= 0)
            for (std::size_t s = 0; s < net_.links[block.link].coupling->slabs(); ++s)
                tasks.push_back({&block, s});
    pool.run(tasks.size(), [&](std::size_t i, unsigned) {
        const auto& link = net_.links[tasks[i].block->link];
        const bool clamped = link.from == input_layer;
        const auto& [pre, post, rows] = clamped ? inputs_ : spins_;
        const std::size_t from = clamped ? 0 : net_.layers[link.from].offset;
        link.coupling->co_activity(tasks[i].slab, rows, {pre.data() + from, pre.stride()},
                                   {post.data() + net_.layers[link.to].offset, post.stride()},
                                   gradient.data() + tasks[i].block->first);
    });
    tie_shared(net_, gradient, Tie::sum);
}

void EpGradient::node_parameters(const BatchReadout& batch, std::span<const float> theta,
                                 std::span<float> gradient) const {
    for (const auto& block : net_.blocks)
        if (block.link < 0) std::ranges::fill(gradient.subspan(block.first, block.count()), 0.0F);
    for (std::size_t r = 0; r < batch.batch(); ++r) {
        const float weight = batch.scale[r] / static_cast<float>(batch.batch());
        for (std::size_t l = 0; l < net_.layers.size(); ++l) {
            model_.add_node_gradient(net_, l, theta, batch.first.row(r), weight, gradient);
            model_.add_node_gradient(net_, l, theta, batch.second.row(r), -weight, gradient);
        }
    }
}

void EpGradient::compute(const BatchReadout& batch, std::span<const float> theta, std::span<float> gradient,
                         WorkerPool& pool) {
    std::size_t spin_rows = 0;
    std::size_t input_rows = 0;
    for (const auto& term : terms_) {
        spin_rows += rows_between_spins(term, batch.batch());
        input_rows += rows_from_inputs(term, batch.batch());
    }
    spins_.begin(spin_rows, net_.state_columns, net_.state_columns);
    inputs_.begin(input_rows, net_.input_nodes, net_.state_columns);
    for (const auto& term : terms_) {
        add_between_spins(batch, term, pool);
        add_from_inputs(batch, term, pool);
    }
    couplings(gradient, pool);
    node_parameters(batch, theta, gradient);
}

} // namespace isinglass
