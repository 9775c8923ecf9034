// Static tests of converters by the methods of IEEE Std 1241 (ADCs) and 1658 (DACs).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace isinglass {

// Of a table of levels (DAC) or thresholds (ADC): straightness against the line through its ends.
struct Linearity {
    double step = 1.0;       // mean step, in the table's unit
    std::vector<double> dnl; // of each step between neighbours, in mean steps; −1: two that coincide
    std::vector<double> inl; // of each entry; 0 at both ends
    [[nodiscard]] double worst_dnl() const;
    [[nodiscard]] double worst_inl() const;
};

// `table` has two entries at least, the last one above the first.
[[nodiscard]] Linearity linearity_of(std::span<const double> table);

// Code density: thresholds from how often each code of a converter with as many codes came, in units of the
// span between the input's extremes (ramp: 0 … 1; sine: −1 … 1). The input reaches beyond both end codes.
[[nodiscard]] std::vector<double> thresholds_from_ramp(std::span<const std::uint64_t> histogram);
[[nodiscard]] std::vector<double> thresholds_from_sine(std::span<const std::uint64_t> histogram);

} // namespace isinglass
