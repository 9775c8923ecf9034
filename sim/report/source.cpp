#include "sim/report/source.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>

namespace isinglass {

namespace {

constexpr std::size_t most_epochs = 12;       // whose couplings are kept,
constexpr std::size_t most_numbers = 1 << 27; // and as many of these as fit into 512 MB

// Evenly over all, the first and the last among them.
std::vector<std::int64_t> chosen(const std::vector<std::int64_t>& saved, std::size_t numbers) {
    const std::size_t most =
        std::clamp<std::size_t>(most_numbers / std::max<std::size_t>(1, numbers), 2, most_epochs);
    if (saved.size() <= most) return saved;
    std::vector<std::int64_t> some;
    for (std::size_t k = 0; k < most; ++k) some.push_back(saved[k * (saved.size() - 1) / (most - 1)]);
    return some;
}

Json cell_of(const std::string& text) {
    if (text.empty()) return nullptr;
    double x = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    return error == std::errc{} && end == text.data() + text.size() ? Json(x) : Json(text);
}

} // namespace

ReportSource read_source(const RunDirectory& directory) {
    if (!std::filesystem::exists(directory.summary()))
        throw UserError(fmt::format("'{}' has no summary.json: the run has not ended; go on with 'isinglass "
                                    "train {} --resume'",
                                    directory.path().string(), directory.path().string()));
    ReportSource source{.directory = directory,
                        .config = read_file(directory.config()),
                        .experiment = load_experiment(directory.config().string(), {})};
    source.network = source.experiment.network.build();
    source.summary = RunSummary::from_json(read_file(directory.summary()), directory.summary().string());
    source.energy = price(counts_of(source.summary), load_components(source.experiment.machine));
    if (std::filesystem::exists(directory.observations()))
        source.observations =
            Observations::from_json(read_file(directory.observations()), directory.observations().string());
    const auto numbers = trained_numbers(source.experiment, *source.network);
    for (const auto epoch : chosen(directory.saved_epochs(), numbers)) {
        auto checkpoint = read_checkpoint(directory.checkpoint(epoch));
        if (checkpoint.training.theta.size() != numbers)
            throw UserError(fmt::format("{}: the checkpoint holds {} couplings, the network has {}",
                                        directory.checkpoint(epoch).string(),
                                        checkpoint.training.theta.size(), numbers));
        source.epochs.push_back(
            {epoch, std::move(checkpoint.training.theta), std::move(checkpoint.responses)});
    }
    return source;
}

std::string base64(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += k <= n ? letters[word >> (18 - 6 * k) & 63U] : '=';
    }
    return text;
}

Json packed(std::span<const float> values) {
    float largest = 0.0F;
    for (const float v : values)
        if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    std::vector<std::uint8_t> bytes;
    for (const float v : values)
        bytes.push_back(static_cast<std::uint8_t>(
            std::lround(largest > 0.0F && std::isfinite(v) ? 127.0F * v / largest : 0.0F)));
    return {{"scale", largest}, {"values", base64(bytes)}};
}

Json csv_columns(const std::string& text) {
    Json columns = Json::object();
    std::vector<std::string> names;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool head = names.empty();
        for (std::size_t at = 0, column = 0; at <= line.size(); ++column) {
            const auto end = std::min(line.find(',', at), line.size());
            const auto cell = line.substr(at, end - at);
            if (head) {
                names.push_back(cell);
                columns[cell] = Json::array();
            } else if (column < names.size()) {
                columns[names[column]].push_back(cell_of(cell));
            }
            at = end + 1;
        }
    }
    return columns;
}

} // namespace isinglass
