#include "sim/config/decimal.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace isinglass {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

} // namespace

std::optional<Written> split_number(std::string_view text) {
    text = trimmed(text);
    std::size_t at = 0;
    std::size_t digits = 0;
    const auto skip_digits = [&] {
        for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
    };
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    skip_digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        skip_digits();
    }
    if (digits == 0) return std::nullopt;
    Written out{std::string(text.substr(text[0] == '+' ? 1 : 0, at - (text[0] == '+' ? 1 : 0))), 0, {}};
    if (at + 1 < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        const std::size_t start = at + 1 + (text[at + 1] == '+' ? 1 : 0);
        const auto parsed = std::from_chars(text.data() + start, text.data() + text.size(), out.exponent);
        if (parsed.ec == std::errc{}) at = static_cast<std::size_t>(parsed.ptr - text.data());
    }
    out.rest = trimmed(text.substr(at));
    return out;
}

Digits shortest_digits(double value) {
    if (!std::isfinite(value))
        throw std::logic_error("only finite numbers can be written to a configuration");
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                   std::chars_format::scientific)
                         .ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const auto e = text.find('e');
    Digits out{std::signbit(value), std::string(text.substr(0, e)), 0};
    std::erase(out.digits, '.');
    const std::size_t sign = text[e + 1] == '+' ? 1 : 0;
    std::from_chars(text.data() + e + 1 + sign, end, out.exponent);
    return out;
}

std::string decimal_text(const Digits& d, int shift) {
    constexpr int most_leading_zeros = 5;
    constexpr int most_digits = 15;
    std::string text = d.digits;
    if (shift < -most_leading_zeros || shift > most_digits) {
        if (text.size() > 1) text = text.substr(0, 1) + '.' + text.substr(1);
        text += fmt::format("e{}", shift);
    } else if (shift < 0) {
        text = "0." + std::string(static_cast<std::size_t>(-shift - 1), '0') + text;
    } else if (const auto point = static_cast<std::size_t>(shift) + 1; text.size() > point) {
        text = text.substr(0, point) + '.' + text.substr(point);
    } else {
        text.append(point - text.size(), '0');
    }
    return d.negative ? '-' + text : text;
}

std::string format_number(double value) {
    const Digits digits = shortest_digits(value);
    return decimal_text(digits, digits.exponent);
}

} // namespace isinglass
