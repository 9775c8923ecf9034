#include "sim/solve/problem.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"
#include "sim/run/hdf5_arrays.hpp"
#include "sim/run/npy_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace isinglass {

double IsingProblem::energy(std::span<const std::int8_t> state) const {
    double e = 0.0;
    for (const auto& c : couplings) e -= c.value * state[c.i] * state[c.j];
    for (std::size_t i = 0; i < fields.size(); ++i) e -= fields[i] * state[i];
    return e;
}

double IsingProblem::cut(std::span<const std::int8_t> state) const {
    double cut = 0.0;
    for (const auto& c : couplings)
        if (state[c.i] != state[c.j]) cut -= c.value;
    return cut;
}

double IsingProblem::largest() const {
    double most = 0.0;
    for (const auto& c : couplings) most = std::max(most, std::abs(c.value));
    for (const double h : fields) most = std::max(most, std::abs(h));
    return most;
}

namespace {

double sum_of_squares(const IsingProblem& problem) {
    double sum = 0.0;
    for (const auto& c : problem.couplings) sum += c.value * c.value;
    return sum;
}

} // namespace

double IsingProblem::rms_coupling() const {
    const auto n = static_cast<double>(spins);
    return std::sqrt(2.0 * sum_of_squares(*this) / (n * (n - 1.0)));
}

double IsingProblem::rms_field() const {
    double sum = 2.0 * sum_of_squares(*this);
    for (const double h : fields) sum += h * h;
    return std::sqrt(sum / static_cast<double>(spins));
}

namespace {

using Shape = std::vector<std::size_t>;

// The pairs above the diagonal of J, row-major.
IsingProblem from_matrix(const Shape& shape, std::span<const float> j, const std::string& where) {
    if (shape.size() != 2 || shape[0] != shape[1] || shape[0] < 2)
        throw UserError(fmt::format(
            "{}: its shape is not that of couplings J; valid is [N x N] of 2 or more spins", where));
    const std::size_t n = shape[0];
    IsingProblem problem{.spins = n};
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a; b < n; ++b) {
            const float value = j[a * n + b];
            if (!std::isfinite(value) || value != j[b * n + a])
                throw UserError(
                    fmt::format("{}: the values at [{}, {}] and [{}, {}] are {} and {}; valid is a "
                                "symmetric matrix of finite numbers",
                                where, a, b, b, a, value, j[b * n + a]));
            if (a == b && value != 0.0F)
                throw UserError(
                    fmt::format("{}: the value at [{}, {}] is {}; valid is 0 on the diagonal, since no "
                                "spin is coupled to itself",
                                where, a, a, value));
            if (value != 0.0F)
                problem.couplings.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b),
                                             static_cast<double>(value)});
        }
    if (problem.couplings.empty()) throw UserError(fmt::format("{}: no two spins are coupled", where));
    return problem;
}

std::vector<double> checked_fields(const Shape& shape, std::span<const float> h, std::size_t spins,
                                   const std::string& where) {
    if (shape != Shape{spins})
        throw UserError(
            fmt::format("{}: valid are fields h of shape [{}], one for each spin of J", where, spins));
    const auto bad = std::ranges::find_if_not(h, [](float x) { return std::isfinite(x); });
    if (bad != h.end())
        throw UserError(fmt::format("{}: the value at [{}] is {}; valid are finite numbers", where,
                                    bad - h.begin(), *bad));
    return {h.begin(), h.end()};
}

IsingProblem from_hdf5(const std::filesystem::path& file) {
    std::string where = fmt::format("'{}'", file.string());
    try {
        const Hdf5Arrays arrays(read_file(file));
        const auto read = [&](const std::string& name, Shape& shape) {
            where = fmt::format("'{}', data set '{}'", file.string(), name);
            shape = arrays.shape(name);
            std::size_t count = 1;
            for (const auto size : shape) count *= size;
            std::vector<float> values(count);
            arrays.read(name, values);
            return values;
        };
        const auto names = arrays.names();
        for (const auto& name : names)
            if (name != "J" && name != "h")
                throw UserError(fmt::format(
                    "{}: data set '{}' is none of a problem's; valid are J [N x N] and h [N]", where, name));
        if (std::ranges::find(names, "J") == names.end())
            throw UserError(fmt::format("{}: data set 'J' [N x N], the couplings, is missing", where));
        Shape shape;
        const auto j = read("J", shape);
        auto problem = from_matrix(shape, j, where);
        if (std::ranges::find(names, "h") == names.end()) return problem;
        const auto h = read("h", shape);
        problem.fields = checked_fields(shape, h, problem.spins, where);
        return problem;
    } catch (const Hdf5Failure& failure) {
        throw UserError(
            fmt::format("{} cannot be used: {}; valid is an HDF5 file with float32 or float64 data sets "
                        "J [N x N] and h [N]",
                        where, failure.what()));
    }
}

} // namespace

IsingProblem read_problem(const std::filesystem::path& file) {
    const auto ending = file.extension();
    IsingProblem problem;
    if (std::filesystem::is_directory(file))
        throw UserError(
            fmt::format("'{}' is a folder; valid is a file: G-set or .rud text, .npy, .h5", file.string()));
    if (ending == ".npy") {
        const auto array = read_npy(file);
        problem = from_matrix(array.shape, array.values, fmt::format("'{}'", file.string()));
    } else if (ending == ".h5" || ending == ".hdf5") {
        problem = from_hdf5(file);
    } else {
        problem = parse_graph(read_file(file), file.string());
    }
    problem.name = file.stem().string();
    return problem;
}

} // namespace isinglass
