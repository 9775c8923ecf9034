// The products of a convolution over a block of lanes, and its max-pool.
#include "hw_models/base/aligned.hpp"
#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/lane_layout.hpp"

#include <cstring>

namespace isinglass {

namespace {

// to[column][row] (+)= from[row][column].
void turn_plane(const float* from, std::size_t rows, std::size_t columns, float* to, bool accumulate) {
    for (std::size_t i = 0; i < rows; i += 8)
        for (std::size_t j = 0; j < columns; j += 8) {
            const std::size_t wide = std::min<std::size_t>(8, columns - j);
            const std::size_t high = std::min<std::size_t>(8, rows - i);
            const __m256i across = first_of_8(wide);
            const __m256i down = first_of_8(high);
            __m256 block[8];
            for (std::size_t k = 0; k < 8; ++k)
                block[k] =
                    k < high ? _mm256_maskload_ps(from + (i + k) * columns + j, across) : _mm256_setzero_ps();
            turn(block);
            for (std::size_t k = 0; k < wide; ++k) {
                float* row = to + (j + k) * rows + i;
                if (accumulate) block[k] = _mm256_add_ps(block[k], _mm256_maskload_ps(row, down));
                _mm256_maskstore_ps(row, down, block[k]);
            }
        }
}

// The max-pool of one image, [row][column][channel], and the way back. A winner is the number of a node among
// those of its pool, the first of equals.
class Pool {
  public:
    explicit Pool(const ConvolutionShape& shape) : s_(shape) {}

    void largest(const float* drive, float* post, std::int32_t* winners) const {
        for_each_post([&](std::size_t at, std::size_t first) {
            float* best = post + at * s_.out;
            std::int32_t* winner = winners + at * s_.out;
            std::copy_n(drive + first * s_.out, s_.out, best);
            std::fill_n(winner, s_.out, 0);
            for (std::size_t k = 1; k < s_.pool * s_.pool; ++k) {
                const float* other = drive + position(first, k) * s_.out;
                const auto number = static_cast<std::int32_t>(k);
                for (std::size_t c = 0; c < s_.out; ++c) {
                    const bool larger = other[c] > best[c];
                    winner[c] = larger ? number : winner[c];
                    best[c] = larger ? other[c] : best[c];
                }
            }
        });
    }

    // Nodes of the drive that are in no pool are left as they are.
    void un_pool(const float* post, const std::int32_t* winners, float* drive) const {
        for_each_post([&](std::size_t at, std::size_t first) {
            const float* from = post + at * s_.out;
            const std::int32_t* winner = winners + at * s_.out;
            for (std::size_t k = 0; k < s_.pool * s_.pool; ++k) {
                float* to = drive + position(first, k) * s_.out;
                const auto number = static_cast<std::int32_t>(k);
                for (std::size_t c = 0; c < s_.out; ++c) to[c] = winner[c] == number ? from[c] : 0.0F;
            }
        });
    }

  private:
    [[nodiscard]] std::size_t position(std::size_t first, std::size_t k) const {
        return first + k / s_.pool * s_.drive_columns() + k % s_.pool;
    }
    // f(number of the pooled position, its first position on the drive)
    template <class F>
    void for_each_post(F f) const {
        std::size_t at = 0;
        for (std::size_t y = 0; y < s_.post_rows(); ++y)
            for (std::size_t x = 0; x < s_.post_columns(); ++x, ++at)
                f(at, y * s_.pool * s_.drive_columns() + x * s_.pool);
    }

    ConvolutionShape s_;
};

// What both kernels have in common: lanes, the pool, and winners with the operands that they are of.
class PoolingKernel : public CouplingKernel {
  public:
    PoolingKernel(const ConvolutionShape& shape, std::size_t pre_stride, std::size_t post_stride)
        : s_(shape),
          pool_(shape),
          pre_stride_(pre_stride),
          post_stride_(post_stride),
          post_turned_(shape.post_size()) {
        if (s_.pool == 1) return;
        winners_.resize(block_lanes * s_.post_size());
        chosen_at_.resize(block_lanes * s_.pre_size());
    }

    void begin(std::size_t lanes) final {
        lanes_ = lanes;
        begun_ = true;
        taken_ = nullptr;
    }

    void forward(const float* values, const float* pre, float* post, bool accumulate) final {
        if (changed(values)) chosen_lanes_ = 0;
        drive_lanes(values, pre, post, accumulate);
        remember(pre);
    }
    void transposed(const float* values, const float* post, float* pre, bool accumulate) final {
        const bool other = changed(values);
        drive_back(values, post, pre, accumulate);
        if (other) chosen_lanes_ = 0;
    }
    void choose(const float* values, const float* pre) final {
        if (s_.pool == 1 || (!changed(values) && chosen(pre))) return;
        drive_lanes(values, pre, nullptr, false);
        remember(pre);
    }
    void winners(std::uint8_t* out, std::size_t stride) const final {
        const std::size_t plane = s_.post_rows() * s_.post_columns();
        for (std::size_t lane = 0; lane < lanes_; ++lane)
            for (std::size_t p = 0; p < plane; ++p)
                for (std::size_t c = 0; c < s_.out; ++c)
                    out[lane * stride + c * plane + p] =
                        static_cast<std::uint8_t>(winners_[lane * s_.post_size() + p * s_.out + c]);
    }

  protected:
    // True where these values are not those of the last call.
    virtual bool take(const float* values) = 0;
    // All lanes from pre to post; without a post to the winners only.
    virtual void drive_lanes(const float* values, const float* pre, float* post, bool accumulate) = 0;
    virtual void drive_back(const float* values, const float* post, float* pre, bool accumulate) = 0;

    // Nodes of the drive that are in no pool.
    [[nodiscard]] bool leaves_some_out() const {
        return s_.post_rows() * s_.pool != s_.drive_rows() ||
               s_.post_columns() * s_.pool != s_.drive_columns();
    }

    // Of one lane, drive as [row][column][channel].
    void to_post(std::size_t lane, const float* drive, float* post, bool accumulate) {
        if (s_.pool > 1) {
            pool_.largest(drive, post_turned_.data(), winners_.data() + lane * s_.post_size());
            drive = post_turned_.data();
        }
        if (post != nullptr)
            turn_plane(drive, s_.post_rows() * s_.post_columns(), s_.out, post + lane * post_stride_,
                       accumulate);
    }
    void from_post(std::size_t lane, const float* post, float* drive) {
        float* turned = s_.pool > 1 ? post_turned_.data() : drive;
        turn_plane(post + lane * post_stride_, s_.out, s_.post_rows() * s_.post_columns(), turned, false);
        if (s_.pool > 1) pool_.un_pool(turned, winners_.data() + lane * s_.post_size(), drive);
    }

    const ConvolutionShape s_;
    const Pool pool_;
    const std::size_t pre_stride_, post_stride_;
    std::size_t lanes_ = block_lanes;

  private:
    // Looked at once a block, since there are megabytes of them.
    bool changed(const float* values) {
        if (begun_ && values == taken_) return false;
        taken_ = values;
        return take(values);
    }
    void remember(const float* pre) {
        if (s_.pool == 1) return;
        for (std::size_t lane = 0; lane < lanes_; ++lane)
            std::copy_n(pre + lane * pre_stride_, s_.pre_size(), chosen_at_.data() + lane * s_.pre_size());
        chosen_lanes_ = lanes_;
    }
    [[nodiscard]] bool chosen(const float* pre) const {
        if (chosen_lanes_ < lanes_) return false;
        for (std::size_t lane = 0; lane < lanes_; ++lane)
            if (std::memcmp(pre + lane * pre_stride_, chosen_at_.data() + lane * s_.pre_size(),
                            s_.pre_size() * sizeof(float)) != 0)
                return false;
        return true;
    }

    AlignedVector<float> post_turned_;
    std::vector<std::int32_t> winners_; // [lane][row][column][channel]
    AlignedVector<float> chosen_at_;    // the pre that they are of
    std::size_t chosen_lanes_ = 0;
    bool begun_ = false;
    const float* taken_ = nullptr; // values of this block's last call
};

class ConvolutionKernel final : public PoolingKernel {
  public:
    ConvolutionKernel(const ConvolutionShape& shape, std::size_t pre_stride, std::size_t post_stride,
                      Operands operands)
        : PoolingKernel(shape, pre_stride, post_stride),
          product_(make_convolution_product(shape, operands)),
          pre_(product_->images() * shape.pre_size()),
          drive_(product_->images() * shape.drive_size()) {}

  protected:
    bool take(const float* values) override { return product_->use(values); }

    void drive_lanes(const float*, const float* pre, float* post, bool accumulate) override {
        in_groups([&](std::size_t first, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i)
                turn_plane(pre + (first + i) * pre_stride_, s_.in, s_.rows * s_.columns,
                           pre_.data() + i * s_.pre_size(), false);
            product_->forward(pre_.data(), drive_.data());
            for (std::size_t i = 0; i < n; ++i)
                to_post(first + i, drive_.data() + i * s_.drive_size(), post, accumulate);
        });
        if (leaves_some_out()) std::ranges::fill(drive_, 0.0F); // they stay 0 on the way back
    }
    void drive_back(const float*, const float* post, float* pre, bool accumulate) override {
        in_groups([&](std::size_t first, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i)
                from_post(first + i, post, drive_.data() + i * s_.drive_size());
            product_->backward(drive_.data(), pre_.data());
            for (std::size_t i = 0; i < n; ++i)
                turn_plane(pre_.data() + i * s_.pre_size(), s_.rows * s_.columns, s_.in,
                           pre + (first + i) * pre_stride_, accumulate);
        });
    }

  private:
    // f(first lane, lanes) for a few lanes at a time; the product's other images hold leftovers.
    template <class F>
    void in_groups(F f) const {
        const std::size_t images = product_->images();
        for (std::size_t first = 0; first < lanes_; first += images)
            f(first, std::min(images, lanes_ - first));
    }

    std::unique_ptr<ConvolutionProduct> product_;
    AlignedVector<float> pre_, drive_; // [image][row][column][channel]
};

class UnrolledKernel final : public PoolingKernel {
  public:
    UnrolledKernel(const ConvolutionShape& shape, std::shared_ptr<const Coupling> copies,
                   std::size_t pre_stride, std::size_t post_stride)
        : PoolingKernel(shape, pre_stride, post_stride),
          copies_(std::move(copies)),
          drive_(static_cast<std::size_t>(block_rows()), shape.drive_size()),
          product_(copies_->kernel(pre_stride, drive_.stride())),
          turned_(shape.drive_size()) {}

  protected:
    bool take(const float*) override { return true; } // winners are found anew in every block
    void drive_lanes(const float* values, const float* pre, float* post, bool accumulate) override {
        product_->forward(values, pre, drive_.data(), false);
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            turn_plane(drive_.row(lane).data(), s_.out, s_.drive_rows() * s_.drive_columns(), turned_.data(),
                       false);
            to_post(lane, turned_.data(), post, accumulate);
        }
        if (leaves_some_out()) std::ranges::fill(turned_, 0.0F);
    }
    void drive_back(const float* values, const float* post, float* pre, bool accumulate) override {
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            from_post(lane, post, turned_.data());
            turn_plane(turned_.data(), s_.drive_rows() * s_.drive_columns(), s_.out, drive_.row(lane).data(),
                       false);
        }
        product_->transposed(values, drive_.data(), pre, accumulate);
    }

  private:
    std::shared_ptr<const Coupling> copies_;
    Matrix drive_;
    std::unique_ptr<CouplingKernel> product_;
    AlignedVector<float> turned_; // a lane's drive, [row][column][channel]
};

} // namespace

std::unique_ptr<CouplingKernel> make_convolution_kernel(const ConvolutionShape& shape, std::size_t pre_stride,
                                                        std::size_t post_stride, Operands operands) {
    return std::make_unique<ConvolutionKernel>(shape, pre_stride, post_stride, operands);
}
std::unique_ptr<CouplingKernel> make_unrolled_kernel(const ConvolutionShape& shape,
                                                     std::shared_ptr<const Coupling> copies,
                                                     std::size_t pre_stride, std::size_t post_stride) {
    return std::make_unique<UnrolledKernel>(shape, std::move(copies), pre_stride, post_stride);
}

} // namespace isinglass
