// Convolutions as oneDNN has them, with operands in single precision or split in two.
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/onednn.hpp"
#include "hw_models/couplings/split_words.hpp"

#include <omp.h>

#include <algorithm>
#include <array>

namespace isinglass {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

constexpr std::size_t images_at_once = 4; // their activities fit a core's cache

// Channels of split operands: hi, lo, hi of an operand against hi, hi, lo of a weight, in one sum.
constexpr std::size_t split_parts = 3;

// [count][n] to [count][hi | lo | hi].
void split_operand(const float* from, std::size_t count, std::size_t n, std::uint16_t* to) {
    for (std::size_t i = 0; i < count; ++i, from += n, to += split_parts * n) {
        split_words(from, n, to, to + n);
        std::copy_n(to, n, to + 2 * n);
    }
}

// hi, hi, lo of a weight, `apart` from each other.
void put_split_weight(float weight, std::size_t apart, float* to) {
    to[0] = to[apart] = high_part(weight);
    to[2 * apart] = high_part(weight - to[0]);
}

memory::dims dims(std::initializer_list<std::size_t> sizes) {
    memory::dims all;
    for (const auto n : sizes) all.push_back(static_cast<memory::dim>(n));
    return all;
}

// A plane of nodes with its channels, in what form they come.
struct Side {
    std::size_t channels, rows, columns;
    Type type;
    [[nodiscard]] memory::desc images() const {
        return {dims({images_at_once, channels, rows, columns}), type, Tag::nhwc};
    }
};

// A convolution of `from` to `to` with this window.
struct Windows {
    Side from, to;
    std::size_t rows, columns, stride;
    std::array<std::size_t, 2> padding; // above, to the left

    [[nodiscard]] memory::desc weights() const {
        return {dims({to.channels, from.channels, rows, columns}), from.type, Tag::any};
    }
    // Below and to the right the windows that fit may leave rows out: negative where they do.
    [[nodiscard]] memory::dims end() const {
        const auto rest = [&](std::size_t windows, std::size_t window, std::size_t size_and_padding) {
            return static_cast<memory::dim>((windows - 1) * stride + window) -
                   static_cast<memory::dim>(size_and_padding);
        };
        return {rest(to.rows, rows, from.rows + padding[0]),
                rest(to.columns, columns, from.columns + padding[1])};
    }
    [[nodiscard]] dnnl::convolution_forward::primitive_desc described() const {
        return {{dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct, from.images(),
                 weights(), to.images(), dims({stride, stride}), dims({padding[0], padding[1]}), end()},
                with_own_scratchpad(),
                onednn_engine()};
    }
};

// One of the two products, with its weights as it packs them.
struct Way {
    Way(dnnl::primitive made, const dnnl::primitive_desc& described, int from_argument, int to_argument,
        const memory::desc& from_form, const memory::desc& weights_form, const memory::desc& to_form)
        : product(std::move(made)),
          from_key(from_argument),
          to_key(to_argument),
          from(from_form, onednn_engine(), nullptr),
          weights(weights_form, onednn_engine()),
          to(to_form, onednn_engine(), nullptr),
          scratchpad(scratchpad_of(described)) {}
    explicit Way(const dnnl::convolution_forward::primitive_desc& d)
        : Way(dnnl::convolution_forward(d), d, DNNL_ARG_SRC, DNNL_ARG_DST, d.src_desc(), d.weights_desc(),
              d.dst_desc()) {}
    explicit Way(const dnnl::convolution_backward_data::primitive_desc& d)
        : Way(dnnl::convolution_backward_data(d), d, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC, d.diff_dst_desc(),
              d.weights_desc(), d.diff_src_desc()) {}

    void operator()(const dnnl::stream& stream, const void* operand, float* result) {
        from.set_data_handle(const_cast<void*>(operand)); // NOLINT: oneDNN's handles are not const
        to.set_data_handle(result);
        product.execute(
            stream,
            {{from_key, from}, {DNNL_ARG_WEIGHTS, weights}, {to_key, to}, {DNNL_ARG_SCRATCHPAD, scratchpad}});
    }

    // `numbers` in the order of the dimensions.
    void pack(const dnnl::stream& stream, float* numbers) {
        memory plain({weights.get_desc().dims(), Type::f32, Tag::oihw}, onednn_engine(), numbers);
        dnnl::reorder(plain, weights).execute(stream, plain, weights);
        packed = true;
    }

    dnnl::primitive product;
    int from_key, to_key;
    memory from, weights, to, scratchpad;
    bool packed = false;
};

class Direct : public ConvolutionProduct {
  public:
    Direct(const ConvolutionShape& shape, Way forward, Way back)
        : ConvolutionProduct(shape),
          stream_(onednn_engine()),
          forward_(std::move(forward)),
          back_(std::move(back)) {}
    std::size_t images() const final { return images_at_once; }

  protected:
    void forget_packed() final { forward_.packed = back_.packed = false; }

    dnnl::stream stream_;
    Way forward_, back_;
};

Windows single_windows(const ConvolutionShape& s) {
    return {{s.in, s.rows, s.columns, Type::f32},
            {s.out, s.drive_rows(), s.drive_columns(), Type::f32},
            s.window_rows,
            s.window_columns,
            s.stride,
            {s.padding, s.padding}};
}

class SingleDirect final : public Direct {
  public:
    explicit SingleDirect(const ConvolutionShape& s) : SingleDirect(s, single_windows(s)) {}

    void forward(const float* pre, float* drive) override {
        if (!forward_.packed) forward_.pack(stream_, weights_.data());
        forward_(stream_, pre, drive);
    }
    void backward(const float* drive, float* pre) override {
        if (!back_.packed) back_.pack(stream_, weights_.data());
        back_(stream_, drive, pre);
    }

  private:
    SingleDirect(const ConvolutionShape& s, const Windows& w)
        : Direct(s, Way(w.described()),
                 Way(dnnl::convolution_backward_data::primitive_desc(
                     {dnnl::algorithm::convolution_direct, w.from.images(), w.weights(), w.to.images(),
                      dims({w.stride, w.stride}), dims({w.padding[0], w.padding[1]}), w.end()},
                     with_own_scratchpad(), onednn_engine(), w.described()))) {}
};

Windows split_windows(const ConvolutionShape& s) {
    auto w = single_windows(s);
    w.from.channels *= split_parts;
    w.from.type = Type::bf16;
    return w;
}

// The way back at stride 1 is a convolution too, of the drive with windows turned round.
Windows split_windows_back(const ConvolutionShape& s) {
    return {{split_parts * s.out, s.drive_rows(), s.drive_columns(), Type::bf16},
            {s.in, s.rows, s.columns, Type::f32},
            s.window_rows,
            s.window_columns,
            1,
            {s.window_rows - 1 - s.padding, s.window_columns - 1 - s.padding}};
}

class SplitDirect final : public Direct {
  public:
    explicit SplitDirect(const ConvolutionShape& s)
        : Direct(s, Way(split_windows(s).described()), Way(split_windows_back(s).described())),
          operand_(split_parts * images_at_once * std::max(s.pre_size(), s.drive_size())) {}

    void forward(const float* pre, float* drive) override {
        if (!forward_.packed) pack_forward();
        split_operand(pre, images_at_once * s_.rows * s_.columns, s_.in, operand_.data());
        forward_(stream_, operand_.data(), drive);
    }
    void backward(const float* drive, float* pre) override {
        if (!back_.packed) pack_back();
        split_operand(drive, images_at_once * s_.drive_rows() * s_.drive_columns(), s_.out, operand_.data());
        back_(stream_, operand_.data(), pre);
    }

  private:
    // [out][hi, hi, lo of in][tap]
    void pack_forward() {
        AlignedVector<float> parts(split_parts * weights_.size());
        const std::size_t n = s_.in * s_.taps();
        for (std::size_t i = 0; i < weights_.size(); ++i)
            put_split_weight(weights_[i], n, parts.data() + i / n * split_parts * n + i % n);
        forward_.pack(stream_, parts.data());
    }
    // [in][hi, hi, lo of out][tap turned round]
    void pack_back() {
        AlignedVector<float> parts(split_parts * weights_.size());
        const std::size_t taps = s_.taps();
        const float* weight = weights_.data();
        for (std::size_t o = 0; o < s_.out; ++o)
            for (std::size_t i = 0; i < s_.in; ++i)
                for (std::size_t tap = taps; tap-- > 0; ++weight)
                    put_split_weight(*weight, s_.out * taps,
                                     parts.data() + (i * split_parts * s_.out + o) * taps + tap);
        back_.pack(stream_, parts.data());
    }

    AlignedVector<std::uint16_t> operand_;
};

} // namespace

std::unique_ptr<ConvolutionProduct> make_direct_convolution(const ConvolutionShape& shape, bool split) {
    omp_set_num_threads(1); // for this thread, before oneDNN plans for more
    if (split) return std::make_unique<SplitDirect>(shape);
    return std::make_unique<SingleDirect>(shape);
}

ProductBytes direct_bytes(const ConvolutionShape& s, bool split) {
    const auto weights = static_cast<double>(s.weights());
    const auto images = static_cast<double>(images_at_once);
    const double on_the_way = images * sizeof(float) * static_cast<double>(s.pre_size() + s.drive_size());
    if (!split) return {3.0 * sizeof(float) * weights + on_the_way, 0.0};
    constexpr double words = split_parts * sizeof(std::uint16_t);
    const double operand = images * words * static_cast<double>(std::max(s.pre_size(), s.drive_size()));
    return {(sizeof(float) + 2.0 * words) * weights + operand + on_the_way,
            split_parts * sizeof(float) * weights};
}

} // namespace isinglass
