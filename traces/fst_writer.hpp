// Waveforms as FST, GTKWave's compressed format, by its own library (fstapi).
#pragma once

#include "traces/wave_writer.hpp"

namespace isinglass {

// - Names are a true enumeration table beside a vector of bits, so that viewers show words.
// - Values are held back up to 2 MiB, or 512 bytes a signal, and then written as one block.
// - A note stands behind the version, of which 127 characters are kept.
// - A file that a killed process left unfinished opens in GTKWave up to its last block, with the FILE.hier
//   that lies beside it until the end.
class FstWriter final : public WaveWriter {
  public:
    FstWriter(const std::filesystem::path& path, const WaveHeader& header);
    ~FstWriter() override;
    FstWriter(const FstWriter&) = delete;
    FstWriter& operator=(const FstWriter&) = delete;

    void begin(std::span<const Signal> signals) override;
    void begin_window(std::uint64_t time_fs, std::span<const std::uint64_t> values) override;
    void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override;
    void end_window(std::uint64_t time_fs) override;
    void note(std::string_view line) override;
    std::uint64_t bytes() override { return written_ + held_back_; }
    void settle() override;
    void finish() override;

  private:
    // A variable of the file: how wide its bits are; 0 for reals.
    struct Variable {
        std::uint32_t handle;
        unsigned width;
    };

    void declare(const Signal& signal, std::string_view name, Variable& variable);
    void put_time(std::uint64_t time_fs);
    void put_value(SignalId signal, std::uint64_t value);

    std::filesystem::path path_;
    std::string version_;
    std::uint64_t timescale_fs_;
    void* file_;
    std::vector<Variable> variables_;
    std::uint64_t written_ = 0;   // bytes, at the last settling
    std::uint64_t held_back_ = 0; // bytes, not compressed
    bool settling_ = false;       // written when time moves on
    std::uint64_t now_ = 0;       // in the file's unit
    std::uint64_t now_fs_ = 0;
    bool begun_ = false;
};

} // namespace isinglass
