#include "hw_models/couplings/byte_product.hpp"

#include "hw_models/couplings/onednn.hpp"

#include <omp.h>

namespace isinglass {

namespace {

using dnnl::memory;
using Type = memory::data_type;
using Format = memory::format_tag;

memory::desc bytes(long rows, long n, Format format) {
    return {{rows, n}, Type::s8, format};
}

} // namespace

struct ByteProduct::Implementation {
    Implementation(long rows, long n)
        : plain(bytes(n, n, Format::ab)),
          descriptor(dnnl::matmul::desc(bytes(rows, n, Format::ab), bytes(n, n, Format::any),
                                        {{rows, n}, Type::s32, Format::ab}),
                     onednn_engine()),
          primitive(descriptor),
          stream(onednn_engine()),
          a(descriptor.src_desc(), onednn_engine(), nullptr),
          b(descriptor.weights_desc(), onednn_engine()),
          c(descriptor.dst_desc(), onednn_engine(), nullptr),
          arguments{{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}} {}

    memory::desc plain;
    dnnl::matmul::primitive_desc descriptor;
    dnnl::matmul primitive;
    dnnl::stream stream;
    memory a, b, c;
    std::unordered_map<int, memory> arguments;
};

bool ByteProduct::fast() {
    return runs_at(dnnl::cpu_isa::avx512_core_vnni);
}

ByteProduct::ByteProduct(long rows, long n) {
    omp_set_num_threads(1); // for this thread
    implementation_ = std::make_unique<Implementation>(rows, n);
}
ByteProduct::~ByteProduct() = default;

void ByteProduct::use(std::span<const std::int8_t> b) {
    auto& i = *implementation_;
    memory given(i.plain, onednn_engine(), const_cast<std::int8_t*>(b.data())); // NOLINT: it is only read
    dnnl::reorder(given, i.b).execute(i.stream, given, i.b);
}

void ByteProduct::operator()(const std::int8_t* a, std::int32_t* c) {
    auto& i = *implementation_;
    i.a.set_data_handle(const_cast<std::int8_t*>(a)); // NOLINT: it is only read
    i.c.set_data_handle(c);
    i.primitive.execute(i.stream, i.arguments);
}

} // namespace isinglass
