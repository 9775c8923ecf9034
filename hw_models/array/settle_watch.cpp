#include "hw_models/array/settle_watch.hpp"

#include "hw_models/array/state_loops.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

SettleWatch::SettleWatch(const ChipModel& model)
    : model_(model),
      checked_(LaneBlock::rows(), model.network->state_columns),
      stopped_state_(LaneBlock::rows(), model.network->state_columns),
      stopped_momentum_(LaneBlock::rows(), model.network->state_columns) {}

void SettleWatch::begin(std::size_t lanes) {
    stopped_.assign(lanes, false);
    moving_ = lanes;
}

void SettleWatch::start_period(const LaneBlock& block) {
    copy_rows(block.state, checked_, stopped_.size());
}

bool SettleWatch::settled(const LaneBlock& block, std::size_t lane) const {
    const auto& format = model_.adc->format();
    const auto top = static_cast<float>(format.bits ? format.top_code() : 255.0);
    const float* now = block.state.row(lane).data();
    const float* before = checked_.row(lane).data();
    float largest_lsb = 0.0F;
    for (const auto& layer : model_.network->layers) {
        float moved = 0.0F;
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
            moved = std::max(moved, std::abs(difference(layer, now[j], before[j])));
        largest_lsb = std::max(largest_lsb, moved * top / (layer.high - layer.low));
    }
    return largest_lsb <= static_cast<float>(model_.detector.threshold_lsb);
}

void SettleWatch::stop(const LaneBlock& block, std::size_t lane) {
    stopped_[lane] = true;
    --moving_;
    std::ranges::copy(block.state.row(lane), stopped_state_.row(lane).begin());
    std::ranges::copy(block.momentum.row(lane), stopped_momentum_.row(lane).begin());
}

void SettleWatch::restore(LaneBlock& block) const {
    copy_rows(stopped_state_, block.state, stopped_.size());
    copy_rows(stopped_momentum_, block.momentum, stopped_.size());
}

} // namespace isinglass
