#include "host/learning/line_codes.hpp"

#include "hw_models/control/job.hpp"

namespace isinglass {

namespace {

CodeFormat format_of(std::size_t code_bytes, const CodeFormat& nominal) {
    // Registers tell the width in bytes; the resolution within it is the machine's nominal one.
    return code_bytes == 4 ? CodeFormat{} : nominal;
}

} // namespace

LineCodes::LineCodes(std::shared_ptr<const Network> network, const EnergyModel& model,
                     const MachineSpec& machine, const DeviceInfo& info)
    : net_(std::move(network)),
      dac_(format_of(info.dac_code_bytes, machine.dac->build(1, machine.dac_bank, 0, 0)->format())),
      adc_(format_of(info.adc_code_bytes, machine.adc->build(1, machine.adc_bank, 0, 0)->format())),
      target_range_(model.target_range(net_->output())),
      injected_range_(static_cast<float>(machine.injected_range)),
      read_gain_(machine.read_gain) {}

std::size_t LineCodes::clamp_bytes(std::uint8_t lines) const {
    return lines_clamped(*net_, lines) * dac_.bytes();
}

std::size_t LineCodes::read_bytes(std::uint16_t mask) const {
    return nodes_read(*net_, mask) * adc_.bytes();
}

void LineCodes::encode_inputs(std::span<const float> levels, std::span<std::uint8_t> buffer) const {
    dac_.encode(levels, 0.0F, 1.0F, buffer.first(net_->inputs * dac_.bytes()));
}

void LineCodes::encode_targets(std::span<const float> values, std::span<std::uint8_t> buffer) const {
    const auto& out = net_->output();
    dac_.encode(values, target_range_.low, target_range_.high,
                buffer.subspan(net_->inputs * dac_.bytes(), out.size * dac_.bytes()));
}

void LineCodes::encode_forces(std::span<const float> forces, std::span<std::uint8_t> buffer) const {
    dac_.encode(forces, -injected_range_, injected_range_, buffer.last(forces.size() * dac_.bytes()));
}

void LineCodes::decode_inputs(std::span<const std::uint8_t> buffer, std::span<float> levels) const {
    dac_.decode(buffer.first(net_->inputs * dac_.bytes()), 0.0F, 1.0F, levels);
}

void LineCodes::decode(std::span<const std::uint8_t> buffer, std::uint16_t mask, bool differences,
                       std::span<float> state) const {
    std::size_t at = 0;
    for (std::size_t l = 0; l < net_->layers.size(); ++l) {
        if (((mask >> l) & 1U) == 0) continue;
        const auto& layer = net_->layers[l];
        const auto range = read_range(layer, differences, read_gain_);
        const std::size_t bytes = layer.size * adc_.bytes();
        adc_.decode(buffer.subspan(at, bytes), range.low, range.high,
                    state.subspan(layer.offset, layer.size));
        at += bytes;
        if (slope_.empty()) continue;
        const std::size_t node = net_->first_node(l);
        for (std::size_t i = 0; i < layer.size; ++i) {
            float& v = state[layer.offset + i];
            v = range.low + slope_[node + i] * (v - range.low) + offset_[node + i] * (range.high - range.low);
        }
    }
}

void LineCodes::correct(std::vector<float> slope, std::vector<float> offset) {
    slope_ = std::move(slope);
    offset_ = std::move(offset);
}

} // namespace isinglass
