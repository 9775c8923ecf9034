#include "traces/fst_writer.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <fstapi.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace isinglass {
namespace {

// A block is put in order signal by signal: one that fits the processor's cache is done twice as fast. It
// also holds the value of every signal once, which should stay a small part.
constexpr std::uint64_t block_bytes = 1 << 21;
constexpr std::uint64_t block_bytes_per_signal = 512;
constexpr unsigned time_bytes = 3; // of a change, about, beside its value

std::string bits_text(std::uint64_t value, unsigned width) {
    return fmt::format("{:0{}b}", value, width);
}

// A file is a chain of blocks: a byte of type, then eight bytes of length that count themselves (big-endian).
// A disk that was full leaves a chain that does not end where the file does.
bool is_complete(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::uint64_t size = std::filesystem::file_size(path);
    std::uint64_t at = 0;
    bool hierarchy = false;
    while (at < size) {
        std::array<unsigned char, 9> head{};
        in.seekg(static_cast<std::streamoff>(at));
        if (!in.read(reinterpret_cast<char*>(head.data()), head.size())) return false;
        std::uint64_t length = 0;
        for (std::size_t i = 1; i < head.size(); ++i) length = length << 8 | head[i];
        if (length == 0) return false;
        hierarchy |= head[0] == FST_BL_HIER || head[0] == FST_BL_HIER_LZ4 || head[0] == FST_BL_HIER_LZ4DUO;
        at += 1 + length;
    }
    return at == size && hierarchy;
}

} // namespace

FstWriter::FstWriter(const std::filesystem::path& path, const WaveHeader& header)
    : path_(path), version_(header.version), timescale_fs_(header.timescale_fs), file_(nullptr) {
    const std::string unit = header.timescale();
    errno = 0;
    file_ = fstWriterCreate(path.c_str(), 1);
    if (file_ == nullptr)
        throw InputOutputError(
            fmt::format("{}: cannot create: {}", path.string(), std::generic_category().message(errno)));
    fstWriterSetVersion(file_, header.version.c_str());
    fstWriterSetDate(file_, "");
    fstWriterSetTimescaleFromString(file_, unit.c_str());
    fstWriterSetPackType(file_, FST_WR_PT_LZ4);
    for (const std::string& line : header.lines()) fstWriterSetComment(file_, line.c_str());
}

FstWriter::~FstWriter() {
    if (file_ != nullptr) fstWriterClose(file_);
}

void FstWriter::begin(std::span<const Signal> signals) {
    begun_ = true;
    variables_.resize(signals.size());
    visit_scopes(
        signals,
        {.enter =
             [&](std::string_view name) {
                 fstWriterSetScope(file_, FST_ST_VCD_MODULE, std::string(name).c_str(), nullptr);
             },
         .signal = [&](SignalId id, std::string_view name) { declare(signals[id], name, variables_[id]); },
         .leave = [&] { fstWriterSetUpscope(file_); }});
}

// The range is part of a vector's name, as in our VCD.
void FstWriter::declare(const Signal& signal, std::string_view name, Variable& variable) {
    std::string text(name);
    if (signal.kind == SignalKind::real) {
        variable = {fstWriterCreateVar(file_, FST_VT_VCD_REAL, FST_VD_IMPLICIT, 8, text.c_str(), 0), 0};
        return;
    }
    if (signal.kind == SignalKind::names) {
        std::vector<std::string> values;
        for (std::size_t i = 0; i < signal.names.size(); ++i) values.push_back(bits_text(i, signal.width));
        std::vector<const char*> names, numbers;
        for (std::size_t i = 0; i < values.size(); ++i) {
            names.push_back(signal.names[i].c_str());
            numbers.push_back(values[i].c_str());
        }
        const fstEnumHandle table =
            fstWriterCreateEnumTable(file_, text.c_str(), static_cast<std::uint32_t>(names.size()),
                                     signal.width, names.data(), numbers.data());
        fstWriterEmitEnumTableRef(file_, table);
    }
    if (signal.width > 1) text += fmt::format(" [{}:0]", signal.width - 1);
    variable = {fstWriterCreateVar(file_, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, signal.width, text.c_str(), 0),
                signal.width};
}

void FstWriter::begin_window(std::uint64_t time_fs, std::span<const std::uint64_t> values) {
    const bool first = held_back_ == 0 && written_ == 0;
    put_time(time_fs);
    if (!first) fstWriterEmitDumpActive(file_, 1);
    for (std::size_t i = 0; i < values.size(); ++i) put_value(static_cast<SignalId>(i), values[i]);
}

void FstWriter::end_window(std::uint64_t time_fs) {
    put_time(time_fs);
    fstWriterEmitDumpActive(file_, 0);
}

void FstWriter::change(std::uint64_t time_fs, SignalId signal, std::uint64_t value) {
    put_time(time_fs);
    put_value(signal, value);
}

void FstWriter::put_value(SignalId signal, std::uint64_t value) {
    const auto [handle, width] = variables_[signal];
    if (width == 0) {
        const auto real = std::bit_cast<double>(value);
        fstWriterEmitValueChange(file_, handle, &real);
        held_back_ += sizeof real + time_bytes;
    } else {
        fstWriterEmitValueChange64(file_, handle, width, value);
        held_back_ += width / 8 + time_bytes;
    }
}

// A block is complete when time moves on; the file then has all of it.
void FstWriter::put_time(std::uint64_t time_fs) {
    const bool first = held_back_ == 0 && written_ == 0;
    if (!first && time_fs == now_fs_) return;
    now_fs_ = time_fs;
    const std::uint64_t now = time_fs / timescale_fs_;
    if (!first && now == now_) return;
    now_ = now;
    if (held_back_ >= std::max(block_bytes, block_bytes_per_signal * variables_.size())) settle();
    fstWriterEmitTimeChange(file_, now);
    held_back_ += time_bytes;
    if (!std::exchange(settling_, false)) return;
    held_back_ = 0;
    written_ = std::filesystem::file_size(path_);
}

void FstWriter::settle() {
    fstWriterFlushContext(file_);
    settling_ = true;
}

// Comments are lost once values were written (fstapi does not flush them), the version can change.
void FstWriter::note(std::string_view line) {
    fstWriterSetVersion(file_, fmt::format("{} ({})", version_, line).c_str());
}

void FstWriter::finish() {
    fstWriterClose(std::exchange(file_, nullptr));
    if (!begun_)
        std::filesystem::resize_file(path_, 0);
    else if (!is_complete(path_))
        throw InputOutputError(fmt::format("{}: cannot write waveforms: the file is incomplete; the disk may "
                                           "be full",
                                           path_.string()));
}

} // namespace isinglass
