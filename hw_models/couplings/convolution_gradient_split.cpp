// Co-activities of shared weights on matrix units: activities as two bfloat16 each, those of pre on planes of
// hi and of lo.
#include "hw_models/couplings/convolution_planes.hpp"
#include "hw_models/couplings/product.hpp"
#include "hw_models/couplings/split_product.hpp"
#include "hw_models/couplings/split_words.hpp"

namespace isinglass {

namespace {

struct WordPlanes {
    Words high, low;
};

// Samples [row, row + n), and what a tap reads past the last channel.
void lay_out_words(const ConvolutionShape& s, const ConvolutionPlanes& planes, ActivityRows pre,
                   std::size_t row, std::size_t n, WordPlanes& out) {
    thread_local Words high, low;
    high.resize(s.pre_size());
    low.resize(s.pre_size());
    for (auto* words : {&out.high, &out.low}) words->assign(planes.pre_numbers() + planes.stride(), 0);
    for (std::size_t k = 0; k < n; ++k) {
        split_words(pre.data + (row + k) * pre.stride, s.pre_size(), high.data(), low.data());
        planes.lay_out_pre(high.data(), k, out.high.data());
        planes.lay_out_pre(low.data(), k, out.low.data());
    }
}

} // namespace

void split_convolution_co_activity(const ConvolutionShape& s, std::size_t first, std::size_t last,
                                   std::size_t rows, ActivityRows pre, ActivityRows post, float* out) {
    thread_local WordPlanes words;
    thread_local AlignedVector<float> post_planes, sums;
    const ConvolutionPlanes planes(s);
    const std::size_t channels = last - first;
    // A tap's sums [in × channels] += its activities · post's, over a channel's numbers from the tap's first
    // on. The last of them run on into the next channel's, where post's planes are 0.
    const SplitProductShape shape{.rows = s.in, .inner = planes.stride(), .columns = channels};
    auto& product = kept_product<SplitProduct>(std::array{shape.rows, shape.inner, shape.columns},
                                               [&] { return SplitProduct(shape); });
    sums.assign(s.taps() * s.in * channels, 0.0F); // [tap][in][channel]
    planes.for_each_chunk(rows, [&](std::size_t row, std::size_t n) {
        lay_out_words(s, planes, pre, row, n, words);
        planes.lay_out_post(post, row, n, first, last, post_planes);
        product.pack_transposed(post_planes.data(), planes.stride());
        for (std::size_t tap = 0; tap < s.taps(); ++tap) {
            const std::size_t offset = planes.offset(tap);
            product(words.high.data() + offset, words.low.data() + offset,
                    sums.data() + tap * s.in * channels, true);
        }
    });
    for (std::size_t i = 0; i < s.in; ++i)
        for (std::size_t tap = 0; tap < s.taps(); ++tap)
            for (std::size_t c = 0; c < channels; ++c)
                out[((first + c) * s.in + i) * s.taps() + tap] = sums[(tap * s.in + i) * channels + c];
}

} // namespace isinglass
