#include "hw_models/array/read_out.hpp"

#include "hw_models/array/state_loops.hpp"

namespace isinglass {

ReadOut::ReadOut(const ChipModel& model)
    : model_(model),
      net_(*model.network),
      hold_noise_(model.noise_seed, Purpose::hold_noise),
      sampled_noise_(model.node_noise == NodeNoise::sampled ? static_cast<float>(model.node_noise_units)
                                                            : 0.0F) {}

// The first column of a layer numbers its draws, so that reading a part of it changes none.
void ReadOut::subtract_held(DrawKey key, const NodeRun& nodes, std::span<const float> held) {
    if (sampled_noise_ > 0.0F) {
        gaussians_.resize(nodes.first + nodes.count);
        hold_noise_.gaussians(key, gaussians_);
        for (std::size_t i = 0; i < nodes.count; ++i)
            values_[i] -= sampled_noise_ * gaussians_[nodes.first + i];
    }
    const auto& layer = net_.layers[nodes.layer];
    for (std::size_t i = 0; i < nodes.count; ++i) values_[i] = difference(layer, values_[i], held[i]);
}

void ReadOut::convert(const SampleOp& op, const NodeRun& nodes, const LaneBlock& block, std::size_t lane,
                      std::uint32_t held_by, SampleTask& task, std::span<std::uint8_t> codes) {
    const std::size_t column = net_.layers[nodes.layer].offset + nodes.first;
    std::span<const float> values = block.state.row(lane).subspan(column, nodes.count);
    if (op.differences) {
        values_.assign(values.begin(), values.end());
        const DrawKey key{task.presentation, held_by, static_cast<std::uint32_t>(nodes.layer)};
        subtract_held(key, nodes, block.held.row(lane).subspan(column, nodes.count));
        values = values_;
    }
    const auto range = model_.read_range(nodes.layer, op.differences);
    const NodeGroup group{net_.first_node(nodes.layer) + nodes.first, nodes.count, range.low, range.high,
                          sampled_noise_};
    const auto part = static_cast<std::uint32_t>(group.first_node);
    task.clipped += model_.adc->convert({task.presentation, op.command, part}, group, values, codes);
}

} // namespace isinglass
