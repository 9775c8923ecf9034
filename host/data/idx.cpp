// IDX files as MNIST and Fashion-MNIST come in: big-endian header, then a byte a pixel or label.
// Format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".
#include "host/data/data_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace isinglass {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::uint32_t image_magic = 0x803; // unsigned bytes, three dimensions
constexpr std::uint32_t label_magic = 0x801; // unsigned bytes, one dimension

std::uint32_t word(const Bytes& bytes, std::size_t i) {
    const auto* b = &bytes[4 * i];
    return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

// Content of an IDX file of bytes: the sizes of its dimensions, and the file with the header cut off.
struct Idx {
    std::vector<std::size_t> sizes;
    Bytes values;
};

Idx read_idx(const std::filesystem::path& path, std::uint32_t magic) {
    Idx idx{.sizes = std::vector<std::size_t>(magic & 0xff), .values = read_data_file(path)};
    auto& bytes = idx.values;
    const auto header = 4 * (1 + idx.sizes.size());
    const auto cut_off = [&](std::size_t expected, const char* what) {
        if (bytes.size() < expected)
            throw UserError(fmt::format("{}: truncated: {} bytes found, {} expected{}", path.string(),
                                        bytes.size(), expected, what));
    };
    cut_off(header, " for the header alone");
    if (word(bytes, 0) != magic)
        throw UserError(
            fmt::format("{}: wrong magic number at byte 0: {:#010x} found, {:#010x} expected (IDX, {})",
                        path.string(), word(bytes, 0), magic, magic == image_magic ? "images" : "labels"));
    std::size_t total = 1;
    for (std::size_t i = 0; i < idx.sizes.size(); ++i) {
        idx.sizes[i] = word(bytes, i + 1);
        if (idx.sizes[i] == 0)
            throw UserError(fmt::format("{}: size 0 in the header at byte {}; valid: 1 or more",
                                        path.string(), 4 * (i + 1)));
        total = static_cast<std::size_t>(std::min(1e18, double(total) * double(idx.sizes[i])));
    }
    cut_off(header + total, "");
    if (bytes.size() > header + total)
        throw UserError(fmt::format("{}: {} bytes found, {} expected by its header", path.string(),
                                    bytes.size(), header + total));
    bytes.erase(bytes.begin(), bytes.begin() + header);
    return idx;
}

class IdxFiles : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.text({"folder", "folder of the four files in the data directory, and the data set's name"},
               folder_);
        f.count({"classes", "number of classes; labels are 0 to this - 1"}, classes_, {2, 256});
        f.count({"train_per_class", "at most so many training samples of each class, the first in the file"},
                train_per_class_, {1, 1e9});
        f.count({"test_per_class", "at most so many test samples of each class, the first in the file"},
                test_per_class_, {1, 1e9});
    }

    // As they are in the files, those chosen of them, and the one that is being read.
    double loading_bytes(const DataLocation& location) const override {
        double bytes = 0.0, largest = 0.0;
        for (const auto& path : location.find(folder_, names)) {
            bytes += 2.0 * unpacked_bytes(path);
            largest = std::max(largest, reading_bytes(path));
        }
        return bytes + largest;
    }

    DataSet load(const DataLocation& location) const override {
        const auto paths = location.find(folder_, names);
        auto train = read(paths[0], paths[1]);
        auto test = read(paths[2], paths[3]);
        if (train.shape != test.shape)
            throw UserError(fmt::format("{}: images of {} x {} found, {} x {} expected as in {}",
                                        paths[2].string(), test.shape.height, test.shape.width,
                                        train.shape.height, train.shape.width, paths[0].string()));
        return data_set(first_of_each_class(train, train_per_class_),
                        first_of_each_class(test, test_per_class_), folder_);
    }

  private:
    inline static const std::array<std::string, 4> names = {
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte"};
    std::string folder_ = "mnist";
    int classes_ = 10;
    std::size_t train_per_class_ = 1'000'000'000;
    std::size_t test_per_class_ = 1'000'000'000;

    [[nodiscard]] Samples read(const std::filesystem::path& image_path,
                               const std::filesystem::path& label_path) const {
        auto images = read_idx(image_path, image_magic);
        const auto labels = read_idx(label_path, label_magic);
        if (images.sizes[0] != labels.sizes[0])
            throw UserError(fmt::format("{}: {} labels found, {} expected, one for each image of {}",
                                        label_path.string(), labels.sizes[0], images.sizes[0],
                                        image_path.string()));
        const auto wrong = std::ranges::find_if(labels.values, [&](int label) { return label >= classes_; });
        if (wrong != labels.values.end())
            throw UserError(fmt::format("{}: label {} of sample {} is out of range; valid: 0 to {}",
                                        label_path.string(), *wrong, wrong - labels.values.begin(),
                                        classes_ - 1));
        return {.shape = {1, images.sizes[1], images.sizes[2]},
                .classes = classes_,
                .labels = {labels.values.begin(), labels.values.end()},
                .values = std::move(images.values)};
    }
};

} // namespace

std::unique_ptr<DataSetKind> make_idx() {
    return std::make_unique<IdxFiles>();
}

} // namespace isinglass
