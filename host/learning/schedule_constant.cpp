// The same rate throughout.
#include "host/learning/schedule.hpp"

namespace isinglass {

namespace {

class ConstantSchedule final : public Schedule {
  public:
    void fields(Fields& /*f*/) override {}
    double factor(double /*epoch*/, double /*epochs*/) const override { return 1.0; }
};

} // namespace

std::unique_ptr<Schedule> make_constant_schedule() {
    return std::make_unique<ConstantSchedule>();
}

} // namespace isinglass
