#include "hw_models/array/array_kind.hpp"

#include "hw_models/base/registry.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<ArrayKind>>& kinds() {
    static const Registry<std::unique_ptr<ArrayKind>> registry("array kind",
                                                               {
                                                                   {"analog", make_analog_array},
                                                                   {"digital", make_digital_array},
                                                                   {"feedback", make_feedback_array},
                                                               });
    return registry;
}

} // namespace

std::unique_ptr<ArrayKind> make_array(const std::string& name) {
    return kinds().make(name);
}
std::span<const std::string> array_kinds() {
    return kinds().names();
}

} // namespace isinglass
