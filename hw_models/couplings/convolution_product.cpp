#include "hw_models/couplings/convolution_product.hpp"

#include "hw_models/base/aligned.hpp"

#include <dnnl.hpp>
#include <omp.h>

#include <bit>
#include <cstring>

namespace isinglass {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

dnnl::engine& engine() {
    static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

memory::dims dims(std::initializer_list<std::size_t> sizes) {
    memory::dims all;
    for (const auto n : sizes) all.push_back(static_cast<memory::dim>(n));
    return all;
}

bool has_matrix_units() {
    constexpr auto amx = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx);
    static const bool has = (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & amx) == amx;
    return has;
}

// A matrix unit takes 16 rows, which are nodes next to each other here, of 32 channels.
bool worth_splitting(const ConvolutionShape& s) {
    return has_matrix_units() && std::min(s.in, s.out) >= 16 && s.drive_rows() * s.drive_columns() >= 16;
}

constexpr std::size_t parts = 3; // hi, lo, hi of an operand against hi, hi, lo of a weight

float high_part(float x) {
    auto bits = std::bit_cast<std::uint32_t>(x);
    bits += 0x7FFFU + ((bits >> 16U) & 1U); // to nearest, ties to even
    return std::bit_cast<float>(bits & 0xFFFF0000U);
}

std::uint16_t word(float x) {
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16U);
}

// [count][channels] to [count][hi | lo | hi].
void split(const float* from, std::size_t count, std::size_t channels, std::uint16_t* to) {
    for (std::size_t i = 0; i < count; ++i, from += channels, to += parts * channels)
        for (std::size_t c = 0; c < channels; ++c) {
            const float high = high_part(from[c]);
            to[c] = to[2 * channels + c] = word(high);
            to[channels + c] = word(high_part(from[c] - high));
        }
}

// [groups][n] to [groups][hi | hi | lo], as numbers.
void split_weights(const float* from, std::size_t groups, std::size_t n, float* to) {
    for (std::size_t g = 0; g < groups; ++g, from += n, to += parts * n)
        for (std::size_t i = 0; i < n; ++i) {
            const float high = high_part(from[i]);
            to[i] = to[n + i] = high;
            to[2 * n + i] = high_part(from[i] - high);
        }
}

// Sums over channels of pre (forward) or of drive (back), of which split operands have three times as many.
struct Described {
    dnnl::convolution_forward::primitive_desc forward;
    dnnl::convolution_backward_data::primitive_desc back;
};

Described describe(const ConvolutionShape& s, bool halves) {
    const auto strides = dims({s.stride, s.stride});
    const auto padding = dims({s.padding, s.padding});
    // Below and to the right the windows that fit may leave rows out: negative where they do.
    const auto rest = [&](std::size_t drives, std::size_t window, std::size_t size) {
        return static_cast<memory::dim>((drives - 1) * s.stride + window) -
               static_cast<memory::dim>(size + s.padding);
    };
    const memory::dims end{rest(s.drive_rows(), s.window_rows, s.rows),
                           rest(s.drive_columns(), s.window_columns, s.columns)};
    const auto direct = dnnl::algorithm::convolution_direct;
    const auto images = [&](std::size_t channels, std::size_t rows, std::size_t columns, Type type) {
        return memory::desc(dims({ConvolutionProduct::images, channels, rows, columns}), type, Tag::nhwc);
    };
    const auto weights = [&](std::size_t out, std::size_t in) {
        return memory::desc(dims({out, in, s.window_rows, s.window_columns}), halves ? Type::bf16 : Type::f32,
                            Tag::any);
    };
    const auto forward = [&](std::size_t in, std::size_t out) {
        return dnnl::convolution_forward::primitive_desc(
            {dnnl::prop_kind::forward_training, direct,
             images(in, s.rows, s.columns, halves ? Type::bf16 : Type::f32), weights(out, in),
             images(out, s.drive_rows(), s.drive_columns(), Type::f32), strides, padding, end},
            engine());
    };
    const std::size_t times = halves ? parts : 1;
    const dnnl::convolution_backward_data::primitive_desc back(
        {direct, images(s.in, s.rows, s.columns, Type::f32), weights(times * s.out, s.in),
         images(times * s.out, s.drive_rows(), s.drive_columns(), halves ? Type::bf16 : Type::f32), strides,
         padding, end},
        engine(), forward(s.in, times * s.out));
    return {forward(times * s.in, s.out), back};
}

// One of the two products.
struct Way {
    Way(dnnl::primitive product_, int from_, int to_, const memory::desc& from_form,
        const memory::desc& weights_form, const memory::desc& to_form)
        : product(std::move(product_)),
          from_key(from_),
          to_key(to_),
          from(from_form, engine(), nullptr),
          weights(weights_form, engine()),
          to(to_form, engine(), nullptr) {}

    void operator()(const dnnl::stream& stream, const void* operand, float* result) {
        from.set_data_handle(const_cast<void*>(operand)); // NOLINT: oneDNN's handles are not const
        to.set_data_handle(result);
        product.execute(stream, {{from_key, from}, {DNNL_ARG_WEIGHTS, weights}, {to_key, to}});
    }

    dnnl::primitive product;
    int from_key, to_key;
    memory from, weights, to;
    bool packed = false;
};

} // namespace

struct ConvolutionProduct::Implementation {
    Implementation(const ConvolutionShape& s, bool split_operands)
        : shape(s),
          halves(split_operands),
          described(describe(s, halves)),
          stream(engine()),
          given(s.weights()),
          forward(dnnl::convolution_forward(described.forward), DNNL_ARG_SRC, DNNL_ARG_DST,
                  described.forward.src_desc(), described.forward.weights_desc(),
                  described.forward.dst_desc()),
          back(dnnl::convolution_backward_data(described.back), DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC,
               described.back.diff_dst_desc(), described.back.weights_desc(),
               described.back.diff_src_desc()) {}

    // In `groups` of weights whose channels are summed over together.
    void pack(Way& way, std::size_t groups) {
        if (way.packed) return;
        AlignedVector<float> doubled;
        if (halves) {
            doubled.resize(parts * given.size());
            split_weights(given.data(), groups, given.size() / groups, doubled.data());
        }
        memory plain({way.weights.get_desc().dims(), Type::f32, Tag::oihw}, engine(),
                     halves ? doubled.data() : given.data());
        dnnl::reorder(plain, way.weights).execute(stream, plain, way.weights);
        way.packed = true;
    }

    // All images of an operand as the product takes it.
    const void* taken(const float* from, std::size_t nodes, std::size_t channels) {
        if (!halves) return from;
        operand.resize(std::max(operand.size(), parts * images * nodes * channels));
        split(from, images * nodes, channels, operand.data());
        return operand.data();
    }

    ConvolutionShape shape;
    bool halves;
    Described described;
    dnnl::stream stream;
    AlignedVector<float> given; // the weights of the last use()
    bool any = false;
    Way forward, back;
    AlignedVector<std::uint16_t> operand;
};

ConvolutionProduct::ConvolutionProduct(const ConvolutionShape& shape, Operands operands) {
    omp_set_num_threads(1); // for this thread, before oneDNN plans for more
    implementation_ =
        std::make_unique<Implementation>(shape, operands == Operands::split && worth_splitting(shape));
}
ConvolutionProduct::~ConvolutionProduct() = default;

bool ConvolutionProduct::use(const float* weights) {
    auto& i = *implementation_;
    const std::size_t bytes = i.given.size() * sizeof(float);
    if (i.any && std::memcmp(weights, i.given.data(), bytes) == 0) return false;
    std::memcpy(i.given.data(), weights, bytes);
    i.any = true;
    i.forward.packed = i.back.packed = false;
    return true;
}

void ConvolutionProduct::forward(const float* pre, float* drive) {
    auto& i = *implementation_;
    i.pack(i.forward, i.shape.out);
    i.forward(i.stream, i.taken(pre, i.shape.rows * i.shape.columns, i.shape.in), drive);
}

void ConvolutionProduct::backward(const float* drive, float* pre) {
    auto& i = *implementation_;
    i.pack(i.back, 1);
    i.back(i.stream, i.taken(drive, i.shape.drive_rows() * i.shape.drive_columns(), i.shape.out), pre);
}

} // namespace isinglass
