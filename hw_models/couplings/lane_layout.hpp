// Blocks of lanes turned from a lane a row to a node a row, so that one coupling serves all lanes by whole
// vectors, wherever its nodes lie.
#pragma once

#include "hw_models/couplings/product.hpp"

#include <immintrin.h>

#include <algorithm>
#include <cstddef>

namespace isinglass {

inline constexpr std::size_t lane_vectors = block_lanes / 8; // of a turned node

// Turns an 8×8 block.
inline void turn(__m256 (&r)[8]) {
    __m256 pairs[8]; // elements of two rows side by side, then of four
    for (std::size_t i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    __m256 fours[8];
    for (std::size_t i = 0; i < 8; i += 4)
        for (std::size_t k = 0; k < 2; ++k) {
            fours[i + 2 * k] = _mm256_shuffle_ps(pairs[i + k], pairs[i + k + 2], 0x44);
            fours[i + 2 * k + 1] = _mm256_shuffle_ps(pairs[i + k], pairs[i + k + 2], 0xEE);
        }
    for (std::size_t i = 0; i < 4; ++i) {
        r[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
        r[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
    }
}

// The first `n` of 8 floats, for loads and stores that touch no others.
inline __m256i first_of_8(std::size_t n) {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), index);
}

// x: `rows` (up to block_lanes) of `nodes` floats, to turned: [nodes, rounded up to whole vectors] ×
// [block_lanes], on a cache line. Lanes from `rows` on and nodes beyond become 0.
inline void turn_nodes(const float* x, std::size_t stride, std::size_t rows, std::size_t nodes,
                       float* turned) {
    for (std::size_t j = 0; j < nodes; j += 8) {
        const __m256i mask = first_of_8(std::min<std::size_t>(8, nodes - j));
        for (std::size_t lane = 0; lane < block_lanes; lane += 8) {
            __m256 block[8];
            for (std::size_t i = 0; i < 8; ++i)
                block[i] = lane + i < rows ? _mm256_maskload_ps(x + (lane + i) * stride + j, mask)
                                           : _mm256_setzero_ps();
            turn(block);
            for (std::size_t i = 0; i < 8; ++i)
                _mm256_store_ps(turned + (j + i) * block_lanes + lane, block[i]);
        }
    }
}

// The way back for up to 8 nodes: y (+)= turned, for all lanes.
inline void turn_back(const float* turned, std::size_t nodes, float* y, std::size_t stride, bool accumulate) {
    const __m256i mask = first_of_8(nodes);
    for (std::size_t lane = 0; lane < block_lanes; lane += 8) {
        __m256 block[8];
        for (std::size_t i = 0; i < 8; ++i) block[i] = _mm256_load_ps(turned + i * block_lanes + lane);
        turn(block);
        for (std::size_t i = 0; i < 8; ++i) {
            float* to = y + (lane + i) * stride;
            if (accumulate) block[i] = _mm256_add_ps(block[i], _mm256_maskload_ps(to, mask));
            _mm256_maskstore_ps(to, mask, block[i]);
        }
    }
}

} // namespace isinglass
