// An Ising problem, as a graph or as couplings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace isinglass {

// A pair of spins that is coupled, i < j, counted from 0.
struct IsingCoupling {
    std::uint32_t i = 0, j = 0;
    double value = 0.0; // J; of a graph, the negative of the edge's weight
};

// E = −½ sᵀJs − hᵀs of spins s = ±1. The cut is that of the graph of weights −J; fields are no part of it.
struct IsingProblem {
    std::string name; // of the file, without folder and ending
    std::size_t spins = 0;
    std::vector<IsingCoupling> couplings; // every pair at most once
    std::vector<double> fields;           // h, of every spin; empty: none

    // Counted from scratch, edge by edge. `state` has a sign for every spin.
    [[nodiscard]] double energy(std::span<const std::int8_t> state) const;
    [[nodiscard]] double cut(std::span<const std::int8_t> state) const;
    // The largest |J| or |h|.
    [[nodiscard]] double largest() const;
    // Root of the mean of J² over all pairs of spins, those not coupled included (physics: σ_J).
    [[nodiscard]] double rms_coupling() const;
    // Root of the mean over spins of Σ_j J_ij² + h_i²: the field of a spin among random others.
    [[nodiscard]] double rms_field() const;
};

// Reads by the file's ending:
// - `.npy`: the symmetric matrix J [N × N] with zeros on its diagonal;
// - `.h5`, `.hdf5`: data sets J, the same, and h [N], which may be missing;
// - anything else: G-set or rudy text, "vertices edges" and then a line "i j weight" an edge, vertices
// from 1.
//   A line that starts with # and an empty line are skipped; a weight that is left out is 1.
// Throws UserError naming file and line (of matrices, the element) for anything that is none of these, a
// loop, a second edge of a pair and a file that ends early among them; InputOutputError where it cannot be
// read.
[[nodiscard]] IsingProblem read_problem(const std::filesystem::path& file);

// The same for text; `file` is named in messages.
[[nodiscard]] IsingProblem parse_graph(const std::string& text, const std::string& file);

} // namespace isinglass
