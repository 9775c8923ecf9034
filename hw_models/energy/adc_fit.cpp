#include "hw_models/energy/adc_fit.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

double adc_survey_energy_j(double enob, double sample_rate_hz, double node_m) {
    const double sndr_db = 6.0206 * enob + 1.7609;
    const double schreier_fom_db = std::min(213.7806687 - 2.871903040 * std::log(sample_rate_hz),
                                            128.3068287 + 3.2205115 * std::ceil(enob));
    const double technology = std::exp(26.04962157 + 1.880036921 * std::log(node_m * 1e9) -
                                       2.829125605 * std::log(enob) - 1.470202213);
    return 0.5e-12 * std::pow(10.0, -(schreier_fom_db - sndr_db) / 10.0) * technology;
}

double adc_survey_area_m2(double sample_rate_hz, double node_m, double energy_j) {
    return 1e-12 *
           std::exp(1.346191644 + 0.9932794745 * std::log(node_m * 1e9) +
                    0.1807153842 * std::log(sample_rate_hz) + 0.2991242619 * std::log(energy_j * 1e12));
}

double adc_envelope_energy_j(double enob) {
    return 0.2672e-12 + 0.14456e-18 * std::pow(4.0, enob);
}

double adc_optimistic_energy_j(double enob, double sample_rate_hz, double node_m) {
    return std::max(adc_survey_energy_j(enob, sample_rate_hz, node_m), adc_envelope_energy_j(enob));
}

double adc_typical_energy_j(double enob) {
    return 32e-15 * std::pow(2.0, enob);
}

} // namespace isinglass
