// Decimal text of doubles, without rounding on the way: the digits and the exponent are kept apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace isinglass {

// A decimal number split from the text behind it, its exponent apart: value = mantissa × 10^exponent.
struct Written {
    std::string mantissa;
    int exponent = 0;
    std::string_view rest;
};

// Reads the number at the beginning of `text` (spaces around it are skipped); nothing when there is none.
std::optional<Written> split_number(std::string_view text);

// Significant digits and decimal exponent of a finite value: ±d.ddd × 10^exponent.
struct Digits {
    bool negative;
    std::string digits;
    int exponent;
};

// The fewest digits that read back to the same double. Throws std::logic_error unless the value is finite.
Digits shortest_digits(double value);

// ±d.ddd × 10^shift, with an exponent only where the zeros would be tedious.
std::string decimal_text(const Digits& digits, int shift);

// The shortest text that reads back to the same finite double: "0.5", "16", "1.5e-25".
std::string format_number(double value);

} // namespace isinglass
