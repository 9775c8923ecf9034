#include "hw_models/couplings/cell_errors.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

const std::vector<std::string> drift_laws{"none", "power-law", "pcm"};

double normal(const RandomStream& stream, DrawKey key, std::size_t i) {
    return static_cast<double>(normal_from_word(stream.words(key, static_cast<std::uint32_t>(i / 4))[i % 4]));
}

double uniform(const RandomStream& stream, std::size_t i) {
    return (static_cast<double>(stream.words({}, static_cast<std::uint32_t>(i / 4))[i % 4]) + 0.5) /
           4294967296.0;
}

} // namespace

void CellErrorSpec::fields(Fields& f) {
    f.numbers({"write_noise", "standard deviation that a write leaves a device with, over its largest "
                              "conductance: coefficients of 1, g, g² … of its relative conductance g"},
              write_noise, {-10.0, 10.0});
    f.number({"off_conductance", "conductance of a device that is off over that of one fully on"},
             off_conductance, {0.0, 0.99});
    f.number({"stuck_off", "share of devices that stay off, whatever is written"}, stuck_off, {0.0, 1.0});
    f.number({"stuck_on", "share of devices that stay fully on"}, stuck_on, {0.0, 1.0});
    f.variant(
        {"drift", "loss of conductance over time: none, G (t/t0)^-nu with a given nu, or with that of "
                  "phase-change devices"},
        drift, drift_laws, [this](const std::string& word, Fields& g) {
            if (word == "none") return;
            g.quantity({"drift_start", "t0, before which a device keeps what was written"}, drift_start_s,
                       Unit::second, {1e-9, 1e9});
            if (word != "power-law") return;
            g.number({"drift_exponent", "nu, mean of all devices"}, drift_exponent, {0.0, 1.0});
            g.number({"drift_spread", "standard deviation of nu between devices"}, drift_spread, {0.0, 1.0});
        });
    f.check(stuck_off + stuck_on <= 1.0, "stuck_on", "shares of stuck devices that sum to 1 at most");
}

DriftExponent pcm_drift(double g) {
    const double log_g = std::log(std::max(g, 1e-9));
    return {std::clamp(-0.0155 * log_g + 0.0244, 0.049, 0.1),
            std::clamp(-0.0125 * log_g - 0.0059, 0.008, 0.045)};
}

CellErrors::CellErrors(const CellErrorSpec& spec, double mismatch, std::uint64_t chip_seed)
    : spec_(spec),
      mismatch_(mismatch),
      gains_(chip_seed, Purpose::coupling_write),
      writes_(chip_seed, Purpose::cell_write),
      drifts_(chip_seed, Purpose::cell_drift),
      stuck_(chip_seed, Purpose::cell_stuck) {}

double CellErrors::value(std::size_t i, std::int32_t code, double top_code, double age_s) const {
    const double target = std::abs(code) / top_code;
    const double plus = conductance(2 * i, code > 0 ? target : 0.0, code, age_s);
    const double minus = conductance(2 * i + 1, code < 0 ? target : 0.0, code, age_s);
    return plus - minus;
}

double CellErrors::conductance(std::size_t device, double target, std::int32_t code, double age_s) const {
    const double lot = spec_.stuck_off + spec_.stuck_on > 0.0 ? uniform(stuck_, device) : 1.0;
    if (lot < spec_.stuck_off) return spec_.off_conductance;
    if (lot < spec_.stuck_off + spec_.stuck_on) return 1.0;
    double g = spec_.off_conductance + (1.0 - spec_.off_conductance) * target;
    if (!spec_.write_noise.empty()) {
        double sigma = 0.0;
        for (std::size_t k = spec_.write_noise.size(); k-- > 0;) sigma = sigma * g + spec_.write_noise[k];
        const DrawKey key{.presentation = static_cast<std::uint64_t>(code + (1 << 16))};
        g += std::max(0.0, sigma) * normal(writes_, key, device);
    }
    if (mismatch_ > 0.0) g *= 1.0 + mismatch_ * normal(gains_, {.presentation = 1}, device);
    return drifted(device, std::max(0.0, g), age_s);
}

double CellErrors::drifted(std::size_t device, double g, double age_s) const {
    if (spec_.drift == "none" || age_s <= spec_.drift_start_s || g == 0.0) return g;
    const DriftExponent law =
        spec_.drift == "pcm" ? pcm_drift(g) : DriftExponent{spec_.drift_exponent, spec_.drift_spread};
    const double exponent = law.mean + law.spread * normal(drifts_, {}, device);
    return g * std::pow(age_s / spec_.drift_start_s, -std::max(0.0, exponent));
}

} // namespace isinglass
