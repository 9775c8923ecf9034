// Convolutions of small planes, of a stride and of many weights, as matrix products over the windows of many
// images.
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/product.hpp"
#include "hw_models/couplings/split_product.hpp"
#include "hw_models/couplings/split_words.hpp"

#include <algorithm>

namespace isinglass {

namespace {

constexpr std::size_t rows_at_once = 512; // of a product; more fill a cache

// Taps of the window that one product takes: what they gather, and their weights, stay in a core's cache.
std::size_t taps_at_once(const ConvolutionShape& s) {
    constexpr std::size_t nodes = 512; // of a row
    return std::clamp<std::size_t>(nodes / s.in, 1, s.taps());
}

std::size_t window_images(const ConvolutionShape& s) {
    return std::clamp<std::size_t>(rows_at_once / (s.drive_rows() * s.drive_columns()), 1, block_lanes);
}

class WindowConvolution final : public ConvolutionProduct {
  public:
    explicit WindowConvolution(const ConvolutionShape& s)
        : ConvolutionProduct(s), rows_(images() * s.drive_rows() * s.drive_columns()) {
        const std::size_t nodes = images() * std::max(s.pre_size(), s.drive_size());
        const std::size_t window_nodes = rows_ * taps_at_once(s) * s.in;
        high_.resize(nodes);
        low_.resize(nodes);
        window_high_.resize(window_nodes);
        window_low_.resize(window_nodes);
        shares_.resize(window_nodes);
        for (std::size_t first = 0; first < s.taps(); first += taps_at_once(s))
            groups_.emplace_back(s, rows_, first, std::min(taps_at_once(s), s.taps() - first));
    }

    std::size_t images() const override { return window_images(s_); }

    void forward(const float* pre, float* drive) override {
        if (!forward_packed_) pack_forward();
        split_words(pre, images() * s_.pre_size(), high_.data(), low_.data());
        for (auto& group : groups_) {
            for_each_window_node(group, [&](std::size_t at, const std::size_t* node) {
                gather(high_, node, window_high_.data() + at * s_.in);
                gather(low_, node, window_low_.data() + at * s_.in);
            });
            group.forward(window_high_.data(), window_low_.data(), drive, group.first > 0);
        }
    }

    void backward(const float* drive, float* pre) override {
        if (!back_packed_) pack_back();
        split_words(drive, images() * s_.drive_size(), high_.data(), low_.data());
        std::fill_n(pre, images() * s_.pre_size(), 0.0F);
        for (auto& group : groups_) {
            group.back(high_.data(), low_.data(), shares_.data(), false);
            for_each_window_node(group, [&](std::size_t at, const std::size_t* node) {
                if (node == nullptr) return;
                float* to = pre + *node * s_.in;
                const float* from = shares_.data() + at * s_.in;
                for (std::size_t c = 0; c < s_.in; ++c) to[c] += from[c];
            });
        }
    }

  protected:
    void forget_packed() override { forward_packed_ = back_packed_ = false; }

  private:
    // Taps [first, first + taps): drive [rows × out] (+)= their nodes · weights, and nodes = drive · weights.
    struct Group {
        Group(const ConvolutionShape& s, std::size_t rows, std::size_t first_tap, std::size_t count)
            : first(first_tap),
              taps(count),
              forward({.rows = rows, .inner = count * s.in, .columns = s.out}),
              back({.rows = rows, .inner = s.out, .columns = count * s.in}) {}
        std::size_t first, taps;
        SplitProduct forward, back;
    };

    void gather(const Words& nodes, const std::size_t* node, std::uint16_t* to) const {
        if (node != nullptr)
            std::copy_n(nodes.data() + *node * s_.in, s_.in, to);
        else
            std::fill_n(to, s_.in, std::uint16_t{0});
    }

    // f(number of a window's tap among those of the group, its node of pre, or nullptr in the padding)
    template <class F>
    void for_each_window_node(const Group& group, F f) const {
        std::size_t at = 0;
        for (std::size_t image = 0; image < images(); ++image)
            for (std::size_t y = 0; y < s_.drive_rows(); ++y)
                for (std::size_t x = 0; x < s_.drive_columns(); ++x)
                    for (std::size_t tap = group.first; tap < group.first + group.taps; ++tap, ++at) {
                        const std::size_t row = y * s_.stride + tap / s_.window_columns;
                        const std::size_t column = x * s_.stride + tap % s_.window_columns;
                        const bool inside = row >= s_.padding && row < s_.rows + s_.padding &&
                                            column >= s_.padding && column < s_.columns + s_.padding;
                        const std::size_t node =
                            (image * s_.rows + row - s_.padding) * s_.columns + column - s_.padding;
                        f(at, inside ? &node : nullptr);
                    }
    }

    [[nodiscard]] float weight(std::size_t out, std::size_t in, std::size_t tap) const {
        return weights_[(out * s_.in + in) * s_.taps() + tap];
    }

    void pack_forward() {
        AlignedVector<float> turned(weights_.size()); // [tap][in][out]
        for (std::size_t tap = 0; tap < s_.taps(); ++tap)
            for (std::size_t i = 0; i < s_.in; ++i)
                for (std::size_t o = 0; o < s_.out; ++o)
                    turned[(tap * s_.in + i) * s_.out + o] = weight(o, i, tap);
        for (auto& group : groups_) group.forward.pack(turned.data() + group.first * s_.in * s_.out, s_.out);
        forward_packed_ = true;
    }
    void pack_back() {
        AlignedVector<float> turned(weights_.size()); // [out][tap][in]
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t tap = 0; tap < s_.taps(); ++tap)
                for (std::size_t i = 0; i < s_.in; ++i)
                    turned[(o * s_.taps() + tap) * s_.in + i] = weight(o, i, tap);
        for (auto& group : groups_) group.back.pack(turned.data() + group.first * s_.in, s_.taps() * s_.in);
        back_packed_ = true;
    }

    std::size_t rows_; // windows of a call
    std::vector<Group> groups_;
    Words high_, low_;               // of the operand
    Words window_high_, window_low_; // of a group's taps
    AlignedVector<float> shares_;    // of a group's nodes in what goes back
    bool forward_packed_ = false, back_packed_ = false;
};

} // namespace

ProductBytes window_bytes(const ConvolutionShape& s) {
    const auto weights = static_cast<double>(s.weights());
    const auto images = static_cast<double>(window_images(s));
    const double rows = images * static_cast<double>(s.drive_rows() * s.drive_columns());
    constexpr double words = 2.0 * sizeof(std::uint16_t); // hi and lo
    const double operand = images * words * static_cast<double>(std::max(s.pre_size(), s.drive_size()));
    const double windows = rows * static_cast<double>(taps_at_once(s) * s.in) * (words + sizeof(float));
    const double on_the_way = images * sizeof(float) * static_cast<double>(s.pre_size() + s.drive_size());
    return {(sizeof(float) + 2.0 * words) * weights + operand + windows + on_the_way,
            sizeof(float) * weights};
}

std::unique_ptr<ConvolutionProduct> make_window_convolution(const ConvolutionShape& shape) {
    return std::make_unique<WindowConvolution>(shape);
}

} // namespace isinglass
