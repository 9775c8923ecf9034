#include "host/learning/coupling_codes.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace isinglass {

namespace {

constexpr std::size_t couplings_per_task = 1 << 15;

// The row's entry in a buffer of changed codes.
template <class Code>
void append_changes(std::span<const Code> now, std::span<const Code> before, std::vector<std::uint8_t>& out) {
    const std::size_t columns = now.size();
    const std::size_t bitmap_bytes = (columns + 7) / 8;
    const std::size_t count_at = out.size();
    out.resize(count_at + 4 + bitmap_bytes + columns * sizeof(Code));
    std::uint8_t* bitmap = out.data() + count_at + 4;
    std::uint8_t* codes = bitmap + bitmap_bytes;
    const std::uint8_t* first_code = codes;
    for (std::size_t byte = 0; byte < bitmap_bytes; ++byte) {
        const std::size_t j0 = byte * 8;
        const std::size_t n = std::min<std::size_t>(8, columns - j0);
        unsigned bits = 0;
        if (std::memcmp(now.data() + j0, before.data() + j0, n * sizeof(Code)) != 0)
            for (std::size_t j = 0; j < n; ++j)
                bits |= static_cast<unsigned>(now[j0 + j] != before[j0 + j]) << j;
        bitmap[byte] = static_cast<std::uint8_t>(bits);
        for (; bits != 0; bits &= bits - 1, codes += sizeof(Code))
            std::memcpy(codes, &now[j0 + static_cast<std::size_t>(std::countr_zero(bits))], sizeof(Code));
    }
    const auto count =
        static_cast<std::uint32_t>(static_cast<std::size_t>(codes - first_code) / sizeof(Code));
    std::memcpy(out.data() + count_at, &count, 4);
    out.resize(count == 0 ? count_at + 4 : static_cast<std::size_t>(codes - out.data()));
}

} // namespace

struct CouplingCodes::Slice {
    std::size_t block = 0;
    std::size_t first_row = 0;
    std::size_t rows = 0;
    std::vector<std::uint8_t> changes;
    std::size_t saturated = 0;
};

CouplingCodes::CouplingCodes(const Network& net, CouplingFormat format, std::uint64_t seed)
    : net_(net), format_(format), draws_(seed, Purpose::coupling_rounding), buffers_(net.blocks.size()) {
    forget();
}

void CouplingCodes::forget() {
    held_.assign(net_.parameters * format_.bytes(), 0);
}

struct CouplingCodes::Source {
    std::span<const float> theta;
    Rounding rounding = Rounding::nearest;
    std::uint64_t update = 0;
    std::span<const std::uint8_t> codes; // instead of theta
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
    if constexpr (std::is_floating_point_v<Code>) {
        std::copy_n(w, codes.size(), codes.begin());
        return 0;
    } else {
        const auto scale = static_cast<float>(1.0 / format_.lsb(shape.range));
        const auto top = static_cast<float>(format_.top_code());
        auto narrow = [top](float code) {
            return static_cast<Code>(static_cast<std::int32_t>(std::min(std::max(code, -top), top)));
        };
        std::int32_t beyond = 0;
        for (std::size_t j = 0; j < codes.size(); ++j) beyond += std::abs(w[j] * scale) > top + 0.5F ? 1 : 0;
        if (source.rounding == Rounding::nearest) {
            for (std::size_t j = 0; j < codes.size(); ++j) codes[j] = narrow(std::nearbyint(w[j] * scale));
        } else {
            std::vector<float> draws(codes.size());
            draws_.uniforms(
                {source.update, static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(row)}, draws);
            for (std::size_t j = 0; j < codes.size(); ++j)
                codes[j] = narrow(std::floor(w[j] * scale + draws[j]));
        }
        return static_cast<std::size_t>(beyond);
    }
}

template <class Code>
void CouplingCodes::encode_slice(Slice& slice, const Source& source, bool changed_only) {
    const auto& block = net_.blocks[slice.block];
    auto* held = reinterpret_cast<Code*>(held_.data()) + block.first; // NOLINT: bytes hold codes
    std::vector<Code> codes(block.columns);
    for (std::size_t row = slice.first_row; row < slice.first_row + slice.rows; ++row) {
        slice.saturated += codes_of_row<Code>(source, slice.block, row, codes);
        Code* before = held + row * block.columns;
        if (changed_only)
            append_changes<Code>(codes, std::span<const Code>(before, block.columns), slice.changes);
        std::ranges::copy(codes, before);
    }
}

void CouplingCodes::encode(std::span<const float> theta, Rounding rounding, bool changed_only,
                           std::uint64_t update, WorkerPool& pool) {
    encode_from({.theta = theta, .rounding = rounding, .update = update}, changed_only, pool);
}

void CouplingCodes::reissue(std::span<const std::uint8_t> codes, bool changed_only, WorkerPool& pool) {
    const std::size_t saturated = saturated_;
    encode_from({.codes = codes}, changed_only, pool);
    saturated_ = saturated;
}

void CouplingCodes::encode_from(const Source& source, bool changed_only, WorkerPool& pool) {
    std::vector<Slice> slices;
    for (std::size_t b = 0; b < net_.blocks.size(); ++b) {
        const auto& block = net_.blocks[b];
        const std::size_t rows = std::max<std::size_t>(1, couplings_per_task / block.columns);
        for (std::size_t r = 0; r < block.rows; r += rows)
            slices.push_back({b, r, std::min(rows, block.rows - r), {}, 0});
    }
    pool.run(slices.size(), [&](std::size_t i, unsigned) {
        if (!format_.bits)
            encode_slice<float>(slices[i], source, changed_only);
        else if (format_.bytes() == 1)
            encode_slice<std::int8_t>(slices[i], source, changed_only);
        else
            encode_slice<std::int16_t>(slices[i], source, changed_only);
    });
    saturated_ = 0;
    for (auto& buffer : buffers_) buffer.clear();
    for (const auto& slice : slices) {
        saturated_ += slice.saturated;
        auto& buffer = buffers_[slice.block];
        if (changed_only) buffer.insert(buffer.end(), slice.changes.begin(), slice.changes.end());
    }
    if (!changed_only) fill_whole_buffers();
}

void CouplingCodes::fill_whole_buffers() {
    for (std::size_t b = 0; b < net_.blocks.size(); ++b) {
        const auto first =
            held_.begin() + static_cast<std::ptrdiff_t>(net_.blocks[b].first * format_.bytes());
        buffers_[b].assign(first,
                           first + static_cast<std::ptrdiff_t>(net_.blocks[b].count() * format_.bytes()));
    }
}

void CouplingCodes::restore(std::span<const std::uint8_t> held) {
    held_.assign(held.begin(), held.end());
    fill_whole_buffers();
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
