// From the host's couplings to the codes that the machine is programmed with.
#pragma once

#include "hw_models/array/network.hpp"
#include "hw_models/base/random.hpp"
#include "hw_models/base/worker_pool.hpp"
#include "hw_models/couplings/coupling_store.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace isinglass {

enum class Rounding { nearest, stochastic };

// Remembers the codes that the machine holds and writes buffers of PROGRAM commands: all codes of a block, or
// those that differ (form: CouplingStore).
class CouplingCodes {
  public:
    CouplingCodes(const Network& net, CouplingFormat format, std::uint64_t seed);
    ~CouplingCodes();

    // Changes the numbers [first, first + count) of theta, all of `block`.
    using BeforeRounding = std::function<void(std::size_t block, std::size_t first, std::size_t count)>;

    // Rounds the parameter vector `theta` to codes; `update` is the key of stochastic draws. Afterwards
    // write_buffer(b) gives what PROGRAM of block b takes. The thread that is about to round numbers calls
    // `before` with them, so that they are in its cache once: an optimiser's step, say.
    void encode(std::span<const float> theta, Rounding rounding, bool changed_only, std::uint64_t update,
                WorkerPool& pool, const BeforeRounding& before = {});

    // What PROGRAM of a block takes.
    [[nodiscard]] std::size_t buffer_bytes(std::size_t block) const;
    void write_buffer(std::size_t block, std::span<std::uint8_t> to, WorkerPool& pool) const;
    [[nodiscard]] std::vector<std::uint8_t> buffer(std::size_t block, WorkerPool& pool) const;
    // Couplings whose magnitude was beyond the programmable range at the last encode().
    [[nodiscard]] std::size_t saturated() const { return saturated_; }
    // The values that the codes stand for, where there are codes; the vector itself otherwise.
    void snap(std::span<float> theta, WorkerPool& pool) const;
    // Codes as they are on the machine, for checkpoints: bytes of all blocks, in order.
    [[nodiscard]] std::span<const std::uint8_t> held() const { return held_; }
    // The same before the last encode() or reissue(): what the machine still holds while those are pending.
    [[nodiscard]] std::span<const std::uint8_t> before() const { return before_; }
    // Takes such codes over; a buffer is then all of a block.
    void restore(std::span<const std::uint8_t> held);
    // As encode(), for codes that are there already.
    void reissue(std::span<const std::uint8_t> codes, bool changed_only, WorkerPool& pool);
    // What is added to couplings before they are rounded [Network::parameters], or nothing.
    void set_trim(std::span<const float> trim) { trim_ = trim; }
    // Nothing is known of the machine's codes any more: it was reset to zeros.
    void forget();

  private:
    struct Slice; // a run of rows of one block that one task encodes

    struct Source; // couplings to be rounded, or codes

    void encode_from(const Source& source, bool changed_only, WorkerPool& pool);
    template <class Code>
    void encode_slice(Slice& slice, const Source& source, bool changed_only);
    template <class Code>
    std::size_t codes_of_row(const Source& source, std::size_t block, std::size_t row,
                             std::span<Code> codes) const;

    const Network& net_;
    CouplingFormat format_;
    RandomStream draws_;
    std::vector<std::uint8_t> held_, before_;
    std::vector<Slice> slices_;
    bool changed_only_ = false; // of the last encode() or reissue()
    std::span<const float> trim_;
    std::size_t saturated_ = 0;
};

} // namespace isinglass
