#include "hw_models/control/pinned_buffers.hpp"

#include <algorithm>

namespace isinglass {

void PinnedBuffers::pin(std::size_t command, std::uint64_t address, std::span<const std::uint8_t> view) {
    pins_.push_back({.command = command, .address = address, .view = view});
}

void PinnedBuffers::pin_copy(std::size_t command, std::uint64_t address, std::vector<std::uint8_t> bytes) {
    pins_.push_back({.command = command, .address = address, .kept = true, .copy = std::move(bytes)});
}

void PinnedBuffers::keep(std::uint64_t first, std::uint64_t last) {
    for (auto& pin : pins_) {
        if (pin.kept || pin.address > last || pin.address + pin.view.size() <= first) continue;
        pin.copy.assign(pin.view.begin(), pin.view.end());
        pin.kept = true;
    }
}

bool PinnedBuffers::release(std::size_t command, std::span<std::uint8_t> fetched) {
    const auto pin = std::ranges::find(pins_, command, &Pin::command);
    if (pin == pins_.end()) return true;
    const bool same = !pin->kept || std::ranges::equal(pin->copy, fetched);
    if (!same) std::ranges::copy(pin->copy, fetched.begin());
    pins_.erase(pin);
    return same;
}

} // namespace isinglass
