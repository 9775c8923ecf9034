#include "hw_models/array/spin_sums.hpp"

#include "hw_models/couplings/lane_layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace isinglass {

namespace {

// f(column of pre, column of post, number in the parameter vector) for all couplings between spins.
template <class F>
void for_each_pair(const Network& net, F f) {
    for (const auto& block : net.blocks) {
        if (block.link < 0 || net.links[block.link].from == input_layer) continue;
        const auto& link = net.links[block.link];
        const std::size_t from = net.layers[link.from].offset;
        const std::size_t to = net.layers[link.to].offset;
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t w) {
            f(from + i, to + j, static_cast<std::uint32_t>(block.first + w));
        });
    }
}

SpinSums::Layout faster_layout(const Network& net) {
    std::size_t pairs = 0;
    for (const auto& link : net.links)
        if (link.from != input_layer) pairs += link.coupling->parameters();
    const bool many = 16 * pairs > net.state_columns * net.state_columns;
    return many ? SpinSums::Layout::by_lane : SpinSums::Layout::by_node;
}

} // namespace

SpinSums::SpinSums(const Network& net) : SpinSums(net, faster_layout(net)) {}

SpinSums::SpinSums(const Network& net, Layout layout)
    : net_(net), layout_(layout), columns_(net.state_columns) {
    for (const auto& layer : net.layers)
        bound_ = std::max({bound_, std::abs(layer.low), std::abs(layer.high)});
    if (layout_ == Layout::by_lane) {
        const auto n = static_cast<long>(columns_);
        weights_.resize(columns_ * columns_);
        product_ = std::make_unique<Product>(ProductShape{
            .rows = block_rows(), .inner = n, .columns = n, .a_stride = n, .b_stride = n, .c_stride = n});
        return;
    }
    first_.assign(columns_ + 1, 0);
    for_each_pair(net, [&](std::size_t i, std::size_t j, std::uint32_t) {
        ++first_[i + 1];
        ++first_[j + 1];
    });
    for (std::size_t c = 0; c < columns_; ++c) first_[c + 1] += first_[c];
    meetings_.resize(first_.back());
    weights_.resize(first_.back());
    auto next = first_;
    for_each_pair(net, [&](std::size_t i, std::size_t j, std::uint32_t w) {
        meetings_[next[i]++] = {w, static_cast<std::uint32_t>(j)};
        meetings_[next[j]++] = {w, static_cast<std::uint32_t>(i)};
    });
}

void SpinSums::use(const float* values) {
    if (layout_ == Layout::by_lane) return fill_matrix(values);
    for (std::size_t m = 0; m < meetings_.size(); ++m) weights_[m] = values[meetings_[m].coupling];
}

void SpinSums::fill_matrix(const float* values) {
    std::ranges::fill(weights_, 0.0F);
    for_each_pair(net_, [&](std::size_t i, std::size_t j, std::uint32_t w) {
        weights_[i * columns_ + j] += values[w];
        weights_[j * columns_ + i] += values[w];
    });
    if (!fill_bytes()) byte_product_.reset();
}

std::size_t SpinSums::size() const {
    return columns_ *
           (layout_ == Layout::by_lane ? LaneBlock::rows() : static_cast<std::size_t>(block_lanes));
}

void SpinSums::load(const Matrix& from, std::size_t lanes, float* to) const {
    if (layout_ == Layout::by_node) return turn_nodes(from.data(), from.stride(), lanes, columns_, to);
    std::fill_n(to, size(), 0.0F);
    for (std::size_t r = 0; r < lanes; ++r) std::ranges::copy(from.row(r), to + r * columns_);
}

void SpinSums::store(const float* from, std::size_t lanes, Matrix& to) const {
    for (const auto& layer : net_.layers) {
        if (layout_ == Layout::by_lane) {
            for (std::size_t r = 0; r < lanes; ++r)
                std::copy_n(from + r * columns_ + layer.offset, layer.size, to.row(r).data() + layer.offset);
            continue;
        }
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; j += 8)
            turn_back(from + j * block_lanes, std::min<std::size_t>(8, layer.offset + layer.size - j),
                      to.data() + j, to.stride(), false);
    }
}

// Even and odd couplings of the list apart, so that additions need not wait for each other.
void SpinSums::sum_of(std::size_t column, const float* x, float* out) const {
    __m256 even[lane_vectors] = {};
    __m256 odd[lane_vectors] = {};
    auto add = [&](std::uint32_t at, __m256(&to)[lane_vectors]) {
        const __m256 value = _mm256_broadcast_ss(&weights_[at]);
        const float* other = x + std::size_t{meetings_[at].column} * block_lanes;
        for (std::size_t v = 0; v < lane_vectors; ++v)
            to[v] = _mm256_fmadd_ps(value, _mm256_load_ps(other + 8 * v), to[v]);
    };
    const std::uint32_t last = first_[column + 1];
    std::uint32_t at = first_[column];
    for (; at + 1 < last; at += 2) {
        add(at, even);
        add(at + 1, odd);
    }
    if (at < last) add(at, even);
    for (std::size_t v = 0; v < lane_vectors; ++v)
        _mm256_store_ps(out + 8 * v, _mm256_add_ps(even[v], odd[v]));
}

namespace {

constexpr float digit = 128.0F;
constexpr float top_byte = 127.0F;

// The unit of which all are whole multiples up to 127; 0 where there is none.
float unit_of(std::span<const float> weights) {
    float least = std::numeric_limits<float>::infinity();
    float most = 0.0F;
    for (const float w : weights) {
        most = std::max(most, std::abs(w));
        if (w != 0.0F) least = std::min(least, std::abs(w));
    }
    if (most == 0.0F) return 0.0F;
    for (const float unit : {least, most / top_byte}) {
        const bool whole = std::ranges::all_of(weights, [unit](float w) {
            const float multiple = w / unit;
            return std::abs(multiple) < top_byte + 0.5F &&
                   std::abs(multiple - std::nearbyint(multiple)) <= 1e-4F;
        });
        if (whole) return unit;
    }
    return 0.0F;
}

} // namespace

bool SpinSums::fill_bytes() {
    if (!ByteProduct::fast()) return false;
    byte_unit_ = unit_of(weights_);
    if (byte_unit_ == 0.0F) return false;
    const std::size_t lanes = block_lanes;
    if (!byte_product_) {
        byte_product_ = std::make_unique<ByteProduct>(block_lanes, static_cast<long>(columns_));
        for (auto* digits : {&high_, &low_}) digits->resize(lanes * columns_);
        for (auto* sums : {&high_sums_, &low_sums_}) sums->resize(lanes * columns_);
    }
    std::vector<std::int8_t> multiples(weights_.size());
    for (std::size_t k = 0; k < weights_.size(); ++k)
        multiples[k] = static_cast<std::int8_t>(std::nearbyint(weights_[k] / byte_unit_));
    byte_product_->use(multiples);
    return true;
}

void SpinSums::sum_all(const float* x, bool signs, float* out) {
    if (byte_product_)
        sum_bytes(x, signs, out);
    else
        (*product_)(x, weights_.data(), out);
}

void SpinSums::sum_bytes(const float* x, bool signs, float* out) {
    const std::size_t n = high_.size();
    if (signs) {
        for (std::size_t k = 0; k < n; ++k) high_[k] = static_cast<std::int8_t>(static_cast<int>(x[k]));
        (*byte_product_)(high_.data(), high_sums_.data());
        for (std::size_t k = 0; k < n; ++k) out[k] = byte_unit_ * static_cast<float>(high_sums_[k]);
        return;
    }
    const float steps = digit * top_byte / bound_;
    for (std::size_t k = 0; k < n; ++k) {
        const float whole = std::nearbyint(x[k] * steps);
        const float high = std::nearbyint(whole / digit);
        high_[k] = static_cast<std::int8_t>(static_cast<int>(high));
        low_[k] = static_cast<std::int8_t>(static_cast<int>(whole - high * digit));
    }
    (*byte_product_)(high_.data(), high_sums_.data());
    (*byte_product_)(low_.data(), low_sums_.data());
    const float unit = byte_unit_ / steps;
    for (std::size_t k = 0; k < n; ++k)
        out[k] = unit * (digit * static_cast<float>(high_sums_[k]) + static_cast<float>(low_sums_[k]));
}

} // namespace isinglass
