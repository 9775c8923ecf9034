// Host programs that measure the chip's errors, against what was drawn.
#include "host/learning/calibration.hpp"

#include "tests/chip/chip_rig.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr double lsb = 1.0 / 255.0;

MachineSpec erring_machine() {
    auto machine = whole_cycle_machine();
    set(*machine.adc.part(), {{"gain_error", 0.03}, {"offset_error", 4.0}, {"noise", 0.5}});
    return machine;
}

struct Host {
    Rig& rig;
    TrainingSpec training;
    Presenter presenter;

    explicit Host(Rig& r, const TrainingSpec& t = {})
        : rig(r),
          training(t),
          presenter(r.host,
                    {.ledger = &r.chip.ledger(), .enter = [&r](Phase p) { r.chip.phases().enter(p); }},
                    r.machine, r.network, r.model->energy, training, r.pool) {}
};

// Largest deviation of the ADCs' readings from what is at them, with noise averaged out, at some level.
double worst_reading(Host& host, float level) {
    constexpr std::size_t reads = 64;
    auto& lines = host.presenter.lines();
    auto job = host.presenter.begin_job();
    std::vector<std::uint64_t> at;
    for (std::size_t k = 0; k < reads; ++k) {
        std::ranges::fill(job.clamp(clamp_inputs, lines.clamp_bytes(clamp_inputs), k), std::uint8_t{0});
        job.reset();
        at.push_back(job.read_reference(3, lines.read_bytes(3), level));
    }
    host.presenter.run(job);
    std::vector<float> state(host.rig.network->state_columns);
    std::vector<double> mean(state.size(), 0.0);
    for (const auto address : at) {
        lines.decode(host.presenter.codes_at(address, lines.read_bytes(3)), 3, false, state);
        for (std::size_t j = 0; j < state.size(); ++j) mean[j] += static_cast<double>(state[j]) / reads;
    }
    double worst = 0.0;
    for (const auto& layer : host.rig.network->layers)
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
            worst = std::max(worst, std::abs(mean[j] - static_cast<double>(level)));
    return worst;
}

} // namespace

TEST_CASE("Converters that were calibrated against their reference read within a quarter of an LSB",
          "[calibration]") {
    Rig rig(erring_machine(), chain({4, 40, 10}));
    rig.run([&] {
        Host host(rig);
        CHECK(worst_reading(host, 0.5F) > 2.0 * lsb);
        Calibration found;
        const CalibrationSpec spec{.reads = 64};
        Calibrator(host.presenter, *rig.network, spec, 0, rig.pool).measure_converters(found);
        for (const float level : {0.2F, 0.5F, 0.8F}) CHECK(worst_reading(host, level) < 0.25 * lsb);
        // Nodes of one converter are corrected alike: 16 converters.
        CHECK(found.slope[3] == found.slope[19]);
        CHECK(found.slope[3] != found.slope[4]);
    });
}

TEST_CASE("Spins whose offsets were measured settle where ideal ones do, up to a coupling's code",
          "[calibration]") {
    auto machine = erring_machine();
    machine.spins.offset_v = 0.02; // 0.04 model units
    Rig rig(machine, chain({4, 40, 10}));
    rig.run([&] {
        Host host(rig);
        Calibration found;
        const CalibrationSpec spec{.reads = 64};
        Calibrator calibrator(host.presenter, *rig.network, spec, 0, rig.pool);
        calibrator.measure_converters(found);
        calibrator.measure_offsets(found);
        double drawn = 0.0;
        double left = 0.0;
        for (std::size_t l = 0; l < 2; ++l)
            for (std::size_t i = 0; i < rig.network->layers[l].size; ++i) {
                const auto offset =
                    static_cast<double>(rig.model->spin_errors.offset[rig.network->layers[l].offset + i]);
                const auto trim = static_cast<double>(found.trim[rig.network->node_block(l).first + i]);
                drawn = std::max(drawn, std::abs(offset));
                left = std::max(left, std::abs(offset + trim));
            }
        CHECK(drawn > 0.05);
        CHECK(left < lsb);
        for (const auto& block : rig.network->blocks) // couplings between nodes are left alone
            if (block.link >= 0) CHECK(found.trim[block.first] == 0.0F);
    });
}

TEST_CASE("Counts and time of a calibration are in a phase of their own", "[calibration]") {
    Rig rig(erring_machine(), chain({4, 40, 10}));
    rig.run([&] {
        Host host(rig);
        rig.program(std::vector<float>(rig.network->parameters, 0.1F));
        const auto before = rig.ledger();
        Calibration found;
        const CalibrationSpec spec{.reads = 4};
        host.presenter.as_phase(Phase::calibrate, [&] {
            Calibrator(host.presenter, *rig.network, spec, 0, rig.pool).measure_offsets(found);
        });
        const auto spent = rig.ledger().since(before);
        for (std::size_t p = 0; p < phase_count; ++p)
            CHECK((spent.time_fs(static_cast<Phase>(p)) > 0) == (static_cast<Phase>(p) == Phase::calibrate));
        std::map<std::string, double> amounts;
        for (const auto& entry : spent.save().entries) {
            CHECK(entry.phase == Phase::calibrate);
            amounts[entry.action] = entry.amount;
        }
        CHECK(amounts["adc.convert"] == 2 * 4 * 50); // two biases, four reads, all nodes
        CHECK(amounts["coupling.write"] == 2 * 2 * static_cast<double>(rig.network->parameters));
        CHECK(amounts["host.flop"] > 0.0);
    });
}

TEST_CASE("The measured read gain lets responses fill the converters and clips none", "[calibration]") {
    Rig rig(whole_cycle_machine(), chain({4, 40, 10}));
    rig.run([&] {
        TrainingSpec training;
        training.readout = "differences";
        Host host(rig, training);
        rig.program(random_couplings(*rig.network));
        Samples samples{.shape = {.width = 4}, .classes = 10};
        const auto features = random_floats(64, 50, 0.0F, 1.0F);
        samples.values = std::vector<float>(features.begin(), features.end());
        for (int i = 0; i < 16; ++i) samples.labels.push_back(i % 10);
        Calibration found;
        const CalibrationSpec spec;
        BatchReadout readout(16, *rig.network);
        Calibrator(host.presenter, *rig.network, spec, 0, rig.pool).measure_range(found, samples, readout);
        CHECK(std::exp2(std::round(std::log2(found.read_gain))) == found.read_gain);
        CHECK(std::bit_cast<float>(rig.host.read_register(Register::read_gain)) ==
              static_cast<float>(found.read_gain));
        std::vector<Presentation> batch;
        for (std::size_t i = 0; i < 16; ++i) batch.push_back({i, i});
        const auto outcome = host.presenter.learn(samples, batch, std::vector<float>(16, 1.0F), readout);
        CHECK(outcome.counters.adc_clipped == 0);
        double most = 0.0;
        for (std::size_t r = 0; r < 16; ++r)
            for (std::size_t j = 0; j < rig.network->state_columns; ++j)
                most = std::max(
                    most, std::abs(static_cast<double>(readout.first.row(r)[j] - readout.second.row(r)[j])));
        // Of the half scale 1/2: the largest sum of both responses lies between 0.4 and 0.8 of it, less
        // noise.
        CHECK(most * found.read_gain > 0.3 * 0.5);
        CHECK(most * found.read_gain < 0.9 * 0.5);
    });
}

TEST_CASE("A reference beyond full scale, or as a difference, is refused; so is a gain that is none",
          "[calibration]") {
    Rig rig(whole_cycle_machine(), chain({4, 40, 10}));
    rig.run([&] {
        const auto refused = [&](std::uint8_t flags, float level) {
            auto list = rig.list();
            list.clamp(clamp_inputs, 0).reset().hold().read(3);
            auto command = list.job.commands().back();
            command.flags = flags;
            command.beta = level;
            list.job.add(command);
            CHECK_THROWS_AS(rig.host.run(list.job), DeviceFailure);
        };
        refused(read_reference, 1.5F);
        refused(read_reference | read_differences, 0.5F);
        rig.host.write_register(Register::read_gain, 0);
        auto list = rig.list();
        list.clamp(clamp_inputs, 0).reset().read(3);
        CHECK_THROWS_AS(rig.host.run(list.job), DeviceFailure);
    });
}
