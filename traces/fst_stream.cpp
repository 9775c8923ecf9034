#include "traces/fst_stream.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <fstapi.h>

#include <bit>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <utility>

namespace isinglass {
namespace {

using File = std::unique_ptr<void, decltype(&fstReaderClose)>;

std::uint64_t word_of_bits(const unsigned char* digits, std::size_t width) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < width; ++i) word = word << 1 | (digits[i] == '1' ? 1U : 0U);
    return width > 64 ? 0 : word;
}

// 10^exponent seconds, in fs; FST's finest unit below that is cut to 1 fs.
std::uint64_t unit_fs(int exponent) {
    std::uint64_t unit = 1;
    for (int e = -15; e < exponent; ++e) unit *= 10;
    return unit;
}

class Reader {
  public:
    Reader(const std::filesystem::path& path, WaveVisitor& visitor)
        : file_(fstReaderOpen(path.c_str()), &fstReaderClose), visitor_(visitor) {
        if (file_ == nullptr)
            throw UserError(fmt::format("{}: no complete FST file; was the program that wrote it killed?",
                                        path.string()));
    }

    void read() {
        const char* version = fstReaderGetVersionString(file_.get());
        head_.version = version;
        head_.version.erase(head_.version.find_last_not_of(" \n") + 1);
        head_.timescale_fs = unit_fs(fstReaderGetTimescale(file_.get()));
        read_hierarchy();
        visitor_.begin(head_);
        fstReaderClrFacProcessMaskAll(file_.get());
        for (fstHandle handle = 0; handle < signals_.size(); ++handle)
            if (signals_[handle] != ~SignalId{0} && visitor_.wants(signals_[handle]))
                fstReaderSetFacProcessMask(file_.get(), handle);
        fstReaderIterBlocksSetNativeDoublesOnCallback(file_.get(), 1);
        gaps_ = fstReaderGetNumberDumpActivityChanges(file_.get());
        fstReaderIterBlocks2(file_.get(), &on_change, &on_text, this, nullptr);
        if (error_) std::rethrow_exception(error_);
        const std::uint64_t end = fstReaderGetEndTime(file_.get());
        tell_gaps(end, true);
        visitor_.end(end * head_.timescale_fs);
    }

  private:
    void read_hierarchy() {
        std::vector<std::string> scopes;
        std::map<std::uint64_t, std::vector<std::string>> tables;
        const std::vector<std::string>* names = nullptr; // of the next variable
        signals_.assign(fstReaderGetMaxHandle(file_.get()) + 1, ~SignalId{0});
        while (const fstHier* h = fstReaderIterateHier(file_.get())) {
            if (h->htyp == FST_HT_SCOPE) scopes.push_back(std::string(h->u.scope.name) + "/");
            if (h->htyp == FST_HT_UPSCOPE && !scopes.empty()) scopes.pop_back();
            if (h->htyp == FST_HT_ATTRBEGIN && h->u.attr.typ == FST_AT_MISC) {
                const auto& attribute = h->u.attr;
                if (attribute.subtype == FST_MT_COMMENT) head_.lines.emplace_back(attribute.name);
                if (attribute.subtype != FST_MT_ENUMTABLE) continue;
                if (attribute.name_length > 0)
                    tables[attribute.arg] = table(attribute.name);
                else
                    names = &tables[attribute.arg];
            }
            if (h->htyp == FST_HT_VAR) add(h->u.var, scopes, std::exchange(names, nullptr));
        }
    }

    static std::vector<std::string> table(const char* text) {
        std::vector<std::string> names;
        fstETab* read = fstUtilityExtractEnumTableFromString(text);
        if (read == nullptr) return names;
        for (std::uint32_t i = 0; i < read->elem_count; ++i) {
            const auto value = word_of_bits(reinterpret_cast<const unsigned char*>(read->val_arr[i]),
                                            std::strlen(read->val_arr[i]));
            if (value >= 4096) continue;
            if (names.size() <= value) names.resize(value + 1);
            names[value] = read->literal_arr[i];
        }
        fstUtilityFreeEnumTable(read);
        return names;
    }

    void add(const decltype(fstHier::u.var)& variable, const std::vector<std::string>& scopes,
             const std::vector<std::string>* names) {
        if (variable.is_alias) return;
        Signal signal;
        for (const auto& scope : scopes) signal.path += scope;
        const std::string name = variable.name;
        signal.path += name.substr(0, name.find_first_of(" ["));
        signal.width = variable.length;
        const bool real = variable.typ == FST_VT_VCD_REAL || variable.typ == FST_VT_VCD_REALTIME ||
                          variable.typ == FST_VT_VCD_REAL_PARAMETER || variable.typ == FST_VT_SV_SHORTREAL;
        signal.kind = real                                         ? SignalKind::real
                      : names || variable.typ == FST_VT_GEN_STRING ? SignalKind::names
                                                                   : SignalKind::bits;
        if (real) signal.width = 1;
        if (names != nullptr) signal.names = *names;
        signals_.at(variable.handle) = static_cast<SignalId>(head_.signals.size());
        head_.signals.push_back(std::move(signal));
    }

    // The library is C: what visitors throw is kept until it returns.
    template <class Work>
    void guarded(Work work) {
        if (error_) return;
        try {
            work();
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    static void on_change(void* self, std::uint64_t time, fstHandle handle, const unsigned char* value) {
        auto& reader = *static_cast<Reader*>(self);
        reader.guarded([&] { reader.change(time, handle, value); });
    }

    static void on_text(void* self, std::uint64_t time, fstHandle handle, const unsigned char* value,
                        std::uint32_t length) {
        auto& reader = *static_cast<Reader*>(self);
        reader.guarded([&] { reader.text(time, handle, {reinterpret_cast<const char*>(value), length}); });
    }

    void change(std::uint64_t time, fstHandle handle, const unsigned char* value) {
        const SignalId id = signals_[handle];
        if (id == ~SignalId{0}) return;
        tell_gaps(time, false);
        const Signal& signal = head_.signals[id];
        std::uint64_t word = 0;
        if (signal.kind == SignalKind::real)
            std::memcpy(&word, value, sizeof word);
        else
            word = word_of_bits(value, signal.width);
        visitor_.change(time * head_.timescale_fs, id, word);
    }

    void text(std::uint64_t time, fstHandle handle, std::string_view value) {
        const SignalId id = signals_[handle];
        if (id == ~SignalId{0}) return;
        tell_gaps(time, false);
        auto& names = head_.signals[id].names;
        std::size_t index = 0;
        while (index < names.size() && names[index] != value) ++index;
        if (index == names.size()) {
            names.emplace_back(value);
            visitor_.named(id, value);
        }
        visitor_.change(time * head_.timescale_fs, id, index);
    }

    // A gap begins after the changes of its time and ends before them.
    void tell_gaps(std::uint64_t time, bool all) {
        for (; next_gap_ < gaps_; ++next_gap_) {
            const std::uint64_t at = fstReaderGetDumpActivityChangeTime(file_.get(), next_gap_);
            const bool begins = fstReaderGetDumpActivityChangeValue(file_.get(), next_gap_) == 0;
            if (!all && (begins ? at >= time : at > time)) return;
            visitor_.gap(at * head_.timescale_fs, begins);
        }
    }

    File file_;
    WaveVisitor& visitor_;
    WaveFile head_;
    std::vector<SignalId> signals_; // by handle
    std::uint32_t gaps_ = 0, next_gap_ = 0;
    std::exception_ptr error_;
};

} // namespace

void read_fst_stream(const std::filesystem::path& path, WaveVisitor& visitor) {
    Reader(path, visitor).read();
}

} // namespace isinglass
