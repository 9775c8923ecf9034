// Sine, cosine and direction of a vector in straight-line single precision, so that loops over spins
// vectorise. Coefficients: Chebyshev interpolation on the reduced intervals, computed for this file.
#pragma once

#include <cmath>
#include <limits>

namespace isinglass {

inline constexpr float half_turn = 3.14159265F;

struct SineCosine {
    float sine, cosine;
};

// Within 2e-7 of the exact values for |angle| up to 100 and 3e-7 up to 1e4 (the angle taken as exact).
inline SineCosine sine_cosine(float angle) {
    // π in two parts, of which the first is short: half_turns · 201/64 is exact.
    constexpr float pi_first = 3.140625F;
    constexpr float pi_rest = 9.67653585e-4F;
    const float half_turns = std::nearbyint(angle * (1.0F / half_turn));
    const float r = (angle - half_turns * pi_first) - half_turns * pi_rest;
    const float u = r * r;
    const float s =
        r * (0.9999999957F +
             u * (-0.1666665794F + u * (8.333050087e-3F + u * (-1.980901107e-4F + u * 2.605092958e-6F))));
    const float c =
        0.9999999998F +
        u * (-0.4999999936F +
             u * (4.166663615e-2F + u * (-1.388836013e-3F + u * (2.476010152e-5F + u * -2.605051064e-7F))));
    const bool odd = (static_cast<int>(half_turns) & 1) != 0;
    return {odd ? -s : s, odd ? -c : c};
}

// The angle of (x, y) in −π … π, as std::atan2 and within 4e-7 of it; 0 for the zero vector.
inline float direction(float y, float x) {
    const float ax = std::abs(x);
    const float ay = std::abs(y);
    const bool steep = ay > ax;
    const float large = steep ? ay : ax;
    const float small = steep ? ax : ay;
    const float t = small / (large > 0.0F ? large : std::numeric_limits<float>::min());
    const float u = t * t;
    const float slope =
        0.9999999818F +
        u * (-0.3333303671F +
             u * (0.1999187203F +
                  u * (-0.1419779779F +
                       u * (0.1061837064F +
                            u * (-7.456854826e-2F +
                                 u * (4.213762359e-2F + u * (-1.573124912e-2F + u * 2.766283502e-3F)))))));
    const float octant = t * slope;
    const float quadrant = steep ? 0.5F * half_turn - octant : octant;
    const float half = x < 0.0F ? half_turn - quadrant : quadrant;
    return std::copysign(half, y);
}

} // namespace isinglass
