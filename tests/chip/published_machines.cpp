// What is published of two machines must come out of jobs on their presets' sequencers.
#include "hw_models/energy/pricing.hpp"
#include "sim/run/experiment.hpp"
#include "tests/chip/machine_jobs.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr DsIsaShape shapes[] = {{8, 8}, {16, 8}, {16, 16}, {32, 16}, {32, 32}};

// Watts by group over a job.
std::map<std::string, double> watts(const JobFigures& job, const MachineSpec& machine) {
    auto groups = price(job.counts, load_components(machine)).by_group_j;
    for (auto& [group, joules] : groups) joules /= job.time_s;
    return groups;
}

} // namespace

TEST_CASE("DS-ISA: training takes time as the square of the nodes, mostly to load couplings", "[published]") {
    MachineJobs all;
    for (const auto& shape : shapes) all.add({shape, DsIsaJob::training, 10});
    const auto jobs = all.run();
    std::vector<double> nodes, times;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        nodes.push_back(static_cast<double>(shapes[i].nodes()));
        times.push_back(jobs[i].time_s);
        if (nodes.back() >= 128.0) CHECK(jobs[i].time_s_of(Phase::program) > 0.5 * jobs[i].time_s);
    }
    INFO("exponent " << exponent(nodes, times));
    CHECK(exponent(nodes, times) > 1.8);
    CHECK(exponent(nodes, times) < 2.2);
}

TEST_CASE("DS-ISA: inference takes less than in proportion to the tasks", "[published]") {
    MachineJobs all;
    for (const std::size_t tasks : {1, 2, 4, 8, 16, 32, 64}) all.add({{32, 32}, DsIsaJob::inference, tasks});
    const auto jobs = all.run();
    for (std::size_t i = 1; i < jobs.size(); ++i) {
        CHECK(jobs[i].time_s > jobs[i - 1].time_s);
        CHECK(jobs[i].time_s < 2.0 * jobs[i - 1].time_s);
    }
    CHECK(jobs.back().time_s < 32.0 * jobs.front().time_s);
}

TEST_CASE("DS-ISA: controller and interface draw more in every kind of job than the analog core that evolves",
          "[published]") {
    MachineJobs all;
    for (const auto job : {DsIsaJob::inference, DsIsaJob::optimisation, DsIsaJob::training})
        all.add({{32, 32}, job, 10});
    for (const auto& job : all.run()) {
        auto power = watts(job, ds_isa({32, 32}));
        const double around = power["controller"] + power["converters"] + power["memory"] + power["link"];
        CHECK(around > ds_isa_core_w({32, 32})); // all the time, the core while it evolves
        CHECK(around > 4.0);                     // of the 4.64 W that are published
    }
}

TEST_CASE("D-Wave's published timing comes out of the sequencer, up to what starts and ends a job",
          "[published]") {
    const std::vector<std::size_t> reads{1, 10, 100};
    MachineJobs all;
    for (const auto n : reads) all.add_dwave(64, n);
    const auto jobs = all.run();
    for (std::size_t i = 0; i < reads.size(); ++i) {
        const double published = 15.9e-3 + static_cast<double>(reads[i]) * (20e-6 + 39.76e-6 + 21.02e-6);
        INFO(reads[i] << " reads: " << jobs[i].time_s << " s, published " << published << " s");
        CHECK(jobs[i].time_s > published);
        // A job: doorbell, list, buffers, interrupt and registers over a link of 200 ns; a read: a CLAMP and
        // a fetch.
        CHECK(jobs[i].time_s < published + 20e-6 + static_cast<double>(reads[i]) * 1e-6);
    }
}
