// How a value approaches the one that it ends at: settling time, overshoot, swing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace isinglass {

struct Approach {
    double initial = 0.0;
    double final = 0.0;
    double swing = 0.0;      // largest minus smallest value
    double overshoot = 0.0;  // beyond the final value, away from the initial one
    double settling_s = 0.0; // until it stays within the band around the final value
};

// Fed a signal's values one by one; the final value is known only when the stretch ends.
// - What could still be the last value outside the band is kept: those above all later ones, and those below.
//   Of each at most 4096; of more, those that differ by a thousandth of the swing.
// - Between two values the distance to the final one decays exponentially, as that of an RC node does, so
//   that the time is not rounded to a step.
class ApproachTracker {
  public:
    void begin(std::uint64_t time_fs, double value);
    void next(std::uint64_t time_fs, double value);
    // `band`: half-width, positive.
    [[nodiscard]] Approach end(double band) const;

  private:
    struct Point {
        std::uint64_t time_fs;
        double value;
        std::uint64_t next_fs; // the value after it
        double next;
    };

    void push(std::vector<Point>& points, double sign);
    [[nodiscard]] static double leaves_at(const Point& point, double final, double band);

    std::uint64_t begin_fs_ = 0;
    double initial_ = 0.0, low_ = 0.0, high_ = 0.0;
    Point last_{};
    std::vector<Point> above_, below_; // later values are lower; higher
};

} // namespace isinglass
