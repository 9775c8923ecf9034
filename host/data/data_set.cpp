#include "host/data/data_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace isinglass {

// Each in the file of its name.
std::unique_ptr<DataSetKind> make_glyphs();
std::unique_ptr<DataSetKind> make_idx();
std::unique_ptr<DataSetKind> make_cifar();
std::unique_ptr<DataSetKind> make_csv();
std::unique_ptr<DataSetKind> make_images();
std::unique_ptr<DataSetKind> make_tensors();
std::unique_ptr<DataSetKind> make_xor();
std::unique_ptr<DataSetKind> make_noise();

const Registry<std::unique_ptr<DataSetKind>>& data_set_kinds() {
    static const Registry<std::unique_ptr<DataSetKind>> kinds("kind of data set", {{"glyphs", make_glyphs},
                                                                                   {"idx", make_idx},
                                                                                   {"cifar", make_cifar},
                                                                                   {"csv", make_csv},
                                                                                   {"images", make_images},
                                                                                   {"tensors", make_tensors},
                                                                                   {"xor", make_xor},
                                                                                   {"noise", make_noise}});
    return kinds;
}

// One touch a cache line; nothing is read.
void Samples::prefetch(std::size_t i) const {
    const auto ask = [&](const auto& all) {
        const auto* row = all.data() + i * feature_count();
        for (std::size_t at = 0; at < feature_count(); at += 64 / sizeof(*row)) __builtin_prefetch(row + at);
    };
    std::visit(ask, values);
}

void Samples::features(std::size_t i, std::span<float> out) const {
    assert(i < count() && out.size() == feature_count());
    const auto write = [&](const auto& all) {
        const auto row = std::span(all).subspan(i * out.size(), out.size());
        if constexpr (std::is_same_v<decltype(row), const std::span<const std::uint8_t>>)
            std::ranges::transform(row, out.begin(), [](std::uint8_t code) { return float(code) / 255.0F; });
        else
            std::ranges::copy(row, out.begin());
    };
    std::visit(write, values);
}

Samples Samples::slice(std::size_t begin, std::size_t end) const {
    assert(begin <= end && end <= count());
    Samples part{.shape = shape, .classes = classes, .labels = {}, .values = {}};
    part.labels.assign(labels.begin() + begin, labels.begin() + end);
    const auto copy = [&](const auto& all) {
        const auto row = [&](std::size_t i) { return all.begin() + i * feature_count(); };
        part.values = std::decay_t<decltype(all)>(row(begin), row(end));
    };
    std::visit(copy, values);
    return part;
}

void Samples::truncate(std::size_t count) {
    assert(count <= labels.size());
    labels.resize(count);
    std::visit([&](auto& all) { all.resize(count * feature_count()); }, values);
}

Samples first_of_each_class(const Samples& samples, std::size_t most) {
    std::vector<std::size_t> taken(static_cast<std::size_t>(samples.classes), 0);
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < samples.count(); ++i)
        if (taken[static_cast<std::size_t>(samples.labels[i])]++ < most) kept.push_back(i);
    Samples part{.shape = samples.shape, .classes = samples.classes, .labels = {}, .values = {}};
    for (const std::size_t i : kept) part.labels.push_back(samples.labels[i]);
    const auto copy = [&](const auto& all) {
        const auto row = [&](std::size_t i) { return all.begin() + i * samples.feature_count(); };
        std::decay_t<decltype(all)> values;
        values.reserve(kept.size() * samples.feature_count());
        for (const std::size_t i : kept) values.insert(values.end(), row(i), row(i + 1));
        part.values = std::move(values);
    };
    std::visit(copy, samples.values);
    return part;
}

std::pair<Samples, Samples> split_validation(Samples samples, std::size_t validation_count) {
    if (validation_count >= samples.count())
        throw UserError(
            fmt::format("validation needs {} of {} training samples and leaves none to train on; valid: at "
                        "most {}",
                        validation_count, samples.count(), samples.count() - 1));
    const auto first = samples.count() - validation_count;
    auto validation = samples.slice(first, samples.count());
    samples.truncate(first); // in place: the training images may be most of what memory holds
    return {std::move(samples), std::move(validation)};
}

DataSet data_set(Samples train, Samples test, std::string name) {
    const auto& shape = train.shape;
    auto description =
        fmt::format("{} training and {} test samples of {} x {} x {}, {} classes", train.count(),
                    test.count(), shape.channels, shape.height, shape.width, train.classes);
    return {std::move(train), std::move(test), std::move(name), std::move(description)};
}

} // namespace isinglass
