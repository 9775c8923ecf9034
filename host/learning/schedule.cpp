// The schedules there are.
#include "host/learning/schedule.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<Schedule>>& schedules() {
    static const Registry<std::unique_ptr<Schedule>> registry("schedule",
                                                              {
                                                                  {"constant", make_constant_schedule},
                                                                  {"cosine", make_cosine_schedule},
                                                                  {"step", make_step_schedule},
                                                                  {"exponential", make_exponential_schedule},
                                                              });
    return registry;
}

} // namespace

std::unique_ptr<Schedule> make_schedule(const std::string& name) {
    return schedules().make(name);
}
std::span<const std::string> schedule_kinds() {
    return schedules().names();
}

} // namespace isinglass
