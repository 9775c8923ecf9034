// Many blocks of Philox4x32-10 at once, in the vectors that the processor has: of AVX2, which every kernel
// here is built for, or of AVX-512. Random123 computes one block at a time, which compilers do not vectorise:
// 2 ns a word against 0.8 and 0.5, and converter noise takes 1800 words a sample of MNIST.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace isinglass {

constexpr std::size_t philox_words_at_once = 64;

// The 64 words of the counter blocks {first + i, counter[0..2]}, i = 0 … 15, in order of i; equal to
// Random123's.
void philox_words(std::uint32_t first, const std::array<std::uint32_t, 3>& counter,
                  const std::array<std::uint32_t, 2>& key,
                  std::span<std::uint32_t, philox_words_at_once> out);

} // namespace isinglass
