// Files of arrays as other programs write them: NPY by its definition, HDF5 by its own library.
#pragma once

#include "hw_models/array/network.hpp"
#include "sim/run/files.hpp"

#include <fmt/format.h>
#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#include <hdf5/serial/hdf5.h> // where Debian has it
#endif

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace isinglass::test {

// "(3, 2)" or "(3,)"
inline std::string tuple(const std::vector<std::size_t>& shape) {
    return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

// An NPY file of any header, padded to 64 bytes as NumPy does.
inline std::string npy(int version, const std::string& dictionary, const std::string& data) {
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    const std::size_t used = 8 + length_bytes + dictionary.size() + 1;
    std::string header = dictionary + std::string((64 - used % 64) % 64, ' ') + '\n';
    std::string file = std::string("\x93NUMPY") + static_cast<char>(version) + '\0';
    for (std::size_t i = 0; i < length_bytes; ++i) file += static_cast<char>(header.size() >> (8 * i) & 255);
    return file + header + data;
}

template <class Value>
std::string bytes_of(std::span<const float> values) {
    std::string bytes;
    for (const float v : values) {
        const auto value = static_cast<Value>(v);
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    return bytes;
}

// Row-major values as float32 ("<f4") in C order.
inline std::string npy(const std::vector<std::size_t>& shape, std::span<const float> values) {
    return npy(1, fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", tuple(shape)),
               bytes_of<float>(values));
}

// The same numbers with rows and columns exchanged.
inline std::vector<float> transposed(std::size_t rows, std::size_t columns, std::span<const float> values) {
    std::vector<float> result;
    for (std::size_t j = 0; j < columns; ++j)
        for (std::size_t i = 0; i < rows; ++i) result.push_back(values[i * columns + j]);
    return result;
}

struct StoredArray {
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<float> values;
};

// A network's couplings under their names.
inline std::vector<StoredArray> arrays_of(const Network& network, std::span<const float> theta) {
    std::vector<StoredArray> arrays;
    for (const auto& b : network.blocks) {
        const auto values = theta.subspan(b.first, b.count());
        arrays.push_back({b.name, b.shape(), {values.begin(), values.end()}});
    }
    return arrays;
}

inline void write_npy_folder(const std::filesystem::path& folder, const std::vector<StoredArray>& arrays) {
    std::filesystem::create_directories(folder);
    for (const auto& a : arrays) write_atomically(folder / (a.name + ".npy"), npy(a.shape, a.values));
}

// float64 in Fortran order, version 2.
inline void write_fortran_folder(const std::filesystem::path& folder,
                                 const std::vector<StoredArray>& arrays) {
    std::filesystem::create_directories(folder);
    for (const auto& a : arrays) {
        const auto values = a.shape.size() == 2 ? transposed(a.shape[0], a.shape[1], a.values) : a.values;
        write_atomically(
            folder / (a.name + ".npy"),
            npy(2, fmt::format("{{'descr': '<f8', 'fortran_order': True, 'shape': {}, }}", tuple(a.shape)),
                bytes_of<double>(values)));
    }
}

// Values are stored as `type`: H5T_IEEE_F32LE and the like.
inline void write_hdf5(const std::filesystem::path& path, const std::vector<StoredArray>& arrays,
                       hid_t type = H5T_IEEE_F32LE) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    for (const auto& a : arrays) {
        const std::vector<hsize_t> sizes(a.shape.begin(), a.shape.end());
        const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
        const hid_t set = H5Dcreate2(file, a.name.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, a.values.data());
        H5Dclose(set);
        H5Sclose(space);
    }
    H5Pclose(links);
    H5Fclose(file);
}

} // namespace isinglass::test
