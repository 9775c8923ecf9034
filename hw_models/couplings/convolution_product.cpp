#include "hw_models/couplings/convolution_product.hpp"

#include "hw_models/base/aligned.hpp"

#include <dnnl.hpp>
#include <omp.h>

#include <cstring>
#include <optional>

namespace isinglass {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;
constexpr auto single = memory::data_type::f32;

dnnl::engine& engine() {
    static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

memory::dims dims(std::initializer_list<std::size_t> sizes) {
    memory::dims all;
    for (const auto n : sizes) all.push_back(static_cast<memory::dim>(n));
    return all;
}

float* writable(const float* p) {
    return const_cast<float*>(p); // NOLINT: oneDNN's handles are not const
}

struct Described {
    dnnl::convolution_forward::primitive_desc forward;
    dnnl::convolution_backward_data::primitive_desc backward;
};

Described describe(const ConvolutionShape& s) {
    const memory::desc pre(dims({ConvolutionProduct::images, s.in, s.rows, s.columns}), single, Tag::nhwc);
    const memory::desc weights(dims({s.out, s.in, s.window_rows, s.window_columns}), single, Tag::any);
    const memory::desc drive(dims({ConvolutionProduct::images, s.out, s.drive_rows(), s.drive_columns()}),
                             single, Tag::nhwc);
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
    const dnnl::convolution_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, direct, pre, weights, drive, strides, padding, end}, engine());
    return {forward, {{direct, pre, weights, drive, strides, padding, end}, engine(), forward}};
}

} // namespace

struct ConvolutionProduct::Implementation {
    explicit Implementation(const ConvolutionShape& shape)
        : described(describe(shape)),
          forward(described.forward),
          backward(described.backward),
          stream(engine()),
          given(shape.weights()),
          plain({dims({shape.out, shape.in, shape.window_rows, shape.window_columns}), single, Tag::oihw},
                engine(), given.data()),
          pre(described.forward.src_desc(), engine(), nullptr),
          drive(described.forward.dst_desc(), engine(), nullptr),
          forward_weights(described.forward.weights_desc(), engine()),
          backward_weights(described.backward.weights_desc(), engine()),
          forward_arguments{{DNNL_ARG_SRC, pre}, {DNNL_ARG_WEIGHTS, forward_weights}, {DNNL_ARG_DST, drive}},
          backward_arguments{
              {DNNL_ARG_DIFF_DST, drive}, {DNNL_ARG_WEIGHTS, backward_weights}, {DNNL_ARG_DIFF_SRC, pre}} {}

    void pack(memory& into, bool& packed) {
        if (packed) return;
        dnnl::reorder(plain, into).execute(stream, plain, into);
        packed = true;
    }

    Described described;
    dnnl::convolution_forward forward;
    dnnl::convolution_backward_data backward;
    dnnl::stream stream;
    AlignedVector<float> given; // the weights of the last use()
    memory plain, pre, drive, forward_weights, backward_weights;
    std::unordered_map<int, memory> forward_arguments, backward_arguments;
    bool any = false, forward_packed = false, backward_packed = false;
};

ConvolutionProduct::ConvolutionProduct(const ConvolutionShape& shape) {
    omp_set_num_threads(1); // for this thread, before oneDNN plans for more
    implementation_ = std::make_unique<Implementation>(shape);
}
ConvolutionProduct::~ConvolutionProduct() = default;

bool ConvolutionProduct::use(const float* weights) {
    auto& i = *implementation_;
    const std::size_t bytes = i.given.size() * sizeof(float);
    if (i.any && std::memcmp(weights, i.given.data(), bytes) == 0) return false;
    std::memcpy(i.given.data(), weights, bytes);
    i.any = true;
    i.forward_packed = i.backward_packed = false;
    return true;
}

void ConvolutionProduct::forward(const float* pre, float* drive) {
    auto& i = *implementation_;
    i.pack(i.forward_weights, i.forward_packed);
    i.pre.set_data_handle(writable(pre));
    i.drive.set_data_handle(drive);
    i.forward.execute(i.stream, i.forward_arguments);
}

void ConvolutionProduct::backward(const float* drive, float* pre) {
    auto& i = *implementation_;
    i.pack(i.backward_weights, i.backward_packed);
    i.drive.set_data_handle(writable(drive));
    i.pre.set_data_handle(pre);
    i.backward.execute(i.stream, i.backward_arguments);
}

} // namespace isinglass
