// A job of three samples with overlap, contention and a data-dependent RELAX, and its schedule computed by
// hand.
#pragma once

#include "tests/chip/chip_rig.hpp"

namespace isinglass::test::three_samples {

// On whole_cycle_machine() with 40 inputs, 70 hidden and 10 output spins. A spin's field is the first input
// line (hidden) or nothing (outputs), so that hidden spins run as x (1 − e^−t/RC): between two checks one RC
// apart the k-th check sees a movement of x e^−(k−1) (1 − 1/e), and settles where that is at most 1/255:
//     B, x = 204/255: k = 5: 0.00926, k = 6: 0.00341 -> settled at check 6, after 30 cycles
//     C, x =  26/255: k = 3: 0.00872, k = 4: 0.00321 -> settled at check 4, after 20 cycles
//
// Durations, in cycles. CLAMP: 10 for the request, a cycle a byte when the link is free, 10 for the data;
// DACs ceil(lines / 16) slots of 2; swap 1. RESET 2. READ: sample 1, then ceil(nodes / 16) ADC slots of 5,
// delivery a cycle a byte and 10. RELAX until settled: the checks, and 2 for the verdict. A register access:
// 4 bytes and 10, a read both ways.
//
// The host writes 3 registers and rings: 4 × 14, the doorbell is heard at 56. The list (15 × 32 bytes) is
// asked for at 56, leaves the host from 66 to 546 and is there at 556; commands are issued from 557 on, one a
// cycle:
//
//  command               issued  fetched   DACs     array                             ADCs     delivered
//  (there) A  0 CLAMP 50 lines    557    557-627  627-635   557-636 (waits for codes)
//     1 RESET             558                       636-638
//     2 RELAX 40          559                       638-678
//     3 READ 80 nodes     560                       678-679                          679-704  704-784 (794)
//     4 RELAX 10 +        561                       679-689
//     5 READ 80 nodes     562                       689-705 (holds taken until 704)  705-730  784-864 (874)
//  B  6 CLAMP 40 lines    563    563-667  667-673   705-706 (converted under RELAX 2)
//     7 RESET             564                       706-708
//     8 RELAX settled     565                       708-740 (30 + 2)
//     9 READ 10 nodes     566*                      740-741                          741-746  864-874 (884)
//  C 10 CLAMP 40 lines    637    637-707  707-713   741-742 (converted while 5 is)
//    11 RESET             639*                      742-744
//    12 RELAX settled                               744-766 (20 + 2)
//    13 READ 80 nodes                               766-785 (holds taken until 784)  785-810  874-954 (964)
//    14 IRQ                                         785                              864      raised at 964
//
// * The array takes command 0 at 557, commands 1 … 8 fill its queue of 8: the sequencer issues 9 at 566 and
// stops
//   until the array takes 1 at 636. Next is 10 at 637, whose codes are asked for at once; it stops until 638,
//   and so on.
// Codes of B are asked for at 563, but the link is busy with A's until 617: they arrive at 657 + 10.
// The one result slot is taken by READ 5 from 730 to 784, so 9 keeps the holds from 741 to 784; it is taken
// by 9 until 864, so 13 keeps the holds until then; the IRQ waits behind 13, for the slot until 874, then for
// the engine.
enum Sample : std::uint64_t { a, b, c };
inline constexpr std::uint16_t hidden = 1;
inline constexpr std::uint16_t out = 2;

inline std::shared_ptr<const Network> network() {
    return chain({40, 70, 10});
}

inline float first_input_drives(const ParameterBlock& block, std::size_t row, std::size_t) {
    return block.name == "input-h1" && row == 0 ? 1.0F : 0.0F;
}

inline void fill(List& list) {
    list.clamp(clamp_inputs | clamp_targets, a, {102}).reset().relax(40).read(hidden | out);
    list.relax(10, 0.5F).read(hidden | out);
    list.clamp(clamp_inputs, b, {204}).reset().relax(100, 0.0F, relax_until_settled).read(out);
    list.clamp(clamp_inputs, c, {26}).reset().relax(100, 0.0F, relax_until_settled).read(hidden | out);
}

} // namespace isinglass::test::three_samples
