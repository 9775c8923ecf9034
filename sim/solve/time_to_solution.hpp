// How many shots a machine needs to hit a target with some certainty.
#pragma once

#include <cstddef>

namespace isinglass {

// A share of shots that succeeded, with its 95 % interval (Clopper and Pearson, Biometrika 26, 404, 1934).
struct SuccessRate {
    std::size_t hits = 0;
    std::size_t shots = 0;
    double low = 0.0, high = 1.0;
    [[nodiscard]] double rate() const { return static_cast<double>(hits) / static_cast<double>(shots); }
};
[[nodiscard]] SuccessRate success_rate(std::size_t hits, std::size_t shots);

// Shots after which at least one has succeeded with the probability 0.99: ln 0.01 / ln(1 − p), 1 at least,
// and infinite at p = 0.
[[nodiscard]] double shots_to_99(double p);

} // namespace isinglass
