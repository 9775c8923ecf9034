// Codes of the inputs that a batch clamps, made while the machine is busy with the batch before.
#pragma once

#include "host/data/data_set.hpp"
#include "host/learning/line_codes.hpp"
#include "host/learning/presentation.hpp"
#include "host/learning/training_spec.hpp"
#include "hw_models/base/worker_pool.hpp"

#include <vector>

namespace isinglass {

class InputCoder {
  public:
    InputCoder(const TrainingSpec& training, std::size_t inputs, WorkerPool& pool)
        : training_(training), inputs_(inputs), spare_(pool) {}

    // The codes that from now on hold; what was made of others is forgotten.
    void use(const LineCodes& lines);
    // The run's seed, from which augmentations are drawn by presentation.
    void augment_from(std::uint64_t seed) { augmenting_ = RandomStream(seed, Purpose::augmentation); }

    // Writes the codes of one presentation, and where `levels` is not empty [inputs] the levels that these
    // stand for. Threads may code different ones.
    void code(const Samples& samples, Presentation shown, bool learning, std::span<std::uint8_t> codes,
              std::span<float> levels) const;

    // Starts to code a batch to learn from, on threads that have nothing else to do.
    void look_ahead(const Samples& samples, std::vector<Presentation> batch);
    // Whether that batch has been coded, and waits for the rest of it.
    bool has(const Samples& samples, std::span<const Presentation> batch);
    // As code(), of presentation i of that batch.
    void take(std::size_t i, std::span<std::uint8_t> codes, std::span<float> levels) const;

  private:
    const TrainingSpec& training_;
    std::size_t inputs_;
    const LineCodes* lines_ = nullptr;
    RandomStream augmenting_{0, Purpose::augmentation};
    const Samples* ahead_of_ = nullptr;
    std::vector<Presentation> ahead_;
    std::vector<std::uint8_t> codes_; // [ahead x code bytes]
    Matrix levels_;                   // [ahead x inputs]
    WorkerPool::Spare spare_;         // last: it ends before what it works on
};

} // namespace isinglass
