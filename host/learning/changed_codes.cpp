#include "host/learning/changed_codes.hpp"

namespace isinglass::changed_codes {

const bool wide = __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0;

[[gnu::target("avx512f,avx512bw,avx512vbmi2")]] std::uint8_t* append_changed(std::span<const std::int8_t> now,
                                                                             const std::int8_t* before,
                                                                             std::uint8_t* bitmap,
                                                                             std::uint8_t* codes) {
    constexpr std::size_t step = 64;
    for (std::size_t j = 0; j < now.size(); j += step) {
        const std::size_t n = std::min(step, now.size() - j);
        const __mmask64 there = ~__mmask64{0} >> (step - n);
        const __m512i held = _mm512_maskz_loadu_epi8(there, before + j);
        const __m512i wanted = _mm512_maskz_loadu_epi8(there, now.data() + j);
        const __mmask64 changed = _mm512_cmpneq_epi8_mask(wanted, held);
        std::memcpy(bitmap + j / 8, &changed, (n + 7) / 8);
        if (changed == 0) continue;
        const auto count = static_cast<std::size_t>(std::popcount(changed));
        _mm512_mask_storeu_epi8(codes, ~__mmask64{0} >> (step - count),
                                _mm512_maskz_compress_epi8(changed, wanted));
        codes += count;
    }
    return codes;
}

} // namespace isinglass::changed_codes
