#include "hw_models/couplings/run_kernel.hpp"

#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/lane_layout.hpp"

#include <algorithm>

namespace isinglass {

Meetings find_meetings(const CouplingEnds& ends, const RunList& list) {
    Meetings m;
    m.of_pre.resize(ends.pre.nodes());
    m.of_post.resize(ends.post.nodes());
    for_each_coupling(list.runs(), [&](std::size_t pre, std::size_t post, std::size_t) {
        ++m.of_pre[pre].last;
        ++m.of_post[post].last;
    });
    std::uint32_t next = 0;
    auto place = [&next](Meetings::Range& range) {
        const std::uint32_t count = range.last;
        range = {next, next};
        next += count;
    };
    for (std::size_t j = 0; j < m.of_post.size(); ++j) {
        place(m.of_post[j]);
        if (ends.lateral) place(m.of_pre[j]);
    }
    if (!ends.lateral)
        for (auto& range : m.of_pre) place(range);
    m.all.resize(next);
    for_each_coupling(list.runs(), [&](std::size_t pre, std::size_t post, std::size_t coupling) {
        const auto number = static_cast<std::uint32_t>(coupling);
        m.all[m.of_post[post].last++] = {number, static_cast<std::uint32_t>(pre)};
        m.all[m.of_pre[pre].last++] = {number, static_cast<std::uint32_t>(post)};
    });
    if (ends.lateral)
        for (std::size_t j = 0; j < m.of_post.size(); ++j)
            m.of_both.push_back({m.of_post[j].first, m.of_pre[j].last});
    return m;
}

namespace {

class RunKernel final : public CouplingKernel {
  public:
    RunKernel(std::shared_ptr<const Meetings> meetings, std::size_t pre_stride, std::size_t post_stride)
        : meetings_(std::move(meetings)),
          pre_stride_(pre_stride),
          post_stride_(post_stride),
          turned_(padded(std::max(meetings_->of_pre.size(), meetings_->of_post.size())) * block_lanes) {}

    void forward(const float* values, const float* pre, float* post, bool accumulate) override {
        turn_nodes(pre, pre_stride_, block_lanes, meetings_->of_pre.size(), turned_.data());
        sum(values, meetings_->of_post, post, post_stride_, accumulate);
    }
    void transposed(const float* values, const float* post, float* pre, bool accumulate) override {
        turn_nodes(post, post_stride_, block_lanes, meetings_->of_post.size(), turned_.data());
        sum(values, meetings_->of_pre, pre, pre_stride_, accumulate);
    }
    void both_ways(const float* values, const float* in, float* out, bool accumulate) override {
        turn_nodes(in, pre_stride_, block_lanes, meetings_->of_both.size(), turned_.data());
        sum(values, meetings_->of_both, out, post_stride_, accumulate);
    }

  private:
    // y (+)= Σ over the couplings of each node, of its value times the turned state of its other end.
    void sum(const float* values, const std::vector<Meetings::Range>& nodes, float* y, std::size_t stride,
             bool accumulate) const {
        alignas(64) float sums[8 * block_lanes] = {};
        for (std::size_t j = 0; j < nodes.size(); j += 8) {
            const std::size_t n = std::min<std::size_t>(8, nodes.size() - j);
            for (std::size_t i = 0; i < n; ++i) sum_of_node(values, nodes[j + i], sums + i * block_lanes);
            turn_back(sums, n, y + j, stride, accumulate);
        }
    }

    // Even and odd couplings of the list apart, so that additions need not wait for each other.
    void sum_of_node(const float* values, Meetings::Range range, float* sums) const {
        __m256 even[lane_vectors] = {};
        __m256 odd[lane_vectors] = {};
        auto add = [&](std::uint32_t at, __m256(&to)[lane_vectors]) {
            const auto [coupling, node] = meetings_->all[at];
            const __m256 value = _mm256_broadcast_ss(values + coupling);
            const float* x = turned_.data() + std::size_t{node} * block_lanes;
            for (std::size_t v = 0; v < lane_vectors; ++v)
                to[v] = _mm256_fmadd_ps(value, _mm256_load_ps(x + 8 * v), to[v]);
        };
        std::uint32_t at = range.first;
        for (; at + 1 < range.last; at += 2) {
            add(at, even);
            add(at + 1, odd);
        }
        if (at < range.last) add(at, even);
        for (std::size_t v = 0; v < lane_vectors; ++v)
            _mm256_store_ps(sums + 8 * v, _mm256_add_ps(even[v], odd[v]));
    }

    std::shared_ptr<const Meetings> meetings_;
    std::size_t pre_stride_;
    std::size_t post_stride_;
    AlignedVector<float> turned_;
};

} // namespace

std::unique_ptr<CouplingKernel> make_run_kernel(std::shared_ptr<const Meetings> meetings,
                                                std::size_t pre_stride, std::size_t post_stride) {
    return std::make_unique<RunKernel>(std::move(meetings), pre_stride, post_stride);
}

} // namespace isinglass
