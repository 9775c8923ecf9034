#include "sim/study/pair_energy.hpp"

#include "sim/estimate/parameters.hpp"

#include <cmath>
#include <numbers>

namespace isinglass {

std::vector<double> PairEnergy::input_nodes(std::span<const float> levels) const {
    return {levels.begin(), levels.end()};
}

namespace {

// −w a b, u = ½s² − b s.
class HopfieldEnergy final : public PairEnergy {
  public:
    PairSlopes between(double a, double b) const override { return {.a = -b, .b = -a, .ab = -1.0}; }
    NodeSlopes node(double s, std::span<const double> theta) const override {
        return {.s = s - theta[0], .ss = 1.0, .parameter = {-1.0}};
    }
};

// ½ g (a − b)², u = −b s; every input drives a line and its complement.
class ResistiveEnergy final : public PairEnergy {
  public:
    explicit ResistiveEnergy(double gain) : gain_(gain) {}
    std::vector<double> input_nodes(std::span<const float> levels) const override {
        std::vector<double> volts;
        for (const double sign : {1.0, -1.0})
            for (const float x : levels) volts.push_back(sign * gain_ * static_cast<double>(x));
        return volts;
    }
    PairSlopes between(double a, double b) const override {
        return {.a = a - b, .b = b - a, .aa = 1.0, .ab = -1.0, .bb = 1.0};
    }
    NodeSlopes node(double, std::span<const double> theta) const override {
        return {.s = -theta[0], .parameter = {-1.0}};
    }

  private:
    double gain_;
};

PairSlopes of_angle(double a, double b) { // −cos(a − b)
    const double sine = std::sin(a - b);
    const double cosine = std::cos(a - b);
    return {.a = sine, .b = -sine, .aa = cosine, .ab = -cosine, .bb = cosine};
}

// −w cos(a − b), u = −h cos(s − ψ); a level x is the phase π(x − ½).
class XyEnergy final : public PairEnergy {
  public:
    std::vector<double> input_nodes(std::span<const float> levels) const override {
        std::vector<double> phases;
        for (const float x : levels) phases.push_back(std::numbers::pi * (static_cast<double>(x) - 0.5));
        return phases;
    }
    PairSlopes between(double a, double b) const override { return of_angle(a, b); }
    NodeSlopes node(double s, std::span<const double> theta) const override {
        const double sine = std::sin(s - theta[1]);
        const double cosine = std::cos(s - theta[1]);
        return {.s = theta[0] * sine, .ss = theta[0] * cosine, .parameter = {sine, -theta[0] * cosine}};
    }
};

// −w cos(a − b), −w x cos s of inputs, u = −h cos s − (S / 2) cos 2s.
class OscillatorEnergy final : public PairEnergy {
  public:
    explicit OscillatorEnergy(bool trains_sync) : trains_sync_(trains_sync) {}
    PairSlopes between(double a, double b) const override { return of_angle(a, b); }
    PairSlopes from_input(double x, double s) const override {
        return {.b = x * std::sin(s), .bb = x * std::cos(s)};
    }
    NodeSlopes node(double s, std::span<const double> theta) const override {
        return {.s = theta[0] * std::sin(s) + theta[1] * std::sin(2.0 * s),
                .ss = theta[0] * std::cos(s) + 2.0 * theta[1] * std::cos(2.0 * s),
                .parameter = {std::sin(s), trains_sync_ ? std::sin(2.0 * s) : 0.0}};
    }
    double slope_shown(double s) const override { return -std::sin(s); }

  private:
    bool trains_sync_;
};

} // namespace

std::unique_ptr<PairEnergy> make_pair_energy(Chosen<EnergyModel> model) {
    Parameters parameters;
    model->fields(parameters);
    const auto& name = model.name();
    if (name == "hopfield") return std::make_unique<HopfieldEnergy>();
    if (name == "resistive") return std::make_unique<ResistiveEnergy>(parameters.number("input_gain"));
    if (name == "xy") return std::make_unique<XyEnergy>();
    if (name == "oscillator")
        return std::make_unique<OscillatorEnergy>(parameters.number("train_sync") != 0.0);
    return nullptr;
}

} // namespace isinglass
