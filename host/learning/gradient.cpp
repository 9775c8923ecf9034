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

} // namespace

// Rows of first and second one below the other, so that one product sums both.
void EpGradient::stack(const BatchReadout& batch, const LocalTerm& term) {
    const std::size_t n = batch.batch();
    if (pre_.rows() != 2 * n) {
        pre_ = Matrix(2 * n, net_.state_columns);
        post_ = Matrix(2 * n, net_.state_columns);
        contrast_ = Matrix(n, net_.state_columns);
    }
    for (std::size_t r = 0; r < n; ++r) {
        const auto weight = static_cast<float>(term.coefficient) * batch.scale[r] / static_cast<float>(n);
        apply(term.pre, batch.first.row(r), pre_.row(r));
        apply(term.pre, batch.second.row(r), pre_.row(n + r));
        apply(term.post, batch.first.row(r), post_.row(r));
        apply(term.post, batch.second.row(r), post_.row(n + r));
        for (std::size_t j = 0; j < net_.state_columns; ++j) {
            post_.row(r)[j] *= weight;
            post_.row(n + r)[j] *= -weight;
            contrast_.row(r)[j] = post_.row(r)[j] + post_.row(n + r)[j];
        }
    }
}

void EpGradient::couplings(const BatchReadout& batch, bool add, std::span<float> gradient, WorkerPool& pool) {
    struct Task {
        const ParameterBlock* block;
        std::size_t slab;
    };
    std::vector<Task> tasks;
    for (const auto& block : net_.blocks)
        if (block.link >= 0)
            for (std::size_t s = 0; s < net_.links[block.link].coupling->slabs(); ++s)
                tasks.push_back({&block, s});
    if (add) scratch_.resize(gradient.size());
    pool.run(tasks.size(), [&](std::size_t i, unsigned) {
        const auto& link = net_.links[tasks[i].block->link];
        const std::size_t to = net_.layers[link.to].offset;
        float* out = (add ? scratch_.data() : gradient.data()) + tasks[i].block->first;
        // A clamped input is the same in both phases: its feature factors out of the difference.
        if (link.from == input_layer)
            link.coupling->co_activity(tasks[i].slab, batch.batch(),
                                       {batch.inputs.data(), batch.inputs.stride()},
                                       {contrast_.data() + to, contrast_.stride()}, out);
        else
            link.coupling->co_activity(tasks[i].slab, pre_.rows(),
                                       {pre_.data() + net_.layers[link.from].offset, pre_.stride()},
                                       {post_.data() + to, post_.stride()}, out);
        if (!add) return;
        const auto range = link.coupling->slab(tasks[i].slab);
        for (std::size_t k = range.first; k < range.first + range.count; ++k)
            gradient[tasks[i].block->first + k] += out[k];
    });
}

void EpGradient::biases(bool add, std::span<float> gradient) const {
    for (const auto& block : net_.blocks) {
        if (block.link >= 0) continue;
        float* out = gradient.data() + block.first;
        if (!add) std::fill_n(out, block.count(), 0.0F);
        for (std::size_t r = 0; r < contrast_.rows(); ++r) {
            const float* row = contrast_.row(r).data() + net_.layers[block.layer].offset;
            for (std::size_t j = 0; j < block.count(); ++j) out[j] += row[j];
        }
    }
}

void EpGradient::compute(const BatchReadout& batch, std::span<float> gradient, WorkerPool& pool) {
    bool couplings_begun = false;
    bool biases_begun = false;
    for (const auto& term : terms_) {
        stack(batch, term);
        couplings(batch, couplings_begun, gradient, pool);
        couplings_begun = true;
        if (!term.on_bias) continue;
        biases(biases_begun, gradient);
        biases_begun = true;
    }
}

} // namespace isinglass
