// Memory is stated, and refused where it is not there, before anything is made.
#include "hw_models/base/error.hpp"
#include "hw_models/machine.hpp"
#include "sim/run/memory_need.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace isinglass;

namespace {

std::map<std::string, double> needed(const std::string& preset, std::vector<std::string> sets = {}) {
    sets.insert(sets.begin(), "run.threads=2");
    const auto experiment = load_experiment(preset, sets);
    const auto network = network_on(experiment.machine, experiment.network.build());
    RunData data;
    data.train.shape = {1, 1, 1000};
    data.train.labels.resize(500);
    std::map<std::string, double> bytes;
    for (const auto& part : memory_needed(experiment, *network, data)) bytes[part.name] = part.bytes;
    return bytes;
}

} // namespace

TEST_CASE("memory grows with samples, numbers, batch and threads") {
    const auto one = needed("mnist-predictive");
    CHECK(one.at("samples") == 500e3);
    CHECK(needed("mnist-predictive", {"run.threads=4"}).at("threads") == Approx(2.0 * one.at("threads")));
    CHECK(needed("mnist-predictive", {"training.batch=160"}).at("read-outs") ==
          Approx(10.0 * one.at("read-outs")));
    const auto adam = needed("mnist-predictive", {"training.optimiser={kind=\"adam\"}"});
    CHECK(adam.at("couplings") > one.at("couplings"));
    // 3136 x 128 couplings and some more, of four bytes, several times over.
    CHECK(one.at("couplings") > 5.0 * 4.0 * 3136.0 * 128.0);
    CHECK(one.at("couplings") < 20.0 * 4.0 * 3136.0 * 128.0);
}

TEST_CASE("cells of their own take memory each, which shared values do not") {
    const auto shared = needed("mnist-conv");
    const auto apart =
        needed("mnist-conv", {"machine.couplings.kind=\"codes\"", "machine.couplings.mismatch=0.01"});
    const double cells = 24 * 24 * 32 * 25 + 8 * 8 * 64 * 32 * 25; // windows on the drive, of each channel
    CHECK(apart.at("couplings") - shared.at("couplings") == Approx(28.0 * cells).epsilon(0.05));
}

TEST_CASE("what does not fit is refused with its parts and what most of it is") {
    const std::vector<MemoryPart> parts{{"samples", "as loaded", 1e9}, {"threads", "2 x so much", 3e9}};
    CHECK(check_memory(parts, 8e9) == "about 4.00 GB (samples 1.00 GB, threads 3.00 GB); 8.00 GB available");
    CHECK_THROWS_AS(check_memory(parts, 3.9e9), UserError);
    CHECK_THROWS_WITH(check_memory(parts, 3.9e9),
                      Catch::Contains("needs about 4.00 GB of memory and 3.90 GB is available") &&
                          Catch::Contains("most of it are threads, 2 x so much"));
}

TEST_CASE("the system says how much memory there is") {
    CHECK(available_memory_bytes() > 1e7);
    CHECK(available_memory_bytes() < 1e15);
}
