#include "host/learning/coupling_codes.hpp"

#include "host/learning/changed_codes.hpp"
#include "hw_models/base/wide.hpp"

#include <cmath>
#include <cstring>
#include <type_traits>

namespace isinglass {

namespace {

constexpr std::size_t couplings_per_task = 1 << 15;

template <class Code>
Code narrow(float code, float top) {
    return static_cast<Code>(static_cast<std::int32_t>(std::min(std::max(code, -top), top)));
}

template <class Code>
[[gnu::always_inline]] inline std::int32_t nearest(std::span<const float> w, float scale, float top,
                                                   Code* codes) {
    std::int32_t beyond = 0;
    for (std::size_t j = 0; j < w.size(); ++j) {
        const float exact = w[j] * scale;
        beyond += std::abs(exact) > top + 0.5F ? 1 : 0;
        codes[j] = narrow<Code>(std::nearbyint(exact), top);
    }
    return beyond;
}

// Codes next to w · scale, within −top … top; returns how many were beyond.
ISINGLASS_WIDE std::int32_t nearest_codes(std::span<const float> w, float scale, float top,
                                          std::int8_t* codes) {
    return nearest(w, scale, top, codes);
}
ISINGLASS_WIDE std::int32_t nearest_codes(std::span<const float> w, float scale, float top,
                                          std::int16_t* codes) {
    return nearest(w, scale, top, codes);
}

} // namespace

struct CouplingCodes::Slice {
    std::size_t block = 0;
    std::size_t first_row = 0;
    std::size_t rows = 0;
    std::vector<std::uint8_t> changes{}; // room for the most there can be, since growing would cost more
    std::size_t changes_bytes = 0;
    std::size_t saturated = 0;
};

CouplingCodes::CouplingCodes(const Network& net, CouplingFormat format, std::uint64_t seed)
    : net_(net), format_(format), draws_(seed, Purpose::coupling_rounding) {
    for (std::size_t b = 0; b < net.blocks.size(); ++b) {
        const auto& block = net.blocks[b];
        const std::size_t rows = std::max<std::size_t>(1, couplings_per_task / block.columns);
        for (std::size_t r = 0; r < block.rows; r += rows)
            slices_.push_back({.block = b, .first_row = r, .rows = std::min(rows, block.rows - r)});
    }
    forget();
}

CouplingCodes::~CouplingCodes() = default;

void CouplingCodes::forget() {
    held_.assign(net_.parameters * format_.bytes(), 0);
    before_ = held_;
}

struct CouplingCodes::Source {
    std::span<const float> theta;
    Rounding rounding = Rounding::nearest;
    std::uint64_t update = 0;
    std::span<const std::uint8_t> codes{}; // instead of theta
    const BeforeRounding* before = nullptr;
};

// Codes of one row; returns how many couplings were beyond the programmable range.
template <class Code>
std::size_t CouplingCodes::codes_of_row(const Source& source, std::size_t block, std::size_t row,
                                        std::span<Code> codes) const {
    const auto& shape = net_.blocks[block];
    const std::size_t first = shape.first + row * shape.columns;
    if (!source.codes.empty()) {
        std::memcpy(codes.data(), source.codes.data() + first * sizeof(Code), codes.size_bytes());
        return 0;
    }
    const float* w = source.theta.data() + first;
    std::vector<float> trimmed;
    if (!trim_.empty()) {
        trimmed.assign(w, w + codes.size());
        for (std::size_t j = 0; j < codes.size(); ++j) trimmed[j] += trim_[first + j];
        w = trimmed.data();
    }
    if constexpr (std::is_floating_point_v<Code>) {
        std::copy_n(w, codes.size(), codes.begin());
        return 0;
    } else {
        const auto scale = static_cast<float>(1.0 / format_.lsb(shape.range));
        const auto top = static_cast<float>(format_.top_code());
        const std::int32_t beyond = nearest_codes({w, codes.size()}, scale, top, codes.data());
        if (source.rounding == Rounding::stochastic) {
            std::vector<float> draws(codes.size());
            draws_.uniforms(
                {source.update, static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(row)}, draws);
            for (std::size_t j = 0; j < codes.size(); ++j)
                codes[j] = narrow<Code>(std::floor(w[j] * scale + draws[j]), top);
        }
        return static_cast<std::size_t>(beyond);
    }
}

template <class Code>
void CouplingCodes::encode_slice(Slice& slice, const Source& source, bool changed_only) {
    const auto& block = net_.blocks[slice.block];
    auto* now = reinterpret_cast<Code*>(held_.data()) + block.first; // NOLINT: bytes hold codes
    const auto* before = reinterpret_cast<const Code*>(before_.data()) + block.first; // NOLINT: likewise
    slice.saturated = 0;
    slice.changes_bytes = 0;
    if (source.before != nullptr && *source.before) {
        const std::size_t first = slice.first_row * block.columns;
        (*source.before)(slice.block, block.first + first,
                         std::min(slice.rows * block.columns, block.numbers - first));
    }
    if (changed_only) slice.changes.resize(slice.rows * most_entry_bytes<Code>(block.columns));
    for (std::size_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
        const std::span<Code> codes(now + row * block.columns, block.row_size(row));
        slice.saturated += codes_of_row<Code>(source, slice.block, row, codes);
        if (changed_only)
            slice.changes_bytes += write_entry<Code>(codes, before + row * block.columns,
                                                     slice.changes.data() + slice.changes_bytes);
    }
}

void CouplingCodes::encode(std::span<const float> theta, Rounding rounding, bool changed_only,
                           std::uint64_t update, WorkerPool& pool, const BeforeRounding& before) {
    encode_from({.theta = theta, .rounding = rounding, .update = update, .before = &before}, changed_only,
                pool);
}

void CouplingCodes::reissue(std::span<const std::uint8_t> codes, bool changed_only, WorkerPool& pool) {
    const std::size_t saturated = saturated_;
    encode_from({.codes = codes}, changed_only, pool);
    saturated_ = saturated;
}

void CouplingCodes::encode_from(const Source& source, bool changed_only, WorkerPool& pool) {
    std::swap(held_, before_);
    pool.run(slices_.size(), [&](std::size_t i, unsigned) {
        if (!format_.bits)
            encode_slice<float>(slices_[i], source, changed_only);
        else if (format_.bytes() == 1)
            encode_slice<std::int8_t>(slices_[i], source, changed_only);
        else
            encode_slice<std::int16_t>(slices_[i], source, changed_only);
    });
    saturated_ = 0;
    for (const auto& slice : slices_) saturated_ += slice.saturated;
    changed_only_ = changed_only;
}

std::size_t CouplingCodes::buffer_bytes(std::size_t block) const {
    if (!changed_only_) return net_.blocks[block].count() * format_.bytes();
    std::size_t bytes = 0;
    for (const auto& slice : slices_)
        if (slice.block == block) bytes += slice.changes_bytes;
    return bytes;
}

void CouplingCodes::write_buffer(std::size_t block, std::span<std::uint8_t> to, WorkerPool& pool) const {
    struct Part {
        const std::uint8_t* from;
        std::size_t bytes, at;
    };
    std::vector<Part> parts;
    std::size_t at = 0;
    for (const auto& slice : slices_) {
        if (slice.block != block) continue;
        const auto& shape = net_.blocks[block];
        const std::size_t first = slice.first_row * shape.columns;
        const Part part =
            changed_only_
                ? Part{slice.changes.data(), slice.changes_bytes, at}
                : Part{held_.data() + (shape.first + first) * format_.bytes(),
                       std::min(slice.rows * shape.columns, shape.numbers - first) * format_.bytes(), at};
        at += part.bytes;
        parts.push_back(part);
    }
    pool.run(parts.size(), [&](std::size_t i, unsigned) {
        std::copy_n(parts[i].from, parts[i].bytes, to.data() + parts[i].at);
    });
}

std::vector<std::uint8_t> CouplingCodes::buffer(std::size_t block, WorkerPool& pool) const {
    std::vector<std::uint8_t> bytes(buffer_bytes(block));
    write_buffer(block, bytes, pool);
    return bytes;
}

void CouplingCodes::restore(std::span<const std::uint8_t> held) {
    held_.assign(held.begin(), held.end());
    changed_only_ = false;
}

void CouplingCodes::snap(std::span<float> theta, WorkerPool& pool) const {
    if (!format_.bits) return;
    pool.run(net_.blocks.size(), [&](std::size_t b, unsigned) {
        const auto& block = net_.blocks[b];
        const auto lsb = static_cast<float>(format_.lsb(block.range));
        for (std::size_t i = block.first; i < block.first + block.count(); ++i) {
            if (format_.bytes() == 1) {
                theta[i] = lsb * static_cast<float>(static_cast<std::int8_t>(held_[i]));
            } else {
                std::int16_t code = 0;
                std::memcpy(&code, held_.data() + 2 * i, 2);
                theta[i] = lsb * static_cast<float>(code);
            }
        }
    });
}

} // namespace isinglass
