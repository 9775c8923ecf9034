#include "hw_models/array/phase_products.hpp"

namespace isinglass {

PhaseProducts::PhaseProducts(const Network& net)
    : net_(net),
      links_(net),
      cosine_(LaneBlock::rows(), net.state_columns),
      sine_(LaneBlock::rows(), net.state_columns),
      x_(LaneBlock::rows(), net.state_columns),
      y_(LaneBlock::rows(), net.state_columns),
      still_x_(LaneBlock::rows(), net.state_columns),
      still_y_(LaneBlock::rows(), net.state_columns),
      partners_(net.layers.size(), 0) {
    for (const auto& link : net.links) {
        if (link.from == input_layer) continue;
        partners_[link.to] |= LayerSet{1} << link.from;
        partners_[link.from] |= LayerSet{1} << link.to;
    }
}

void PhaseProducts::set_still(const float* values, std::span<const float> x_of_nodes,
                              std::span<const float> y_of_nodes, const Matrix& input_x,
                              const Matrix* input_y) {
    for (std::size_t r = 0; r < still_x_.rows(); ++r) {
        std::ranges::copy(x_of_nodes, still_x_.row(r).begin());
        std::ranges::copy(y_of_nodes, still_y_.row(r).begin());
    }
    links_.add_from_inputs(values, input_x, still_x_);
    if (input_y != nullptr) links_.add_from_inputs(values, *input_y, still_y_);
}

void PhaseProducts::update(const float* values, const Matrix& s, std::size_t lanes, LayerSet layers,
                           bool own) {
    LayerSet needed = own ? layers : 0;
    for (std::size_t l = 0; l < partners_.size(); ++l)
        if ((layers >> l) & 1U) needed |= partners_[l];
    for (std::size_t r = 0; r < lanes; ++r) {
        const float* angle = s.row(r).data();
        float* c = cosine_.row(r).data();
        float* d = sine_.row(r).data();
        for_each_stretch(net_, needed, [&](std::size_t, const Stretch& part) {
            for (std::size_t j = part.first; j < part.end; ++j) {
                const auto both = sine_cosine(angle[j]);
                c[j] = both.cosine;
                d[j] = both.sine;
            }
        });
    }
    links_.between_spins(values, cosine_, layers, x_);
    links_.between_spins(values, sine_, layers, y_);
    for (std::size_t r = 0; r < lanes; ++r) {
        float* to_x = x_.row(r).data();
        float* to_y = y_.row(r).data();
        const float* from_x = still_x_.row(r).data();
        const float* from_y = still_y_.row(r).data();
        for_each_stretch(net_, layers, [&](std::size_t, const Stretch& part) {
            for (std::size_t j = part.first; j < part.end; ++j) {
                to_x[j] += from_x[j];
                to_y[j] += from_y[j];
            }
        });
    }
}

double mean_abs_sine_of(const Network& net, std::span<const float> s) {
    double sum = 0.0;
    for (const auto& layer : net.layers)
        for (const float phase : s.subspan(layer.offset, layer.size))
            sum += std::abs(static_cast<double>(sine_cosine(phase).sine));
    return sum / static_cast<double>(net.spins());
}

} // namespace isinglass
