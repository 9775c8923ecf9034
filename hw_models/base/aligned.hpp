// Row-major float storage whose rows start on cache lines, so that vector loops have no ragged start.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <vector>

namespace isinglass {

inline constexpr std::size_t vector_floats = 16; // one cache line: rows are padded to whole ones

constexpr std::size_t padded(std::size_t n) {
    return (n + vector_floats - 1) / vector_floats * vector_floats;
}

template <class T>
struct CacheLineAllocator {
    using value_type = T;
    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) {} // NOLINT(google-explicit-constructor): std's rule
    T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
    }
    void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
    template <class U>
    bool operator==(const CacheLineAllocator<U>&) const {
        return true;
    }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

// [rows × columns] floats, zero at first; `stride` is columns padded to whole cache lines, and padding stays
// zero.
class Matrix {
  public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), stride_(padded(columns)), data_(rows * stride_, 0.0F) {}

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t columns() const { return columns_; }
    [[nodiscard]] std::size_t stride() const { return stride_; }
    float* data() { return data_.data(); }
    [[nodiscard]] const float* data() const { return data_.data(); }
    std::span<float> row(std::size_t r) { return {data_.data() + r * stride_, columns_}; }
    [[nodiscard]] std::span<const float> row(std::size_t r) const {
        return {data_.data() + r * stride_, columns_};
    }
    void fill(float value) { data_.assign(data_.size(), value); }

  private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t stride_ = 0;
    AlignedVector<float> data_;
};

// The first `rows` rows; both matrices have the same columns.
inline void copy_rows(const Matrix& from, Matrix& to, std::size_t rows) {
    std::copy_n(from.data(), rows * from.stride(), to.data());
}

} // namespace isinglass
