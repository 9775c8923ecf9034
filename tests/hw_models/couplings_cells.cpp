#include "hw_models/couplings/wire_drop.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t side = 64;

// All couplings of a 64 × 64 block written to `code` of ±127; range 1.
std::vector<double> written(const CouplingSpec& spec, std::int8_t code, double age_s = 0.0,
                            std::uint64_t chip = 1) {
    const auto net = chain({side, side});
    CouplingStore store(*net, spec, chip);
    WorkerPool pool(1);
    const std::vector<std::uint8_t> codes(side * side, static_cast<std::uint8_t>(code));
    REQUIRE(store.program_all(0, codes, pool).valid);
    if (age_s > 0.0) store.age(age_s, pool);
    const auto& block = net->blocks[0];
    return {store.values() + block.first, store.values() + block.first + block.count()};
}

struct Moments {
    double mean = 0.0, deviation = 0.0;
};
Moments moments(const std::vector<double>& x) {
    Moments m;
    for (const double v : x) m.mean += v / static_cast<double>(x.size());
    for (const double v : x) m.deviation += (v - m.mean) * (v - m.mean) / static_cast<double>(x.size());
    m.deviation = std::sqrt(m.deviation);
    return m;
}

CouplingSpec cells(CellErrorSpec errors) {
    CouplingSpec spec;
    spec.mismatch = 0.0;
    spec.cells = std::move(errors);
    return spec;
}

std::vector<double> random_conductances(std::size_t n, double most) {
    const auto drawn = random_floats(n, 77, 0.0F, 1.0F);
    std::vector<double> g(n);
    for (std::size_t i = 0; i < n; ++i) g[i] = most * static_cast<double>(drawn[i]);
    return g;
}

} // namespace

TEST_CASE("Write noise of a coupling is that of its two devices", "[cells]") {
    const auto spec = cells({.write_noise = {0.01, 0.02}});
    for (const int code : {0, 64, -127}) {
        const double g = std::abs(code) / 127.0; // and the other device is at 0
        const auto m = moments(written(spec, static_cast<std::int8_t>(code)));
        INFO("code " << code);
        if (code == 64) { // neither at an end, where a conductance below 0 would be cut off
            CHECK(m.mean == Approx(g - 0.01 / std::sqrt(2.0 * 3.14159265)).margin(1e-3));
            const double half = 0.01 * std::sqrt(0.5 - 0.5 / 3.14159265); // of the device at 0
            CHECK(m.deviation == Approx(std::hypot(0.01 + 0.02 * g, half)).epsilon(0.04));
        }
        CHECK(m.deviation > 0.005);
        CHECK(m.deviation < 0.035);
    }
}

TEST_CASE("A code written again finds the error that it left, another code another", "[cells]") {
    const auto spec = cells({.write_noise = {0.01}});
    CHECK(written(spec, 40) == written(spec, 40));
    const auto a = written(spec, 40);
    const auto b = written(spec, 41);
    double product = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        product += (a[i] - 40 / 127.0) * (b[i] - 41 / 127.0) / (1e-4 * static_cast<double>(a.size()));
    CHECK(std::abs(product) < 0.25); // the mean of half a Gaussian's is 0.16, the standard error 0.016
    CHECK(written(spec, 40, 0.0, 2) != a);
}

TEST_CASE("A finite on/off ratio takes its share of every coupling, alike in both signs", "[cells]") {
    const auto spec = cells({.off_conductance = 0.1});
    for (const int code : {127, 60, 0, -60})
        for (const double v : written(spec, static_cast<std::int8_t>(code)))
            REQUIRE(v == Approx(0.9 * code / 127.0).margin(1e-6));
}

TEST_CASE("Stuck devices are as many as stated, and stay what they are", "[cells]") {
    const auto spec = cells({.stuck_off = 0.05, .stuck_on = 0.02});
    const auto values = written(spec, 64);
    const auto off = static_cast<double>(std::ranges::count(values, 0.0));
    const auto pairs = static_cast<double>(values.size());
    CHECK(off / pairs == Approx(0.05 * 0.98).margin(0.012)); // the other device stuck on shows another value
    const auto other = written(spec, 100);
    for (std::size_t i = 0; i < values.size(); ++i) CHECK((values[i] == 0.0) == (other[i] == 0.0));
}

TEST_CASE("Drift follows its power law from its start on, and nothing before", "[cells]") {
    const auto spec = cells({.drift = "power-law", .drift_exponent = 0.06});
    const double written_value = 100 / 127.0;
    CHECK(written(spec, 100, 19.0)[5] == Approx(written_value));
    CHECK(written(spec, 100, 20.0 * 3600.0)[5] == Approx(written_value * std::pow(3600.0, -0.06)));
    auto pcm = spec;
    pcm.cells.drift = "pcm";
    const auto day = moments(written(pcm, 127, 86400.0));
    // Fully on: the exponent's mean is at its floor 0.049, its spread at 0.008.
    const double log_time = std::log(86400.0 / 20.0);
    CHECK(day.mean ==
          Approx(std::exp(-0.049 * log_time + 0.5 * std::pow(0.008 * log_time, 2))).epsilon(0.005));
    CHECK(day.deviation / day.mean == Approx(0.008 * log_time).epsilon(0.06));
    CHECK(pcm_drift(0.01).mean == Approx(0.0244 + 0.0155 * std::log(100.0)));
    CHECK(pcm_drift(1e-6).mean == Approx(0.1));
}

TEST_CASE("Each error of a device can be switched off alone", "[cells]") {
    const CellErrorSpec all{
        .write_noise = {0.01}, .off_conductance = 0.05, .stuck_off = 0.02, .drift = "pcm"};
    const auto with_all = written(cells(all), 50, 1e6);
    const auto without = [&](auto change) {
        auto some = all;
        change(some);
        return written(cells(some), 50, 1e6);
    };
    CHECK(without([](auto& e) { e.write_noise.clear(); }) != with_all);
    CHECK(without([](auto& e) { e.off_conductance = 0.0; }) != with_all);
    CHECK(without([](auto& e) { e.stuck_off = 0.0; }) != with_all);
    CHECK(without([](auto& e) { e.drift = "none"; }) != with_all);
    for (const double v : written(cells({}), 50, 1e6)) REQUIRE(v == Approx(50 / 127.0));
}

TEST_CASE("The two directions of a coupling differ by as much as stated", "[cells]") {
    MachineSpec machine = test_machine();
    machine.couplings.direction_error = 0.03;
    machine.couplings.mismatch = 0.0;
    const auto model = model_of(machine, chain({3, side, side}));
    const auto& net = *model->network;
    REQUIRE(net.backward_offset == net.parameters);
    CouplingStore store(net, model->couplings, 1);
    WorkerPool pool(1);
    std::size_t block = 0; // between the two layers of spins
    while (net.blocks[block].link < 0 || net.links[net.blocks[block].link].from == input_layer) ++block;
    const std::vector<std::uint8_t> codes(net.blocks[block].count(), 100);
    REQUIRE(store.program_all(block, codes, pool).valid);
    std::vector<double> ratio;
    for (std::size_t i = net.blocks[block].first; i < net.blocks[block].first + codes.size(); ++i)
        ratio.push_back(static_cast<double>(store.values()[net.parameters + i] / store.values()[i]));
    CHECK(moments(ratio).mean == Approx(1.0).margin(0.002));
    CHECK(moments(ratio).deviation == Approx(0.03).epsilon(0.05));

    // What the array sums with them: forward down, backward up.
    LinkProducts products(net);
    Matrix s(LaneBlock::rows(), net.state_columns), out(LaneBlock::rows(), net.state_columns);
    s.row(0)[net.layers[1].offset + 7] = 1.0F;
    s.row(0)[net.layers[0].offset + 9] = 1.0F;
    products.between_spins(store.values(), s, all_layers, out);
    const std::size_t i = net.blocks[block].first + 9 * side + 7;
    CHECK(out.row(0)[net.layers[1].offset + 7] == Approx(store.values()[i]));
    CHECK(out.row(0)[net.layers[0].offset + 9] == Approx(store.values()[net.parameters + i]));
    // What a predictive network's errors take on their way back.
    out.fill(0.0F);
    products.add_back(store.values(), s, s, all_layers, out);
    CHECK(out.row(0)[net.layers[0].offset + 9] == Approx(store.values()[net.parameters + i]));
}

TEST_CASE("One cell at the end of its wires sees them in series", "[wires]") {
    std::vector<double> g(4 * 5, 0.0), solved(20), approximate(20);
    g[1 * 5 + 3] = 2.0; // row 1, column 3: four pieces of row, three of column
    solved_wire_drop(g, 4, 5, 0.1, solved);
    approximate_wire_drop(g, 4, 5, 0.1, approximate);
    CHECK(solved[8] == Approx(1.0 / (0.5 + 0.7)));
    CHECK(approximate[8] == Approx(solved[8]));
}

TEST_CASE("Without wire resistance a crossbar is its conductances", "[wires]") {
    const auto g = random_conductances(12 * 7, 1.0);
    std::vector<double> solved(g.size()), approximate(g.size());
    solved_wire_drop(g, 12, 7, 1e-9, solved);
    approximate_wire_drop(g, 12, 7, 1e-9, approximate);
    for (std::size_t i = 0; i < g.size(); ++i) {
        CHECK(solved[i] == Approx(g[i]).margin(1e-6));
        CHECK(approximate[i] == Approx(g[i]).margin(1e-6));
    }
}

TEST_CASE("Wires taken one by one stand for the solved crossbar within 2 % of full scale on any tile",
          "[wires]") {
    // What counts is the resistance of a whole wire times that of all its cells: n² times that of one cell,
    // so that a small crossbar of longer pieces of wire stands for a large one.
    const double wire = CouplingSpec{}.wire_resistance_ohm * 1e-6; // cells of up to 1 uS
    constexpr std::size_t n = 96;
    const auto g = random_conductances(n * n, 1.0);
    for (const double tile : {64.0, 256.0, 1024.0}) {
        const double scaled = wire * (tile / n) * (tile / n);
        std::vector<double> solved(g.size()), approximate(g.size());
        solved_wire_drop(g, n, n, scaled, solved);
        approximate_wire_drop(g, n, n, scaled, approximate);
        double most = 0.0;
        double drop = 0.0;
        for (std::size_t i = 0; i < g.size(); ++i) {
            most = std::max(most, std::abs(solved[i] - approximate[i]));
            drop = std::max(drop, std::abs(solved[i] - g[i]));
        }
        INFO(tile << " x " << tile << ": largest drop " << drop << ", error " << most);
        CHECK(most < 0.02);
        CHECK(most < 0.1 * drop);
    }
}

TEST_CASE("A chip solves the wires of its crossbar whenever it is programmed", "[wires]") {
    CouplingSpec spec;
    spec.mismatch = 0.0;
    spec.wire_drop = "solved";
    spec.wire_resistance_ohm = 100.0;
    spec.unit_conductance_s = 1e-5;
    spec.tile_rows = spec.tile_columns = 32; // four tiles
    const auto values = written(spec, 127);
    std::vector<double> g(32 * 32, 1.0), effective(g.size());
    solved_wire_drop(g, 32, 32, 100.0 * 1e-5, effective);
    for (std::size_t r = 0; r < side; r += 5)
        for (std::size_t c = 0; c < side; c += 3)
            CHECK(values[r * side + c] == Approx(effective[(r % 32) * 32 + c % 32]).epsilon(1e-5));
    const auto negative = written(spec, -127);
    CHECK(negative[100] == Approx(-values[100]));
}
