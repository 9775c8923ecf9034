// A table of numbers in text, a sample a line, with commas between cells; split into training and test by a
// seed.
#include "host/data/data_set.hpp"
#include "hw_models/base/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string_view>

namespace isinglass {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The part of `text` before `separator`, which is cut off it.
std::string_view take(std::string_view& text, char separator) {
    const auto part = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

// Numbers as [row × column], and where each row stood in the file.
struct Table {
    std::string path;
    std::size_t columns = 0;
    std::vector<double> cells{};
    std::vector<std::size_t> lines{};

    [[nodiscard]] std::size_t rows() const { return lines.size(); }
    [[nodiscard]] double at(std::size_t row, std::size_t column) const {
        return cells[row * columns + column];
    }
    [[nodiscard]] std::string place(std::size_t row, std::size_t column) const {
        return fmt::format("{}: line {}, column {}", path, lines[row], column + 1);
    }
};

double number(std::string_view cell, const std::string& path, std::size_t line, std::size_t column) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value))
        throw UserError(
            fmt::format("{}: line {}, column {}: '{}' is not a number", path, line, column, cell));
    return value;
}

Table read_table(const std::filesystem::path& path, std::size_t skipped_lines) {
    const auto bytes = read_data_file(path);
    Table table{.path = path.string()};
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t line = 1; !text.empty(); ++line) {
        auto row = trimmed(take(text, '\n'));
        if (line <= skipped_lines || row.empty()) continue;
        const auto columns = static_cast<std::size_t>(std::ranges::count(row, ',')) + 1;
        if (table.columns == 0) table.columns = columns;
        if (columns != table.columns)
            throw UserError(fmt::format("{}: line {}: {} columns found, {} expected as in line {}",
                                        table.path, line, columns, table.columns, table.lines.front()));
        for (std::size_t column = 1; column <= columns; ++column)
            table.cells.push_back(number(trimmed(take(row, ',')), table.path, line, column));
        table.lines.push_back(line);
    }
    if (table.columns < 2)
        throw UserError(fmt::format("{}: {} rows of {} columns found; valid: rows with a feature and a label",
                                    table.path, table.rows(), table.columns));
    return table;
}

class CsvFile : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.text({"folder", "folder of the file in the data directory"}, folder_);
        f.text({"file", "name of the file, plain or gzip", true}, file_);
        f.count({"classes", "number of classes; labels are 0 to this - 1", true}, classes_, {2, 1e6});
        f.integer({"label_column", "column of the label, from 0; negative ones count from the end"},
                  label_column_, {-1e6, 1e6});
        f.count({"skip_lines", "lines before the first sample, such as a header"}, skip_lines_, {0, 1e6});
        f.integers({"shape", "channels, height and width of an image; left out: one row of all features"},
                   shape_, {1, 1e6});
        f.check(shape_.empty() || shape_.size() == 3, "shape", "three sizes: channels, height, width");
        declare_split(f);
        declare_scaling(f);
    }

    // The text, and the table: a number of 8 bytes takes two characters or more, and vectors grow by
    // doubling; samples of 4 bytes a number.
    double loading_bytes(const DataLocation& location) const override {
        const auto path = location.find(folder_, {&file_, 1}).front();
        return reading_bytes(path) + (2.0 * sizeof(double) + sizeof(float)) * unpacked_bytes(path) / 2.0;
    }

    DataSet load(const DataLocation& location) const override {
        const auto table = read_table(location.find(folder_, {&file_, 1}).front(), skip_lines_);
        const auto label = label_column(table);
        const bool per_class = split_ == "per_class";
        const auto order = per_class ? by_class(table, label) : shuffled(table.rows());
        const auto [train_count, test_count] = counts(table);
        const auto train_rows = std::span(order).first(train_count);
        const auto test_rows = std::span(order).subspan(train_count, test_count);
        const auto ranges = column_ranges(table, train_rows);
        auto train = pick(table, train_rows, label, ranges);
        return data_set(std::move(train), pick(table, test_rows, label, ranges), file_);
    }

  private:
    using Rows = std::span<const std::size_t>;

    std::string folder_ = "uci";
    std::string file_;
    int classes_ = 2;
    std::int64_t label_column_ = -1;
    std::size_t skip_lines_ = 0;
    std::vector<std::int64_t> shape_;
    std::string split_ = "fraction";
    double test_fraction_ = 0.2;
    std::size_t train_count_ = 0;
    std::size_t test_count_ = 0;
    std::uint64_t split_seed_ = 1;
    std::string scaling_ = "learned";
    Limits range_{0.0, 1.0};

    void declare_split(Fields& f) {
        static const std::vector<std::string> words = {"fraction", "counts", "per_class"};
        f.count({"split_seed", "seed of the order in which samples are dealt to training and test"},
                split_seed_, {0, 1e15});
        f.variant({"split",
                   "how many samples are for the test; per_class: the first of each class in the file train, "
                   "the next ones test, and the k-th ones of all classes lie together"},
                  split_, words, [this](const std::string& word, Fields& part) {
                      if (word == "fraction") {
                          part.number({"test_fraction", "part of the samples that is for the test"},
                                      test_fraction_, {0.001, 0.999});
                      } else {
                          const bool all = word == "counts";
                          part.count({"train",
                                      all ? "number of training samples" : "training samples a class", true},
                                     train_count_, {1, 1e9});
                          part.count({"test", all ? "number of test samples" : "test samples a class", true},
                                     test_count_, {1, 1e9});
                      }
                  });
    }

    void declare_scaling(Fields& f) {
        static const std::vector<std::string> words = {"learned", "range"};
        f.variant({"scaling",
                   "how features are brought to 0 to 1: by each column's range in the training part "
                   "(others are clipped to it), or by one stated range"},
                  scaling_, words, [this](const std::string& word, Fields& part) {
                      if (word != "range") return;
                      part.number({"min", "feature value that becomes 0"}, range_.min, {});
                      part.number({"max", "feature value that becomes 1"}, range_.max, {});
                      part.check(range_.min < range_.max, "max", "above min");
                  });
    }

    [[nodiscard]] std::size_t label_column(const Table& table) const {
        const auto columns = static_cast<std::int64_t>(table.columns);
        if (label_column_ < -columns || label_column_ >= columns)
            throw UserError(fmt::format("{}: label_column is {}, but there are {} columns; valid: {} to {}",
                                        table.path, label_column_, columns, -columns, columns - 1));
        return static_cast<std::size_t>(label_column_ < 0 ? label_column_ + columns : label_column_);
    }

    [[nodiscard]] std::vector<std::size_t> shuffled(std::size_t rows) const {
        std::vector<std::size_t> order(rows);
        std::iota(order.begin(), order.end(), std::size_t{0});
        const RandomStream random(split_seed_, Purpose::data_split);
        for (auto i = static_cast<std::uint32_t>(rows); i > 1; --i) // Fisher and Yates
            std::swap(order[i - 1], order[random.below({}, i, i)]);
        return order;
    }

    // The first row of every class, then the second of every class, and so on.
    [[nodiscard]] std::vector<std::size_t> by_class(const Table& table, std::size_t label) const {
        std::vector<std::vector<std::size_t>> rows(static_cast<std::size_t>(classes_));
        for (std::size_t row = 0; row < table.rows(); ++row)
            rows[static_cast<std::size_t>(label_of(table, row, label))].push_back(row);
        const std::size_t wanted = train_count_ + test_count_;
        std::vector<std::size_t> order;
        for (std::size_t k = 0; k < wanted; ++k)
            for (std::size_t c = 0; c < rows.size(); ++c) {
                if (k == rows[c].size())
                    throw UserError(
                        fmt::format("{}: {} samples of class {} found, {} training and {} test samples a "
                                    "class wanted; valid: at most {} in all",
                                    table.path, k, c, train_count_, test_count_, k));
                order.push_back(rows[c][k]);
            }
        return order;
    }

    [[nodiscard]] std::pair<std::size_t, std::size_t> counts(const Table& table) const {
        const auto rows = table.rows();
        if (split_ == "per_class") {
            const auto classes = static_cast<std::size_t>(classes_);
            return {classes * train_count_, classes * test_count_};
        }
        if (split_ == "counts") {
            if (train_count_ + test_count_ > rows)
                throw UserError(
                    fmt::format("{}: {} samples found, {} training and {} test samples wanted; valid: at "
                                "most {} in all",
                                table.path, rows, train_count_, test_count_, rows));
            return {train_count_, test_count_};
        }
        const auto test = static_cast<std::size_t>(std::lround(test_fraction_ * double(rows)));
        if (test == 0 || test == rows)
            throw UserError(fmt::format(
                "{}: {} samples at test_fraction {} leave one part empty; valid: one or more in each",
                table.path, rows, test_fraction_));
        return {rows - test, test};
    }

    [[nodiscard]] std::vector<Limits> column_ranges(const Table& table, Rows train) const {
        std::vector<Limits> ranges(table.columns, range_);
        if (scaling_ == "range") return ranges;
        for (std::size_t column = 0; column < table.columns; ++column) {
            const auto less = [&](std::size_t a, std::size_t b) {
                return table.at(a, column) < table.at(b, column);
            };
            const auto [low, high] = std::ranges::minmax_element(train, less);
            ranges[column] = {table.at(*low, column), table.at(*high, column)};
        }
        return ranges;
    }

    [[nodiscard]] ImageShape image_shape(const Table& table) const {
        ImageShape shape{1, 1, table.columns - 1};
        if (!shape_.empty()) shape = {std::size_t(shape_[0]), std::size_t(shape_[1]), std::size_t(shape_[2])};
        if (shape.size() != table.columns - 1)
            throw UserError(fmt::format(
                "{}: {} features a line found, {} expected for a shape of {} x {} x {}", table.path,
                table.columns - 1, shape.size(), shape.channels, shape.height, shape.width));
        return shape;
    }

    [[nodiscard]] int label_of(const Table& table, std::size_t row, std::size_t column) const {
        const double value = table.at(row, column);
        if (value != std::floor(value) || value < 0 || value >= classes_)
            throw UserError(fmt::format("{}: label {} is out of range; valid: whole numbers 0 to {}",
                                        table.place(row, column), value, classes_ - 1));
        return static_cast<int>(value);
    }

    [[nodiscard]] float scaled(const Table& table, std::size_t row, std::size_t column, Limits range) const {
        const double value = table.at(row, column);
        if (scaling_ == "range" && (value < range.min || value > range.max))
            throw UserError(
                fmt::format("{}: {} is out of range; valid: {} to {} (min and max of the data set)",
                            table.place(row, column), value, range.min, range.max));
        if (range.max == range.min) return 0.0F; // a constant column says nothing
        return static_cast<float>((std::clamp(value, range.min, range.max) - range.min) /
                                  (range.max - range.min));
    }

    [[nodiscard]] Samples pick(const Table& table, Rows rows, std::size_t label,
                               const std::vector<Limits>& ranges) const {
        Samples samples{.shape = image_shape(table), .classes = classes_, .labels = {}, .values = {}};
        std::vector<float> values;
        for (const auto row : rows) {
            samples.labels.push_back(label_of(table, row, label));
            for (std::size_t column = 0; column < table.columns; ++column)
                if (column != label) values.push_back(scaled(table, row, column, ranges[column]));
        }
        samples.values = std::move(values);
        return samples;
    }
};

} // namespace

std::unique_ptr<DataSetKind> make_csv() {
    return std::make_unique<CsvFile>();
}

} // namespace isinglass
