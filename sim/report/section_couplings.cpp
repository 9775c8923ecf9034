// Couplings of every link over training: their distribution, the matrix in coarse cells, and of dense links
// from images the couplings of single nodes as images; of convolutions the windows.
#include "hw_models/couplings/convolution.hpp"
#include "sim/report/sections.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::size_t bins = 61;
constexpr std::size_t most_cells = 96; // a side
constexpr std::size_t most_fields = 40;
constexpr std::size_t most_windows_from = 16, most_windows_to = 12; // of channels on either side

std::vector<std::uint64_t> histogram(std::span<const float> values, float limit) {
    std::vector<std::uint64_t> counts(bins);
    for (const float v : values) {
        const auto at = std::lround((v / limit * 0.5F + 0.5F) * static_cast<float>(bins - 1));
        ++counts[static_cast<std::size_t>(std::clamp<long>(at, 0, bins - 1))];
    }
    return counts;
}

// The mean of the couplings in each of rows × columns cells.
std::vector<float> coarse(std::span<const float> values, const ParameterBlock& block, std::size_t rows,
                          std::size_t columns) {
    std::vector<float> sums(rows * columns);
    std::vector<float> counts(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t cell =
            i / block.columns * rows / block.rows * columns + i % block.columns * columns / block.columns;
        sums[cell] += values[i];
        ++counts[cell];
    }
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] /= std::max(1.0F, counts[c]);
    return sums;
}

// Couplings into the first nodes, an image of inputs each.
std::vector<float> fields_of(std::span<const float> values, const ParameterBlock& block, std::size_t pixels,
                             std::size_t nodes) {
    std::vector<float> fields;
    for (std::size_t n = 0; n < nodes; ++n)
        for (std::size_t p = 0; p < pixels; ++p) fields.push_back(values[p * block.columns + n]);
    return fields;
}

// Sizes [channels of post, channels of pre, window rows, window columns] in which a convolution's couplings
// are numbered; nothing of other blocks.
std::vector<std::size_t> windows_of(const ReportSource& source, const ParameterBlock& block) {
    if (block.link < 0) return {};
    const auto& coupling = *source.network->links[static_cast<std::size_t>(block.link)].coupling;
    const auto* convolving = dynamic_cast<const Convolving*>(&coupling);
    if (convolving == nullptr) return {};
    const auto& shape = convolving->shape();
    return {shape.out, shape.in, shape.window_rows, shape.window_columns};
}

// The windows of the first channels, channel of post after channel.
std::vector<float> first_windows(std::span<const float> values, std::span<const std::size_t> sizes,
                                 std::size_t to, std::size_t from) {
    std::vector<float> windows;
    const std::size_t taps = sizes[2] * sizes[3];
    for (std::size_t o = 0; o < to; ++o) {
        const auto row = values.subspan(o * sizes[1] * taps, from * taps);
        windows.insert(windows.end(), row.begin(), row.end());
    }
    return windows;
}

Json block_numbers(const ReportSource& source, const ParameterBlock& block, const ImageShape& image) {
    const auto values = [&](const SavedEpoch& saved) {
        return std::span<const float>(saved.theta).subspan(block.first, block.count());
    };
    float limit = 1e-12F;
    for (const auto& saved : source.epochs)
        for (const float v : values(saved)) limit = std::max(limit, std::abs(v));
    Json json{{"name", block.name}, {"count", block.count()}, {"limit", limit}, {"range", block.range}};
    const bool matrix = block.link >= 0 && !block.list && block.rows > 1;
    const std::size_t rows = std::min(block.rows, most_cells);
    const std::size_t columns = std::min(block.columns, most_cells);
    const bool fields = matrix &&
                        source.network->links[static_cast<std::size_t>(block.link)].from == input_layer &&
                        image.height > 1 && block.rows >= image.height * image.width;
    const std::size_t pixels = image.height * image.width;
    const std::size_t nodes = std::min(block.columns, most_fields);
    if (matrix) json.update({{"rows", rows}, {"columns", columns}, {"full", {block.rows, block.columns}}});
    if (fields) json["image"] = {image.height, image.width, nodes};
    const auto windows = windows_of(source, block);
    const std::size_t to = windows.empty() ? 0 : std::min(windows[0], most_windows_to);
    const std::size_t from = windows.empty() ? 0 : std::min(windows[1], most_windows_from);
    if (!windows.empty()) json["windows"] = {{"sizes", windows}, {"to", to}, {"from", from}};
    for (const auto& saved : source.epochs) {
        const auto v = values(saved);
        Json one{{"epoch", saved.epoch}, {"histogram", histogram(v, limit)}};
        if (matrix) one["map"] = packed(coarse(v, block, rows, columns));
        if (fields) one["fields"] = packed(fields_of(v, block, pixels, nodes));
        if (!windows.empty()) one["windows"] = packed(first_windows(v, windows, to, from));
        json["epochs"].push_back(std::move(one));
    }
    return json;
}

} // namespace

Json couplings_numbers(const ReportSource& source) {
    if (source.epochs.empty()) return nullptr;
    const auto image = source.observations ? source.observations->shape : ImageShape{};
    Json blocks = Json::array();
    for (const auto& block : source.network->blocks)
        if (block.count() > 0) blocks.push_back(block_numbers(source, block, image));
    return {{"blocks", std::move(blocks)}};
}

} // namespace isinglass
