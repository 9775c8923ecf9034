// Waveforms as VCD (IEEE 1364-2005, clause 18) with reals, and with names as the texts that GTKWave and
// Surfer read.
#pragma once

#include "traces/wave_writer.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>

namespace isinglass {

// A stretch between two windows is marked with $dumpoff and $dumpon, which GTKWave shows as a gap.
class VcdWriter final : public WaveWriter {
  public:
    // std::invalid_argument for a timescale that VCD has not and for notes that contain "$end". The stream
    // must outlive the writer; name is what errors call it.
    VcdWriter(std::ostream& out, WaveHeader header, std::string name = "VCD stream");
    VcdWriter(const std::filesystem::path& path, WaveHeader header);
    ~VcdWriter() override;

    void begin(std::span<const Signal> signals) override;
    void begin_window(std::uint64_t time_fs, std::span<const std::uint64_t> values) override;
    void change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override;
    void end_window(std::uint64_t time_fs) override;
    void note(std::string_view line) override;
    std::uint64_t bytes() override { return written_ + buffer_.size(); }
    void finish() override { flush(); }

  private:
    VcdWriter(std::unique_ptr<std::ostream> file, WaveHeader header, std::string name);

    void put(std::string_view text) { buffer_.append(text.data(), text.data() + text.size()); }
    void put_variable(const Signal& signal, std::string_view name, std::string_view code);
    void put_value(SignalId signal, std::uint64_t value);
    void put_real(const std::string& code, std::uint64_t value);
    void put_time(std::uint64_t time_fs);
    void flush();

    WaveHeader header_;
    std::string name_;
    std::unique_ptr<std::ostream> file_; // where the writer owns the stream
    std::ostream& out_;
    fmt::memory_buffer buffer_;
    std::uint64_t written_ = 0; // bytes, before what the buffer holds
    std::vector<Signal> signals_;
    std::vector<std::string> codes_;   // per signal; short enough to live inside the string object
    std::optional<std::uint64_t> now_; // the last time written, in the file's unit
    std::uint64_t now_fs_ = 0;
    bool first_window_ = true;
};

} // namespace isinglass
