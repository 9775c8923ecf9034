#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>

using namespace isinglass;
using namespace isinglass::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

// Two rows of 13 columns, 8-bit codes.
struct Fixture {
    std::shared_ptr<const Network> net = chain({2, 13});
    CouplingStore store{*net, {.mismatch = 0.0}, 1};
    WorkerPool pool{1};

    Fixture() { REQUIRE(store.program_all(0, Bytes(26, 5), pool).valid); }

    [[nodiscard]] bool refused(const Bytes& buffer) {
        const auto before = Bytes(reinterpret_cast<const std::uint8_t*>(store.values()),
                                  reinterpret_cast<const std::uint8_t*>(store.values() + net->parameters));
        const double magnitude = store.magnitude(0);
        const auto outcome = store.program_changed(0, buffer, pool);
        const bool untouched = std::memcmp(before.data(), store.values(), before.size()) == 0;
        return !outcome.valid && outcome.written == 0 && untouched && store.magnitude(0) == magnitude;
    }
};

// Row 0: columns 0 and 12 become 7 and −9. Row 1: column 3 becomes 1.
const Bytes good{2, 0, 0, 0, 0x01, 0x10, 7, 0xf7, 1, 0, 0, 0, 0x08, 0x00, 1};

Bytes with(std::size_t at, int byte) {
    auto buffer = good;
    buffer[at] = static_cast<std::uint8_t>(byte);
    return buffer;
}

} // namespace

TEST_CASE("A well-formed buffer of changes writes the cells that its bitmaps name", "[store]") {
    Fixture f;
    const auto outcome = f.store.program_changed(0, good, f.pool);
    REQUIRE(outcome.valid);
    CHECK(outcome.written == 3);
    for (std::size_t i = 0; i < 26; ++i) {
        const float code = i == 0 ? 7.0F : i == 12 ? -9.0F : i == 13 + 3 ? 1.0F : 5.0F;
        CHECK(f.store.values()[i] == Approx(code / 127.0F));
    }
    CHECK(f.store.magnitude(0) == Approx((23 * 5 + 7 + 9 + 1) / 127.0));
}

TEST_CASE("A truncated buffer of changes is refused and nothing is written", "[store]") {
    Fixture f;
    for (std::size_t length = 0; length < good.size(); ++length) {
        INFO("first " << length << " bytes");
        CHECK(f.refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length))));
    }
}

TEST_CASE("A buffer of changes with bytes left over is refused", "[store]") {
    Fixture f;
    auto longer = good;
    longer.push_back(0);
    CHECK(f.refused(longer));
    longer.insert(longer.end(), {0, 0, 0});
    CHECK(f.refused(longer));
}

TEST_CASE("A count that differs from its bitmap is refused", "[store]") {
    Fixture f;
    for (const int count : {1, 3, 13, 14, 255}) CHECK(f.refused(with(0, count)));
    CHECK(f.refused(with(3, 0x80))); // 2^31 + 2
    CHECK(f.refused(with(3, 0xff)));
    CHECK(f.refused(with(4, 0x03))); // one bit more
    CHECK(f.refused(with(4, 0x00))); // one bit fewer
    CHECK(f.refused(with(12, 0x00)));
}

TEST_CASE("A bitmap that names a column beyond the row is refused", "[store]") {
    Fixture f;
    for (const int stray : {0x20, 0x40, 0x80})
        CHECK(f.refused(with(5, stray))); // columns 13 to 15 instead of 12
}

TEST_CASE("A malformed last row keeps earlier rows from being written", "[store]") {
    Fixture f;
    CHECK(f.refused(with(8, 2)));
    CHECK(f.refused(with(13, 0x20)));
}

TEST_CASE("A code that the format does not have is refused and nothing is written", "[store]") {
    Fixture f;
    CHECK(f.refused(with(6, 0x80))); // −128: codes are symmetric
    CHECK_FALSE(f.refused(with(6, 0x81)));

    WorkerPool pool(1);
    for (std::int64_t bits = 2; bits <= 16; ++bits) {
        CouplingStore store(*f.net, {.bits = bits}, 1);
        const auto top = static_cast<std::int32_t>(store.format().top_code());
        for (const std::int32_t code : {top, -top, top + 1, -top - 1}) {
            if (code == 128 || code == 32768) continue; // reads as the negative one in its bytes
            Bytes all(26 * store.format().bytes(), 0);
            for (std::size_t b = 0; b < store.format().bytes(); ++b)
                all[b] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(code) >> (8 * b));
            INFO(bits << " bits, code " << code);
            CHECK(store.program_all(0, all, pool).valid == (std::abs(code) <= top));
        }
    }
}

TEST_CASE("An ideal coupling that is no finite number is refused", "[store]") {
    const auto net = chain({2, 13});
    WorkerPool pool(1);
    CouplingStore store(*net, {.kind = "ideal"}, 1);
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        std::vector<float> values(26, 0.5F);
        values[25] = bad;
        Bytes bytes(26 * 4);
        std::memcpy(bytes.data(), values.data(), bytes.size());
        CHECK_FALSE(store.program_all(0, bytes, pool).valid);
        CHECK(store.values()[0] == 0.0F);
    }
}

TEST_CASE("A full write of the wrong size is refused", "[store]") {
    Fixture f;
    for (const std::size_t size : {0U, 25U, 27U, 52U}) {
        const auto outcome = f.store.program_all(0, Bytes(size, 1), f.pool);
        CHECK_FALSE(outcome.valid);
        CHECK(outcome.written == 0);
        CHECK(f.store.values()[0] == Approx(5.0 / 127.0));
    }
}
