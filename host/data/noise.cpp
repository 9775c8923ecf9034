// Uniform noise with labels in turn, in the shape of any data set: for what depends on sizes alone, as time,
// energy and area do, where the data themselves are not at hand.
#include "host/data/data_set.hpp"
#include "hw_models/base/random.hpp"

#include <fmt/format.h>

#include <cmath>

namespace isinglass {
namespace {

constexpr double most_bytes = 4e9; // of pixels in memory

class Noise : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.integers({"shape", "channels, rows and columns of a sample"}, shape_, {1, 1e5});
        f.check(shape_.size() == 3, "shape", "three numbers [channels, rows, columns]");
        f.count({"classes", "classes that labels go through"}, classes_, {2, 1e6});
        f.count({"train", "number of training samples"}, train_count_, {1, 1e9});
        f.count({"test", "number of test samples"}, test_count_, {1, 1e9});
        f.text({"name", "name that results are given"}, name_);
    }

    DataSet load(const DataLocation& /*location*/) const override {
        const double bytes =
            static_cast<double>(train_count_ + test_count_) * static_cast<double>(shape().size());
        if (bytes > most_bytes)
            throw UserError(fmt::format("data.kind = \"noise\": {} samples of {} bytes take {:.3g} bytes of "
                                        "memory; valid is up to {:.3g}, fewer samples fit (\"estimate\" "
                                        "needs none of them)",
                                        train_count_ + test_count_, shape().size(), bytes, most_bytes));
        return data_set(draw(0, train_count_), draw(1, test_count_), name_);
    }

    std::optional<std::size_t> training_samples() const override { return train_count_; }

  private:
    [[nodiscard]] ImageShape shape() const {
        const auto size = [&](std::size_t i) { return static_cast<std::size_t>(shape_[i]); };
        return {size(0), size(1), size(2)};
    }

    [[nodiscard]] Samples draw(std::uint64_t part, std::size_t count) const {
        Samples samples{.shape = shape(), .classes = static_cast<int>(classes_), .labels = {}, .values = {}};
        const RandomStream draws(part, Purpose::glyph_shape); // a run has one drawn data set
        std::vector<float> levels(samples.feature_count());
        std::vector<std::uint8_t> pixels;
        pixels.reserve(count * levels.size());
        for (std::size_t i = 0; i < count; ++i) {
            samples.labels.push_back(static_cast<int>(i % classes_));
            draws.uniforms({i}, levels);
            for (const float x : levels) pixels.push_back(static_cast<std::uint8_t>(std::lround(255.0F * x)));
        }
        samples.values = std::move(pixels);
        return samples;
    }

    std::vector<std::int64_t> shape_{1, 28, 28};
    std::size_t classes_ = 10;
    std::size_t train_count_ = 10000, test_count_ = 2000;
    std::string name_ = "noise";
};

} // namespace

std::unique_ptr<DataSetKind> make_noise() {
    return std::make_unique<Noise>();
}

} // namespace isinglass
