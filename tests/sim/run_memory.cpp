// Memory is stated, and refused where it is not there, before anything is made.
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/machine.hpp"
#include "sim/run/memory_need.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>

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
    CHECK(one.at("samples") == 500e3 + 4.0 * 500.0);
    CHECK(needed("mnist-predictive", {"run.threads=4"}).at("threads") == Approx(2.0 * one.at("threads")));
    const auto read_outs = [](int batch) { // of 500 samples
        return needed("mnist-predictive", {fmt::format("training.batch={}", batch)}).at("read-outs");
    };
    CHECK(read_outs(250) == Approx(10.0 * read_outs(25)));
    CHECK(2.0 * read_outs(250) > 1.001 * read_outs(500)); // with the inputs of the second batch
    CHECK(read_outs(300) > 1.01 * 1.2 * read_outs(250));  // and states of one of 200
    const auto adam = needed("mnist-predictive", {"training.optimiser={kind=\"adam\"}"});
    CHECK(adam.at("couplings") > one.at("couplings"));
    // 3136 x 128 couplings and some more, of four bytes, several times over.
    CHECK(one.at("couplings") > 5.0 * 4.0 * 3136.0 * 128.0);
    CHECK(one.at("couplings") < 25.0 * 4.0 * 3136.0 * 128.0);
}

TEST_CASE("cells of their own take memory each, which shared values do not") {
    const auto shared = needed("mnist-conv");
    const auto apart =
        needed("mnist-conv", {"machine.couplings.kind=\"codes\"", "machine.couplings.mismatch=0.01"});
    const double cells = 24 * 24 * 32 * 25 + 8 * 8 * 64 * 32 * 25; // windows on the drive, of each channel
    CHECK(apart.at("couplings") - shared.at("couplings") == Approx(28.0 * cells).epsilon(0.05));
}

TEST_CASE("buffers hold every state that an estimate reads, and read-outs what its gradient is of") {
    const auto of = [](const std::string& preset, std::vector<std::string> sets, const std::string& part) {
        sets.emplace_back("training.batch=500"); // all samples: more than what scoring takes
        return needed(preset, sets).at(part);
    };
    const double state = 2.0 * 4.0 * 500.0 * 522.0; // there and on its way
    const auto buffers = [&](std::vector<std::string> sets) {
        return of("mnist", std::move(sets), "buffers");
    };
    const double centred = buffers({});
    CHECK(buffers({"training.estimator=one-sided"}) == centred); // the free state and a nudged one
    CHECK(buffers({"training.readout=differences"}) - centred == state);
    CHECK(buffers({"training.estimator=one-sided", "training.readout=differences"}) == centred);
    const auto predictive = [&](const std::string& estimator, const std::string& part) {
        return of("mnist-predictive", {"training.estimator=" + estimator}, part);
    };
    CHECK(predictive("random-sign", "buffers") < 0.6 * predictive("centred", "buffers"));
    CHECK(predictive("random-sign", "read-outs") < 0.8 * predictive("centred", "read-outs"));
}

TEST_CASE("a scoring holds every initial state of its samples, and no more samples than there are") {
    const auto scored = [](std::int64_t states, std::size_t validation) {
        auto e = load_experiment("mnist", std::vector<std::string>{"training.batch=1", "run.lanes=4096"});
        e.training.test_states = states;
        RunData data;
        for (auto* part : {&data.train, &data.validation}) part->shape = {1, 28, 28};
        data.train.labels.resize(1);
        data.validation.labels.resize(validation);
        const auto net = network_on(e.machine, e.network.build());
        for (const auto& part : memory_needed(e, *net, data))
            if (part.name == "buffers") return part.bytes;
        return 0.0;
    };
    const double one = scored(1, 10000) / 1024.0;
    CHECK(scored(4, 100) == Approx(400.0 * one));
    CHECK(scored(4, 10000) == Approx(1024.0 * one));
    CHECK(scored(3000, 10000) == Approx(3000.0 * one));
    CHECK(scored(1, 100) == Approx(100.0 * one));
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

TEST_CASE("split products keep their words, and windows of many weights fewer of them") {
    const ConvolutionShape direct{.in = 32, .rows = 12, .columns = 20, .out = 64, .padding = 1};
    const ConvolutionShape windows{.in = 256, .rows = 4, .columns = 4, .out = 512, .padding = 1};
    const auto a_weight = [](const ConvolutionShape& s, Operands operands) {
        auto wider = s;
        wider.window_rows = wider.window_columns = 5; // of which the images take as much
        wider.padding = 2;
        return (convolution_bytes(wider, operands).kept - convolution_bytes(s, operands).kept) /
               static_cast<double>(wider.weights() - s.weights());
    };
    CHECK(a_weight(direct, Operands::single) == Approx(12.0)); // its own copy, packed for both ways
    if (!fills_matrix_units(direct)) return;
    CHECK(a_weight(direct, Operands::split) == Approx(16.0));
    CHECK(a_weight(windows, Operands::split) == Approx(12.0));
    CHECK(convolution_bytes(direct, Operands::split).packing == 12.0 * static_cast<double>(direct.weights()));
    CHECK(convolution_bytes(windows, Operands::split).packing ==
          4.0 * static_cast<double>(windows.weights()));
}
