#include "hw_models/control/pinned_buffers.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;

namespace {

using Bytes = std::vector<std::uint8_t>;

} // namespace

TEST_CASE("A pinned buffer that nobody changes is what was fetched", "[pinned]") {
    Bytes memory{1, 2, 3, 4};
    PinnedBuffers pins;
    pins.pin(5, 100, memory);
    Bytes fetched = memory;
    CHECK(pins.release(5, fetched));
    CHECK(fetched == Bytes{1, 2, 3, 4});
}

TEST_CASE("A change of pinned bytes is told, and the fetch brings what was pinned", "[pinned]") {
    Bytes memory{1, 2, 3, 4};
    PinnedBuffers pins;
    pins.pin(5, 100, memory);
    const bool meets = GENERATE(true, false);
    if (meets)
        pins.keep(103, 103);
    else
        pins.keep(104, 200); // the bytes behind it
    memory[3] = 9;
    Bytes fetched = memory;
    CHECK(pins.release(5, fetched) == !meets);
    CHECK(fetched == (meets ? Bytes{1, 2, 3, 4} : memory));
}

TEST_CASE("Pinned bytes are those before the first change, and the same ones again are no change",
          "[pinned]") {
    Bytes memory{1, 2, 3, 4};
    PinnedBuffers pins;
    pins.pin(5, 100, memory);
    pins.keep(0, ~std::uint64_t{0});
    memory.assign({9, 9, 9, 9});
    pins.keep(100, 100);
    memory.assign({1, 2, 3, 4});
    Bytes fetched = memory;
    CHECK(pins.release(5, fetched));
}

TEST_CASE("Memory that grants no direct access is copied when pinned", "[pinned]") {
    PinnedBuffers pins;
    pins.pin_copy(1, 0, {1, 2});
    pins.pin_copy(2, 8, {3});
    Bytes fetched{7};
    CHECK_FALSE(pins.release(2, fetched));
    CHECK(fetched == Bytes{3});
    fetched = {1, 2};
    CHECK(pins.release(1, fetched));
}
