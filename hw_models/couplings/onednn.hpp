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

// Of primitives that take their scratchpad as an argument. Most kernels are made in one thread and run in
// another, and a scratchpad that oneDNN keeps by itself may be the making thread's own.
inline dnnl::primitive_attr with_own_scratchpad() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

inline dnnl::memory scratchpad_of(const dnnl::primitive_desc& described) {
    return {described.scratchpad_desc(), onednn_engine()};
}

} // namespace isinglass
