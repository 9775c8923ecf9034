#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t samples = 70; // at 33 lanes: blocks of 32, 1, 32, 1, 4
constexpr std::uint8_t inputs_and_targets = clamp_inputs | clamp_targets;
constexpr std::uint16_t all = 7; // layers of the deep net

// Free phase, hold, both nudged phases from the held state: what centred learning asks of a sample.
void learn(ListWriter& list, std::uint64_t presentation, std::uint8_t relax_flags = 0) {
    list.clamp(inputs_and_targets, presentation).reset().relax(15, 0.0F, relax_flags).read(all).hold();
    for (const float beta : {0.5F, -0.5F}) list.restore().relax(8, beta, relax_flags).read(all);
}

const std::vector<Lanes> ways{{1, 1}, {20, 1}, {33, 1}, {256, 1}, {32, 2}, {33, 2}, {256, 2}};

void check_all_ways(const std::shared_ptr<const ChipModel>& model, const ListWriter& list) {
    const auto expected = evaluate(model, list, {.lanes = 32, .threads = 1});
    REQUIRE(expected.results.size() == samples);
    for (const auto& way : ways) {
        INFO(way.lanes << " lanes, " << way.threads << " threads");
        CHECK(evaluate(model, list, way) == expected);
    }
}

} // namespace

TEST_CASE("Read-outs do not depend on the number of lanes or threads", "[lanes]") {
    auto machine = test_machine();
    const auto adc = GENERATE("uniform", "ideal"); // ideal: states are compared to the last bit
    machine.adc.choose(adc);
    for (const auto& dynamics : hopfield_dynamics())
        for (const auto* noise : {"sampled", "dynamic"}) {
            INFO(dynamics << " with " << noise << " noise and ADC " << adc);
            machine.dynamics.choose(dynamics);
            machine.node_noise = possible_noise(machine, noise);
            const auto model = model_of(machine, chain({20, 33, 17, 5}));
            ListWriter list(*model);
            for (std::uint64_t p = 0; p < samples; ++p) learn(list, 100 + p);
            check_all_ways(model, list.interrupt());
        }
}

TEST_CASE("Samples that settle at different times do not depend on lanes or threads", "[lanes]") {
    auto machine = test_machine();
    machine.adc.choose("ideal");
    machine.detector.threshold_lsb = 2.0;
    for (const auto& dynamics : hopfield_dynamics()) {
        INFO(dynamics);
        machine.dynamics.choose(dynamics);
        const auto model = model_of(machine, chain({20, 33, 17, 5}));
        ListWriter list(*model);
        for (std::uint64_t p = 0; p < samples; ++p) learn(list, p, relax_until_settled);
        check_all_ways(model, list);
        std::vector<double> times;
        for (const auto& r : evaluate(model, list).results)
            for (const auto& relaxed : r.relaxed) times.push_back(relaxed.time_rc);
        CHECK(*std::ranges::min_element(times) < *std::ranges::max_element(times));
    }
}

TEST_CASE("Read-outs as differences and frozen nudges do not depend on lanes or threads", "[lanes]") {
    const auto model = model_of(test_machine(), chain({64, 32, 10}));
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p)
        list.clamp(clamp_inputs, p)
            .reset()
            .relax(15)
            .hold()
            .read(2)
            .clamp(clamp_injected, p)
            .relax(8, -0.5F, relax_frozen)
            .read(3, read_differences);
    check_all_ways(model, list);
}

TEST_CASE("Samples of different programs in one job do not depend on lanes or threads", "[lanes]") {
    const auto model = model_of(test_machine(), chain({20, 33, 17, 5}));
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p) {
        if (p % 7 == 3)
            list.clamp(clamp_inputs, p).reset().relax(30).read(4).interrupt();
        else
            learn(list, p);
    }
    check_all_ways(model, list);
}

TEST_CASE("Without sample-and-holds read-outs do not depend on lanes or threads", "[lanes]") {
    auto machine = test_machine();
    machine.sample_and_hold = false;
    machine.adc.choose("ideal");
    machine.adc_bank.count = 8;
    machine.node_noise = "dynamic";
    const auto model = model_of(machine, chain({20, 33, 17, 5}));
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p) learn(list, p);
    check_all_ways(model, list);
}

TEST_CASE("Ideal converters pass the same bits for any lanes and threads", "[lanes]") {
    const auto model = model_of(ideal_twin(test_machine(), *make_hopfield()), chain({20, 33, 17, 5}));
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p) learn(list, p);
    check_all_ways(model, list);
}

TEST_CASE("A sample's read-out depends on its presentation and its codes alone", "[lanes]") {
    const auto model = model_of(test_machine(), chain({20, 33, 17, 5}));
    ListWriter whole(*model);
    for (std::uint64_t p = 0; p < samples; ++p) learn(whole, p);
    ListWriter alone(*model);
    learn(alone, 41);
    const auto all_codes = evaluate(model, whole).codes;
    const auto own = evaluate(model, alone).codes;
    REQUIRE(own.size() * samples == all_codes.size());
    CHECK(
        std::equal(own.begin(), own.end(), all_codes.begin() + 41 * static_cast<std::ptrdiff_t>(own.size())));
}

TEST_CASE("Each READ and each RELAX of a sample draws its own noise", "[lanes]") {
    auto machine = test_machine();
    const auto net = chain({20, 33, 17, 5});
    for (const auto* noise : {"sampled", "dynamic"}) {
        machine.node_noise = noise;
        set(*machine.circuit.part(), {{"node_capacitance", 1e-17}}); // noise of many LSB
        set(*machine.adc.part(), {{"noise", 0.0}});
        const auto model = model_of(machine, net);
        ListWriter list(*model);
        list.clamp(clamp_inputs, 1).reset().hold().relax(10).read(all).restore().relax(10).read(all);
        const auto codes = evaluate(model, list).codes;
        CHECK_FALSE(std::equal(codes.begin(), codes.begin() + 55, codes.begin() + 55));
    }
}

TEST_CASE("Noise differs between presentations, runs and phases, and the chip's errors between chips",
          "[lanes]") {
    auto machine = test_machine();
    const auto net = chain({20, 33, 17, 5});
    const auto codes = [&](std::uint64_t noise_seed) {
        const auto model = make_chip_model(machine, net, make_hopfield(), noise_seed);
        ListWriter list(*model);
        learn(list, 1);
        return evaluate(model, list).codes;
    };
    const auto first = codes(1);
    CHECK(codes(1) == first);
    CHECK(codes(2) != first);
    machine.chip_seed = 2;
    CHECK(codes(1) != first);
}

// A frozen nudge: free phases read in one job, relaxed again and nudged in the next.
TEST_CASE("A job that relaxes the last one's samples over again reads what it would by itself", "[lanes]") {
    auto machine = test_machine();
    machine.adc.choose("ideal");
    for (const auto* dynamics : {"dissipative", "conjugate", "dissipative-sweeps", "conjugate-sweeps"}) {
        INFO(dynamics);
        machine.dynamics.choose(dynamics);
        const auto model = model_of(machine, chain({20, 33, 17, 5}));
        ListWriter free_list(*model), nudged_list(*model);
        for (std::uint64_t p = 0; p < samples; ++p) {
            free_list.clamp(clamp_inputs, p).reset().relax(15).read(4);
            nudged_list.clamp(clamp_inputs | clamp_injected, p).reset().relax(15).hold();
            nudged_list.relax(8, 0.5F, relax_frozen)
                .read(all)
                .restore()
                .relax(8, -0.5F, relax_frozen)
                .read(all);
        }
        auto values = random_couplings(*model->network);
        WorkerPool pool(2);
        const auto run = [&](LaneScheduler& scheduler, const ListWriter& list) {
            auto job = job_of(list, *model);
            scheduler.begin(job);
            scheduler.need(samples - 1, values.data());
            return job.bytes;
        };
        const auto by_itself = [&] {
            LaneScheduler scheduler(pool, 256);
            scheduler.use(model);
            return run(scheduler, nudged_list);
        };
        LaneScheduler scheduler(pool, 256);
        scheduler.use(model);
        run(scheduler, free_list);
        CHECK(run(scheduler, nudged_list) == by_itself());
        run(scheduler, free_list);
        for (auto& v : values) v *= 0.5F;
        scheduler.couplings_changed();
        CHECK(run(scheduler, nudged_list) == by_itself());
    }
}
