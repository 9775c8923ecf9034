#include "host/learning/input_coder.hpp"

#include "hw_models/control/command.hpp"

#include <algorithm>

namespace isinglass {

void InputCoder::use(const LineCodes& lines) {
    spare_.finish();
    ahead_.clear();
    lines_ = &lines;
}

void InputCoder::code(const Samples& samples, Presentation shown, bool learning,
                      std::span<std::uint8_t> codes, std::span<float> levels) const {
    thread_local AlignedVector<float> exact, scratch;
    exact.resize(inputs_);
    samples.features(shown.sample, exact);
    if (learning && training_.augment.any())
        training_.augment.apply(samples.shape, augmenting_, shown.number, exact, scratch);
    lines_->encode_inputs(exact, codes);
    if (!levels.empty()) lines_->decode_inputs(codes, levels);
}

void InputCoder::look_ahead(const Samples& samples, std::vector<Presentation> batch) {
    spare_.finish();
    ahead_of_ = &samples;
    ahead_ = std::move(batch);
    const std::size_t bytes = lines_->clamp_bytes(clamp_inputs);
    codes_.resize(ahead_.size() * bytes);
    if (levels_.rows() < ahead_.size()) levels_ = Matrix(ahead_.size(), inputs_);
    spare_.begin(ahead_.size(), [this, bytes](std::size_t i) {
        if (i > 0) ahead_of_->prefetch(ahead_[i - 1].sample); // tasks are taken from the last one on
        code(*ahead_of_, ahead_[i], true, std::span(codes_).subspan(i * bytes, bytes), levels_.row(i));
    });
}

bool InputCoder::has(const Samples& samples, std::span<const Presentation> batch) {
    spare_.finish();
    return ahead_of_ == &samples && std::ranges::equal(ahead_, batch);
}

void InputCoder::take(std::size_t i, std::span<std::uint8_t> codes, std::span<float> levels) const {
    const std::size_t bytes = lines_->clamp_bytes(clamp_inputs);
    std::copy_n(codes_.data() + i * bytes, bytes, codes.data());
    if (!levels.empty()) std::copy_n(levels_.row(i).data(), inputs_, levels.data());
}

} // namespace isinglass
