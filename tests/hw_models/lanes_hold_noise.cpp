#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr std::size_t spins = 55;
constexpr std::uint64_t samples = 200;

// A machine whose only error is kT/C where nodes are sampled, with a read-out fine enough to see it.
std::shared_ptr<const ChipModel> noisy_model() {
    MachineSpec machine;
    set(*machine.circuit.part(), {{"node_capacitance", 1e-15}});
    set(*machine.adc.part(), {{"bits", 16}, {"gain_error", 0}, {"offset_error", 0}, {"noise", 0}});
    return model_of(machine, chain({20, 33, 17, 5}));
}

} // namespace

TEST_CASE("Reading differences sees one draw of the held value in both reads and one of its own in each",
          "[lanes]") {
    const auto model = noisy_model();
    ListWriter list(*model);
    for (std::uint64_t p = 0; p < samples; ++p)
        list.clamp(clamp_inputs, p)
            .reset()
            .relax(40)
            .hold()
            .read(7, read_differences)
            .read(7, read_differences);
    const auto codes = evaluate(model, list).codes;
    std::vector<std::uint16_t> words(codes.size() / 2);
    std::memcpy(words.data(), codes.data(), codes.size());
    const auto range = read_range(model->network->layers[0], true, model->read_gain);
    const double lsb = static_cast<double>(range.high - range.low) / 65535.0;
    double own = 0.0;
    double joint = 0.0;
    for (std::size_t p = 0; p < samples; ++p)
        for (std::size_t n = 0; n < spins; ++n) {
            const double first = lsb * (words[2 * p * spins + n] - 32767.5);
            const double second = lsb * (words[(2 * p + 1) * spins + n] - 32767.5);
            own += 0.5 * (first * first + second * second);
            joint += first * second;
        }
    const double variance =
        (std::pow(model->node_noise_units, 2) + std::pow(model->hold_noise_units, 2)) * samples * spins;
    CHECK(own == Approx(2.0 * variance).epsilon(0.06)); // 4 standard errors
    CHECK(joint == Approx(variance).epsilon(0.08));
}

TEST_CASE("The draw of a held value does not depend on which layers are read", "[lanes]") {
    const auto model = noisy_model();
    ListWriter all(*model), last(*model);
    all.clamp(clamp_inputs, 3).reset().relax(40).hold().read(7, read_differences);
    last.clamp(clamp_inputs, 3).reset().relax(40).hold().read(4, read_differences);
    const auto every = evaluate(model, all).codes;
    const auto outputs = evaluate(model, last).codes;
    REQUIRE(outputs.size() == 10);
    CHECK(std::ranges::equal(outputs, std::span(every).last(10)));
}
