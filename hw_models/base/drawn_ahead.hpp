// Random numbers that were drawn before they are asked for, by threads that had nothing else to do. Since a
// draw is a function of its key, nothing but time depends on which these are.
#pragma once

#include "hw_models/base/aligned.hpp"
#include "hw_models/base/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace isinglass {

// Normals that every presentation of a kind takes from a stream under one key.
struct PlannedDraw {
    const RandomStream* stream = nullptr;
    std::uint32_t phase = 0, step = 0; // of the key
    std::size_t count = 0;
};

// Standard normals by stream and key, of neighbouring presentations.
// - Threads may draw for different presentations at the same time, and find when nobody draws.
class DrawnAhead {
  public:
    // From now on draws of the presentations first … first + count − 1 have room; those of others are
    // forgotten.
    void expect(std::uint64_t first, std::size_t count);
    // The first `count` normals of an expected presentation's key.
    void draw(const RandomStream& stream, DrawKey key, std::size_t count);
    // The same, if they were drawn; otherwise none.
    [[nodiscard]] std::span<const float> find(const RandomStream& stream, DrawKey key,
                                              std::size_t count) const;

  private:
    [[nodiscard]] bool expects(std::uint64_t presentation) const {
        return presentation - first_ < presentations_.size(); // below the first one: beyond all sizes
    }

    struct Draw {
        const RandomStream* stream = nullptr;
        DrawKey key;
        std::size_t first = 0, count = 0; // in `normals`
    };
    struct OfPresentation {
        std::vector<Draw> draws;
        AlignedVector<float> normals;
    };

    std::uint64_t first_ = 0;
    std::vector<OfPresentation> presentations_;
};

// What `ahead` has of them, if there is any, and any stream to draw from.
inline std::span<const float> drawn_before(const DrawnAhead* ahead, const RandomStream* stream, DrawKey key,
                                           std::size_t count) {
    return ahead == nullptr || stream == nullptr ? std::span<const float>{}
                                                 : ahead->find(*stream, key, count);
}

} // namespace isinglass
