// Arrays in an HDF5 file that another program wrote.
#pragma once

#include "sim/run/hdf5_file.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

struct Hdf5ArrayHandles;

// - Names have a path from the root where there are groups ("model/weights").
// - Every function throws Hdf5Failure, whose text says what is wrong.
class Hdf5Arrays {
  public:
    // `image` is the whole file, with its user block if it has one.
    explicit Hdf5Arrays(std::string image);
    ~Hdf5Arrays();
    Hdf5Arrays(const Hdf5Arrays&) = delete;
    Hdf5Arrays& operator=(const Hdf5Arrays&) = delete;

    // Of all data sets, and of links that lead nowhere.
    [[nodiscard]] std::vector<std::string> names() const;
    // Sizes of the data set; none for a scalar.
    [[nodiscard]] std::vector<std::size_t> shape(const std::string& name) const;
    // Reads the data set, float32 or float64 of any byte order, row-major; `values` has as many elements as
    // its shape says. float64 is rounded to float32, to infinity beyond its range.
    void read(const std::string& name, std::span<float> values) const;

  private:
    std::unique_ptr<Hdf5ArrayHandles> handles_;
};

} // namespace isinglass
