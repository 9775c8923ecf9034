// Folders of images: DIR/train/CLASS/… and DIR/test/CLASS/…, classes numbered by their folders' names in
// order.
#include "host/data/image_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace isinglass {
namespace {

namespace fs = std::filesystem;

// Names of what lies in `folder`, sorted; hidden files are left out.
std::vector<std::string> entries(const fs::path& folder, bool folders) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        auto name = entry.path().filename().string();
        if (!name.starts_with('.') && entry.is_directory() == folders) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    return names;
}

struct LabelledFile {
    fs::path path;
    int label;
    double place; // within its class, 0 to 1
};

// The files of all classes by their places, so that any stretch of them has the classes in their shares.
std::vector<LabelledFile> spread(const fs::path& part, const std::vector<std::string>& classes) {
    std::vector<LabelledFile> files;
    for (std::size_t c = 0; c < classes.size(); ++c) {
        const auto names = entries(part / classes[c], false);
        if (names.empty())
            throw UserError(fmt::format("{}: no images in this class", (part / classes[c]).string()));
        for (std::size_t k = 0; k < names.size(); ++k)
            files.push_back({part / classes[c] / names[k], static_cast<int>(c),
                             (static_cast<double>(k) + 0.5) / static_cast<double>(names.size())});
    }
    std::ranges::stable_sort(files, {}, &LabelledFile::place);
    return files;
}

class ImageFolders : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.text({"folder",
                "folder in the data directory with train/CLASS/ and test/CLASS/, full of PNG, PGM or "
                "PPM files of one size"},
               folder_);
        static const std::vector<std::string> colours{"grey", "rgb"};
        f.choice({"colours", "grey: one channel, the luminance; rgb: three"}, colours_, colours);
    }

    double loading_bytes(const DataLocation& location) const override {
        double images = 0.0;
        fs::path first;
        for (const auto& part : location.find(folder_, parts))
            for (const auto& name : entries(part, true)) {
                const auto files = entries(part / name, false);
                images += static_cast<double>(files.size());
                if (first.empty() && !files.empty()) first = part / name / files.front();
            }
        return first.empty() ? 0.0 : images * static_cast<double>(read(first).pixels.size());
    }

    DataSet load(const DataLocation& location) const override {
        const auto paths = location.find(folder_, parts);
        const auto classes = entries(paths[0], true);
        if (classes.empty())
            throw UserError(fmt::format("{}: no folders of classes; valid is one a class, with its images",
                                        paths[0].string()));
        const auto others = entries(paths[1], true);
        if (others != classes)
            throw UserError(fmt::format("{}: the classes are {}, in {} they are {}; both must have the same",
                                        paths[1].string(), fmt::join(others, ", "), paths[0].string(),
                                        fmt::join(classes, ", ")));
        ImageShape shape{0, 0, 0};
        auto train = read_part(paths[0], classes, shape);
        return data_set(std::move(train), read_part(paths[1], classes, shape), folder_);
    }

  private:
    inline static const std::array<std::string, 2> parts{"train/", "test/"};

    [[nodiscard]] Image read(const fs::path& file) const {
        return read_image(file, colours_ == "rgb" ? 3 : 1);
    }

    // All images of a part, their classes spread evenly over it: the last ones are for validation. `shape` is
    // that of the first image of all.
    [[nodiscard]] Samples read_part(const fs::path& part, const std::vector<std::string>& classes,
                                    ImageShape& shape) const {
        Samples samples{.shape = {}, .classes = static_cast<int>(classes.size()), .labels = {}, .values = {}};
        std::vector<std::uint8_t> pixels;
        const auto files = spread(part, classes);
        for (const auto& file : files) {
            const auto image = read(file.path);
            if (shape.width == 0) shape = image.shape;
            pixels.reserve(files.size() * shape.size()); // at once: growth would take twice as much
            if (image.shape != shape)
                throw UserError(fmt::format("{}: {} x {} pixels, the first image has {} x {}; all must have "
                                            "one size",
                                            file.path.string(), image.shape.height, image.shape.width,
                                            shape.height, shape.width));
            pixels.insert(pixels.end(), image.pixels.begin(), image.pixels.end());
            samples.labels.push_back(file.label);
        }
        samples.shape = shape;
        samples.values = std::move(pixels);
        return samples;
    }

    std::string folder_ = "images";
    std::string colours_ = "rgb";
};

} // namespace

std::unique_ptr<DataSetKind> make_images() {
    return std::make_unique<ImageFolders>();
}

} // namespace isinglass
