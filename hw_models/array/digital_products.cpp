#include "hw_models/array/digital_products.hpp"

#include <cmath>
#include <cstring>

namespace isinglass {

namespace {

std::size_t couplings(const Network& net, bool from_inputs) {
    std::size_t n = 0;
    for (const auto& link : net.links)
        if ((link.from == input_layer) == from_inputs) n += link.coupling->cells();
    return n;
}

} // namespace

DigitalProducts::DigitalProducts(const Network& net, CouplingFormat format)
    : net_(net),
      format_(format),
      values_(net.parameters),
      codes_(net.parameters),
      upright_(net.parameters),
      pairs_(net.links.size()) {
    for (const auto& link : net.links) kernels_.push_back(link.coupling->word_kernel());
    for (const auto& block : net.blocks) {
        if (!block.list || kernels_[block.link]) continue;
        net.links[block.link].coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            pairs_[block.link].push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j),
                                          static_cast<std::uint32_t>(w)});
        });
    }
}

void DigitalProducts::use(const float* values) {
    const bool same = std::memcmp(values, values_.data(), values_.size() * sizeof(float)) == 0;
    if (same && generation_ > 0) return;
    ++generation_;
    std::copy_n(values, values_.size(), values_.begin());
    for (const auto& block : net_.blocks) {
        const auto scale = static_cast<float>(1.0 / format_.lsb(block.range));
        for (std::size_t i = block.first; i < block.first + block.count(); ++i)
            codes_[i] = static_cast<std::int16_t>(std::nearbyint(values[i] * scale));
        if (block.link >= 0 && !block.list) turn(block);
    }
}

namespace {

// sums[j] += Σ_i w[i][j] x[i] of [rows × columns] codes.
void add_columns(const std::int16_t* w, std::size_t rows, std::size_t columns, const std::int32_t* x,
                 std::int32_t* sums) {
    for (std::size_t i = 0; i < rows; ++i, w += columns) {
        const std::int32_t xi = x[i];
        if (xi == 0) continue; // a simulator's shortcut: the array spends its cycle
        for (std::size_t j = 0; j < columns; ++j) sums[j] += w[j] * xi;
    }
}

// sums[i] += Σ_j w[i][j] x[j]
void add_rows(const std::int16_t* w, std::size_t rows, std::size_t columns, const std::int32_t* x,
              std::int32_t* sums) {
    for (std::size_t i = 0; i < rows; ++i, w += columns) {
        std::int32_t sum = 0;
        for (std::size_t j = 0; j < columns; ++j) sum += w[j] * x[j];
        sums[i] += sum;
    }
}

bool turned(const ParameterBlock& block) {
    return block.columns < block.rows;
}

} // namespace

// Inner loops run along the longer side.
void DigitalProducts::turn(const ParameterBlock& block) {
    const std::int16_t* w = codes(block);
    std::int16_t* out = upright_.data() + block.first;
    if (!turned(block)) {
        std::copy_n(w, block.count(), out);
        return;
    }
    for (std::size_t i = 0; i < block.rows; ++i)
        for (std::size_t j = 0; j < block.columns; ++j) out[j * block.rows + i] = w[i * block.columns + j];
}

void DigitalProducts::forward(const ParameterBlock& block, const std::int32_t* x, std::int32_t* sums) const {
    if (kernels_[block.link]) return kernels_[block.link]->forward(codes(block), x, sums);
    if (block.list) {
        for (const auto& p : pairs_[block.link]) sums[p.post] += codes(block)[p.coupling] * x[p.pre];
        return;
    }
    const std::int16_t* w = upright_.data() + block.first;
    if (turned(block))
        add_rows(w, block.columns, block.rows, x, sums);
    else
        add_columns(w, block.rows, block.columns, x, sums);
}

void DigitalProducts::transposed(const ParameterBlock& block, const std::int32_t* x,
                                 std::int32_t* sums) const {
    if (kernels_[block.link]) return kernels_[block.link]->transposed(codes(block), x, sums);
    if (block.list) {
        for (const auto& p : pairs_[block.link]) sums[p.pre] += codes(block)[p.coupling] * x[p.post];
        return;
    }
    const std::int16_t* w = upright_.data() + block.first;
    if (turned(block))
        add_columns(w, block.columns, block.rows, x, sums);
    else
        add_rows(w, block.rows, block.columns, x, sums);
}

std::size_t products_a_step(const Network& net) {
    return 2 * couplings(net, false);
}
std::size_t products_a_clamp(const Network& net) {
    return couplings(net, true);
}

std::uint64_t product_cycles(std::size_t products, std::int64_t macs) {
    const auto a_cycle = static_cast<std::uint64_t>(macs);
    return (products + a_cycle - 1) / a_cycle;
}

std::vector<StepCost> product_costs(std::size_t products, CouplingFormat format) {
    const auto n = static_cast<double>(products);
    return {{"digital.mac", n}, {"digital.coupling_byte", n * format.bits.value_or(32) / 8.0}};
}

} // namespace isinglass
