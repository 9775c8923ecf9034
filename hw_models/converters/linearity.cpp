#include "hw_models/converters/linearity.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace isinglass {

namespace {

double worst(std::span<const double> x) {
    double most = 0.0;
    for (const double v : x) most = std::max(most, std::abs(v));
    return most;
}

// Share of samples at or below each code but the last.
std::vector<double> cumulative(std::span<const std::uint64_t> histogram) {
    std::vector<double> below;
    std::uint64_t sum = 0;
    for (const auto n : histogram) below.push_back(static_cast<double>(sum += n));
    for (auto& x : below) x /= static_cast<double>(sum);
    below.pop_back();
    return below;
}

} // namespace

double Linearity::worst_dnl() const {
    return worst(dnl);
}
double Linearity::worst_inl() const {
    return worst(inl);
}

Linearity linearity_of(std::span<const double> table) {
    assert(table.size() >= 2 && table.back() > table.front());
    Linearity out;
    out.step = (table.back() - table.front()) / static_cast<double>(table.size() - 1);
    for (std::size_t k = 0; k < table.size(); ++k)
        out.inl.push_back((table[k] - table[0]) / out.step - static_cast<double>(k));
    for (std::size_t k = 1; k < table.size(); ++k)
        out.dnl.push_back((table[k] - table[k - 1]) / out.step - 1.0);
    return out;
}

std::vector<double> thresholds_from_ramp(std::span<const std::uint64_t> histogram) {
    return cumulative(histogram);
}

std::vector<double> thresholds_from_sine(std::span<const std::uint64_t> histogram) {
    auto t = cumulative(histogram);
    for (auto& x : t) x = -std::cos(std::numbers::pi * x);
    return t;
}

} // namespace isinglass
