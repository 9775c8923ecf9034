#include "traces/vcd_writer.hpp"

#include "hw_models/base/error.hpp"
#include "traces/real_text.hpp"

#include <fmt/compile.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace isinglass {
namespace {

constexpr std::size_t flush_at_bytes = 1 << 16;

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

VcdWriter::VcdWriter(std::ostream& out, WaveHeader header, std::string name)
    : header_(std::move(header)), name_(std::move(name)), out_(out) {
    (void)header_.timescale();
    for (const std::string& note : header_.notes)
        if (note.find("$end") != std::string::npos)
            throw std::invalid_argument(fmt::format("VCD note \"{}\" contains $end", note));
}

VcdWriter::VcdWriter(std::unique_ptr<std::ostream> file, WaveHeader header, std::string name)
    : VcdWriter(*file, std::move(header), std::move(name)) {
    file_ = std::move(file);
}

VcdWriter::VcdWriter(const std::filesystem::path& path, WaveHeader header)
    : VcdWriter(created(path), std::move(header), path.string()) {}

VcdWriter::~VcdWriter() {
    try {
        flush();
    } catch (const std::exception&) {
        // Nobody is left to tell; every closed window was checked when it closed.
    }
}

void VcdWriter::begin(std::span<const Signal> signals) {
    signals_.assign(signals.begin(), signals.end());
    for (std::size_t i = 0; i < signals.size(); ++i) codes_.push_back(identifier_code(i));
    auto out = fmt::appender(buffer_);
    fmt::format_to(out, "$version {} $end\n$comment\n", header_.version);
    for (const std::string& line : header_.lines()) fmt::format_to(out, "    {}\n", line);
    fmt::format_to(out, "$end\n$timescale {} $end\n", header_.timescale());
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
    case SignalKind::names: fmt::format_to(out, "$var string 1 {} {} $end\n", code, name); break;
    case SignalKind::bits:
        if (signal.width == 1)
            fmt::format_to(out, "$var wire 1 {} {} $end\n", code, name);
        else
            fmt::format_to(out, "$var wire {} {} {} [{}:0] $end\n", signal.width, code, name,
                           signal.width - 1);
    }
}

// Without a time before $dumpvars some converters lose the first text.
void VcdWriter::begin_window(std::uint64_t time_fs, std::span<const std::uint64_t> values) {
    put_time(time_fs);
    put(std::exchange(first_window_, false) ? "$dumpvars\n" : "$dumpon\n");
    for (std::size_t i = 0; i < values.size(); ++i) put_value(static_cast<SignalId>(i), values[i]);
    put("$end\n");
}

void VcdWriter::end_window(std::uint64_t time_fs) {
    put_time(time_fs);
    put("$dumpoff\n$end\n");
    flush();
}

void VcdWriter::note(std::string_view line) {
    fmt::format_to(fmt::appender(buffer_), "$comment\n    {}\n$end\n", line);
}

void VcdWriter::change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    put_time(time_fs);
    put_value(signal, value);
}

void VcdWriter::put_value(SignalId id, std::uint64_t value) {
    const Signal& signal = signals_[id];
    if (signal.kind == SignalKind::real) return put_real(codes_[id], value);
    auto out = fmt::appender(buffer_);
    if (signal.kind == SignalKind::names)
        fmt::format_to(out, FMT_COMPILE("s{} "), signal.names[value]);
    else if (signal.width == 1)
        buffer_.push_back(value != 0 ? '1' : '0');
    else
        fmt::format_to(out, FMT_COMPILE("b{:b} "), value);
    put(codes_[id]);
    buffer_.push_back('\n');
}

// "rTEXT CODE", where TEXT is that of "%.16g". Written in place: most of a file is such lines.
void VcdWriter::put_real(const std::string& code, std::uint64_t value) {
    const std::size_t at = buffer_.size();
    buffer_.resize(at + real_text_size + code.size() + 3);
    char* to = buffer_.data() + at;
    *to++ = 'r';
    to += write_real(std::bit_cast<double>(value), to);
    *to++ = ' ';
    to = std::copy_n(code.data(), code.size(), to);
    *to++ = '\n';
    buffer_.resize(static_cast<std::size_t>(to - buffer_.data()));
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
    written_ += buffer_.size();
    buffer_.clear();
    out_.flush();
    if (!out_)
        throw InputOutputError(
            fmt::format("{}: cannot write waveforms: {}", name_, std::generic_category().message(errno)));
}

} // namespace isinglass
