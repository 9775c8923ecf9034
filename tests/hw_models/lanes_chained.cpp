#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const auto net = chain({20, 33, 17, 5});
constexpr std::uint16_t all = 7;
constexpr std::size_t read_bytes = 55 * 4;

std::shared_ptr<const ChipModel> exact_model(const std::string& dynamics) {
    auto machine = test_machine();
    machine.dynamics.choose(dynamics);
    machine.node_noise = "off";
    machine.adc.choose("ideal");
    return model_of(machine, net);
}

std::vector<std::uint8_t> last_read(const Outcome& outcome) {
    return {outcome.codes.end() - static_cast<std::ptrdiff_t>(read_bytes), outcome.codes.end()};
}

} // namespace

TEST_CASE("A sample without RESET goes on exactly where the one before it ended", "[chained]") {
    for (const auto& dynamics : hopfield_dynamics()) {
        INFO(dynamics);
        const auto model = exact_model(dynamics);
        ListWriter one(*model), two(*model);
        one.clamp(clamp_inputs, 1).reset().relax(6).relax(6).read(all);
        two.clamp(clamp_inputs, 1).reset().relax(6).clamp(clamp_inputs, 1).relax(6).read(all);
        CHECK(evaluate(model, two).codes == evaluate(model, one).codes);
    }
}

TEST_CASE("A chain goes on from the last sample of a group, whatever lane that had", "[chained]") {
    const auto model = exact_model("conjugate");
    ListWriter alone(*model);
    alone.clamp(clamp_inputs, 69).reset().relax(6).clamp(clamp_inputs, 70).relax(4).read(all);
    const auto expected = last_read(evaluate(model, alone));
    for (const auto way : {Lanes{1, 1}, Lanes{20, 1}, Lanes{32, 1}, Lanes{33, 2}, Lanes{256, 2}}) {
        ListWriter list(*model);
        for (std::uint64_t p = 0; p < 70; ++p) list.clamp(clamp_inputs, p).reset().relax(6);
        list.clamp(clamp_inputs, 70).relax(4).read(all);
        INFO(way.lanes << " lanes, " << way.threads << " threads");
        CHECK(last_read(evaluate(model, list, way)) == expected);
    }
}

TEST_CASE("Chained samples do not depend on the number of lanes or threads", "[chained]") {
    auto machine = test_machine();
    machine.adc.choose("ideal");
    for (const auto& dynamics : hopfield_dynamics()) {
        machine.dynamics.choose(dynamics);
        machine.node_noise = possible_noise(machine, "dynamic");
        const auto model = model_of(machine, net);
        ListWriter list(*model);
        for (std::uint64_t p = 0; p < 60; ++p) {
            list.clamp(clamp_inputs | clamp_targets, p);
            if (p % 5 != 3 && p % 17 != 4) list.reset();
            list.relax(5).read(all).hold().relax(3, 0.5F).read(all).restore().relax(3, -0.5F).read(
                all, read_differences);
        }
        const auto expected = evaluate(model, list);
        for (const auto way : {Lanes{1, 1}, Lanes{20, 1}, Lanes{33, 2}, Lanes{256, 2}}) {
            INFO(dynamics << ", " << way.lanes << " lanes, " << way.threads << " threads");
            CHECK(evaluate(model, list, way) == expected);
        }
    }
}

TEST_CASE("A chain crosses from one job and one set of couplings into the next", "[chained]") {
    const auto model = exact_model("dissipative");
    const auto values = random_couplings(*net);
    const auto others = random_floats(net->parameters, 2000, -0.3F, 0.3F);
    const auto run = [&](std::size_t lanes, unsigned threads) {
        WorkerPool pool(threads);
        LaneScheduler scheduler(pool, lanes);
        scheduler.use(model);
        ListWriter list(*model);
        for (std::uint64_t p = 0; p < 40; ++p) list.clamp(clamp_inputs, p).reset().relax(5).read(all);
        auto first = job_of(list, *model);
        scheduler.begin(first);
        scheduler.need(39, values.data());
        ListWriter next(*model);
        auto second = job_of(next.clamp(clamp_inputs, 40).relax(5).read(all), *model);
        scheduler.begin(second);
        scheduler.need(0, others.data());
        const auto read = second.buffer(2);
        return std::vector<std::uint8_t>(read.begin(), read.end());
    };
    const auto expected = run(1, 1);
    CHECK(run(32, 1) == expected);
    CHECK(run(33, 2) == expected);
    // From the reset state it would have come elsewhere.
    ListWriter fresh(*model);
    auto job = job_of(fresh.clamp(clamp_inputs, 40).reset().relax(5).read(all), *model);
    WorkerPool pool(1);
    LaneScheduler scheduler(pool, 32);
    scheduler.use(model);
    scheduler.begin(job);
    scheduler.need(0, others.data());
    CHECK_FALSE(std::ranges::equal(job.buffer(3), expected));
}

TEST_CASE("A sample is evaluated with the couplings of its own segment", "[chained]") {
    const auto model = exact_model("dissipative");
    const auto before = random_couplings(*net);
    const auto after = random_floats(net->parameters, 2000, -0.3F, 0.3F);
    ListWriter list(*model), one(*model);
    for (std::uint64_t p = 0; p < 10; ++p) {
        if (p == 4) list.program(0);
        list.clamp(clamp_inputs, p).reset().relax(5).read(all);
    }
    WorkerPool pool(1);
    LaneScheduler scheduler(pool, 32);
    scheduler.use(model);
    auto job = job_of(list, *model);
    scheduler.begin(job);
    for (std::size_t s = 0; s < 10; ++s) scheduler.need(s, s < 4 ? before.data() : after.data());
    auto alone = job_of(one.clamp(clamp_inputs, 4).reset().relax(5).read(all), *model);
    scheduler.begin(alone);
    scheduler.need(0, after.data());
    CHECK(std::ranges::equal(job.buffer(job.samples[4].first_command + 3), alone.buffer(3)));
    scheduler.begin(alone);
    scheduler.need(0, before.data());
    CHECK_FALSE(std::ranges::equal(job.buffer(job.samples[4].first_command + 3), alone.buffer(3)));
}

TEST_CASE("A new model starts from an array at zero", "[chained]") {
    const auto model = exact_model("conjugate");
    const auto values = random_couplings(*net);
    WorkerPool pool(1);
    LaneScheduler scheduler(pool, 32);
    const auto chained = [&] {
        ListWriter list(*model);
        auto job = job_of(list.clamp(clamp_inputs, 1).relax(5).read(all), *model);
        scheduler.begin(job);
        scheduler.need(0, values.data());
        return std::vector<std::uint8_t>(job.buffer(2).begin(), job.buffer(2).end());
    };
    scheduler.use(model);
    const auto first = chained();
    CHECK(chained() != first);
    scheduler.use(model);
    CHECK(chained() == first);
}
