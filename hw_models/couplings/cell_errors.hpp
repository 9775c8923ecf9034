// What a pair of programmable devices makes of the code that is written to it.
#pragma once

#include "hw_models/base/fields.hpp"
#include "hw_models/base/random.hpp"

#include <string>
#include <vector>

namespace isinglass {

// Errors of coupling devices; conductances are relative to a device that is fully on. Every hook is off at
// its default.
struct CellErrorSpec {
    std::vector<double> write_noise; // c0 + c1 g + c2 g² …: standard deviation of what a write leaves at g
    double off_conductance = 0.0;    // of a device written to 0: one over the on/off ratio
    double stuck_off = 0.0;          // share of devices
    double stuck_on = 0.0;           // share of devices
    std::string drift = "none";      // none, power-law, pcm
    double drift_exponent = 0.05;    // of power-law: G(t) = G (t/t0)^−ν
    double drift_spread = 0.0;       // standard deviation of its ν between devices
    double drift_start_s = 20.0;     // t0, before which nothing is known

    void fields(Fields& f);
    [[nodiscard]] bool any() const {
        return !write_noise.empty() || off_conductance > 0.0 || stuck_off > 0.0 || stuck_on > 0.0 ||
               drift != "none";
    }
};

// Mean exponent and its spread of phase-change devices at relative conductance g (unit 25 µS), as fitted in
// the IBM analog hardware kit to 1 M devices (Nandakumar et al., ICECS 2019; Rasch et al. 2023).
struct DriftExponent {
    double mean, spread;
};
[[nodiscard]] DriftExponent pcm_drift(double g);

// The devices of one chip. A signed coupling is the difference of two: the one of its sign is written to
// |code| / top, the other to 0.
// - A pure function of chip, cell, code and age: the same code written again leaves the same error, so that a
//   run that is resumed finds the couplings that it left.
class CellErrors {
  public:
    CellErrors(const CellErrorSpec& spec, double mismatch, std::uint64_t chip_seed);

    // Value of cell i over the programmable range, `age_s` after it was written.
    [[nodiscard]] double value(std::size_t i, std::int32_t code, double top_code, double age_s) const;

  private:
    [[nodiscard]] double conductance(std::size_t device, double target, std::int32_t code,
                                     double age_s) const;
    [[nodiscard]] double drifted(std::size_t device, double g, double age_s) const;

    CellErrorSpec spec_;
    double mismatch_;
    RandomStream gains_, writes_, drifts_, stuck_;
};

} // namespace isinglass
