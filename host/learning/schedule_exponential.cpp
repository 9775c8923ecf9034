// Down by a factor after each epoch, and the same within one, as published trainers of equilibrium
// propagation do
// ("learning rate × 0.99 an epoch").
#include "host/learning/schedule.hpp"

#include <cmath>

namespace isinglass {

namespace {

class ExponentialSchedule final : public Schedule {
  public:
    void fields(Fields& f) override {
        f.number({"factor", "what each epoch multiplies the rate with"}, factor_, {0.0, 1.0});
    }

    double factor(double epoch, double /*epochs*/) const override {
        return std::pow(factor_, std::floor(epoch));
    }

  private:
    double factor_ = 0.99;
};

} // namespace

std::unique_ptr<Schedule> make_exponential_schedule() {
    return std::make_unique<ExponentialSchedule>();
}

} // namespace isinglass
