#include "hw_models/base/error.hpp"
#include "tests/host/learning_optimisers.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace isinglass;
using namespace isinglass::optimisers_tested;

TEST_CASE("results have the same bits however the parameters are cut into ranges") {
    // Ranges of one element run in the tail of a loop alone, whole ones mostly in its vector body.
    constexpr std::size_t n = 1003;
    std::vector<std::size_t> ones, odd;
    for (std::size_t cut = 1; cut < n; ++cut) ones.push_back(cut);
    for (std::size_t cut = 3, length = 1; cut < n; length = length % 37 + 2, cut += length)
        odd.push_back(cut);
    for (const Setting& setting : settings) {
        INFO(setting.kind << " " << setting.text);
        const Vector whole = trained(setting, n, 20, {});
        REQUIRE((trained(setting, n, 20, {501}) == whole));
        REQUIRE((trained(setting, n, 20, odd) == whole));
        REQUIRE((trained(setting, n, 20, ones) == whole));
    }
}

TEST_CASE("two threads on two halves give the bits of one") {
    constexpr std::size_t n = 4099, half = 2049;
    for (const Setting& setting : settings) {
        const auto optimiser = made(setting);
        optimiser->begin(n);
        Vector theta = drawn(n, 1);
        for (unsigned u = 0; u < 3; ++u) {
            const Vector gradient = drawn(n, 100 + u);
            optimiser->advance();
            const auto range = [&](std::size_t first, std::size_t end) {
                optimiser->step(first, std::span(gradient).subspan(first, end - first),
                                std::span(theta).subspan(first, end - first), 0.03F);
            };
            std::thread other(range, half, n);
            range(0, half);
            other.join();
        }
        REQUIRE((theta == trained(setting, n, 3, {})));
    }
}

TEST_CASE("an optimiser with restored state and count continues with the same bits") {
    constexpr std::size_t n = 21;
    for (const Setting& setting : settings) {
        const auto original = made(setting);
        original->begin(n);
        Vector theta = drawn(n, 1);
        for (unsigned u = 0; u < 4; ++u) update(*original, drawn(n, 100 + u), theta, 0.03F);
        const auto resumed = made(setting);
        resumed->begin(n);
        resumed->set_updates(original->updates());
        const auto from = original->state();
        const auto to = resumed->state();
        REQUIRE(from.size() == to.size());
        for (std::size_t i = 0; i < from.size(); ++i) {
            REQUIRE(from[i].name == to[i].name);
            REQUIRE(from[i].values.size() == n);
            std::copy(from[i].values.begin(), from[i].values.end(), to[i].values.begin());
        }
        for (unsigned u = 4; u < 8; ++u) update(*resumed, drawn(n, 100 + u), theta, 0.03F);
        REQUIRE((theta == trained(setting, n, 8, {})));
    }
}

TEST_CASE("beginning again forgets the run before") {
    for (const Setting& setting : settings) {
        const auto optimiser = made(setting);
        Vector theta = drawn(9, 7);
        optimiser->begin(9);
        update(*optimiser, drawn(9, 8), theta, 0.03F);
        REQUIRE(optimiser->updates() == 1);
        optimiser->begin(5);
        REQUIRE(optimiser->updates() == 0);
        theta = drawn(5, 1);
        for (unsigned u = 0; u < 3; ++u) update(*optimiser, drawn(5, 100 + u), theta, 0.03F);
        REQUIRE((theta == trained(setting, 5, 3, {})));
    }
}

TEST_CASE("an optimiser's cost on the host counts what its rule needs") {
    struct Expected {
        double flops, state_bytes;
    };
    const std::vector<Expected> expected{{2, 0}, {4, 0}, {6, 8}, {8, 8}, {13, 16}, {15, 16}};
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const auto optimiser = made(settings[i]);
        REQUIRE(optimiser->flops_per_parameter() == expected[i].flops);
        REQUIRE(optimiser->bytes_per_parameter() == expected[i].state_bytes);
        // Each float of state is read and written once.
        optimiser->begin(1);
        REQUIRE(8.0 * static_cast<double>(optimiser->state().size()) == expected[i].state_bytes);
    }
}

TEST_CASE("what no optimiser can run with is refused") {
    REQUIRE_THROWS_AS(made({"sgd", "momentum = 1.0"}), ConfigError);
    REQUIRE_THROWS_AS(made({"adam", "epsilon = 0.0"}), ConfigError);
    REQUIRE_THROWS_AS(made({"adam", "momentum = 0.9"}), ConfigError);
    REQUIRE_THROWS_WITH(made({"sgd", "nesterov = true"}), Catch::Contains("needs a momentum above 0"));
    REQUIRE_THROWS_WITH(make_optimiser("adamw"),
                        Catch::Contains("adamw") && Catch::Contains("there are: sgd, adam"));
}
