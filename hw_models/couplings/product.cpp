#include "hw_models/couplings/product.hpp"

#include "hw_models/couplings/onednn.hpp"

#include <omp.h>

#include <algorithm>

namespace isinglass {

namespace {

using dnnl::memory;

memory::desc described(long rows, long columns, long stride, bool transposed) {
    const auto strides = transposed ? memory::dims{1, stride} : memory::dims{stride, 1};
    return {{rows, columns}, memory::data_type::f32, strides};
}

dnnl::matmul::primitive_desc describe(const ProductShape& s) {
    const dnnl::matmul::desc operation(described(s.rows, s.inner, s.a_stride, s.a_transposed),
                                       described(s.inner, s.columns, s.b_stride, s.b_transposed),
                                       described(s.rows, s.columns, s.c_stride, false));
    auto attributes = with_own_scratchpad();
    if (s.accumulate) {
        dnnl::post_ops sum;
        sum.append_sum(1.0F);
        attributes.set_post_ops(sum);
    }
    return {operation, attributes, onednn_engine()};
}

float* writable(const float* p) {
    return const_cast<float*>(p);
} // NOLINT: oneDNN's handles are not const

} // namespace

struct Product::Implementation {
    explicit Implementation(const ProductShape& shape)
        : descriptor(describe(shape)),
          primitive(descriptor),
          stream(onednn_engine()),
          a(descriptor.src_desc(), onednn_engine(), nullptr),
          b(descriptor.weights_desc(), onednn_engine(), nullptr),
          c(descriptor.dst_desc(), onednn_engine(), nullptr),
          arguments{{DNNL_ARG_SRC, a},
                    {DNNL_ARG_WEIGHTS, b},
                    {DNNL_ARG_DST, c},
                    {DNNL_ARG_SCRATCHPAD, scratchpad_of(descriptor)}} {}

    dnnl::matmul::primitive_desc descriptor;
    dnnl::matmul primitive;
    dnnl::stream stream;
    memory a, b, c;
    std::unordered_map<int, memory> arguments;
};

Product::Product(const ProductShape& shape) : implementation_(std::make_unique<Implementation>(shape)) {
    omp_set_num_threads(1); // for this thread: with more of its own, oneDNN rounds otherwise
}
Product::~Product() = default;
Product::Product(Product&&) noexcept = default;
Product& Product::operator=(Product&&) noexcept = default;

void Product::operator()(const float* a, const float* b, float* c) {
    auto& i = *implementation_;
    i.a.set_data_handle(writable(a));
    i.b.set_data_handle(writable(b));
    i.c.set_data_handle(c);
    i.primitive.execute(i.stream, i.arguments);
}

namespace {

bool has_avx512() {
    return runs_at(dnnl::cpu_isa::avx512_core);
}

} // namespace

bool has_matrix_units() {
    return runs_at(dnnl::cpu_isa::avx512_core_amx);
}

long block_rows() {
    return has_avx512() ? block_lanes : block_lanes + 16;
}

// AVX2 code takes rows by sixes, and rounds a rest of two differently; AVX-512 code does so with 8 rows and
// few terms.
long product_rows(std::size_t lanes) {
    const auto wanted = static_cast<long>(lanes);
    for (const long rows : {16L, 24L})
        if (const long alike = has_avx512() ? rows : rows / 2 * 3; wanted <= alike)
            return std::min(alike, block_rows());
    return block_rows();
}

const char* instruction_level() {
    using isa = dnnl::cpu_isa;
    switch (dnnl::get_effective_cpu_isa()) {
    case isa::sse41: return "sse41";
    case isa::avx: return "avx";
    case isa::avx2: return "avx2";
    case isa::avx2_vnni: return "avx2_vnni";
    case isa::avx512_core: return "avx512_core";
    case isa::avx512_core_vnni: return "avx512_core_vnni";
    case isa::avx512_core_bf16: return "avx512_core_bf16";
    case isa::avx512_core_amx: return "avx512_core_amx";
    default: return "other";
    }
}

} // namespace isinglass
