// Waveforms as VCD (IEEE 1364-2005, clause 18) with reals, and with texts as GTKWave and Surfer read them.
#pragma once

#include "traces/windowed_sink.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// What the head of the file says. There is no date: the same run writes the same bytes.
struct VcdHeader {
    std::string version; // of the program
    std::uint64_t seed = 0;
    std::string configuration_hash;
    std::vector<std::string> notes;     // one line each, for instance "settled values only"
    std::uint64_t timescale_fs = 1'000; // the file's unit of time: a power of ten, 1 fs to 100 s
};

// Times are cut down to the file's unit. A stretch between two windows is marked with $dumpoff and $dumpon,
// which GTKWave shows as a gap. Writing that fails (a full disk) throws an InputOutputError that names the
// file, at the latest when the window closes; the destructor writes what is left of an open window and throws
// nothing.
class VcdWriter final : public WindowedSink {
  public:
    // The header's timescale and notes and the resolution (see WindowedSink) must be valid, otherwise
    // std::invalid_argument. The stream must outlive the writer; name is what errors call it.
    VcdWriter(std::ostream& out, VcdHeader header, std::optional<double> resolution = {},
              std::string name = "VCD stream");
    // Throws InputOutputError if the file cannot be created.
    VcdWriter(const std::filesystem::path& path, VcdHeader header, std::optional<double> resolution = {});
    ~VcdWriter() override;

  private:
    VcdWriter(std::unique_ptr<std::ostream> file, VcdHeader header, std::optional<double> resolution,
              std::string name);

    void write_header(std::span<const Signal> signals) override;
    void begin_values(std::uint64_t time_fs) override;
    void end_values() override;
    void end_window(std::uint64_t time_fs) override;
    void write_real(std::uint64_t time_fs, SignalId signal, double value) override;
    void write_bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override;
    void write_text(std::uint64_t time_fs, SignalId signal, std::string_view value) override;

    void put(std::string_view text) { buffer_.append(text.data(), text.data() + text.size()); }
    void put_variable(const Signal& signal, std::string_view name, std::string_view code);
    void put_time(std::uint64_t time_fs);
    void flush();

    VcdHeader header_;
    std::string name_;
    std::unique_ptr<std::ostream> file_; // where the writer owns the stream
    std::ostream& out_;
    fmt::memory_buffer buffer_;
    std::vector<std::string> codes_;   // per signal; short enough to live inside the string object
    std::vector<bool> single_bit_;     // per signal
    std::optional<std::uint64_t> now_; // the last time written, in the file's unit
    std::uint64_t now_fs_ = 0;
    bool first_window_ = true;
};

} // namespace isinglass
