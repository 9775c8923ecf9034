#include "tests/chip/recorder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::uint16_t all = 3;

// Joules of a component in the recording's one window.
double joules(const Rig& rig, const Recorder& recorder, const std::string& component) {
    const auto& values = recorder.changes("coprocessor/power/" + component + "_W");
    const double end = recorder.windows.at(0).second;
    double sum = 0.0;
    for (auto at = values.begin(); at != values.end(); ++at) {
        const double until = std::next(at) == values.end() ? end : std::next(at)->first;
        sum += std::stod(at->second) * (until - at->first) * static_cast<double>(rig.clock_fs()) * 1e-15;
    }
    return sum;
}

// A machine with every error and noise.
MachineSpec real_machine(const std::string& dynamics) {
    auto machine = whole_cycle_machine();
    machine.dac.choose("ideal"), machine.dac.choose("uniform"); // defaults again
    machine.adc.choose("ideal"), machine.adc.choose("uniform");
    machine.couplings.mismatch = 0.01;
    machine.node_noise = "dynamic";
    machine.dynamics.choose(dynamics);
    return machine;
}

void learn(List& list, std::size_t samples, std::uint64_t first) {
    for (std::uint64_t p = first; p < first + samples; ++p) {
        list.clamp(clamp_inputs | clamp_targets, p, {static_cast<std::uint8_t>(7 * p), 90, 200});
        list.reset().relax(75, 0.0F, p % 3 == 0 ? relax_until_settled : std::uint8_t{0}).hold().read(all);
        list.relax(25, 0.5F).read(all, true).restore().relax(25, -0.5F).read(all, true);
    }
}

struct JobsOutcome {
    std::vector<std::uint8_t> codes;
    std::vector<std::uint64_t> times;
    std::vector<std::uint64_t> counters;
    LedgerRecord ledger;
    bool operator==(const JobsOutcome&) const = default;
};

JobsOutcome two_jobs(Rig& rig) {
    JobsOutcome outcome;
    rig.program(random_couplings(*rig.network));
    for (const std::uint64_t first : {0U, 24U}) {
        rig.memory.release_all();
        auto list = rig.list();
        learn(list, 24, first);
        const auto counters = rig.host.run(list.job);
        outcome.counters.insert(outcome.counters.end(), {counters.adc_clipped, counters.not_settled});
        outcome.times.push_back(now_fs());
        const auto codes = list.codes();
        outcome.codes.insert(outcome.codes.end(), codes.begin(), codes.end());
    }
    outcome.ledger = rig.ledger().save();
    return outcome;
}

} // namespace

TEST_CASE("Neither a trace nor the number of lanes and threads changes bytes, times or counts", "[trace]") {
    const auto net = chain({40, 70, 10});
    const std::vector<std::string> dynamics{"dissipative", "conjugate", "dissipative-fast"};
    const std::vector<std::uint64_t> traced{0, 13, 47};
    Rigs rigs;
    for (const auto& name : dynamics) {
        rigs.add(real_machine(name), net);
        rigs.add(real_machine(name), net, 5, 2);
        for (std::size_t t = 0; t < traced.size(); ++t) rigs.add(real_machine(name), net);
    }
    const std::size_t of_one = 2 + traced.size();
    std::vector<Recorder> recorders(rigs.size());
    std::vector<JobsOutcome> outcomes(rigs.size());
    std::vector<std::unique_ptr<OnePresentation>> triggers(rigs.size());
    rigs.run([&](Rig& rig, std::size_t i) {
        if (i % of_one >= 2) {
            rig.chip.declare_signals(recorders[i]);
            triggers[i] = std::make_unique<OnePresentation>(traced[i % of_one - 2]);
            rig.chip.trace(recorders[i], *triggers[i]);
        }
        outcomes[i] = two_jobs(rig);
    });
    for (std::size_t i = 0; i < rigs.size(); ++i) {
        INFO(dynamics[i / of_one] << ", way " << i % of_one);
        CHECK((outcomes[i] == outcomes[i / of_one * of_one]));
        CHECK(recorders[i].windows.size() == (i % of_one >= 2 ? 1 : 0));
    }
}

TEST_CASE("The voltage traced at a READ is that which the ADC converted, bit for bit", "[trace]") {
    Rigs rigs;
    for (const auto* dynamics : {"dissipative", "conjugate", "dissipative-fast", "dissipative-sweeps"}) {
        auto machine = ideal_machine();
        machine.dynamics.choose(dynamics);
        rigs.add(machine, chain({40, 70, 10}));
    }
    rigs.run([&](Rig& rig, std::size_t) {
        INFO(rig.machine.dynamics.name());
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        rig.program(random_couplings(*rig.network));
        auto list = rig.list();
        list.clamp_levels(clamp_inputs | clamp_targets, 0, {0.2F, 0.9F, 0.5F}).reset().relax(40).hold();
        list.read(all).relax(13, 0.5F).read(all).restore().read(all).relax(13, -0.5F).read(all);
        rig.align();
        recorder.start(now_fs(), rig.clock_fs());
        OnePresentation trigger(0);
        rig.chip.trace(recorder, trigger);
        rig.host.run(list.job);
        std::vector<double> reads;
        for (const auto& [time, name] : recorder.changes("coprocessor/command"))
            if (name == "READ") reads.push_back(time);
        REQUIRE(reads.size() == 4);
        for (std::size_t r = 0; r < reads.size(); ++r) {
            const auto levels = list.levels_of_read(r);
            for (std::size_t j = 0; j < 80; ++j) {
                const auto spin = j < 70 ? fmt::format("h1/{}", j) : fmt::format("out/{}", j - 70);
                CHECK(recorder.value(fmt::format("coprocessor/array/{}/v_V", spin), reads[r]) ==
                      fmt::format("{:.17g}", 0.5 * static_cast<double>(levels[j])));
            }
        }
        CHECK(list.codes_of_read(0) == list.codes_of_read(2)); // restored
        CHECK(list.codes_of_read(1) != list.codes_of_read(3));
    });
}

TEST_CASE("A window that opens in the middle of another sample shows what the units are at", "[trace]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        // Eight commands: the first is issued at 56 + 10 + 256 + 10 + 1 = 333, B's CLAMP three cycles later.
        record(rig, recorder, {1}, [](List& list) {
            list.clamp(clamp_inputs, 0).reset().relax(200);
            list.clamp(clamp_inputs, 1).reset().relax(5).read(all);
        });
        CHECK(recorder.timeline("coprocessor/command", 333) ==
              "3 CLAMP, 67 RESET, 69 RELAX, 269 CLAMP, 270 RESET, 272 RELAX, 277 READ, 278 IRQ");
        CHECK(recorder.timeline("coprocessor/phase", 333) ==
              "3 clamp, 67 free, 269 clamp, 270 free, 277 read");
    });
}

TEST_CASE("Between two deliveries the DMA engine shows as idle", "[trace]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        record(rig, recorder, {0},
               [](List& list) { list.clamp(clamp_inputs, 0).reset().relax(5).read(2).relax(100).read(2); });
        const double from = recorder.windows.at(0).first;
        // CLAMP 67, RESET 2, RELAX 5, READ 1, ADCs 5, delivery 10; a hundred cycles after the first READ, the
        // same.
        CHECK(recorder.timeline("coprocessor/dma/delivering", from) == "0 0, 80 1, 90 0, 181 1, 191 0");
        CHECK(recorder.timeline("coprocessor/link/to_host_busy", from) == "0 0, 80 1, 90 0, 181 1, 191 0");
    });
}

TEST_CASE("Power over a window integrates to the joules of what is counted in it", "[trace]") {
    Rig rig(whole_cycle_machine(), chain({40, 70, 10}));
    rig.run([&] {
        std::map<std::string, double> prices;
        for (const auto& action : rig.chip.ledger().actions())
            prices[action] = 1e-12 * static_cast<double>(1 + prices.size());
        rig.chip.price_power(prices, 0);
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        rig.program(random_couplings(*rig.network));
        const auto before = rig.ledger();
        // No READ in the traced sample: its window lasts until the job's end.
        record(rig, recorder, {0}, [](List& list) {
            list.clamp(clamp_inputs, 0).reset().relax(100, 0.0F, relax_until_settled).hold();
            list.job.program(0, std::vector<std::uint8_t>(2800, 5), false);
            list.clamp(clamp_inputs, 1).reset().relax(20).read(all);
        });
        std::map<std::string, double> expected;
        for (const auto& [action, phase, amount] : rig.ledger().since(before).save().entries)
            if (phase != Phase::idle) // the list, fetched before the window opens, and registers
                expected[action.substr(0, action.find('.'))] += amount * prices.at(action);
        for (const auto* name :
             {"adc", "coupling", "dac", "dma", "link", "node", "sample_hold", "settle", "staging"}) {
            INFO(name);
            CHECK(expected[name] > 0.0);
            CHECK(joules(rig, recorder, name) == Approx(expected[name]).epsilon(1e-9));
        }
    });
}

TEST_CASE("The power of writing couplings lasts as long as they are written", "[trace]") {
    auto machine = whole_cycle_machine();
    machine.couplings.write_cycles = 40; // 2800 couplings on 16 drivers: 175 rounds, 7000 cycles
    machine.control.staging_slots = 1;
    Rig rig(machine, chain({40, 70, 10}));
    rig.run([&] {
        rig.chip.price_power({{"coupling.write", 1e-12}}, 0);
        Recorder recorder;
        rig.chip.declare_signals(recorder);
        const double watts = 2 * 2800 * 1e-12 / (7000 * 2e-9);
        const auto check = [&](double from, double until) {
            const auto& values = recorder.changes("coprocessor/power/coupling_W");
            CHECK(joules(rig, recorder, "coupling") == Approx(watts * (until - from) * 2e-9));
            CHECK(std::stod(recorder.value("coprocessor/power/coupling_W", from)) == Approx(watts));
            CHECK(std::stod(recorder.value("coprocessor/power/coupling_W", until - 1)) == Approx(watts));
            CHECK(recorder.value("coprocessor/power/coupling_W", until) == "0");
            if (values.begin()->first < from)
                CHECK(recorder.value("coprocessor/power/coupling_W", from - 1) == "0");
        };
        const std::vector<std::uint8_t> codes(2800, 5);
        // Four commands: the first is issued at 56 + 10 + 128 + 10 + 1 = 205. CLAMP 67, RESET 2; PROGRAM's
        // first code is there 20 later.
        record(rig, recorder, {0}, [&](List& list) {
            list.clamp(clamp_inputs, 0).reset();
            list.job.program(0, codes, false);
        });
        check(205 + 67 + 2 + 20, 205 + 67 + 2 + 20 + 7000);
        // Five: 237. Sample 0 is there at 297, converted 303, swapped 304. Sample 1's codes are asked for at
        // 303 and have the link until 353: there 363, as PROGRAM's first code is; converted 369. Then
        // sample 2's codes are asked for: its window opens while cells are written.
        record(rig, recorder, {2}, [&](List& list) {
            list.clamp(clamp_inputs, 0);
            list.job.program(0, codes, false);
            list.clamp(clamp_inputs, 1).clamp(clamp_inputs, 2);
        });
        CHECK(recorder.windows.at(0).first == 369);
        check(369, 363 + 7000);
    });
}
