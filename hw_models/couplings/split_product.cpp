#include "hw_models/couplings/split_product.hpp"

#include "hw_models/couplings/onednn.hpp"
#include "hw_models/couplings/split_words.hpp"

#include <omp.h>

namespace isinglass {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

memory::desc form(std::size_t rows, std::size_t columns, Type type, Tag tag) {
    return {{static_cast<memory::dim>(rows), static_cast<memory::dim>(columns)}, type, tag};
}

// A product whose B is laid out as `b`.
struct Sum {
    Sum(const SplitProductShape& s, const memory::desc& b, bool accumulate)
        : described(describe(s, b, accumulate)), product(described), scratchpad(scratchpad_of(described)) {}

    static dnnl::matmul::primitive_desc describe(const SplitProductShape& s, const memory::desc& b,
                                                 bool accumulate) {
        omp_set_num_threads(1); // for this thread, before oneDNN plans for more
        auto attributes = with_own_scratchpad();
        if (accumulate) {
            dnnl::post_ops sum;
            sum.append_sum(1.0F);
            attributes.set_post_ops(sum);
        }
        return {{form(s.rows, s.inner, Type::bf16, Tag::ab), b, form(s.rows, s.columns, Type::f32, Tag::ab)},
                attributes,
                onednn_engine()};
    }

    dnnl::matmul::primitive_desc described;
    dnnl::matmul product;
    memory scratchpad;
};

} // namespace

struct SplitProduct::Implementation {
    explicit Implementation(const SplitProductShape& s)
        : shape(s),
          stream(onednn_engine()),
          further(s, form(s.inner, s.columns, Type::bf16, Tag::any), true),
          first(s, further.described.weights_desc(), false), // both read b_high
          a(further.described.src_desc(), onednn_engine(), nullptr),
          b_high(further.described.weights_desc(), onednn_engine()),
          b_low(further.described.weights_desc(), onednn_engine()),
          c(further.described.dst_desc(), onednn_engine(), nullptr) {}

    // As it lies in memory: `lines` rows of n.
    void pack(const float* b, std::size_t stride, std::size_t lines, std::size_t n, Tag tag) {
        thread_local Words high_words, low_words;
        high_words.resize(lines * n);
        low_words.resize(lines * n);
        for (std::size_t i = 0; i < lines; ++i)
            split_words(b + i * stride, n, high_words.data() + i * n, low_words.data() + i * n);
        for (auto [from, to] : {std::pair{&high_words, &b_high}, std::pair{&low_words, &b_low}}) {
            memory plain(form(shape.inner, shape.columns, Type::bf16, tag), onednn_engine(), from->data());
            dnnl::reorder(plain, *to).execute(stream, plain, *to);
        }
    }
    void add(Sum& sum, const std::uint16_t* operand, const memory& b) {
        a.set_data_handle(const_cast<std::uint16_t*>(operand)); // NOLINT: oneDNN's handles are not const
        sum.product.execute(stream, {{DNNL_ARG_SRC, a},
                                     {DNNL_ARG_WEIGHTS, b},
                                     {DNNL_ARG_DST, c},
                                     {DNNL_ARG_SCRATCHPAD, sum.scratchpad}});
    }

    SplitProductShape shape;
    dnnl::stream stream;
    Sum further, first;
    memory a, b_high, b_low, c;
};

SplitProduct::SplitProduct(const SplitProductShape& shape)
    : implementation_(std::make_unique<Implementation>(shape)) {}
SplitProduct::~SplitProduct() = default;
SplitProduct::SplitProduct(SplitProduct&&) noexcept = default;
SplitProduct& SplitProduct::operator=(SplitProduct&&) noexcept = default;

void SplitProduct::pack(const float* b, std::size_t stride) {
    const auto& s = implementation_->shape;
    implementation_->pack(b, stride, s.inner, s.columns, Tag::ab);
}

void SplitProduct::pack_transposed(const float* b, std::size_t stride) {
    const auto& s = implementation_->shape;
    implementation_->pack(b, stride, s.columns, s.inner, Tag::ba);
}

void SplitProduct::operator()(const std::uint16_t* high, const std::uint16_t* low, float* c,
                              bool accumulate) {
    auto& i = *implementation_;
    i.c.set_data_handle(c);
    i.add(accumulate ? i.further : i.first, high, i.b_high);
    i.add(i.further, low, i.b_high);
    i.add(i.further, high, i.b_low);
}

} // namespace isinglass
