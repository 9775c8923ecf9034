// HDF5 files in memory, written and read whole: the only door to the HDF5 library. Disks, and why they fail,
// are the business of files.hpp.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace isinglass {

// What HDF5 could not do or find: the text is the name of the part.
struct Hdf5Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Hdf5Handles;

// Names may have a path ("ledger/amounts"), whose groups are made. Values are float, double, std::uint8_t or
// std::uint64_t, scalars double, std::uint8_t, std::int64_t or std::uint64_t.
// No times are stored: equal content is equal bytes. Throws Hdf5Failure.
class Hdf5Writer {
  public:
    // Leaves `user_block_bytes` (a power of two from 512, or 0) for the caller to put before image().
    explicit Hdf5Writer(std::size_t user_block_bytes = 0);
    ~Hdf5Writer();
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    void text(const std::string& name, const std::string& content); // a UTF-8 string
    template <class T>
    void values(const std::string& name, const std::vector<T>& content); // a dataset of one dimension
    template <class T>
    void scalar(const std::string& name, const T& value); // an attribute of the file; the name has no path

    // The file, without the user block.
    [[nodiscard]] std::string image() const;

  private:
    std::unique_ptr<Hdf5Handles> handles_;
};

// Reads what Hdf5Writer wrote. Throws Hdf5Failure for a part that is missing or of another type.
class Hdf5Reader {
  public:
    explicit Hdf5Reader(std::string image);
    ~Hdf5Reader();
    Hdf5Reader(const Hdf5Reader&) = delete;
    Hdf5Reader& operator=(const Hdf5Reader&) = delete;

    void text(const std::string& name, std::string& content);
    template <class T>
    void values(const std::string& name, std::vector<T>& content);
    template <class T>
    void scalar(const std::string& name, T& value);

  private:
    std::unique_ptr<Hdf5Handles> handles_;
};

} // namespace isinglass
