// Data sets: labelled samples for training and test, whatever file or generator they come from.
//
// Contract of a kind of data set:
// - fields() declares its parameters; load() reads or draws both parts, equal for equal parameters and files;
// - whatever is wrong with the files is a UserError of one line: file, place, value found, what is valid.
#pragma once

#include "host/data/data_location.hpp"
#include "hw_models/base/fields.hpp"
#include "hw_models/base/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace isinglass {

// Features lie in memory as [channel][row][column]. What is no image is one row.
struct ImageShape {
    std::size_t channels = 1;
    std::size_t height = 1;
    std::size_t width = 0;
    [[nodiscard]] std::size_t size() const { return channels * height * width; }
    bool operator==(const ImageShape&) const = default;
};

// Samples with `shape.size()` features each, as [sample × feature].
struct Samples {
    ImageShape shape;
    int classes = 0;
    std::vector<int> labels; // 0 … classes − 1, one a sample

    // Codes stand for code / 255; floats are in [0, 1] already. Images stay at a byte a pixel: CIFAR-10 as
    // floats is 740 MB.
    std::variant<std::vector<std::uint8_t>, std::vector<float>> values;

    [[nodiscard]] std::size_t count() const { return labels.size(); }
    [[nodiscard]] std::size_t feature_count() const { return shape.size(); }

    // Writes the features of sample i, in [0, 1]; `out` has feature_count() elements.
    void features(std::size_t i, std::span<float> out) const;
    // Asks the caches for sample i: shuffled samples lie far apart.
    void prefetch(std::size_t i) const;

    // A copy of the samples begin … end − 1.
    [[nodiscard]] Samples slice(std::size_t begin, std::size_t end) const;
    // Drops all samples from `count` on.
    void truncate(std::size_t count);
};

// The samples without those that come after `most` of their class, in the same order.
[[nodiscard]] Samples first_of_each_class(const Samples& samples, std::size_t most);

struct DataSet {
    Samples train;
    Samples test;
    std::string name;
    std::string description; // one line for people
};

class DataSetKind {
  public:
    virtual ~DataSetKind() = default;
    virtual void fields(Fields& f) = 0;
    [[nodiscard]] virtual DataSet load(const DataLocation& location) const = 0;
    // What load() takes at most while it reads, bytes, by the sizes of the files alone; 0 of kinds that read
    // none or batches of stated size. Throws as load() does.
    [[nodiscard]] virtual double loading_bytes(const DataLocation& /*location*/) const { return 0.0; }
    // How many training samples load() gives, validation included, of kinds that know without loading.
    [[nodiscard]] virtual std::optional<std::size_t> training_samples() const { return std::nullopt; }
};

// The kinds there are; the first is drawn at run time and needs no file.
[[nodiscard]] const Registry<std::unique_ptr<DataSetKind>>& data_set_kinds();

// Training and validation part: the last `validation_count` samples are for validation. Throws UserError when
// that leaves none to train on.
[[nodiscard]] std::pair<Samples, Samples> split_validation(Samples samples, std::size_t validation_count);

// Both parts under a name, described by their sizes.
[[nodiscard]] DataSet data_set(Samples train, Samples test, std::string name);

} // namespace isinglass
