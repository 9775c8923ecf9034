// Training images shown mirrored and shifted, anew at every presentation.
#pragma once

#include "host/data/data_set.hpp"
#include "hw_models/base/aligned.hpp"
#include "hw_models/base/random.hpp"

namespace isinglass {

struct Augmentation {
    bool flip = false;
    std::int64_t crop = 0;

    void fields(Fields& f);
    [[nodiscard]] bool any() const { return flip || crop > 0; }

    // `image`, features of `shape`, as this presentation shows it: half of all mirrored, left for right;
    // moved by −crop … crop rows and columns, drawn apart, with zeros where it was not. `scratch` has any
    // size.
    void apply(const ImageShape& shape, const RandomStream& draws, std::uint64_t presentation,
               std::span<float> image, AlignedVector<float>& scratch) const;
};

} // namespace isinglass
