// Convolutions of small planes, and of a stride, as matrix products over the windows of many images.
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/onednn.hpp"
#include "hw_models/couplings/product.hpp"
#include "hw_models/couplings/split_words.hpp"

#include <omp.h>

#include <algorithm>

namespace isinglass {

namespace {

using dnnl::memory;
using Type = memory::data_type;

// C [rows × columns] = A [rows × inner] · B [inner × columns], of bfloat16 summed in single precision.
class WordProduct {
  public:
    WordProduct(std::size_t rows, std::size_t inner, std::size_t columns)
        : inner_(inner),
          columns_(columns),
          described_({form(rows, inner, Type::bf16, memory::format_tag::ab),
                      form(inner, columns, Type::bf16, memory::format_tag::any),
                      form(rows, columns, Type::f32, memory::format_tag::ab)},
                     onednn_engine()),
          product_(described_),
          stream_(onednn_engine()),
          a_(described_.src_desc(), onednn_engine(), nullptr),
          b_(described_.weights_desc(), onednn_engine()),
          c_(described_.dst_desc(), onednn_engine(), nullptr) {}

    void pack(float* b) {
        memory plain(form(inner_, columns_, Type::f32, memory::format_tag::ab), onednn_engine(), b);
        dnnl::reorder(plain, b_).execute(stream_, plain, b_);
    }
    void operator()(std::uint16_t* a, float* c) {
        a_.set_data_handle(a);
        c_.set_data_handle(c);
        product_.execute(stream_, {{DNNL_ARG_SRC, a_}, {DNNL_ARG_WEIGHTS, b_}, {DNNL_ARG_DST, c_}});
    }

  private:
    static memory::desc form(std::size_t rows, std::size_t columns, Type type, memory::format_tag tag) {
        return {{static_cast<memory::dim>(rows), static_cast<memory::dim>(columns)}, type, tag};
    }

    std::size_t inner_, columns_;
    dnnl::matmul::primitive_desc described_;
    dnnl::matmul product_;
    dnnl::stream stream_;
    memory a_, b_, c_;
};

class WindowConvolution final : public ConvolutionProduct {
  public:
    explicit WindowConvolution(const ConvolutionShape& s)
        : ConvolutionProduct(s),
          windows_(s.drive_rows() * s.drive_columns()),
          forward_(images() * windows_, s.taps() * split_parts * s.in, s.out),
          back_(images() * windows_, split_parts * s.out, s.taps() * s.in),
          nodes_(split_parts * images() * std::max(s.pre_size(), s.drive_size())),
          window_nodes_(images() * windows_ * s.taps() * split_parts * s.in),
          shares_(images() * windows_ * s.taps() * s.in) {}

    std::size_t images() const override { return window_images(s_); }

    void forward(const float* pre, float* drive) override {
        if (!forward_packed_) pack_forward();
        const std::size_t n = split_parts * s_.in;
        split_operand(pre, images() * s_.rows * s_.columns, s_.in, nodes_.data());
        for_each_window_node([&](std::size_t at, const std::size_t* node) {
            if (node != nullptr)
                std::copy_n(nodes_.data() + *node * n, n, window_nodes_.data() + at * n);
            else
                std::fill_n(window_nodes_.data() + at * n, n, std::uint16_t{0});
        });
        forward_(window_nodes_.data(), drive);
    }

    void backward(const float* drive, float* pre) override {
        if (!back_packed_) pack_back();
        split_operand(drive, images() * windows_, s_.out, nodes_.data());
        back_(nodes_.data(), shares_.data());
        std::fill_n(pre, images() * s_.pre_size(), 0.0F);
        for_each_window_node([&](std::size_t at, const std::size_t* node) {
            if (node == nullptr) return;
            float* to = pre + *node * s_.in;
            const float* from = shares_.data() + at * s_.in;
            for (std::size_t c = 0; c < s_.in; ++c) to[c] += from[c];
        });
    }

  protected:
    void forget_packed() override { forward_packed_ = back_packed_ = false; }

  private:
    // f(number of a tap of a window of an image, its node of pre, or nullptr in the padding)
    template <class F>
    void for_each_window_node(F f) const {
        std::size_t at = 0;
        for (std::size_t image = 0; image < images(); ++image)
            for (std::size_t window = 0; window < windows_; ++window)
                for (std::size_t tap = 0; tap < s_.taps(); ++tap, ++at) {
                    const std::size_t row = window / s_.drive_columns() * s_.stride + tap / s_.window_columns;
                    const std::size_t column =
                        window % s_.drive_columns() * s_.stride + tap % s_.window_columns;
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

    // [tap][hi, hi, lo of in][out]
    void pack_forward() {
        AlignedVector<float> parts(split_parts * weights_.size());
        const std::size_t apart = s_.in * s_.out;
        for (std::size_t tap = 0; tap < s_.taps(); ++tap)
            for (std::size_t i = 0; i < s_.in; ++i)
                for (std::size_t o = 0; o < s_.out; ++o)
                    put_split_weight(weight(o, i, tap), apart,
                                     parts.data() + tap * split_parts * apart + i * s_.out + o);
        forward_.pack(parts.data());
        forward_packed_ = true;
    }
    // [hi, hi, lo of out][tap][in]
    void pack_back() {
        AlignedVector<float> parts(split_parts * weights_.size());
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t tap = 0; tap < s_.taps(); ++tap)
                for (std::size_t i = 0; i < s_.in; ++i)
                    put_split_weight(weight(o, i, tap), weights_.size(),
                                     parts.data() + (o * s_.taps() + tap) * s_.in + i);
        back_.pack(parts.data());
        back_packed_ = true;
    }

    std::size_t windows_; // of an image
    WordProduct forward_, back_;
    AlignedVector<std::uint16_t> nodes_, window_nodes_; // split
    AlignedVector<float> shares_;                       // of each window's nodes in what goes back
    bool forward_packed_ = false, back_packed_ = false;
};

} // namespace

std::size_t window_images(const ConvolutionShape& s) {
    constexpr std::size_t rows_at_once = 512; // of the product; more fill a cache
    return std::clamp<std::size_t>(rows_at_once / (s.drive_rows() * s.drive_columns()), 1, block_lanes);
}

std::unique_ptr<ConvolutionProduct> make_window_convolution(const ConvolutionShape& shape) {
    omp_set_num_threads(1); // for this thread, before oneDNN plans for more
    return std::make_unique<WindowConvolution>(shape);
}

} // namespace isinglass
