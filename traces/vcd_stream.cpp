#include "traces/vcd_stream.hpp"

#include "hw_models/base/error.hpp"
#include "traces/vcd_words.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <unordered_map>

namespace isinglass {
namespace {

class Reader {
  public:
    Reader(const std::filesystem::path& path, WaveVisitor& visitor)
        : path_(path), words_(path), visitor_(visitor) {}

    void read() {
        while (const auto word = words_.next()) {
            const char first = word->front();
            if (first == '$')
                keyword(std::string(*word));
            else if (!body_)
                fail(*word);
            else if (first == '#')
                time(*word);
            else
                change(*word);
        }
        if (!body_) throw UserError(fmt::format("{}: the VCD ends in its head", path_.string()));
        visitor_.end(now_fs_);
    }

  private:
    [[noreturn]] void fail(std::string_view word) const {
        throw UserError(fmt::format("{}:{}: '{}' is no valid VCD here", path_.string(), words_.line(), word));
    }

    std::string next() {
        const auto word = words_.next();
        if (!word) throw UserError(fmt::format("{}: the VCD ends in the middle", path_.string()));
        return std::string(*word);
    }

    void skip_to_end() {
        while (next() != "$end") {
        }
    }

    void keyword(const std::string& word) {
        if (word == "$var") return variable();
        if (word == "$scope") {
            next();
            scopes_.push_back(next() + "/");
        } else if (word == "$upscope" && !scopes_.empty()) {
            scopes_.pop_back();
        } else if (word == "$timescale") {
            return timescale();
        } else if (word == "$version" || word == "$comment") {
            return lines(word == "$version");
        } else if (word == "$enddefinitions") {
            body_ = true;
            visitor_.begin(file_);
            for (SignalId id = 0; id < file_.signals.size(); ++id) wanted_.push_back(visitor_.wants(id));
        } else if (word == "$dumpoff" || word == "$dumpon") {
            visitor_.gap(now_fs_, word == "$dumpoff");
            off_ = word == "$dumpoff";
            return;
        } else if (word == "$end") {
            off_ = false;
            return;
        } else if (word == "$dumpvars" || word == "$dumpall") {
            return;
        }
        skip_to_end();
    }

    void lines(bool version) {
        std::string text;
        for (std::string word = next(); word != "$end"; word = next()) {
            text += word + words_.rest_of_line();
            if (text.ends_with(" $end")) {
                text.erase(text.size() - 5);
                if (version)
                    file_.version = text;
                else
                    file_.lines.push_back(text);
                return;
            }
            if (version)
                file_.version = text;
            else
                file_.lines.push_back(text);
            text.clear();
        }
    }

    void timescale() {
        std::string text;
        for (std::string word = next(); word != "$end"; word = next()) text += word;
        std::uint64_t unit = 1;
        for (const char* known : {"fs", "ps", "ns", "us", "ms", "s"}) {
            for (const std::uint64_t count : {1U, 10U, 100U})
                if (text == fmt::format("{}{}", count, known)) {
                    file_.timescale_fs = count * unit;
                    return;
                }
            unit *= 1000;
        }
        fail(text);
    }

    void variable() {
        Signal signal;
        const std::string type = next();
        const std::string width = next();
        const std::string code = next();
        for (const std::string& scope : scopes_) signal.path += scope;
        std::string name = next();
        signal.path += name.substr(0, name.find('['));
        skip_to_end();
        signal.kind = type == "real" || type == "realtime" ? SignalKind::real
                      : type == "string"                   ? SignalKind::names
                                                           : SignalKind::bits;
        std::from_chars(width.data(), width.data() + width.size(), signal.width);
        // The same code again is another name of the same variable.
        if (codes_.emplace(code, static_cast<SignalId>(file_.signals.size())).second)
            file_.signals.push_back(std::move(signal));
    }

    void time(std::string_view word) {
        std::uint64_t units = 0;
        const auto [end, error] = std::from_chars(word.data() + 1, word.data() + word.size(), units);
        if (error != std::errc() || end != word.data() + word.size()) fail(word);
        const std::uint64_t time_fs = units * file_.timescale_fs;
        if (time_fs < now_fs_) fail(word);
        now_fs_ = time_fs;
    }

    SignalId signal_of(std::string_view code) {
        key_.assign(code);
        const auto found = codes_.find(key_);
        if (found == codes_.end()) fail(code);
        return found->second;
    }

    void change(std::string_view word) {
        std::uint64_t value = 0;
        const char kind = word.front();
        if (kind == '0' || kind == '1' || kind == 'x' || kind == 'X' || kind == 'z' || kind == 'Z')
            return tell(signal_of(word.substr(1)), kind == '1' ? 1 : 0);
        value_.assign(word.substr(1));
        const auto code = words_.next();
        if (!code) fail(word);
        const SignalId signal = signal_of(*code);
        if (kind == 'r' || kind == 'R')
            value = real();
        else if (kind == 'b' || kind == 'B')
            std::from_chars(value_.data(), value_.data() + value_.size(), value, 2);
        else if (kind == 's' || kind == 'S')
            value = name(signal);
        else
            fail(word);
        tell(signal, value);
    }

    std::uint64_t real() const {
        double value = 0.0;
        const auto [end, error] = std::from_chars(value_.data(), value_.data() + value_.size(), value);
        if (end != value_.data() + value_.size()) fail(value_);
        return std::bit_cast<std::uint64_t>(value);
    }

    std::uint64_t name(SignalId signal) {
        auto& names = file_.signals[signal].names;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == value_) return i;
        names.push_back(value_);
        visitor_.named(signal, value_);
        return names.size() - 1;
    }

    // Values between $dumpoff and its $end say that they are not known.
    void tell(SignalId signal, std::uint64_t value) {
        if (!off_ && wanted_[signal]) visitor_.change(now_fs_, signal, value);
    }

    std::filesystem::path path_;
    Words words_;
    WaveVisitor& visitor_;
    WaveFile file_;
    std::vector<std::string> scopes_;
    std::unordered_map<std::string, SignalId> codes_;
    std::string value_, key_;
    std::uint64_t now_fs_ = 0;
    std::vector<bool> wanted_; // per signal
    bool body_ = false, off_ = false;
};

} // namespace

void read_vcd_stream(const std::filesystem::path& path, WaveVisitor& visitor) {
    Reader(path, visitor).read();
}

} // namespace isinglass
