// A convolution of words, as a digital array sums it: exact.
#include "hw_models/couplings/convolution.hpp"

#include <algorithm>

namespace isinglass {

namespace {

class ConvolutionWords final : public WordKernel {
  public:
    explicit ConvolutionWords(const ConvolutionShape& shape)
        : s_(shape), drive_(shape.drive_size()), winners_(shape.post_size()) {}

    void forward(const std::int16_t* codes, const std::int32_t* pre, std::int32_t* sums) override {
        std::ranges::fill(drive_, 0);
        over_all([&](std::size_t w, std::size_t drive, std::size_t from, std::size_t n) {
            const std::int32_t code = codes[w];
            for (std::size_t x = 0; x < n; ++x) drive_[drive + x] += code * pre[from + x * s_.stride];
        });
        take_largest(sums);
    }

    void transposed(const std::int16_t* codes, const std::int32_t* post, std::int32_t* sums) override {
        std::ranges::fill(drive_, 0);
        for (std::size_t j = 0; j < winners_.size(); ++j) drive_[winners_[j]] = post[j];
        over_all([&](std::size_t w, std::size_t drive, std::size_t to, std::size_t n) {
            const std::int32_t code = codes[w];
            for (std::size_t x = 0; x < n; ++x) sums[to + x * s_.stride] += code * drive_[drive + x];
        });
    }

  private:
    // f(weight, first node of the drive, first node of pre, how many) for all stretches of a row that a
    // weight serves.
    template <class F>
    void over_all(F f) const {
        const auto begin = [this](std::size_t tap) { // first window whose tap is not in the padding
            return tap >= s_.padding ? 0 : (s_.padding - tap + s_.stride - 1) / s_.stride;
        };
        const auto end = [this](std::size_t tap, std::size_t size, std::size_t drives) {
            const std::size_t reach = size + s_.padding; // a tap beyond lies in the padding at all windows
            return tap >= reach ? 0 : std::min(drives, (reach - tap + s_.stride - 1) / s_.stride);
        };
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t i = 0; i < s_.in; ++i)
                for (std::size_t tap = 0; tap < s_.taps(); ++tap) {
                    const std::size_t ky = tap / s_.window_columns;
                    const std::size_t kx = tap % s_.window_columns;
                    const std::size_t left = begin(kx);
                    const std::size_t right = end(kx, s_.columns, s_.drive_columns());
                    if (left >= right) continue;
                    for (std::size_t y = begin(ky); y < end(ky, s_.rows, s_.drive_rows()); ++y)
                        f((o * s_.in + i) * s_.taps() + tap,
                          (o * s_.drive_rows() + y) * s_.drive_columns() + left,
                          (i * s_.rows + y * s_.stride + ky - s_.padding) * s_.columns + left * s_.stride +
                              kx - s_.padding,
                          right - left);
                }
    }

    void take_largest(std::int32_t* sums) {
        std::size_t j = 0;
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t y = 0; y < s_.post_rows(); ++y)
                for (std::size_t x = 0; x < s_.post_columns(); ++x, ++j) {
                    const std::size_t first =
                        (o * s_.drive_rows() + y * s_.pool) * s_.drive_columns() + x * s_.pool;
                    std::size_t best = first;
                    for (std::size_t k = 1; k < s_.pool * s_.pool; ++k) {
                        const std::size_t at = first + k / s_.pool * s_.drive_columns() + k % s_.pool;
                        if (drive_[at] > drive_[best]) best = at;
                    }
                    winners_[j] = best;
                    sums[j] += drive_[best];
                }
    }

    ConvolutionShape s_;
    std::vector<std::int32_t> drive_;
    std::vector<std::size_t> winners_; // of the last forward product: nodes of the drive
};

} // namespace

std::unique_ptr<WordKernel> make_convolution_words(const ConvolutionShape& shape) {
    return std::make_unique<ConvolutionWords>(shape);
}

} // namespace isinglass
