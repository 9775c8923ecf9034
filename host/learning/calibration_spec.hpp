// When a host calibrates its chip, and what.
#pragma once

#include "hw_models/base/fields.hpp"

#include <string>

namespace isinglass {

struct CalibrationSpec {
    std::string when = "never"; // never, start, every-epoch
    bool converters = true;     // offset and gain of the ADCs, against their reference
    bool offsets = true;        // of the spins, made up for by their biases
    bool range = true;          // gain of read-out as differences, so that responses fill the ADCs
    std::int64_t reads = 16;    // of each level

    void fields(Fields& f);
    [[nodiscard]] bool wanted() const { return when != "never"; }
};

} // namespace isinglass
