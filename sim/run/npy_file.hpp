// NumPy's NPY files, read whole: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace isinglass {

struct NpyArray {
    std::vector<std::size_t> shape; // empty for a scalar
    std::vector<float> values;      // row-major, also where the file is in Fortran order
};

// Reads format versions 1 to 3 with values of little-endian float32 or float64, in C or Fortran order;
// float64 is rounded to float32, to infinity beyond its range. Throws InputOutputError for a file that cannot
// be read, and UserError naming what is wrong for one that is damaged, cut short or of another type.
[[nodiscard]] NpyArray read_npy(const std::filesystem::path& path);

} // namespace isinglass
