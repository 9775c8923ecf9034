// What shared couplings cost where each pair of nodes has a cell, and where a number is one word.
#include "hw_models/array/digital_products.hpp"
#include "hw_models/couplings/tile_map.hpp"
#include "tests/hw_models/coupling_fixtures.hpp"
#include "tests/hw_models/digital_golden.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// 2 channels of 6×6, padded windows of 3×3, pools of 2×2 → 3 channels of 3×3 → dense to 4. A channel's corner
// and edge windows lack taps: 4·4 + 16·6 + 16·9 products a pair of channels instead of 36·9.
constexpr std::size_t products = 2 * 3 * (4 * 4 + 16 * 6 + 16 * 9);

std::shared_ptr<const Network> convolution_network(const EnergyModel& model) {
    auto needs = model.needs();
    needs.input_grid = {2, 6, 6};
    const auto a = model.activations().front();
    return std::make_shared<const Network>(make_network(
        72,
        {{.name = "h", .size = 27, .low = a.low, .high = a.high, .grid = {3, 3, 3}},
         {.name = "out", .size = 4, .low = a.low, .high = a.high}},
        {{.kind = coupling_kind("kind = 'convolution'\npadding = 1\npool = 2")}, {.from = 0, .to = 1}},
        needs));
}

std::vector<std::uint8_t> codes_of(const ParameterBlock& block) {
    std::vector<std::uint8_t> codes;
    for (std::size_t i = 0; i < block.count(); ++i) codes.push_back(static_cast<std::uint8_t>(17 * i % 120));
    return codes;
}

} // namespace

TEST_CASE("Writes and strengths of shared couplings count cells where they are unrolled, else words",
          "[store]") {
    WorkerPool pool(1);
    const auto net = convolution_network(*make_hopfield());
    const auto on_analog = unrolled(*net, false);
    const CouplingSpec spec{.bits = 8, .mismatch = 0.0};
    CouplingStore cells(on_analog, spec, 1), words(*net, spec, 1);
    const auto& block = net->blocks[0];
    REQUIRE(block.count() == 54);
    const auto codes = codes_of(block);
    CHECK(words.program_all(0, codes, pool).written == 54);
    CHECK(cells.program_all(0, codes, pool).written == products);
    // Of the centre tap of the first pair of channels every window has a copy, of the corner tap those not at
    // two of the edges.
    double strength = 0.0;
    for (std::size_t w = 0; w < 54; ++w) {
        const std::size_t copies = (w % 9 / 3 == 1 ? 6 : 5) * (w % 3 == 1 ? 6 : 5);
        strength += static_cast<double>(codes[w] * copies) / 127.0;
    }
    CHECK(cells.magnitude(0) == Approx(strength));
    CHECK(net->blocks[1].count() == 3); // a bias a channel
    CHECK(words.program_all(1, codes_of(net->blocks[1]), pool).written == 3);
    CHECK(cells.program_all(1, codes_of(net->blocks[1]), pool).written == 27);
}

TEST_CASE("Cells of one shared coupling differ by their own mismatch", "[store]") {
    WorkerPool pool(1);
    const auto net = unrolled(*convolution_network(*make_hopfield()), true);
    CHECK(net.values == net.parameters + products + 27);
    CouplingStore store(net, {.bits = 8, .mismatch = 0.1}, 1);
    const auto codes = codes_of(net.blocks[0]);
    REQUIRE(store.program_all(0, codes, pool).valid);
    const float* values = store.values() + net.blocks[0].cells_at.value();
    double sum = 0.0, squares = 0.0;
    std::size_t n = 0;
    for (std::size_t w = 1; w < 54; ++w) {
        const auto cells = net.cells(net.blocks[0], w);
        for (std::size_t i = cells.first; i < cells.last; ++i, ++n) {
            const double gain = static_cast<double>(values[i]) * 127.0 / codes[w];
            sum += gain;
            squares += gain * gain;
        }
    }
    const double mean = sum / static_cast<double>(n);
    CHECK(mean == Approx(1.0).margin(0.01));
    CHECK(std::sqrt(squares / static_cast<double>(n) - mean * mean) == Approx(0.1).epsilon(0.1));
}

TEST_CASE("A convolution takes a column a window on analog tiles, and a column a channel elsewhere",
          "[tiles]") {
    const auto net = convolution_network(*make_hopfield());
    const TileShape tiles{.count = 4, .rows = 64, .columns = 128};
    CHECK(place_on_tiles(*net, tiles).pieces[0].columns == 3);
    CHECK(place_on_tiles(*net, tiles).pieces[0].rows == 19); // 2 × 9 taps and the bias
    CHECK(place_on_tiles(unrolled(*net, false), tiles).pieces[0].columns == 108);
    CHECK(products_a_clamp(*net) == products);
}

TEST_CASE("A machine of analog cells with mismatch computes with each cell's value", "[store]") {
    WorkerPool pool(1);
    const std::shared_ptr<const EnergyModel> energy = make_hopfield();
    const auto net = convolution_network(*energy);
    const auto outputs_of = [&](double mismatch) {
        MachineSpec machine = ideal_twin(test_machine(), *energy);
        machine.couplings = {.bits = 8, .mismatch = mismatch};
        const auto model = make_chip_model(machine, net, energy, 5);
        CouplingStore store(*model->network, machine.couplings, 1);
        for (std::size_t b = 0; b < net->blocks.size(); ++b) {
            auto codes = codes_of(net->blocks[b]);
            for (auto& c : codes) c = static_cast<std::uint8_t>(static_cast<int>(c) / 4 - 10);
            REQUIRE(store.program_all(b, codes, pool).valid);
        }
        LaneBlock block(*model->network);
        block.lanes = 1;
        std::ranges::copy(random_floats(72, 4, 0.0F, 1.0F), block.inputs.row(0).begin());
        const auto kernel = energy->kernel(*model->network);
        kernel->clamp(store.values(), block);
        return std::vector<float>(block.constant.row(0).begin(), block.constant.row(0).begin() + 27);
    };
    const auto exact = outputs_of(0.0);
    const auto nearly = outputs_of(1e-6);
    const auto apart = outputs_of(0.1);
    double worst = 0.0;
    for (std::size_t j = 0; j < 27; ++j) {
        CHECK(nearly[j] == Approx(exact[j]).margin(1e-4));
        worst = std::max(worst, std::abs(static_cast<double>(apart[j] - exact[j])));
    }
    CHECK(worst > 0.01);
}

TEST_CASE("The digital array's passes of a predictive network are those of real numbers, to its words",
          "[digital]") {
    const std::shared_ptr<const EnergyModel> energy = make_predictive();
    DigitalCase c = digital_case(*energy, 5, 4, 3, 0.5);
    auto words = digital_machine({{"state_bits", 16}, {"fraction_bits", 12}, {"accumulator_bits", 32}});
    const auto by_words = digital_run(words, c, energy, 0.25);
    auto ideal = ideal_twin(words, *energy);
    ideal.dac = words.dac; // the same levels of the same codes
    ideal.adc = words.adc;
    const auto by_reals = digital_run(ideal, c, energy, 0.25);
    REQUIRE(by_words.size() == by_reals.size());
    double moved = 0.0;
    for (std::size_t t = 0; t < by_words.size(); ++t)
        for (std::size_t j = 0; j < by_words[t].state.size(); ++j) {
            CHECK(by_words[t].state[j] == Approx(by_reals[t].state[j]).margin(3e-3));
            moved = std::max(moved, std::abs(static_cast<double>(by_words[t].state[j])));
        }
    CHECK(moved > 0.1);
    CHECK(by_reals.back().state != by_reals[9].state); // the nudge moves it
}
