#include "hw_models/couplings/run_coupling.hpp"

#include "hw_models/base/aligned.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/lane_layout.hpp"
#include "hw_models/couplings/run_kernel.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace isinglass {

void RunList::add(std::size_t pre, std::size_t post, std::size_t length, std::size_t step, int weight) {
    constexpr std::size_t longest = 4096; // so that slabs, which are whole runs, stay short
    if (length == 0) return;
    if (!runs_.empty()) {
        auto& last = runs_.back();
        if (last.pre + last.length * last.step == pre && last.post + last.length == post &&
            last.step == step && last.weight == weight && last.length + length <= longest) {
            last.length += length;
            couplings_ += length;
            return;
        }
    }
    runs_.push_back(
        {.coupling = couplings_, .pre = pre, .post = post, .length = length, .step = step, .weight = weight});
    couplings_ += length;
}

namespace {

// Consecutive nodes, the last one not included.
struct Stretch {
    std::size_t first = ~std::size_t{0};
    std::size_t last = 0;
    void include(std::size_t from, std::size_t to) {
        first = std::min(first, from);
        last = std::max(last, to);
    }
    [[nodiscard]] std::size_t nodes() const { return last - first; }
};

// Whole runs whose co-activity is computed together, and the nodes that they join.
struct Slab {
    std::size_t first_run = 0;
    std::size_t last_run = 0;
    std::size_t couplings = 0;
    Stretch pre{};
    Stretch post{};
};

std::vector<Slab> cut_into_slabs(const std::vector<Run>& runs) {
    constexpr std::size_t couplings_per_slab = 8192; // one takes longer than its nodes to be turned
    std::vector<Slab> slabs;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const auto& run = runs[r];
        if (slabs.empty() || slabs.back().couplings >= couplings_per_slab) slabs.push_back({.first_run = r});
        auto& slab = slabs.back();
        slab.last_run = r + 1;
        slab.couplings += run.length;
        slab.pre.include(run.pre, run.pre + (run.length - 1) * run.step + 1);
        slab.post.include(run.post, run.post + run.length);
    }
    return slabs;
}

// Σ over the lanes of a · b.
float dot(const float* a, const float* b) {
    __m256 sum = _mm256_mul_ps(_mm256_load_ps(a), _mm256_load_ps(b));
    for (std::size_t v = 1; v < lane_vectors; ++v)
        sum = _mm256_fmadd_ps(_mm256_load_ps(a + 8 * v), _mm256_load_ps(b + 8 * v), sum);
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

class RunCoupling final : public Coupling {
  public:
    RunCoupling(const CouplingEnds& ends, RunList list)
        : list_(std::move(list)),
          meetings_(std::make_shared<const Meetings>(find_meetings(ends, list_))),
          slabs_(cut_into_slabs(list_.runs())) {
        for (const auto& run : list_.runs())
            weights_ = std::max(weights_, static_cast<std::size_t>(run.weight + 1));
    }

    std::size_t pre_size() const override { return meetings_->of_pre.size(); }
    std::size_t post_size() const override { return meetings_->of_post.size(); }
    std::size_t parameters() const override { return list_.couplings(); }
    std::size_t fan_in() const override {
        return most(meetings_->of_both.empty() ? meetings_->of_post : meetings_->of_both);
    }
    std::size_t array_rows() const override { return most(meetings_->of_post); }
    std::size_t array_columns() const override { return post_size(); }

    void for_each(const Visit& visit) const override { for_each_coupling(list_.runs(), visit); }

    void tie(std::span<float> numbers, Tie how) const override {
        if (weights_ == 0) return;
        std::vector<double> shared(weights_, 0.0);
        if (how == Tie::sum)
            for (const auto& run : list_.runs())
                for (const float x : numbers.subspan(run.coupling, run.length))
                    shared[run.weight] += static_cast<double>(x);
        else
            for (auto run = list_.runs().rbegin(); run != list_.runs().rend(); ++run)
                shared[run->weight] = static_cast<double>(numbers[run->coupling]);
        for (const auto& run : list_.runs())
            std::ranges::fill(numbers.subspan(run.coupling, run.length),
                              static_cast<float>(shared[run.weight]));
    }

    std::unique_ptr<CouplingKernel> kernel(std::size_t pre_stride, std::size_t post_stride) const override {
        return make_run_kernel(meetings_, pre_stride, post_stride);
    }

    std::size_t slabs() const override { return slabs_.size(); }
    Range slab(std::size_t s) const override {
        return {list_.runs()[slabs_[s].first_run].coupling, slabs_[s].couplings};
    }

    void co_activity(std::size_t s, std::size_t rows, ActivityRows pre, ActivityRows post,
                     float* out) const override {
        const auto& slab = slabs_[s];
        thread_local AlignedVector<float> pre_turned, post_turned;
        pre_turned.resize(padded(slab.pre.nodes()) * block_lanes);
        post_turned.resize(padded(slab.post.nodes()) * block_lanes);
        std::fill_n(out + list_.runs()[slab.first_run].coupling, slab.couplings, 0.0F);
        for (std::size_t row = 0; row < rows; row += block_lanes) {
            const std::size_t n = std::min<std::size_t>(block_lanes, rows - row);
            turn_nodes(pre.data + row * pre.stride + slab.pre.first, pre.stride, n, slab.pre.nodes(),
                       pre_turned.data());
            turn_nodes(post.data + row * post.stride + slab.post.first, post.stride, n, slab.post.nodes(),
                       post_turned.data());
            for (std::size_t r = slab.first_run; r < slab.last_run; ++r)
                add_products(list_.runs()[r], slab, pre_turned.data(), post_turned.data(), out);
        }
    }

  private:
    static std::size_t most(const std::vector<Meetings::Range>& nodes) {
        std::uint32_t n = 0;
        for (const auto& range : nodes) n = std::max(n, range.last - range.first);
        return n;
    }

    static void add_products(const Run& run, const Slab& slab, const float* pre, const float* post,
                             float* out) {
        const float* a = pre + (run.pre - slab.pre.first) * block_lanes;
        const float* b = post + (run.post - slab.post.first) * block_lanes;
        for (std::size_t k = 0; k < run.length; ++k)
            out[run.coupling + k] += dot(a + k * run.step * block_lanes, b + k * block_lanes);
    }

    RunList list_;
    std::shared_ptr<const Meetings> meetings_;
    std::vector<Slab> slabs_;
    std::size_t weights_ = 0; // numbers that runs share; 0: none do
};

} // namespace

std::unique_ptr<Coupling> make_run_coupling(const CouplingEnds& ends, RunList runs) {
    constexpr std::size_t most = std::size_t{1} << 31;
    if (runs.couplings() == 0) throw UserError("no two nodes are joined; valid is at least one coupling");
    if (runs.couplings() >= most)
        throw UserError(fmt::format("{} couplings are more than {}", runs.couplings(), most - 1));
    return std::make_unique<RunCoupling>(ends, std::move(runs));
}

} // namespace isinglass
