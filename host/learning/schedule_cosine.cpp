// Half a cosine wave from 1 down to a final fraction at the run's end, after a linear warm-up from 0.
#include "host/learning/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace isinglass {

namespace {

class CosineSchedule final : public Schedule {
  public:
    void fields(Fields& f) override {
        f.number({"warmup", "epochs in which the rate first rises linearly from 0"}, warmup_, {0.0, 1e6});
        f.number({"final", "fraction of the rate that is left at the end"}, final_, {0.0, 1.0});
    }

    // A run no longer than its warm-up only rises.
    double factor(double epoch, double epochs) const override {
        if (epoch < warmup_) return epoch / warmup_;
        if (epochs <= warmup_) return 1.0;
        const double progress = std::min((epoch - warmup_) / (epochs - warmup_), 1.0);
        return final_ + (1.0 - final_) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    }

  private:
    double warmup_ = 0.0;
    double final_ = 0.0;
};

} // namespace

std::unique_ptr<Schedule> make_cosine_schedule() {
    return std::make_unique<CosineSchedule>();
}

} // namespace isinglass
