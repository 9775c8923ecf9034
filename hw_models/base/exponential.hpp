// The exponential function in single precision, for loops that vectorise.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace isinglass {

// eˣ, error below 2e-7 relative; arguments beyond ±87 count as ±87. Powers of two by exponent insertion and
// the polynomial of Cephes' expf (Moshier). Written out because a call of std::exp does not vectorise.
inline float exponential(float x) {
    const float bounded = std::min(std::max(x, -87.0F), 87.0F);
    const float n = std::nearbyint(bounded * 1.44269504F);
    const float r =
        std::fma(n, 2.12194440e-4F, std::fma(n, -0.693359375F, bounded)); // − n ln 2, in two parts
    float p = std::fma(1.9875691500e-4F, r, 1.3981999507e-3F);
    p = std::fma(p, r, 8.3334519073e-3F);
    p = std::fma(p, r, 4.1665795894e-2F);
    p = std::fma(p, r, 1.6666665459e-1F);
    p = std::fma(p, r, 5.0000001201e-1F);
    const float scale = std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
    return std::fma(p, r * r, r + 1.0F) * scale;
}

} // namespace isinglass
