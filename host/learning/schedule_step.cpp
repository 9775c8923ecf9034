// Down by a factor every so many epochs.
#include "host/learning/schedule.hpp"

#include <cmath>

namespace isinglass {

namespace {

class StepSchedule final : public Schedule {
  public:
    void fields(Fields& f) override {
        f.integer({"every", "epochs between two steps"}, every_, {1, 1e6});
        f.number({"factor", "what a step multiplies the rate with"}, factor_, {0.0, 1.0});
    }

    double factor(double epoch, double /*epochs*/) const override {
        return std::pow(factor_, std::floor(epoch / static_cast<double>(every_)));
    }

  private:
    std::int64_t every_ = 10;
    double factor_ = 0.1;
};

} // namespace

std::unique_ptr<Schedule> make_step_schedule() {
    return std::make_unique<StepSchedule>();
}

} // namespace isinglass
