#include "hw_models/array/read_out.hpp"

#include "hw_models/array/state_loops.hpp"

#include <cmath>

namespace isinglass {

ReadOut::ReadOut(const ChipModel& model, const DrawnAhead* ahead)
    : model_(model),
      net_(*model.network),
      ahead_(ahead),
      hold_noise_(model.noise_seed, Purpose::hold_noise),
      read_noise_(model.node_noise == NodeNoise::sampled
                      ? static_cast<float>(std::hypot(model.node_noise_units, model.hold_noise_units))
                      : 0.0F),
      slot_droop_(static_cast<float>(model.droop_units_per_rc * model.slot_rc)) {}

// A hold takes over what has settled of its node from the discharged state, and loses voltage until its
// node's converter comes to it.
void ReadOut::hold(const NodeRun& nodes) {
    const auto acquired = static_cast<float>(model_.acquired);
    const std::size_t first = net_.first_node(nodes.layer) + nodes.first;
    for (std::size_t i = 0; i < nodes.count; ++i) {
        const std::size_t slot = (first + i) / model_.adc_count;
        values_[i] = drooped(acquired * values_[i], static_cast<float>(slot) * slot_droop_);
    }
}

// The first column of a layer numbers its draws, so that reading a part of it changes none.
void ReadOut::subtract_held(DrawKey key, const NodeRun& nodes, std::span<const float> held) {
    if (read_noise_ > 0.0F) {
        gaussians_.resize(nodes.first + nodes.count);
        hold_noise_.gaussians(key, gaussians_);
        for (std::size_t i = 0; i < nodes.count; ++i) values_[i] -= read_noise_ * gaussians_[nodes.first + i];
    }
    const auto& layer = net_.layers[nodes.layer];
    for (std::size_t i = 0; i < nodes.count; ++i) values_[i] = difference(layer, values_[i], held[i]);
}

NodeGroup ReadOut::group_of(const SampleOp& op, const NodeRun& nodes) const {
    const double gain = op.read_gain ? static_cast<double>(*op.read_gain) : model_.read_gain;
    const auto range = read_range(net_.layers[nodes.layer], op.differences, gain);
    return {net_.first_node(nodes.layer) + nodes.first, nodes.count, range.low, range.high,
            op.reference ? 0.0F : read_noise_};
}

namespace {

// Part of the key of a conversion's draws.
std::uint32_t part_of(const NodeGroup& group) {
    return static_cast<std::uint32_t>(group.first_node);
}

} // namespace

void ReadOut::plan(const SampleOp& op, std::vector<PlannedDraw>& draws) const {
    for (std::size_t l = 0; l < net_.layers.size(); ++l) {
        if (((op.layers >> l) & 1U) == 0) continue;
        const auto group = group_of(op, {l, 0, net_.layers[l].size});
        if (const auto* stream = model_.adc->noise(group))
            draws.push_back({stream, op.command, part_of(group), group.nodes});
    }
}

void ReadOut::convert(const SampleOp& op, const NodeRun& nodes, const LaneBlock& block, std::size_t lane,
                      std::uint32_t held_by, SampleTask& task, std::span<std::uint8_t> codes) {
    const std::size_t column = net_.layers[nodes.layer].offset + nodes.first;
    std::span<const float> values = block.state.row(lane).subspan(column, nodes.count);
    const bool held = model_.sample_and_hold && (slot_droop_ > 0.0F || model_.acquired < 1.0);
    if (op.differences || held) values_.assign(values.begin(), values.end());
    if (held) {
        hold(nodes);
        values = values_;
    }
    if (op.differences) {
        const DrawKey key{task.presentation, held_by, static_cast<std::uint32_t>(nodes.layer)};
        subtract_held(key, nodes, block.held.row(lane).subspan(column, nodes.count));
        values = values_;
    }
    const auto group = group_of(op, nodes);
    if (op.reference) {
        values_.assign(nodes.count, group.low + *op.reference * (group.high - group.low));
        values = values_;
    }
    const DrawKey key{task.presentation, op.command, part_of(group)};
    const auto drawn = drawn_before(ahead_, model_.adc->noise(group), key, nodes.count);
    task.clipped += drawn.empty() ? model_.adc->convert(key, group, values, codes)
                                  : model_.adc->convert_drawn(drawn, group, values, codes);
}

} // namespace isinglass
