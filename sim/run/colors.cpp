#include "sim/run/colors.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace isinglass {
namespace {

constexpr const char* bold = "\x1b[1m";
constexpr const char* faint = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

bool is_rule(const std::string& line) {
    return line.size() > 4 && line.find_first_not_of('-') == line.size() - 1; // the line's end
}

} // namespace

bool shows_colors(int descriptor) {
    const char* kind = std::getenv("TERM");
    const char* without = std::getenv("NO_COLOR");
    return isatty(descriptor) != 0 && kind != nullptr && std::string_view(kind) != "dumb" &&
           (without == nullptr || *without == '\0');
}

TablePainter::~TablePainter() {
    release();
    out_.rdbuf(&below_);
}

TablePainter::int_type TablePainter::overflow(int_type c) {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    line_ += traits_type::to_char_type(c);
    if (line_.back() == '\n') end_line();
    return c;
}

int TablePainter::sync() {
    release();
    return below_.pubsync();
}

// Styles end before the line does, so that no terminal fills the rest of it.
void TablePainter::write(const std::string& text, const char* style) {
    if (style == nullptr) {
        below_.sputn(text.data(), static_cast<std::streamsize>(text.size()));
        return;
    }
    const std::string painted = style + text.substr(0, text.size() - 1) + std::string(plain) + '\n';
    below_.sputn(painted.data(), static_cast<std::streamsize>(painted.size()));
}

void TablePainter::end_line() {
    const bool rule = is_rule(line_);
    if (!held_.empty()) write(held_, rule && held_may_be_header_ ? bold : nullptr);
    held_.clear();
    if (rule) {
        write(line_, faint);
        after_blank_ = false;
    } else {
        held_may_be_header_ = after_blank_ && line_ != "\n";
        after_blank_ = line_ == "\n";
        held_ = line_;
    }
    line_.clear();
}

void TablePainter::release() {
    write(held_, nullptr);
    write(line_, nullptr);
    held_.clear();
    line_.clear();
}

} // namespace isinglass
