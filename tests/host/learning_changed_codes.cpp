#include "host/learning/changed_codes.hpp"
#include "hw_models/base/random.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace isinglass;

namespace {

// Bytes of which about one in `one_in` differs from zero.
std::vector<std::int8_t> codes(std::size_t n, std::uint32_t one_in, std::uint64_t key) {
    const RandomStream stream(3, Purpose::test);
    std::vector<std::int8_t> all(n);
    for (std::uint32_t i = 0; i < n; ++i)
        if (stream.below({key}, i, one_in) == 0)
            all[i] = static_cast<std::int8_t>(1 + stream.below({key, 1}, i, 120));
    return all;
}

} // namespace

TEST_CASE(
    "An entry of changed codes is the bitmap and those that differ, in order, and touches nothing beyond",
    "[codes]") {
    for (const std::size_t n : {1U, 7U, 8U, 31U, 32U, 63U, 64U, 65U, 200U, 512U, 513U})
        for (const std::uint32_t one_in : {1U, 2U, 8U, 10000U}) {
            INFO(n << " codes, one in " << one_in);
            const auto now = codes(n, one_in, n);
            const std::vector<std::int8_t> before(n, 0);
            std::vector<std::uint8_t> bitmap((n + 7) / 8, 0), chosen;
            for (std::size_t j = 0; j < n; ++j)
                if (now[j] != 0) {
                    bitmap[j / 8] = static_cast<std::uint8_t>(bitmap[j / 8] | (1U << (j % 8)));
                    chosen.push_back(static_cast<std::uint8_t>(now[j]));
                }
            const std::size_t most = most_entry_bytes<std::int8_t>(n);
            const auto check = [&](auto append) {
                constexpr std::uint8_t untouched = 0xA5;
                std::vector<std::uint8_t> out(most + 64, untouched);
                std::uint8_t* first = out.data() + 4 + bitmap.size();
                const auto* end = append(std::span(now), before.data(), out.data() + 4, first);
                CHECK(std::equal(bitmap.begin(), bitmap.end(), out.data() + 4));
                CHECK(static_cast<std::size_t>(end - first) == chosen.size());
                CHECK(std::equal(chosen.begin(), chosen.end(), first));
                CHECK(std::all_of(out.data() + most, out.data() + out.size(),
                                  [](std::uint8_t byte) { return byte == untouched; }));
            };
            check(changed_codes::append_in_steps<std::int8_t>);
            if (changed_codes::wide) check(changed_codes::append_changed);
        }
}
