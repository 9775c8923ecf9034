#include "sim/solve/time_to_solution.hpp"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace isinglass {

SuccessRate success_rate(std::size_t hits, std::size_t shots) {
    using boost::math::binomial_distribution;
    constexpr double tail = 0.025;
    const auto n = static_cast<double>(shots);
    const auto k = static_cast<double>(hits);
    return {.hits = hits,
            .shots = shots,
            .low = hits == 0 ? 0.0 : binomial_distribution<>::find_lower_bound_on_p(n, k, tail),
            .high = hits == shots ? 1.0 : binomial_distribution<>::find_upper_bound_on_p(n, k, tail)};
}

double shots_to_99(double p) {
    if (p <= 0.0) return std::numeric_limits<double>::infinity();
    if (p >= 1.0) return 1.0;
    return std::max(1.0, std::log(0.01) / std::log1p(-p));
}

} // namespace isinglass
