#pragma once

#include <cstddef>
#include <cstdint>

namespace isinglass {

// Which sample is presented, under which number of the run.
struct Presentation {
    std::size_t sample = 0;   // index into the samples
    std::uint64_t number = 0; // unique in the run: part of every random draw's key

    bool operator==(const Presentation&) const = default;
};

} // namespace isinglass
