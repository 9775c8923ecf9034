// The pen strokes of the embedded data set: how people write the ten digits, in a few styles each.
#pragma once

#include <span>
#include <vector>

namespace isinglass {

// x to the right and y down, in a box of 20 × 20.
struct PenPoint {
    double x;
    double y;
    bool operator==(const PenPoint&) const = default;
};

// Points that the pen passes through on a smooth curve; a point that stands twice is a corner.
using PenStroke = std::vector<PenPoint>;

// One way of writing a digit.
using Glyph = std::vector<PenStroke>;

// The styles of `digit`, 0 to 9; people are taken to use them equally often.
[[nodiscard]] std::span<const Glyph> glyph_styles(int digit);

} // namespace isinglass
