// Loops that are built for AVX2, as everything is, and for AVX-512, and run at the level that the processor
// has. Only for loops whose elements are independent of each other, so that both come to the same bits.
#pragma once

#define ISINGLASS_WIDE [[gnu::target_clones("default", "arch=x86-64-v4")]]
