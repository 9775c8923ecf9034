// Voltage drop along the wires of a crossbar: the transfer conductances that its ends see.
#pragma once

#include <cstddef>
#include <span>

namespace isinglass {

// Conductances [rows × columns], row-major, ≥ 0. Rows are driven at their first column, columns are sensed at
// their last row, both ends ideal; every cell adds a piece of wire of `wire_resistance` to its row and to its
// column, in units of one over the conductances' unit. Results are the currents into each column's end per
// volt at each row's, [rows × columns], g itself without resistance.

// All nodes of both wires at once, by a sparse Cholesky factorisation and a solution a column: exact. Takes
// O((rows · columns)^1.5) operations to factorise; meant for 256 × 256 and less.
void solved_wire_drop(std::span<const double> g, std::size_t rows, std::size_t columns,
                      double wire_resistance, std::span<double> effective);

// Each wire by itself, its cells behind what the other wire looks like from there: exact for one cell, and
// leaves out currents that return from a column by other rows. Within 2 % of full scale up to 1024 x 1024
// cells of 1 uS and 1 ohm (tests). O(rows · columns).
void approximate_wire_drop(std::span<const double> g, std::size_t rows, std::size_t columns,
                           double wire_resistance, std::span<double> effective);

} // namespace isinglass
