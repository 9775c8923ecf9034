// The words of a text file, a megabyte at a time.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// Words of a file between blanks.
class Words {
  public:
    explicit Words(const std::filesystem::path& path) : in_(path, std::ios::binary), buffer_(1 << 20) {}

    // Valid until the next call; nothing at the end.
    std::optional<std::string_view> next() {
        word_.clear();
        for (;;) {
            if (at_ == end_ && !fill()) break;
            while (at_ < end_ && word_.empty() && is_blank(buffer_[at_])) skip();
            const std::size_t first = at_;
            while (at_ < end_ && !is_blank(buffer_[at_])) ++at_;
            if (at_ < end_ && at_ > first && word_.empty())
                return std::string_view(&buffer_[first], at_ - first);
            word_.append(&buffer_[first], at_ - first);
            if (at_ < end_ && !word_.empty()) break;
        }
        if (word_.empty()) return std::nullopt;
        return word_;
    }
    [[nodiscard]] std::size_t line() const { return line_; }
    // Words up to the next line's end, for texts of a comment.
    std::string rest_of_line() {
        std::string text;
        while (at_ < end_ || fill()) {
            if (buffer_[at_] == '\n') break;
            text += buffer_[at_++];
        }
        return text;
    }

  private:
    static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
    void skip() { line_ += buffer_[at_++] == '\n' ? 1 : 0; }
    bool fill() {
        in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        at_ = 0;
        end_ = static_cast<std::size_t>(in_.gcount());
        return end_ > 0;
    }

    std::ifstream in_;
    std::vector<char> buffer_;
    std::size_t at_ = 0, end_ = 0, line_ = 1;
    std::string word_;
};

} // namespace isinglass
