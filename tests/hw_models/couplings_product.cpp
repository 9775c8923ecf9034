#include "hw_models/base/random.hpp"
#include "hw_models/couplings/product.hpp"
#include "tests/hw_models/instruction_levels.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <cstring>
#include <limits>
#include <thread>

using namespace isinglass;
using namespace isinglass::test;

namespace {

struct Shape {
    long inner, columns;
    bool transposed = false; // of B
};

// Links of the networks that ship, forwards and backwards, and ragged ones.
const std::vector<Shape> shapes{
    {784, 512},      {512, 10},          {10, 512, true},  {256, 128},        {128, 10},  {128, 256, true},
    {10, 128, true}, {256, 256},         {256, 256, true}, {784, 1024},       {1024, 10}, {10, 1024, true},
    {1024, 1024},    {1024, 1024, true}, {3136, 128},      {128, 3136, true}, {2048, 10}, {10, 2048, true},
    {1568, 100},     {100, 1568, true},  {20, 33},         {33, 20, true},    {17, 5},    {5, 17, true},
    {1, 1},          {3, 100},           {100, 3, true}};

const auto rows = static_cast<std::size_t>(block_rows());

struct Operands {
    explicit Operands(const Shape& s)
        : shape(s),
          a_stride(padded(static_cast<std::size_t>(s.inner))),
          c_stride(padded(static_cast<std::size_t>(s.columns))),
          a(random_floats(rows * a_stride, 1)),
          b(random_floats(static_cast<std::size_t>(s.inner * s.columns), 2)),
          c(random_floats(rows * c_stride, 3)) {}

    [[nodiscard]] Product product(bool accumulate, long of_rows = block_rows()) const {
        return Product({.rows = of_rows,
                        .inner = shape.inner,
                        .columns = shape.columns,
                        .a_stride = static_cast<long>(a_stride),
                        .b_stride = shape.transposed ? shape.inner : shape.columns,
                        .c_stride = static_cast<long>(c_stride),
                        .b_transposed = shape.transposed,
                        .accumulate = accumulate});
    }

    Shape shape;
    std::size_t a_stride, c_stride;
    AlignedVector<float> a, b, c;
};

double reference(const Operands& o, std::size_t row, long column) {
    double sum = 0.0;
    for (long k = 0; k < o.shape.inner; ++k) {
        const long at = o.shape.transposed ? column * o.shape.inner + k : k * o.shape.columns + column;
        sum += static_cast<double>(o.a[row * o.a_stride + static_cast<std::size_t>(k)]) *
               static_cast<double>(o.b[static_cast<std::size_t>(at)]);
    }
    return sum;
}

// Row r of the result is row (r + shift) % rows of the operand.
AlignedVector<float> rotated(const AlignedVector<float>& x, std::size_t stride, std::size_t shift) {
    AlignedVector<float> out(x.size());
    for (std::size_t r = 0; r < rows; ++r)
        std::copy_n(x.data() + (r + shift) % rows * stride, stride, out.data() + r * stride);
    return out;
}

bool same_row(const AlignedVector<float>& x, std::size_t x_row, const AlignedVector<float>& y,
              std::size_t y_row, const Operands& o) {
    return std::memcmp(x.data() + x_row * o.c_stride, y.data() + y_row * o.c_stride,
                       static_cast<std::size_t>(o.shape.columns) * sizeof(float)) == 0;
}

std::string name(const Shape& s) {
    return fmt::format("{}x{}{} on {}", s.inner, s.columns, s.transposed ? " transposed" : "",
                       instruction_level());
}

} // namespace

TEST_CASE("Products agree with a double-precision reference", "[product]") {
    const WorkerPool one_thread(1);
    for (const auto& shape : shapes) {
        Operands o(shape);
        auto sum = o.c;
        auto plain = o.c;
        o.product(true)(o.a.data(), o.b.data(), sum.data());
        o.product(false)(o.a.data(), o.b.data(), plain.data());
        double worst = 0.0;
        for (const std::size_t r : {std::size_t{0}, std::size_t{7}, rows - 1})
            for (long j = 0; j < shape.columns; ++j) {
                const std::size_t at = r * o.c_stride + static_cast<std::size_t>(j);
                const double exact = reference(o, r, j);
                worst = std::max(worst, std::abs(static_cast<double>(plain[at]) - exact));
                worst = std::max(
                    worst, std::abs(static_cast<double>(sum[at]) - static_cast<double>(o.c[at]) - exact));
            }
        INFO(name(shape));
        CHECK(worst < 1e-6 * std::sqrt(static_cast<double>(shape.inner)) + 1e-6);
    }
}

TEST_CASE("A product writes no column beyond its own", "[product]") {
    const WorkerPool one_thread(1);
    for (const auto& shape : shapes) {
        Operands o(shape);
        auto c = o.c;
        o.product(false)(o.a.data(), o.b.data(), c.data());
        bool untouched = true;
        for (std::size_t r = 0; r < rows; ++r)
            for (auto j = static_cast<std::size_t>(shape.columns); j < o.c_stride; ++j)
                untouched = untouched && c[r * o.c_stride + j] == o.c[r * o.c_stride + j];
        INFO(name(shape));
        CHECK(untouched);
    }
}

TEST_CASE("A row of a product has the same bits wherever it stands and whatever other rows hold",
          "[product]") {
    const WorkerPool one_thread(1);
    const auto accumulate = GENERATE(false, true);
    for (const auto& shape : shapes) {
        INFO(name(shape) << (accumulate ? ", accumulating" : ""));
        const Operands o(shape);
        auto product = o.product(accumulate);
        auto c = o.c;
        product(o.a.data(), o.b.data(), c.data());
        bool same = true;
        for (const std::size_t shift : {1U, 6U, 16U}) { // by 1: each pair of neighbouring places in turn
            auto moved = rotated(o.c, o.c_stride, shift);
            product(rotated(o.a, o.a_stride, shift).data(), o.b.data(), moved.data());
            for (std::size_t r = 0; r < rows; ++r)
                same = same && same_row(moved, r, c, (r + shift) % rows, o);
        }
        CHECK(same);
        for (const float filling : {0.0F, 1e30F, std::numeric_limits<float>::quiet_NaN()}) {
            constexpr std::size_t kept = 13;
            auto lonely = o.a;
            auto out = o.c;
            for (std::size_t r = 0; r < rows; ++r)
                if (r != kept) std::fill_n(lonely.data() + r * o.a_stride, o.a_stride, filling);
            product(lonely.data(), o.b.data(), out.data());
            CHECK(same_row(out, kept, c, kept, o));
        }
    }
}

TEST_CASE("A row of a product has the same bits however many rows there are for fewer lanes", "[product]") {
    const WorkerPool one_thread(1);
    const auto accumulate = GENERATE(false, true);
    for (const auto& shape : shapes) {
        INFO(name(shape) << (accumulate ? ", accumulating" : ""));
        const Operands o(shape);
        auto whole = o.c;
        o.product(accumulate)(o.a.data(), o.b.data(), whole.data());
        for (const std::size_t lanes : {1U, 4U, 5U, 8U, 9U, 13U, 16U, 17U, 24U, 25U, 32U}) {
            const long few = product_rows(lanes);
            CHECK(few >= static_cast<long>(lanes));
            CHECK(few <= block_rows());
            auto c = o.c;
            o.product(accumulate, few)(o.a.data(), o.b.data(), c.data());
            bool same = true;
            for (std::size_t r = 0; r < lanes; ++r) same = same && same_row(c, r, whole, r, o);
            INFO(lanes << " lanes, " << few << " rows");
            CHECK(same);
        }
    }
}

TEST_CASE("Rows keep their bits at every instruction level of the matrix library", "[product]") {
    for (const auto* level : {"AVX2", "AVX2_VNNI", "AVX512_CORE"}) {
        INFO("at most " << level);
        CHECK(passes_at(
            level, "A row of a product has the same bits wherever it stands and whatever other rows hold"));
        CHECK(passes_at(level,
                        "A row of a product has the same bits however many rows there are for fewer lanes"));
        CHECK(passes_at(level, "Read-outs do not depend on the number of lanes or threads"));
    }
    CHECK_FALSE(passes_at("AVX2", "no such test*")); // a child that runs nothing must not pass
}

TEST_CASE("At AVX2 a block carries more rows than lanes", "[product]") {
    const char* most =
        std::getenv("DNNL_MAX_CPU_ISA"); // NOLINT(concurrency-mt-unsafe): no other thread sets it
    if (most == nullptr || std::string(most) != "AVX2") {
        CHECK(passes_at("AVX2", "At AVX2 a block carries more rows than lanes"));
        return;
    }
    CHECK(std::string(instruction_level()) == "avx2");
    CHECK(block_rows() > block_lanes);
}

TEST_CASE("A product has the same bits on every thread", "[product]") {
    WorkerPool pool(2);
    for (const auto& shape : {Shape{784, 512}, Shape{10, 512, true}, Shape{33, 17}}) {
        const Operands o(shape);
        std::vector<AlignedVector<float>> results(8, o.c);
        pool.run(results.size(), [&](std::size_t i, unsigned) {
            o.product(false)(o.a.data(), o.b.data(), results[i].data());
        });
        for (const auto& c : results) CHECK(c == results.front());
    }
}
