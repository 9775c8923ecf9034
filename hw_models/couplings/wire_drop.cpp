#include "hw_models/couplings/wire_drop.hpp"

#include <Eigen/Sparse>
#include <Eigen/SparseCholesky>
#include <stdexcept>
#include <vector>

namespace isinglass {

void solved_wire_drop(std::span<const double> g, std::size_t rows, std::size_t columns,
                      double wire_resistance, std::span<double> effective) {
    const double wire = 1.0 / wire_resistance;
    const auto n = static_cast<Eigen::Index>(rows * columns);
    const auto row_node = [&](std::size_t r, std::size_t c) {
        return static_cast<Eigen::Index>(r * columns + c);
    };
    const auto column_node = [&](std::size_t r, std::size_t c) { return n + row_node(r, c); };
    std::vector<Eigen::Triplet<double>> entries;
    entries.reserve(10 * rows * columns);
    const auto join = [&](Eigen::Index a, Eigen::Index b, double conductance) {
        entries.emplace_back(a, a, conductance);
        entries.emplace_back(b, b, conductance);
        entries.emplace_back(std::max(a, b), std::min(a, b), -conductance); // lower triangle
    };
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) {
            join(row_node(r, c), column_node(r, c), g[r * columns + c]);
            if (c + 1 < columns) join(row_node(r, c), row_node(r, c + 1), wire);
            if (r + 1 < rows) join(column_node(r, c), column_node(r + 1, c), wire);
        }
    for (std::size_t r = 0; r < rows; ++r) entries.emplace_back(row_node(r, 0), row_node(r, 0), wire);
    for (std::size_t c = 0; c < columns; ++c)
        entries.emplace_back(column_node(rows - 1, c), column_node(rows - 1, c), wire);
    Eigen::SparseMatrix<double> network(2 * n, 2 * n);
    network.setFromTriplets(entries.begin(), entries.end());
    const Eigen::SimplicialLLT<Eigen::SparseMatrix<double>> factors(network);
    if (factors.info() != Eigen::Success)
        throw std::logic_error("a wire network of no positive definite matrix");
    // By reciprocity, a volt at a column's end shows each row's current per volt at that row's.
    Eigen::VectorXd source = Eigen::VectorXd::Zero(2 * n);
    for (std::size_t c = 0; c < columns; ++c) {
        source(column_node(rows - 1, c)) = wire;
        const Eigen::VectorXd v = factors.solve(source);
        source(column_node(rows - 1, c)) = 0.0;
        for (std::size_t r = 0; r < rows; ++r) effective[r * columns + c] = wire * v(row_node(r, 0));
    }
}

namespace {

// What each node of a wire looks like from the shunt there: a source of `volts` (of 1 at the wire's end)
// behind `ohms`, the other shunts and all pieces of wire counted. `at(k)`: place of node k, counted from the
// end.
struct Seen {
    std::vector<double> volts, ohms;
};

template <class At>
void look_along(std::size_t n, double wire_resistance, At at, std::span<const double> shunt, Seen& seen) {
    double volts = 1.0;
    double ohms = wire_resistance;
    for (std::size_t k = 0; k < n; ++k) { // from the wire's end
        const std::size_t i = at(k);
        seen.volts[i] = volts;
        seen.ohms[i] = ohms;
        const double load = 1.0 + shunt[i] * ohms;
        volts /= load;
        ohms = ohms / load + wire_resistance;
    }
    double beyond = 0.0;                // conductance
    for (std::size_t k = n; k-- > 0;) { // from its open end
        const std::size_t i = at(k);
        const double load = 1.0 + beyond * seen.ohms[i];
        seen.volts[i] /= load;
        seen.ohms[i] /= load;
        const double here = shunt[i] + beyond;
        beyond = here / (1.0 + here * wire_resistance);
    }
}

} // namespace

void approximate_wire_drop(std::span<const double> g, std::size_t rows, std::size_t columns,
                           double wire_resistance, std::span<double> effective) {
    const std::size_t cells = rows * columns;
    Seen row{std::vector<double>(cells), std::vector<double>(cells)};
    Seen column{std::vector<double>(cells), std::vector<double>(cells, 0.0)};
    std::vector<double> shunt(cells);
    const auto load_by = [&](const Seen& other) { // cells as one wire sees them, the other one behind them
        for (std::size_t i = 0; i < cells; ++i) shunt[i] = g[i] / (1.0 + g[i] * other.ohms[i]);
    };
    constexpr int passes = 3; // each mends what the one before took for the other wire; they converge quickly
    for (int pass = 0; pass < passes; ++pass) {
        load_by(column);
        for (std::size_t r = 0; r < rows; ++r)
            look_along(
                columns, wire_resistance, [&](std::size_t k) { return r * columns + k; }, shunt, row);
        load_by(row);
        for (std::size_t c = 0; c < columns; ++c)
            look_along(
                rows, wire_resistance, [&](std::size_t k) { return (rows - 1 - k) * columns + c; }, shunt,
                column);
    }
    for (std::size_t i = 0; i < cells; ++i)
        effective[i] = g[i] * row.volts[i] * column.volts[i] / (1.0 + g[i] * (row.ohms[i] + column.ohms[i]));
}

} // namespace isinglass
