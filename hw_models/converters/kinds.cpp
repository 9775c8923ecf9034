// The converter kinds there are.
#include "hw_models/base/registry.hpp"
#include "hw_models/converters/adc.hpp"
#include "hw_models/converters/dac.hpp"

namespace isinglass {

namespace {

const Registry<std::unique_ptr<DacKind>>& dacs() {
    static const Registry<std::unique_ptr<DacKind>> registry("DAC kind",
                                                             {
                                                                 {"uniform", make_uniform_dac},
                                                                 {"ideal", make_ideal_dac},
                                                                 {"port", make_port_dac},
                                                                 {"capacitive", make_capacitive_dac},
                                                             });
    return registry;
}

const Registry<std::unique_ptr<AdcKind>>& adcs() {
    static const Registry<std::unique_ptr<AdcKind>> registry("ADC kind", {
                                                                             {"uniform", make_uniform_adc},
                                                                             {"ideal", make_ideal_adc},
                                                                             {"port", make_port_adc},
                                                                             {"sar", make_sar_adc},
                                                                         });
    return registry;
}

} // namespace

std::unique_ptr<DacKind> make_dac(const std::string& name) {
    return dacs().make(name);
}
std::span<const std::string> dac_kinds() {
    return dacs().names();
}
std::unique_ptr<AdcKind> make_adc(const std::string& name) {
    return adcs().make(name);
}
std::span<const std::string> adc_kinds() {
    return adcs().names();
}

} // namespace isinglass
