#include "sim/run/hdf5_file.hpp"

#include "sim/run/hdf5_handles.hpp"

#include <cstdint>

namespace isinglass {
namespace {

using hdf5::check;
using hdf5::Dataset;
using hdf5::File;
using hdf5::InMemory;
using hdf5::Properties;
using hdf5::Silence;
using hdf5::Space;
using hdf5::Type;
using Attribute = hdf5::Handle<H5Aclose>;

hid_t native(float) {
    return H5T_NATIVE_FLOAT;
}
hid_t native(double) {
    return H5T_NATIVE_DOUBLE;
}
hid_t native(std::uint8_t) {
    return H5T_NATIVE_UINT8;
}
hid_t native(std::int64_t) {
    return H5T_NATIVE_INT64;
}
hid_t native(std::uint64_t) {
    return H5T_NATIVE_UINT64;
}

class Timeless : public Properties {
  public:
    explicit Timeless(hid_t kind) : Properties(H5Pcreate(kind), "creation properties") {
        check(H5Pset_obj_track_times(*this, false), "creation properties");
    }
};

class FileCreation : public Timeless {
  public:
    explicit FileCreation(std::size_t user_block_bytes) : Timeless(H5P_FILE_CREATE) {
        check(H5Pset_userblock(*this, user_block_bytes), "user block");
    }
};

class LinkCreation : public Properties {
  public:
    LinkCreation() : Properties(H5Pcreate(H5P_LINK_CREATE), "link creation") {
        check(H5Pset_create_intermediate_group(*this, 1), "link creation");
    }
};

void write(hid_t file, const std::string& name, hid_t type, hid_t space, const void* content) {
    const Dataset dataset(H5Dcreate2(file, name.c_str(), type, space, LinkCreation(),
                                     Timeless(H5P_DATASET_CREATE), H5P_DEFAULT),
                          name);
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content), name);
}

} // namespace

struct Hdf5Handles {
    Silence silence;
    File file;
};

Hdf5Writer::Hdf5Writer(std::size_t user_block_bytes)
    : handles_(new Hdf5Handles{
          {}, {H5Fcreate("memory", H5F_ACC_TRUNC, FileCreation(user_block_bytes), InMemory()), "file"}}) {}
Hdf5Writer::~Hdf5Writer() = default;

void Hdf5Writer::text(const std::string& name, const std::string& content) {
    const Type type(H5Tcopy(H5T_C_S1), name);
    check(H5Tset_size(type, content.size() + 1), name);
    check(H5Tset_cset(type, H5T_CSET_UTF8), name);
    write(handles_->file, name, type, Space(H5Screate(H5S_SCALAR), name), content.c_str());
}

template <class T>
void Hdf5Writer::values(const std::string& name, const std::vector<T>& content) {
    const hsize_t count = content.size();
    write(handles_->file, name, native(T{}), Space(H5Screate_simple(1, &count, nullptr), name),
          content.data());
}

template <class T>
void Hdf5Writer::scalar(const std::string& name, const T& value) {
    const Space space(H5Screate(H5S_SCALAR), name);
    const Attribute attribute(
        H5Acreate2(handles_->file, name.c_str(), native(value), space, H5P_DEFAULT, H5P_DEFAULT), name);
    check(H5Awrite(attribute, native(value), &value), name);
}

std::string Hdf5Writer::image() const {
    check(H5Fflush(handles_->file, H5F_SCOPE_GLOBAL), "file image");
    const ssize_t bytes = H5Fget_file_image(handles_->file, nullptr, 0);
    std::string image(bytes < 0 ? 0 : static_cast<std::size_t>(bytes), '\0');
    if (H5Fget_file_image(handles_->file, image.data(), image.size()) != bytes)
        throw Hdf5Failure("file image");
    return image;
}

Hdf5Reader::Hdf5Reader(std::string image)
    : handles_(new Hdf5Handles{{}, {H5Fopen("memory", H5F_ACC_RDONLY, InMemory(image)), "file"}}) {}
Hdf5Reader::~Hdf5Reader() = default;

void Hdf5Reader::text(const std::string& name, std::string& content) {
    const Dataset dataset(H5Dopen2(handles_->file, name.c_str(), H5P_DEFAULT), name);
    const Type type(H5Dget_type(dataset), name);
    content.assign(H5Tget_size(type), '\0');
    check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()), name);
    content.pop_back();
}

template <class T>
void Hdf5Reader::values(const std::string& name, std::vector<T>& content) {
    const Dataset dataset(H5Dopen2(handles_->file, name.c_str(), H5P_DEFAULT), name);
    const Space space(H5Dget_space(dataset), name);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    if (count < 0) throw Hdf5Failure(name);
    content.resize(static_cast<std::size_t>(count));
    check(H5Dread(dataset, native(T{}), H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()), name);
}

template <class T>
void Hdf5Reader::scalar(const std::string& name, T& value) {
    const Attribute attribute(H5Aopen(handles_->file, name.c_str(), H5P_DEFAULT), name);
    check(H5Aread(attribute, native(value), &value), name);
}

template void Hdf5Writer::values(const std::string&, const std::vector<float>&);
template void Hdf5Writer::values(const std::string&, const std::vector<double>&);
template void Hdf5Writer::values(const std::string&, const std::vector<std::uint8_t>&);
template void Hdf5Writer::values(const std::string&, const std::vector<std::uint64_t>&);
template void Hdf5Writer::scalar(const std::string&, const double&);
template void Hdf5Writer::scalar(const std::string&, const std::uint8_t&);
template void Hdf5Writer::scalar(const std::string&, const std::int64_t&);
template void Hdf5Writer::scalar(const std::string&, const std::uint64_t&);
template void Hdf5Reader::values(const std::string&, std::vector<float>&);
template void Hdf5Reader::values(const std::string&, std::vector<double>&);
template void Hdf5Reader::values(const std::string&, std::vector<std::uint8_t>&);
template void Hdf5Reader::values(const std::string&, std::vector<std::uint64_t>&);
template void Hdf5Reader::scalar(const std::string&, double&);
template void Hdf5Reader::scalar(const std::string&, std::uint8_t&);
template void Hdf5Reader::scalar(const std::string&, std::int64_t&);
template void Hdf5Reader::scalar(const std::string&, std::uint64_t&);

} // namespace isinglass
