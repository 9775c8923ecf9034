// Quantities with units, as written in files: "10 ns", "0.6 pJ", "64 KiB".
//
// - A number, an optional space, an SI prefix (a f p n u/µ m k M G T; Ki Mi Gi Ti before bit and B) and the
// unit.
//   Case counts: "mS" is not "MS".
// - Reading rounds once, from the decimal that is written: "10 ns" is the double nearest to 1e-8.
// - Writing uses the fewest digits that read back to the same double.
#pragma once

#include "hw_models/base/fields.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace isinglass {

// The value in SI units. Times may also be in min, h or day; rates in S/s; areas as um2, um^2 or um².
// Throws UserError saying what was expected, with an example.
double parse_quantity(std::string_view text, Unit unit);

// Text that parse_quantity reads to exactly `si_value`, which must be finite.
std::string format_quantity(double si_value, Unit unit);

// "15 RC" or a time. Throws UserError as above.
RelaxTime parse_relax_time(std::string_view text);
std::string format_relax_time(RelaxTime time);

// Symbol without prefix, as in "B/s"; and an example for messages, as in "4 GB/s".
std::string_view unit_symbol(Unit unit);
std::string_view unit_example(Unit unit);

// "1 to 16", "at least 1 ns", "at most 5 V"; "any finite value" without bounds. Plain numbers without a unit.
std::string format_limits(Limits limits, std::optional<Unit> unit = std::nullopt);

} // namespace isinglass
