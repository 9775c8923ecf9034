// Shared windows with padding, stride and max-pooling.
#include "hw_models/couplings/convolution.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <mutex>
#include <numeric>

namespace isinglass {

namespace {

// Runs of all copies, weight after weight, from pre to drive.
RunList copies_of_all(const ConvolutionShape& s) {
    RunList list;
    for (std::size_t o = 0; o < s.out; ++o)
        for (std::size_t i = 0; i < s.in; ++i)
            for (std::size_t ky = 0; ky < s.window_rows; ++ky)
                for (std::size_t kx = 0; kx < s.window_columns; ++kx)
                    for_each_position(
                        s, ky, kx, [&](std::size_t y, std::size_t x, std::size_t row, std::size_t column) {
                            list.add((i * s.rows + row) * s.columns + column,
                                     (o * s.drive_rows() + y) * s.drive_columns() + x, 1, s.stride);
                        });
    return list;
}

class Convolution final : public Coupling, public Convolving {
  public:
    explicit Convolution(const ConvolutionShape& shape) : s_(shape), first_of_tap_(shape.taps() + 1, 0) {
        for (std::size_t tap = 0; tap < s_.taps(); ++tap) {
            std::size_t n = 0;
            for_each_position(s_, tap / s_.window_columns, tap % s_.window_columns,
                              [&](std::size_t, std::size_t, std::size_t, std::size_t) { ++n; });
            first_of_tap_[tap + 1] = first_of_tap_[tap] + n;
        }
    }

    std::size_t pre_size() const override { return s_.pre_size(); }
    std::size_t post_size() const override { return s_.post_size(); }
    std::size_t parameters() const override { return s_.weights(); }
    std::size_t cells() const override { return s_.out * s_.in * first_of_tap_.back(); }
    std::size_t first_cell(std::size_t w) const override {
        return w / s_.taps() * first_of_tap_.back() + first_of_tap_[w % s_.taps()];
    }
    std::size_t nodes_per_channel() const override { return s_.post_rows() * s_.post_columns(); }
    bool pools() const override { return s_.pool > 1; }
    const ConvolutionShape& shape() const override { return s_; }
    std::size_t fan_in() const override { return s_.in * s_.taps(); }
    std::size_t most_terms() const override { return std::max(s_.in, s_.out) * s_.taps(); }
    std::size_t array_rows() const override { return fan_in(); }
    std::size_t array_columns() const override {
        return s_.out * s_.post_rows() * s_.post_columns() * s_.pool * s_.pool;
    }
    std::size_t stored_columns() const override { return s_.out; }

    void for_each(const Visit& visit) const override {
        std::size_t w = 0;
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t i = 0; i < s_.in; ++i)
                for (std::size_t tap = 0; tap < s_.taps(); ++tap, ++w)
                    for_each_position(
                        s_, tap / s_.window_columns, tap % s_.window_columns,
                        [&](std::size_t y, std::size_t x, std::size_t row, std::size_t column) {
                            visit((i * s_.rows + row) * s_.columns + column,
                                  (o * s_.post_rows() + y / s_.pool) * s_.post_columns() + x / s_.pool, w);
                        });
    }

    // A tap's couplings of all channels on the other side meet at the same nodes: summed once for all places.
    void add_sums(const float* values, std::span<float> pre, std::span<float> post) const override {
        const std::size_t taps = s_.taps();
        std::vector<double> of_in(s_.in * taps, 0.0), of_out(s_.out * taps, 0.0);
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t i = 0; i < s_.in; ++i)
                for (std::size_t tap = 0; tap < taps; ++tap) {
                    const auto value = static_cast<double>(values[(o * s_.in + i) * taps + tap]);
                    of_in[i * taps + tap] += value;
                    of_out[o * taps + tap] += value;
                }
        for (std::size_t tap = 0; tap < taps; ++tap)
            for_each_position(
                s_, tap / s_.window_columns, tap % s_.window_columns,
                [&](std::size_t y, std::size_t x, std::size_t row, std::size_t column) {
                    for (std::size_t i = 0; i < s_.in && !pre.empty(); ++i)
                        pre[(i * s_.rows + row) * s_.columns + column] +=
                            static_cast<float>(of_in[i * taps + tap]);
                    for (std::size_t o = 0; o < s_.out && !post.empty(); ++o)
                        post[(o * s_.post_rows() + y / s_.pool) * s_.post_columns() + x / s_.pool] +=
                            static_cast<float>(of_out[o * taps + tap]);
                });
    }

    std::unique_ptr<CouplingKernel> kernel(std::size_t pre_stride, std::size_t post_stride) const override {
        return make_convolution_kernel(s_, pre_stride, post_stride, Operands::single);
    }
    std::unique_ptr<CouplingKernel> split_kernel(std::size_t pre_stride,
                                                 std::size_t post_stride) const override {
        return make_convolution_kernel(s_, pre_stride, post_stride, Operands::split);
    }
    std::unique_ptr<CouplingKernel> cell_kernel(std::size_t pre_stride,
                                                std::size_t post_stride) const override {
        return make_unrolled_kernel(s_, copies(), pre_stride, post_stride);
    }
    std::unique_ptr<WordKernel> word_kernel() const override { return make_convolution_words(s_); }

    std::size_t slabs() const override { return (s_.out + slab_channels - 1) / slab_channels; }
    Range slab(std::size_t s) const override {
        const std::size_t weights = s_.in * s_.taps(); // of an output channel
        return {s * slab_channels * weights, (last_channel(s) - s * slab_channels) * weights};
    }
    void co_activity(std::size_t s, std::size_t rows, ActivityRows pre, ActivityRows post,
                     float* out) const override {
        convolution_co_activity(s_, s * slab_channels, last_channel(s), rows, pre, post, out,
                                Operands::single);
    }
    void split_co_activity(std::size_t s, std::size_t rows, ActivityRows pre, ActivityRows post,
                           float* out) const override {
        convolution_co_activity(s_, s * slab_channels, last_channel(s), rows, pre, post, out,
                                Operands::split);
    }

  private:
    std::size_t last_channel(std::size_t s) const { return std::min(s_.out, (s + 1) * slab_channels); }

    // Threads share the list, which is large.
    std::shared_ptr<const Coupling> copies() const {
        std::call_once(listed_, [this] {
            copies_ = make_run_coupling(
                {.pre = {.channels = s_.in, .rows = s_.rows, .columns = s_.columns},
                 .post = {.channels = s_.out, .rows = s_.drive_rows(), .columns = s_.drive_columns()}},
                copies_of_all(s_));
        });
        return copies_;
    }

    ConvolutionShape s_;
    std::vector<std::size_t> first_of_tap_; // copies of the taps before, of one pair of channels
    mutable std::once_flag listed_;
    mutable std::shared_ptr<const Coupling> copies_;
};

class ConvolutionKind final : public CouplingKind {
  public:
    void fields(Fields& f) override {
        f.integers({"window", "rows and columns of the window that each node has on every channel of `from`"},
                   window_, {1, 1e6});
        f.check(window_.size() == 2, "window", "two numbers [rows, columns]");
        f.integer({"stride", "nodes between a window and the next, in both directions"}, stride_, {1, 1e6});
        f.integer({"padding", "rows and columns of zeros around each channel of `from`"}, padding_, {0, 1e6});
        f.integer({"pool", "each node takes the largest of pool x pool windows that lie side by side, and "
                           "answers to that one alone; 1: every window has a node"},
                  pool_, {1, 16});
    }

    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        if (ends.lateral) throw UserError("kind 'convolution' joins two layers");
        if (!ends.pre.places.empty() || !ends.post.places.empty())
            throw UserError("kind 'convolution' joins layers that fill their planes (at = \"everywhere\")");
        const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
        const ConvolutionShape s{.in = ends.pre.channels,
                                 .rows = ends.pre.rows,
                                 .columns = ends.pre.columns,
                                 .out = ends.post.channels,
                                 .window_rows = size(window_[0]),
                                 .window_columns = size(window_[1]),
                                 .stride = size(stride_),
                                 .padding = size(padding_),
                                 .pool = size(pool_)};
        check(s, ends.post);
        return std::make_unique<Convolution>(s);
    }

  private:
    static void check(const ConvolutionShape& s, const Grid& post) {
        if (s.padding >= s.window_rows || s.padding >= s.window_columns)
            throw UserError(fmt::format("kind 'convolution': padding = {} is as wide as the window of {}x{}, "
                                        "which would lie on zeros alone; valid is up to {}",
                                        s.padding, s.window_rows, s.window_columns,
                                        std::min(s.window_rows, s.window_columns) - 1));
        if (s.window_rows > s.rows + 2 * s.padding || s.window_columns > s.columns + 2 * s.padding)
            throw UserError(fmt::format("kind 'convolution': a window of {}x{} does not fit the {}x{} of the "
                                        "layer that it starts at with padding {} (its shape is [channels, "
                                        "rows, columns])",
                                        s.window_rows, s.window_columns, s.rows, s.columns, s.padding));
        if (s.post_rows() > 0 && s.post_columns() > 0 && post.rows == s.post_rows() &&
            post.columns == s.post_columns())
            return;
        throw UserError(fmt::format(
            "kind 'convolution': windows of {}x{} at stride {}, padding {} and pool {} on {}x{} need a layer "
            "of shape [channels, {}, {}]; this one is {}x{}",
            s.window_rows, s.window_columns, s.stride, s.padding, s.pool, s.rows, s.columns, s.post_rows(),
            s.post_columns(), post.rows, post.columns));
    }

    std::vector<std::int64_t> window_{3, 3};
    std::int64_t stride_ = 1, padding_ = 0, pool_ = 1;
};

} // namespace

std::unique_ptr<CouplingKind> make_convolution_kind() {
    return std::make_unique<ConvolutionKind>();
}

} // namespace isinglass
