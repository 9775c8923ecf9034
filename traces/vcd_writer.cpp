#include "traces/vcd_writer.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/compile.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace isinglass {
namespace {

constexpr std::size_t flush_at_bytes = 1 << 16;

std::string timescale_text(std::uint64_t timescale_fs) {
    std::uint64_t unit_fs = 1;
    for (const char* unit : {"fs", "ps", "ns", "us", "ms", "s"}) {
        for (const std::uint64_t count : {1U, 10U, 100U})
            if (timescale_fs == count * unit_fs) return fmt::format("{} {}", count, unit);
        unit_fs *= 1000;
    }
    throw std::invalid_argument(
        fmt::format("VCD timescale {} fs: want a power of ten, 1 fs to 100 s", timescale_fs));
}

// The codes of VCD: numbers in base 94 with the printable characters as digits.
std::string identifier_code(std::size_t number) {
    std::string code;
    do {
        code += static_cast<char>('!' + number % 94);
        number /= 94;
    } while (number > 0);
    return code;
}

std::unique_ptr<std::ostream> created(const std::filesystem::path& path) {
    errno = 0;
    auto file = std::make_unique<std::ofstream>(path, std::ios::binary);
    if (!*file)
        throw InputOutputError(
            fmt::format("{}: cannot create: {}", path.string(), std::generic_category().message(errno)));
    return file;
}

} // namespace

VcdWriter::VcdWriter(std::ostream& out, VcdHeader header, std::optional<double> resolution, std::string name)
    : WindowedSink(resolution), header_(std::move(header)), name_(std::move(name)), out_(out) {
    timescale_text(header_.timescale_fs);
    for (const std::string& note : header_.notes)
        if (note.find("$end") != std::string::npos)
            throw std::invalid_argument(fmt::format("VCD note \"{}\" contains $end", note));
}

VcdWriter::VcdWriter(std::unique_ptr<std::ostream> file, VcdHeader header, std::optional<double> resolution,
                     std::string name)
    : VcdWriter(*file, std::move(header), resolution, std::move(name)) {
    file_ = std::move(file);
}

VcdWriter::VcdWriter(const std::filesystem::path& path, VcdHeader header, std::optional<double> resolution)
    : VcdWriter(created(path), std::move(header), resolution, path.string()) {}

VcdWriter::~VcdWriter() {
    try {
        flush();
    } catch (const std::exception&) {
        // Nobody is left to tell; every closed window was checked when it closed.
    }
}

void VcdWriter::write_header(std::span<const Signal> signals) {
    codes_.reserve(signals.size());
    for (const Signal& signal : signals) {
        codes_.push_back(identifier_code(codes_.size()));
        single_bit_.push_back(signal.width == 1);
    }
    auto out = fmt::appender(buffer_);
    fmt::format_to(out, "$version {} $end\n$comment\n    seed {}\n    configuration {}\n", header_.version,
                   header_.seed, header_.configuration_hash);
    for (const std::string& note : header_.notes) fmt::format_to(out, "    {}\n", note);
    fmt::format_to(out, "$end\n$timescale {} $end\n", timescale_text(header_.timescale_fs));
    visit_scopes(
        signals,
        {.enter = [&](std::string_view name) { fmt::format_to(out, "$scope module {} $end\n", name); },
         .signal = [&](SignalId id, std::string_view name) { put_variable(signals[id], name, codes_[id]); },
         .leave = [&] { put("$upscope $end\n"); }});
    put("$enddefinitions $end\n");
}

// The range is part of a vector's name: save files have to name it too, and GTKWave adds it where it is
// missing.
void VcdWriter::put_variable(const Signal& signal, std::string_view name, std::string_view code) {
    auto out = fmt::appender(buffer_);
    switch (signal.kind) {
    case SignalKind::real: fmt::format_to(out, "$var real 64 {} {} $end\n", code, name); break;
    case SignalKind::text: fmt::format_to(out, "$var string 1 {} {} $end\n", code, name); break;
    case SignalKind::bits:
        if (signal.width == 1)
            fmt::format_to(out, "$var wire 1 {} {} $end\n", code, name);
        else
            fmt::format_to(out, "$var wire {} {} {} [{}:0] $end\n", signal.width, code, name,
                           signal.width - 1);
    }
}

// Without a time before $dumpvars some converters lose the first text.
void VcdWriter::begin_values(std::uint64_t time_fs) {
    put_time(time_fs);
    put(std::exchange(first_window_, false) ? "$dumpvars\n" : "$dumpon\n");
}

void VcdWriter::end_values() {
    put("$end\n");
}

void VcdWriter::end_window(std::uint64_t time_fs) {
    put_time(time_fs);
    put("$dumpoff\n$end\n");
    flush();
}

void VcdWriter::write_real(std::uint64_t time_fs, SignalId signal, double value) {
    put_time(time_fs);
    // The text of "%.16g"; fmt's takes nine times as long for rounded values.
    std::array<char, 32> digits;
    const auto [end, error] =
        std::to_chars(digits.begin(), digits.end(), value, std::chars_format::general, 16);
    assert(error == std::errc());
    buffer_.push_back('r');
    put({digits.begin(), end});
    buffer_.push_back(' ');
    put(codes_[signal]);
    buffer_.push_back('\n');
}

void VcdWriter::write_bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    put_time(time_fs);
    auto out = fmt::appender(buffer_);
    if (single_bit_[signal])
        fmt::format_to(out, FMT_COMPILE("{}{}\n"), value, codes_[signal]);
    else
        fmt::format_to(out, FMT_COMPILE("b{:b} {}\n"), value, codes_[signal]);
}

void VcdWriter::write_text(std::uint64_t time_fs, SignalId signal, std::string_view value) {
    put_time(time_fs);
    fmt::format_to(fmt::appender(buffer_), FMT_COMPILE("s{} {}\n"), value, codes_[signal]);
}

// Many signals change at one time: the division is paid once for all of them.
void VcdWriter::put_time(std::uint64_t time_fs) {
    if (now_ && time_fs == now_fs_) return;
    now_fs_ = time_fs;
    const std::uint64_t now = time_fs / header_.timescale_fs;
    if (now_ == now) return;
    if (buffer_.size() >= flush_at_bytes) flush();
    now_ = now;
    fmt::format_to(fmt::appender(buffer_), FMT_COMPILE("#{}\n"), now);
}

void VcdWriter::flush() {
    errno = 0;
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
    out_.flush();
    if (!out_)
        throw InputOutputError(
            fmt::format("{}: cannot write waveforms: {}", name_, std::generic_category().message(errno)));
}

} // namespace isinglass
