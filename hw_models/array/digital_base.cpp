#include "hw_models/array/digital_base.hpp"

namespace isinglass {

DigitalBase::DigitalBase(const DigitalSite& site)
    : spec_(site.spec),
      net_(site.net),
      format_(site.couplings),
      input_top_(site.input_top),
      products_(site.net, site.couplings),
      taken_(LaneBlock::rows(), Words(site.net.inputs, -1)),
      taken_at_(LaneBlock::rows(), 0),
      codes_(site.net.inputs),
      sums_(std::max(site.net.state_columns, site.net.input_nodes)) {}

void DigitalBase::begin(const RelaxPhase& phase) {
    phase_ = phase;
    begun_ = false;
    beta_ = static_cast<std::int64_t>(std::nearbyint(phase.nudge.beta * (1 << beta_shift)));
}

void DigitalBase::step(const float* values, LaneBlock& block) {
    if (!begun_) products_.use(values); // couplings stay as they are within a phase
    for (std::size_t r = 0; r < block.lanes; ++r) {
        if (!begun_) {
            const float* levels = block.inputs.row(r).data();
            for (std::size_t i = 0; i < codes_.size(); ++i)
                codes_[i] =
                    static_cast<std::int32_t>(std::nearbyint(static_cast<double>(levels[i]) * input_top_));
            if (codes_ != taken_[r] || products_.generation() != taken_at_[r]) take_inputs(r, codes_);
            taken_[r] = codes_;
            taken_at_[r] = products_.generation();
        }
        move(r, block);
    }
    begun_ = true;
}

void DigitalBase::add_scaled(std::size_t offset, std::size_t n, double factor, Words& words) {
    const std::int64_t by = multiplier(factor);
    for (std::size_t j = offset; j < offset + n; ++j) {
        words[j] += static_cast<std::int32_t>(multiplied(sums_[j], by));
        sums_[j] = 0;
    }
}

void DigitalBase::add_inputs(const Words& features, double unit, Words& words) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || net_.links[part.link].from != input_layer) continue;
        const auto& layer = net_.layers[part.layer];
        products_.forward(part, features.data(), sums_.data() + layer.offset);
        add_scaled(layer.offset, layer.size, format_.lsb(part.range) * unit, words);
    }
}

void DigitalBase::add_spins(const Words& features, double unit, Words& words) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || net_.links[part.link].from == input_layer) continue;
        const auto& from = net_.layers[net_.links[part.link].from];
        const auto& to = net_.layers[part.layer];
        const double factor = format_.lsb(part.range) * unit;
        products_.forward(part, features.data() + from.offset, sums_.data() + to.offset);
        add_scaled(to.offset, to.size, factor, words);
        products_.transposed(part, features.data() + to.offset, sums_.data() + from.offset);
        add_scaled(from.offset, from.size, factor, words);
    }
}

void DigitalBase::add_into(const Words& features, LayerSet layers, Words& words) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || net_.links[part.link].from == input_layer || !((layers >> part.layer) & 1U))
            continue;
        const auto& to = net_.layers[part.layer];
        products_.forward(part, features.data() + net_.layers[net_.links[part.link].from].offset,
                          sums_.data() + to.offset);
        add_scaled(to.offset, to.size, format_.lsb(part.range), words);
    }
}

void DigitalBase::add_back(const Words& features, LayerSet layers, Words& words) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || net_.links[part.link].from == input_layer) continue;
        const int from_layer = net_.links[part.link].from;
        if (((layers >> from_layer) & 1U) == 0) continue;
        const auto& from = net_.layers[from_layer];
        products_.transposed(part, features.data() + net_.layers[part.layer].offset,
                             sums_.data() + from.offset);
        add_scaled(from.offset, from.size, format_.lsb(part.range), words);
    }
}

void DigitalBase::add_node_parameter(int parameter, Words& words) {
    for (std::size_t l = 0; l < net_.layers.size(); ++l) {
        const auto& block = net_.node_block(l, parameter);
        const auto& layer = net_.layers[l];
        const std::int16_t* codes = products_.codes(block);
        for (std::size_t j = 0; j < layer.size; ++j)
            sums_[layer.offset + j] = codes[j / block.nodes_per_number] * (1 << spec_.fraction_bits);
        add_scaled(layer.offset, layer.size, format_.lsb(block.range), words);
    }
}

} // namespace isinglass
