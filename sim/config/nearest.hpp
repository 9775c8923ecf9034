// Suggestions for misspelt words.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace isinglass {

// Least number of insertions, deletions and replacements of a byte that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate with the least edit distance from `word`, the earlier one on a tie; empty without candidates.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace isinglass
