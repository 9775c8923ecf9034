#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint64_t chip_seed = 3;

CouplingSpec codes_of(std::int64_t bits, double mismatch = 0.0) {
    return {.bits = bits, .mismatch = mismatch};
}

// Codes of a block within the format, as a buffer; `which` tells one set from another.
std::vector<std::uint8_t> random_codes(const ParameterBlock& block, CouplingFormat format,
                                       std::uint64_t which) {
    const auto top = static_cast<float>(format.top_code());
    const auto levels = random_floats(block.count(), which, -top, top);
    std::vector<std::uint8_t> bytes;
    for (const float x : levels) {
        const auto code = static_cast<std::int16_t>(std::lround(x));
        const void* from = format.bits ? static_cast<const void*>(&code) : &x;
        const auto* raw = static_cast<const std::uint8_t*>(from);
        bytes.insert(bytes.end(), raw, raw + format.bytes());
    }
    return bytes;
}

double code_at(std::span<const std::uint8_t> codes, CouplingFormat format, std::size_t i) {
    float real = 0.0F;
    std::int16_t wide = 0;
    if (!format.bits)
        std::memcpy(&real, codes.data() + 4 * i, 4);
    else if (format.bytes() == 2)
        std::memcpy(&wide, codes.data() + 2 * i, 2);
    else
        wide = static_cast<std::int8_t>(codes[i]);
    return format.bits ? wide : static_cast<double>(real);
}

// The buffer of changes that turns `before` into `after`.
std::vector<std::uint8_t> changes(const ParameterBlock& block, CouplingFormat format,
                                  std::span<const std::uint8_t> before, std::span<const std::uint8_t> after) {
    const std::size_t bytes = format.bytes();
    std::vector<std::uint8_t> out;
    for (std::size_t row = 0; row < block.rows; ++row) {
        std::vector<std::uint8_t> bitmap((block.columns + 7) / 8), codes;
        std::uint32_t count = 0;
        for (std::size_t j = 0; j < block.columns; ++j) {
            const std::size_t at = (row * block.columns + j) * bytes;
            if (std::memcmp(before.data() + at, after.data() + at, bytes) == 0) continue;
            bitmap[j / 8] = static_cast<std::uint8_t>(bitmap[j / 8] | (1U << (j % 8)));
            codes.insert(codes.end(), after.begin() + at, after.begin() + at + bytes);
            ++count;
        }
        const auto* raw = reinterpret_cast<const std::uint8_t*>(&count);
        out.insert(out.end(), raw, raw + 4);
        if (count == 0) continue;
        out.insert(out.end(), bitmap.begin(), bitmap.end());
        out.insert(out.end(), codes.begin(), codes.end());
    }
    return out;
}

std::vector<float> values_of(const CouplingStore& store, const Network& net) {
    return {store.values(), store.values() + net.parameters};
}

std::vector<CouplingSpec> all_formats() {
    std::vector<CouplingSpec> specs{{.kind = "ideal"}};
    for (std::int64_t bits = 2; bits <= 16; ++bits) specs.push_back(codes_of(bits, 0.02));
    return specs;
}

double recount(std::span<const std::uint8_t> codes, const ParameterBlock& block, CouplingFormat format) {
    double sum = 0.0;
    for (std::size_t i = 0; i < block.count(); ++i)
        sum += std::abs(code_at(codes, format, i)) * (format.bits ? format.lsb(block.range) : 1.0);
    return sum;
}

} // namespace

TEST_CASE("A code stands for its multiple of the coupling LSB, up to the programmable range", "[store]") {
    WorkerPool pool(1);
    const auto net = chain({150, 13, 5}, 0.5);
    for (std::int64_t bits = 2; bits <= 16; ++bits) {
        CouplingStore store(*net, codes_of(bits), chip_seed);
        const auto format = store.format();
        CHECK(format.bytes() == (bits <= 8 ? 1 : 2));
        const auto codes = random_codes(net->blocks[0], format, 1);
        const auto outcome = store.program_all(0, codes, pool);
        CHECK(outcome.valid);
        CHECK(outcome.written == 150 * 13);
        double largest = 0.0, worst = 0.0;
        for (std::size_t i = 0; i < 150 * 13; ++i) {
            const double exact =
                code_at(codes, format, i) * 0.5 / (std::ldexp(1.0, static_cast<int>(bits) - 1) - 1);
            worst = std::max(worst, std::abs(static_cast<double>(store.values()[i]) - exact));
            largest = std::max(largest, std::abs(exact));
        }
        CHECK(worst < 1e-7);
        CHECK(largest <= 0.5);
    }
}

TEST_CASE("Ideal couplings are the values themselves, without mismatch", "[store]") {
    WorkerPool pool(1);
    const auto net = chain({20, 13});
    CouplingStore store(*net, {.kind = "ideal", .mismatch = 0.3}, chip_seed);
    CHECK(store.format().bytes() == 4);
    const auto values = random_floats(20 * 13, 1);
    std::vector<std::uint8_t> bytes(values.size() * 4);
    std::memcpy(bytes.data(), values.data(), bytes.size());
    REQUIRE(store.program_all(0, bytes, pool).valid);
    CHECK(std::equal(values.begin(), values.end(), store.values()));
}

TEST_CASE("Couplings are zero before the first PROGRAM", "[store]") {
    const auto net = chain({20, 13});
    const CouplingStore store(*net, codes_of(8, 0.1), chip_seed);
    CHECK(values_of(store, *net) == std::vector<float>(net->parameters, 0.0F));
    CHECK(store.magnitude(0) == 0.0);
}

TEST_CASE("Writing changed codes leaves the same couplings as writing all of them", "[store]") {
    const unsigned threads = GENERATE(1U, 2U);
    WorkerPool pool(threads);
    const auto net = chain({150, 13, 5});
    for (const auto& spec : all_formats()) {
        INFO((spec.kind == "ideal" ? 0 : spec.bits) << " bits, " << threads << " threads");
        CouplingStore all(*net, spec, chip_seed), changed(*net, spec, chip_seed);
        const auto format = all.format();
        for (std::size_t b = 0; b < net->blocks.size(); ++b) {
            const auto& block = net->blocks[b];
            auto before = std::vector<std::uint8_t>(block.count() * format.bytes(), 0);
            for (std::uint64_t update = 1; update <= 3; ++update) {
                auto after = random_codes(block, format, 10 * update + b);
                // The second update leaves most rows alone, the third changes nothing at all.
                if (update == 2)
                    std::copy(before.begin() + before.size() / 9, before.end(),
                              after.begin() + before.size() / 9);
                if (update == 3) after = before;
                const auto buffer = changes(block, format, before, after);
                std::uint64_t differing = 0;
                for (std::size_t i = 0; i < block.count(); ++i)
                    differing += code_at(before, format, i) != code_at(after, format, i) ? 1 : 0;
                REQUIRE(all.program_all(b, after, pool).written == block.count());
                const auto outcome = changed.program_changed(b, buffer, pool);
                REQUIRE(outcome.valid);
                CHECK(outcome.written == differing);
                CHECK(values_of(changed, *net) == values_of(all, *net));
                CHECK(changed.magnitude(b) == all.magnitude(b));
                CHECK(changed.magnitude(b) ==
                      Approx(recount(after, block, format)).epsilon(1e-12).margin(1e-300));
                before = after;
            }
        }
    }
}

TEST_CASE("A write reaches its own block only", "[store]") {
    WorkerPool pool(1);
    const auto net = chain({20, 13, 5});
    CouplingStore store(*net, codes_of(8), chip_seed);
    const auto& block = net->blocks[2];
    REQUIRE(store.program_all(2, std::vector<std::uint8_t>(block.count(), 1), pool).valid);
    for (std::size_t i = 0; i < net->parameters; ++i)
        CHECK((store.values()[i] != 0.0F) == (i >= block.first && i < block.first + block.count()));
}

TEST_CASE("Cells miss their value by a gain drawn once per chip", "[store]") {
    WorkerPool pool(1);
    const auto net = chain({200, 200});
    const auto program = [&](double mismatch, std::uint64_t seed, std::uint8_t code) {
        CouplingStore store(*net, codes_of(8, mismatch), seed);
        REQUIRE(store.program_all(0, std::vector<std::uint8_t>(40000, code), pool).valid);
        return values_of(store, *net);
    };
    const auto exact = program(0.0, 1, 100);
    const auto drawn = program(0.05, 1, 100);
    double mean = 0.0, square = 0.0;
    for (std::size_t i = 0; i < 40000; ++i) {
        const double error = static_cast<double>(drawn[i]) / static_cast<double>(exact[i]) - 1.0;
        mean += error / 40000;
        square += error * error / 40000;
    }
    CHECK(std::abs(mean) < 0.001);                          // standard error .00025
    CHECK(std::sqrt(square) == Approx(0.05).epsilon(0.02)); // standard error .35 %
    CHECK(program(0.05, 1, 100) == drawn);
    CHECK(program(0.05, 2, 100) != drawn);
    const auto negative = program(0.05, 1, static_cast<std::uint8_t>(-100));
    for (std::size_t i = 0; i < 40000; i += 997) CHECK(negative[i] == -drawn[i]);
}
