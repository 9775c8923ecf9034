#include "hw_models/base/drawn_ahead.hpp"

#include <cassert>

namespace isinglass {

void DrawnAhead::expect(std::uint64_t first, std::size_t count) {
    first_ = first;
    presentations_.resize(count);
    for (auto& of : presentations_) of.draws.clear();
}

void DrawnAhead::draw(const RandomStream& stream, DrawKey key, std::size_t count) {
    assert(expects(key.presentation));
    auto& [draws, normals] = presentations_[key.presentation - first_];
    const std::size_t first = draws.empty() ? 0 : draws.back().first + draws.back().count;
    if (normals.size() < first + count) normals.resize(first + count);
    stream.gaussians(key, std::span(normals).subspan(first, count));
    draws.push_back({&stream, key, first, count});
}

std::span<const float> DrawnAhead::find(const RandomStream& stream, DrawKey key, std::size_t count) const {
    if (!expects(key.presentation)) return {};
    const auto& [draws, normals] = presentations_[key.presentation - first_];
    for (const auto& draw : draws)
        if (draw.stream == &stream && draw.key == key && draw.count == count)
            return std::span(normals).subspan(draw.first, count);
    return {};
}

} // namespace isinglass
