#include "hw_models/base/drawn_ahead.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace isinglass;

TEST_CASE("What was drawn ahead is what the stream draws, of its key and no other", "[random]") {
    const RandomStream stream(5, Purpose::read_noise), other(5, Purpose::dac_noise);
    DrawnAhead ahead;
    ahead.expect(1000, 3);
    for (std::uint64_t p = 1000; p < 1003; ++p) {
        ahead.draw(stream, {p, 4, 0}, 512);
        ahead.draw(other, {p, 4, 0}, 784);
        ahead.draw(stream, {p, 4, 512}, 10);
    }
    const auto as_drawn_now = [&](const RandomStream& from, DrawKey key, std::size_t count) {
        std::vector<float> normals(count);
        from.gaussians(key, normals);
        return std::ranges::equal(ahead.find(from, key, count), normals);
    };
    for (std::uint64_t p = 1000; p < 1003; ++p) {
        CHECK(as_drawn_now(stream, {p, 4, 0}, 512));
        CHECK(as_drawn_now(stream, {p, 4, 512}, 10));
        CHECK(as_drawn_now(other, {p, 4, 0}, 784));
    }
    CHECK(ahead.find(stream, {1000, 4, 0}, 511).empty());
    CHECK(ahead.find(stream, {1000, 5, 0}, 512).empty());
    CHECK(ahead.find(other, {1000, 4, 512}, 10).empty());
    CHECK(ahead.find(stream, {999, 4, 0}, 512).empty());
    CHECK(ahead.find(stream, {1003, 4, 0}, 512).empty());
    const RandomStream copy = stream; // of equal draws, but another
    CHECK(drawn_before(&ahead, &copy, {1000, 4, 0}, 512).empty());
    CHECK(drawn_before(nullptr, &stream, {1000, 4, 0}, 512).empty());
    CHECK(drawn_before(&ahead, nullptr, {1000, 4, 0}, 512).empty());

    ahead.expect(1002, 2);
    CHECK(ahead.find(stream, {1002, 4, 0}, 512).empty()); // forgotten
}
