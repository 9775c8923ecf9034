#include "hw_models/array/link_products.hpp"

#include <algorithm>

namespace isinglass {

namespace {

const float* values_of(const ParameterBlock& block, const float* values) {
    return values + block.cells_at.value_or(block.first);
}

void clear(const SpinLayer& layer, Matrix& field) {
    for (std::size_t r = 0; r < field.rows(); ++r)
        std::fill_n(field.row(r).data() + layer.offset, layer.size, 0.0F);
}

} // namespace

LinkProducts::LinkProducts(const Network& net) : net_(net) {
    for (const auto& block : net_.blocks) {
        if (block.link < 0) continue;
        const auto& link = net_.links[block.link];
        const std::size_t pre_stride =
            link.from == input_layer ? padded(net_.input_nodes) : net_.state_columns;
        kernels_.push_back(block.cells_at ? link.coupling->cell_kernel(pre_stride, net_.state_columns)
                                          : net_.kernel(block.link, pre_stride, net_.state_columns));
    }
}

void LinkProducts::begin(std::size_t lanes) {
    for (auto& kernel : kernels_) kernel->begin(lanes);
}

void LinkProducts::add_from_inputs(const float* values, const Matrix& features, Matrix& out) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || net_.links[part.link].from != input_layer) continue;
        kernels_[part.link]->forward(values_of(part, values), features.data(),
                                     out.data() + net_.layers[part.layer].offset, true);
    }
}

void LinkProducts::between_spins(const float* values, const Matrix& features, LayerSet layers, Matrix& out) {
    LayerSet written = 0;
    auto first_write = [&](int layer) {
        const LayerSet bit = LayerSet{1} << layer;
        const bool first = (written & bit) == 0;
        written |= bit;
        return first;
    };
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || net_.links[part.link].from == input_layer) continue;
        const auto& link = net_.links[part.link];
        const std::size_t from = net_.layers[link.from].offset;
        const std::size_t to = net_.layers[link.to].offset;
        if (link.from == link.to) {
            if ((layers >> link.to) & 1U)
                kernels_[part.link]->both_ways(values_of(part, values), features.data() + to, out.data() + to,
                                               !first_write(link.to));
            continue;
        }
        if ((layers >> link.to) & 1U)
            kernels_[part.link]->forward(values_of(part, values), features.data() + from, out.data() + to,
                                         !first_write(link.to));
        if ((layers >> link.from) & 1U) {
            kernels_[part.link]->choose(values_of(part, values), features.data() + from);
            kernels_[part.link]->transposed(values_of(part, values + net_.backward_offset),
                                            features.data() + to, out.data() + from, !first_write(link.from));
        }
    }
    for (std::size_t l = 0; l < net_.layers.size(); ++l)
        if (((layers & ~written) >> l) & 1U) clear(net_.layers[l], out);
}

void LinkProducts::add_into(const float* values, const Matrix& features, LayerSet layers, Matrix& out) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0 || ((layers >> part.layer) & 1U) == 0) continue;
        const auto& link = net_.links[part.link];
        if (link.from == input_layer) continue;
        kernels_[part.link]->forward(values_of(part, values), features.data() + net_.layers[link.from].offset,
                                     out.data() + net_.layers[link.to].offset, true);
    }
}

void LinkProducts::add_back(const float* values, const Matrix& states, const Matrix& features,
                            LayerSet layers, Matrix& out) {
    for (const auto& part : net_.blocks) {
        if (part.link < 0) continue;
        const auto& link = net_.links[part.link];
        if (link.from == input_layer || ((layers >> link.from) & 1U) == 0) continue;
        const std::size_t from = net_.layers[link.from].offset;
        kernels_[part.link]->choose(values_of(part, values), states.data() + from);
        kernels_[part.link]->transposed(values_of(part, values + net_.backward_offset),
                                        features.data() + net_.layers[link.to].offset, out.data() + from,
                                        true);
    }
}

void fill_node_parameter(const Network& net, const float* values, int p, Matrix& out) {
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const auto& layer = net.layers[l];
        const auto& block = net.node_block(l, p);
        const float* numbers = values_of(block, values);
        const std::size_t share = block.cells_at ? 1 : block.nodes_per_number;
        for (std::size_t r = 0; r < out.rows(); ++r) {
            float* to = out.row(r).data() + layer.offset;
            if (share == 1)
                std::copy_n(numbers, layer.size, to);
            else
                for (std::size_t j = 0; j < layer.size; j += share)
                    std::fill_n(to + j, share, numbers[j / share]);
        }
    }
}

} // namespace isinglass
