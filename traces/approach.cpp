#include "traces/approach.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {
namespace {

constexpr std::size_t most_points = 4096;
constexpr double thinned_points = 1024;

} // namespace

void ApproachTracker::begin(std::uint64_t time_fs, double value) {
    begin_fs_ = time_fs;
    initial_ = low_ = high_ = value;
    last_ = {time_fs, value, time_fs, value};
    above_.clear();
    below_.clear();
}

void ApproachTracker::next(std::uint64_t time_fs, double value) {
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
    last_.next_fs = time_fs;
    last_.next = value;
    push(above_, 1.0);
    push(below_, -1.0);
    last_ = {time_fs, value, time_fs, value};
}

// The value before the newest, now that the newest is known.
void ApproachTracker::push(std::vector<Point>& points, double sign) {
    while (!points.empty() && sign * points.back().value <= sign * last_.value) points.pop_back();
    points.push_back(last_);
    if (points.size() <= most_points) return;
    std::size_t kept = 1;
    for (std::size_t i = 1; i < points.size(); ++i)
        if (std::abs(points[i].value - points[kept - 1].value) > (high_ - low_) / thinned_points)
            points[kept++] = points[i];
    points.resize(kept);
}

// When the distance to the final value comes down to the band, in fs.
double ApproachTracker::leaves_at(const Point& p, double final, double band) {
    const double before = std::abs(p.value - final);
    const double after = std::abs(p.next - final);
    const auto from = static_cast<double>(p.time_fs);
    const double length = static_cast<double>(p.next_fs) - from;
    const bool same_side = (p.value - final) * (p.next - final) > 0.0;
    const double share = same_side && after < before
                             ? std::log(before / band) / std::log(before / after)
                             : (before - band) / (before + (same_side ? -after : after));
    return from + length * std::clamp(share, 0.0, 1.0);
}

Approach ApproachTracker::end(double band) const {
    Approach a{.initial = initial_, .final = last_.value, .swing = high_ - low_};
    a.overshoot = a.final >= a.initial ? high_ - a.final : a.final - low_;
    double settled_fs = static_cast<double>(begin_fs_);
    for (const auto* points : {&above_, &below_}) {
        const double sign = points == &above_ ? 1.0 : -1.0;
        const auto last = std::find_if(points->rbegin(), points->rend(),
                                       [&](const Point& p) { return sign * (p.value - a.final) > band; });
        if (last == points->rend()) continue;
        Point p = *last;
        if (sign * (p.next - a.final) > band) { // those after it are left out
            const Point& following = last == points->rbegin() ? last_ : *std::prev(last);
            p.next_fs = following.time_fs;
            p.next = following.value;
        }
        settled_fs = std::max(settled_fs, leaves_at(p, a.final, band));
    }
    a.settling_s = (settled_fs - static_cast<double>(begin_fs_)) * 1e-15;
    return a;
}

} // namespace isinglass
