// What all that multiplies through oneDNN shares.
#pragma once

#include <dnnl.hpp>

namespace isinglass {

inline dnnl::engine& onednn_engine() {
    static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

// Whether oneDNN runs at this instruction level here. A level is a set of bits: avx2_vnni is the larger
// number and yet not AVX-512.
inline bool runs_at(dnnl::cpu_isa level) {
    static const auto here = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
    return (here & static_cast<unsigned>(level)) == static_cast<unsigned>(level);
}

} // namespace isinglass
