// The costs there are.
#include "host/learning/cost.hpp"

#include "hw_models/base/registry.hpp"

#include <algorithm>

namespace isinglass {

namespace {

const Registry<std::unique_ptr<Cost>>& costs() {
    static const Registry<std::unique_ptr<Cost>> registry("cost",
                                                          {
                                                              {"squared_error", make_squared_error_cost},
                                                              {"cross_entropy", make_cross_entropy_cost},
                                                              {"readout", make_readout_cost},
                                                              {"log_cosine", make_log_cosine_cost},
                                                              {"cosine", make_cosine_cost},
                                                          });
    return registry;
}

} // namespace

std::unique_ptr<Cost> make_cost(const std::string& name) {
    return costs().make(name);
}
std::span<const std::string> cost_kinds() {
    return costs().names();
}

int Cost::prediction(std::span<const float> output) const {
    return static_cast<int>(std::max_element(output.begin(), output.end()) - output.begin());
}

} // namespace isinglass
