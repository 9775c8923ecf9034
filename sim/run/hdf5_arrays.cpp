#include "sim/run/hdf5_arrays.hpp"

#include "sim/run/hdf5_handles.hpp"

#include <string_view>

namespace isinglass {

namespace {

using hdf5::check;
using hdf5::Dataset;
using hdf5::Space;
using hdf5::Type;

hid_t open_image(std::string& image) {
    if (image.find("\x89HDF\r\n\x1a\n") == std::string::npos) throw Hdf5Failure("it is no HDF5 file");
    return H5Fopen("memory", H5F_ACC_RDONLY, hdf5::InMemory(image));
}

bool is_group(hid_t file, const std::string& name) {
    const hid_t object = H5Oopen(file, name.c_str(), H5P_DEFAULT);
    const bool group = object >= 0 && H5Iget_type(object) == H5I_GROUP;
    if (object >= 0) H5Oclose(object);
    return group;
}

Dataset open(hid_t file, const std::string& name) {
    return {H5Dopen2(file, name.c_str(), H5P_DEFAULT), "it cannot be opened"};
}

} // namespace

struct Hdf5ArrayHandles {
    hdf5::Silence silence;
    hdf5::File file;
};

Hdf5Arrays::Hdf5Arrays(std::string image)
    : handles_(new Hdf5ArrayHandles{{}, {open_image(image), "it is damaged or cut short"}}) {}
Hdf5Arrays::~Hdf5Arrays() = default;

std::vector<std::string> Hdf5Arrays::names() const {
    std::vector<std::string> links;
    const auto note = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    check(H5Lvisit(handles_->file, H5_INDEX_NAME, H5_ITER_INC, note, &links), "it is damaged");
    std::erase_if(links, [&](const std::string& name) { return is_group(handles_->file, name); });
    return links;
}

std::vector<std::size_t> Hdf5Arrays::shape(const std::string& name) const {
    const Space space(H5Dget_space(open(handles_->file, name)), "its shape is damaged");
    const int rank = H5Sget_simple_extent_ndims(space);
    check(rank, "its shape is damaged");
    std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
    check(H5Sget_simple_extent_dims(space, sizes.data(), nullptr), "its shape is damaged");
    return {sizes.begin(), sizes.end()};
}

void Hdf5Arrays::read(const std::string& name, std::span<float> values) const {
    const Dataset dataset = open(handles_->file, name);
    const Type type(H5Dget_type(dataset), "its type is damaged");
    const std::size_t bytes = H5Tget_size(type);
    if (H5Tget_class(type) != H5T_FLOAT || (bytes != sizeof(float) && bytes != sizeof(double)))
        throw Hdf5Failure("its values are neither float32 nor float64");
    check(H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          "its values cannot be read");
}

} // namespace isinglass
