// Raw tensors: files of numbers without a header, [sample][channel][row][column], little-endian, and their
// labels.
#include "host/data/data_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>

namespace isinglass {
namespace {

static_assert(std::endian::native == std::endian::little, "files are taken as they are");

// Numbers of a stated type, one after the other.
template <class T>
std::vector<T> numbers(const std::vector<std::uint8_t>& bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

class RawTensors : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.text({"folder", "folder in the data directory with train-features.bin, train-labels.bin, "
                          "test-features.bin and test-labels.bin, plain or gzip"},
               folder_);
        f.integers({"shape", "channels, height and width of a sample", true}, shape_, {1, 1e6});
        f.check(shape_.size() == 3, "shape", "three sizes: channels, height, width");
        f.count({"classes", "number of classes; labels are 0 to this - 1", true}, classes_, {2, 1e6});
        static const std::vector<std::string> features{"uint8", "float32"};
        f.choice({"features",
                  "type of the features: bytes that stand for 0 to 1 as x / 255, or floats from 0 to 1"},
                 features_, features);
        static const std::vector<std::string> labels{"uint8", "uint16", "uint32"};
        f.choice({"labels", "type of the labels"}, labels_, labels);
    }

    double loading_bytes(const DataLocation& location) const override {
        double bytes = 0.0;
        double largest = 0.0; // that of the file that is being read, before it is samples
        for (const auto& path : location.find(folder_, names)) {
            bytes += unpacked_bytes(path);
            largest = std::max(largest, reading_bytes(path));
        }
        return bytes + largest;
    }

    DataSet load(const DataLocation& location) const override {
        const auto paths = location.find(folder_, names);
        auto train = read(paths[0], paths[1]);
        return data_set(std::move(train), read(paths[2], paths[3]), folder_);
    }

  private:
    inline static const std::array<std::string, 4> names = {"train-features.bin", "train-labels.bin",
                                                            "test-features.bin", "test-labels.bin"};
    std::string folder_ = "tensors";
    std::vector<std::int64_t> shape_;
    int classes_ = 2;
    std::string features_ = "uint8";
    std::string labels_ = "uint8";

    [[nodiscard]] Samples read(const std::filesystem::path& features,
                               const std::filesystem::path& labels) const {
        Samples samples{.shape = {static_cast<std::size_t>(shape_[0]), static_cast<std::size_t>(shape_[1]),
                                  static_cast<std::size_t>(shape_[2])},
                        .classes = classes_,
                        .labels = read_labels(labels),
                        .values = {}};
        auto bytes = read_data_file(features);
        const std::size_t each = samples.shape.size() * (features_ == "uint8" ? 1 : sizeof(float));
        if (bytes.size() != each * samples.count())
            throw UserError(fmt::format("{}: {} bytes found, {} expected ({} labels of {} bytes of features)",
                                        features.string(), bytes.size(), each * samples.count(),
                                        samples.count(), each));
        if (features_ == "uint8") {
            samples.values = std::move(bytes);
            return samples;
        }
        auto values = numbers<float>(bytes);
        const auto wrong = std::ranges::find_if(values, [](float v) { return !(v >= 0.0F && v <= 1.0F); });
        if (wrong != values.end())
            throw UserError(fmt::format(
                "{}: value {} of sample {} is {}; valid: 0 to 1", features.string(),
                (wrong - values.begin()) % static_cast<std::ptrdiff_t>(samples.shape.size()),
                (wrong - values.begin()) / static_cast<std::ptrdiff_t>(samples.shape.size()), *wrong));
        samples.values = std::move(values);
        return samples;
    }

    [[nodiscard]] std::vector<int> read_labels(const std::filesystem::path& path) const {
        const auto bytes = read_data_file(path);
        const auto checked = [&]<class T>(const std::vector<T>& values) {
            std::vector<int> labels;
            for (const T value : values) {
                if (std::uint64_t{value} >= static_cast<std::uint64_t>(classes_))
                    throw UserError(fmt::format("{}: label {} of sample {} is out of range; valid: 0 to {}",
                                                path.string(), value, labels.size(), classes_ - 1));
                labels.push_back(static_cast<int>(value));
            }
            return labels;
        };
        const std::size_t width = labels_ == "uint8" ? 1 : labels_ == "uint16" ? 2 : 4;
        if (bytes.empty() || bytes.size() % width != 0)
            throw UserError(fmt::format("{}: {} bytes found; valid: a multiple of {}, one label of type {} a "
                                        "sample",
                                        path.string(), bytes.size(), width, labels_));
        if (width == 1) return checked(numbers<std::uint8_t>(bytes));
        if (width == 2) return checked(numbers<std::uint16_t>(bytes));
        return checked(numbers<std::uint32_t>(bytes));
    }
};

} // namespace

std::unique_ptr<DataSetKind> make_tensors() {
    return std::make_unique<RawTensors>();
}

} // namespace isinglass
