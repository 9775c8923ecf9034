// Schedules: how learning rates change over a run.
#pragma once

#include "hw_models/base/fields.hpp"

#include <memory>
#include <span>
#include <string>

namespace isinglass {

// A schedule kind with its parameters.
//
// - factor() is a pure function, so a run resumes at any place.
class Schedule {
  public:
    virtual ~Schedule() = default;
    virtual void fields(Fields& f) = 0;

    // What every learning rate is multiplied with at `epoch`, the epochs of training done before the update
    // (whole and fraction, 0 at first), in a run of `epochs`. 0 ≤ factor ≤ 1.
    [[nodiscard]] virtual double factor(double epoch, double epochs) const = 0;
};

// Throws UserError for a name that is none of schedule_kinds().
std::unique_ptr<Schedule> make_schedule(const std::string& name);
std::span<const std::string> schedule_kinds();

std::unique_ptr<Schedule> make_constant_schedule();
std::unique_ptr<Schedule> make_cosine_schedule();      // half a cosine wave down, with linear warm-up
std::unique_ptr<Schedule> make_step_schedule();        // down by a factor every few epochs
std::unique_ptr<Schedule> make_exponential_schedule(); // down by a factor after each whole epoch

} // namespace isinglass
