// CIFAR-10 in its binary layout: a byte of label, then 32 × 32 bytes each of red, green and blue, row by row.
// Format: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009), "Binary version".
#include "host/data/data_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace isinglass {
namespace {

namespace fs = std::filesystem;
constexpr ImageShape shape{3, 32, 32};
constexpr std::size_t record_bytes = 1 + 3 * 32 * 32;
constexpr int class_count = 10;

// The training batches in `folder`, sorted by name; where one is there plain and packed, the plain one.
std::vector<fs::path> training_batches(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        auto name = entry.path().filename().string();
        if (name.ends_with(".gz")) name.resize(name.size() - 3);
        if (name.starts_with("data_batch_") && name.ends_with(".bin")) names.insert(std::move(name));
    }
    std::vector<fs::path> paths;
    for (const auto& name : names) paths.push_back(plain_or_gz(folder, name));
    return paths;
}

class CifarFiles : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.text({"folder", "folder of the batch files in the data directory"}, folder_);
        f.text(
            {"name", "name that results are given; say so here when the pixels are not the canonical ones"},
            name_);
        f.count({"batch_images", "images in each batch file"}, batch_images_, {1, 1e6});
        f.count({"train_per_class", "at most so many training samples of each class, the first in the files"},
                train_per_class_, {1, 1e9});
        f.count({"test_per_class", "at most so many test samples of each class, the first in the file"},
                test_per_class_, {1, 1e9});
    }

    DataSet load(const DataLocation& location) const override {
        static const std::array<std::string, 2> names = {"data_batch_1.bin", "test_batch.bin"};
        const auto paths = location.find(folder_, names);
        const auto train = read(training_batches(paths[0].parent_path()));
        return data_set(first_of_each_class(train, train_per_class_),
                        first_of_each_class(read({paths[1]}), test_per_class_), name_);
    }

  private:
    std::string folder_ = "cifar-10";
    std::string name_ = "CIFAR-10";
    std::size_t batch_images_ = 10000;
    std::size_t train_per_class_ = 1'000'000'000;
    std::size_t test_per_class_ = 1'000'000'000;

    [[nodiscard]] Samples read(const std::vector<fs::path>& batches) const {
        Samples samples{.shape = shape, .classes = class_count, .labels = {}, .values = {}};
        std::vector<std::uint8_t> pixels;
        pixels.reserve(batches.size() * batch_images_ * shape.size());
        for (const auto& path : batches) append(path, samples.labels, pixels);
        samples.values = std::move(pixels);
        return samples;
    }

    void append(const fs::path& path, std::vector<int>& labels, std::vector<std::uint8_t>& pixels) const {
        const auto bytes = read_data_file(path);
        const auto expected = batch_images_ * record_bytes;
        if (bytes.size() != expected)
            throw UserError(fmt::format("{}: {}: {} bytes found, {} expected ({} images of {} bytes)",
                                        path.string(), bytes.size() < expected ? "truncated" : "too long",
                                        bytes.size(), expected, batch_images_, record_bytes));
        for (auto record = bytes.begin(); record != bytes.end(); record += record_bytes) {
            if (*record >= class_count)
                throw UserError(fmt::format("{}: label {} at byte {} is out of range; valid: 0 to {}",
                                            path.string(), *record, record - bytes.begin(), class_count - 1));
            labels.push_back(*record);
            pixels.insert(pixels.end(), record + 1, record + record_bytes);
        }
    }
};

} // namespace

std::unique_ptr<DataSetKind> make_cifar() {
    return std::make_unique<CifarFiles>();
}

} // namespace isinglass
