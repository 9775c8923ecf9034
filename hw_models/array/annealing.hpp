// How the temperature of two-valued nodes runs over a phase.
#pragma once

#include "hw_models/array/dynamics.hpp"
#include "hw_models/base/fields.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace isinglass {

// Temperatures in units of the energy (Boltzmann's constant is 1).
struct Annealing {
    double start = 1.0;
    double end = 0.1;
    std::string cooling = "linear"; // linear, geometric
    double reverse = 0.25;

    void fields(Fields& f) {
        static const std::vector<std::string> words{"linear", "geometric"};
        f.number({"start_temperature", "temperature at which a free phase after RESET starts, model units"},
                 start, {1e-6, 1e6});
        f.number({"end_temperature", "temperature at which every phase ends, and at which nodes go on while "
                                     "they are read without holds"},
                 end, {1e-6, 1e6});
        f.check(end <= start, "end_temperature", "end_temperature must not be above start_temperature");
        f.choice({"cooling", "how the temperature falls over a phase"}, cooling, words);
        f.number({"reverse", "how far back along the cooling the middle of a phase without RESET before it "
                             "lies, nudged phases above all: 0 stays at end_temperature, 1 is "
                             "start_temperature"},
                 reverse, {0.0, 1.0});
    }

    // After that part of the cooling, 0 … 1.
    [[nodiscard]] double temperature(double progress) const {
        if (cooling == "geometric") return start * std::pow(end / start, progress);
        return start + (end - start) * progress;
    }

    // In a sweep of a phase. Phases that go on from a state are reverse annealing: warmer up to the middle,
    // then as cold as before.
    [[nodiscard]] double temperature(const RelaxPhase& phase, std::uint32_t sweep) const {
        if (phase.steps < 2) return end;
        const double progress = static_cast<double>(sweep) / (phase.steps - 1.0);
        if (phase.after_reset) return temperature(progress);
        return temperature(1.0 - reverse * (1.0 - std::abs(2.0 * progress - 1.0)));
    }
};

} // namespace isinglass
