// The text of a double with sixteen digits, as printf's "%.16g" writes it, ten times as fast.
#pragma once

#include <cstddef>

namespace isinglass {

inline constexpr std::size_t real_text_size = 32; // room that write_real() needs

// Writes the text without an end mark and returns its length.
std::size_t write_real(double value, char* to);

} // namespace isinglass
