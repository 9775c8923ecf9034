// Energy and area of an analog-to-digital converter from surveys of published ones.
//
// `enob` is the effective number of bits; energies are joules a conversion.
#pragma once

namespace isinglass {

// Regression over the best published converters (Andrulis et al., arXiv 2404.06553, 2024): optimistic, about
// the best 20 %. `sample_rate_hz` is that of one converter.
[[nodiscard]] double adc_survey_energy_j(double enob, double sample_rate_hz, double node_m);

// Area that goes with that regression, for the energy that the converter is taken to have.
[[nodiscard]] double adc_survey_area_m2(double sample_rate_hz, double node_m, double energy_j);

// Lower envelope of all published converters (Murmann, ADC Performance Survey, 2025): none took less.
[[nodiscard]] double adc_envelope_energy_j(double enob);

// The regression, floored by the envelope.
[[nodiscard]] double adc_optimistic_energy_j(double enob, double sample_rate_hz, double node_m);

// Median Walden figure of merit of the survey's converters of 2020 to 2025: 32 fJ a conversion step.
[[nodiscard]] double adc_typical_energy_j(double enob);

} // namespace isinglass
