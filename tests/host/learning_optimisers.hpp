// Every optimiser in settings that reach all of its code, and runs of them on drawn gradients.
#pragma once

#include "host/learning/optimiser.hpp"
#include "tests/host/learning_configured.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace isinglass::optimisers_tested {

using Vector = std::vector<float>;

struct Setting {
    const char* kind;
    const char* text;
};

inline const std::vector<Setting> settings{
    {"sgd", ""},
    {"sgd", "weight_decay = 0.01"},
    {"sgd", "momentum = 0.9\nweight_decay = 0.01"},
    {"sgd", "momentum = 0.9\nnesterov = true\nweight_decay = 0.01"},
    {"adam", ""},
    {"adam", "beta1 = 0.8\nbeta2 = 0.99\nepsilon = 1e-3\nweight_decay = 0.05"},
};

inline std::unique_ptr<Optimiser> made(const Setting& setting) {
    return configured(make_optimiser(setting.kind), setting.text);
}

inline Vector drawn(std::size_t n, unsigned seed) {
    std::mt19937 bits(seed);
    std::normal_distribution<float> normal;
    Vector values(n);
    std::generate(values.begin(), values.end(), [&] { return normal(bits); });
    return values;
}

// One update of all parameters, in ranges that end at `cuts`.
inline void update(Optimiser& optimiser, const Vector& gradient, Vector& theta, float rate,
                   std::vector<std::size_t> cuts = {}) {
    optimiser.advance();
    cuts.push_back(theta.size());
    std::size_t first = 0;
    for (const std::size_t end : cuts) {
        optimiser.step(first, std::span(gradient).subspan(first, end - first),
                       std::span(theta).subspan(first, end - first), rate);
        first = end;
    }
}

// Parameters after `updates` updates with drawn gradients.
inline Vector trained(const Setting& setting, std::size_t n, unsigned updates,
                      const std::vector<std::size_t>& cuts) {
    const auto optimiser = made(setting);
    optimiser->begin(n);
    Vector theta = drawn(n, 1);
    for (unsigned u = 0; u < updates; ++u) update(*optimiser, drawn(n, 100 + u), theta, 0.03F, cuts);
    return theta;
}

} // namespace isinglass::optimisers_tested
