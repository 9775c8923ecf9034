// Word lengths and rates of the digital array.
#pragma once

#include "hw_models/base/fields.hpp"

#include <cmath>

namespace isinglass {

struct DigitalSpec {
    std::int64_t state_bits = 12;       // signed word of a state
    std::int64_t fraction_bits = 10;    // of it, behind the binary point; angles use all bits for a turn
    std::int64_t accumulator_bits = 32; // of a sum of products
    std::int64_t lut_address_bits = 10; // entries of a table of sines are 2^this, over a turn
    std::int64_t step_shift = 1;        // a step moves a node by 2^−shift of its force
    std::int64_t macs = 1024;           // multiply-accumulates a clock
    std::int64_t pipeline_cycles = 4;   // from the last product of a step to the new states

    void fields(Fields& f) {
        f.integer({"state_bits", "signed word of a node's state"}, state_bits, {4, 16});
        f.integer({"fraction_bits", "bits of it behind the binary point; an angle's turn takes all bits"},
                  fraction_bits, {2, 15});
        f.check(fraction_bits < state_bits, "fraction_bits", "less than state_bits");
        f.integer({"lut_address_bits", "address of the tables of sines and of random bits' thresholds"},
                  lut_address_bits, {2, 16});
        f.integer({"accumulator_bits", "signed word of a sum of products"}, accumulator_bits, {16, 32});
        f.integer({"step_shift", "a step moves a node by 2^-shift of its force"}, step_shift, {0, 15});
        f.integer({"macs", "multiply-accumulates in a clock cycle"}, macs, {1, 1 << 24});
        f.integer({"pipeline", "clock cycles from the last product of a step to the new states"},
                  pipeline_cycles, {0, 1000});
    }

    [[nodiscard]] double unit() const { return std::ldexp(1.0, static_cast<int>(fraction_bits)); }
};

} // namespace isinglass
