// HDF5's identifiers as objects that close them, for the files that use the library.
#pragma once

#include "sim/run/hdf5_file.hpp"

#include <hdf5.h>

#include <string>

namespace isinglass::hdf5 {

// Throws Hdf5Failure(what) for a failed call.
inline void check(herr_t result, const std::string& what) {
    if (result < 0) throw Hdf5Failure(what);
}

template <herr_t (*close)(hid_t)>
class Handle {
  public:
    Handle(hid_t id, const std::string& what) : id_(id) {
        if (id < 0) throw Hdf5Failure(what);
    }
    ~Handle() { close(id_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; } // NOLINT(google-explicit-constructor): HDF5 takes nothing else

  private:
    hid_t id_;
};
using File = Handle<H5Fclose>;
using Object = Handle<H5Oclose>;
using Dataset = Handle<H5Dclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using Properties = Handle<H5Pclose>;

// HDF5 prints its own stack of errors otherwise.
class Silence {
  public:
    Silence() {
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~Silence() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

  private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

// How a file is opened that lies in memory; HDF5 copies the image.
class InMemory : public Properties {
  public:
    InMemory() : Properties(H5Pcreate(H5P_FILE_ACCESS), "file access") {
        check(H5Pset_fapl_core(*this, std::size_t{1} << 20, false), "file in memory");
    }
    explicit InMemory(std::string& image) : InMemory() {
        check(H5Pset_file_image(*this, image.data(), image.size()), "file image");
    }
};

} // namespace isinglass::hdf5
