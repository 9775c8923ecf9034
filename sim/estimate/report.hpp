// An estimate for people and for programs.
#pragma once

#include "sim/estimate/training_cost.hpp"

#include <string>

namespace isinglass {

// What the same training takes on a graphics processor, by a stated model.
struct GpuModel {
    // NVIDIA A100 SXM data sheet, 2020: board power, and FP32 arithmetic at its peak.
    double board_w = 400.0;
    double peak_flops_per_s = 19.5e12;
    // Of the peak, for products of a few hundred rows: an assumption.
    double utilisation = 0.3;
    [[nodiscard]] double seconds(double flops) const { return flops / (peak_flops_per_s * utilisation); }
    [[nodiscard]] double joules(double flops) const { return seconds(flops) * board_w; }
};
// Backpropagation: two flops a coupling and sample forward, four backward.
double backpropagation_flops(const NetworkWork& work, double samples);

// A resource that samples pass through, and how long each sample keeps it busy.
struct ResourceUse {
    std::string name;
    double busy_s = 0.0; // a sample
};
// Of a full batch's learning job, PROGRAM included in the array's.
std::vector<ResourceUse> resources(const TrainingCost& cost);

// Watts while everything works that can work at the same time: array, converters and link, or programming.
struct PeakPower {
    double relaxing_w = 0.0;
    double programming_w = 0.0;
    [[nodiscard]] double largest_w() const { return std::max(relaxing_w, programming_w); }
};
PeakPower peak_power(const TrainingCost& cost, const ComponentLibrary& library);

// Silicon of what the library has areas of, and tiles as cells of 1 um pitch.
struct Area {
    double converters_m2 = 0.0;
    double tiles_m2 = 0.0;
};
Area chip_area(const MachineSpec& machine, const ComponentLibrary& library);
// Of all tiles of all chips, what couplings lie on.
double occupied_m2(const TileUse& tiles);

struct Estimate {
    const Experiment& experiment;
    SampleCounts samples;
    std::string samples_from; // how they are known
    TileUse tiles;
    TrainingCost cost;
};

std::string estimate_text(const Estimate& e, const ComponentLibrary& library);
std::string estimate_json(const Estimate& estimate, const ComponentLibrary& library);

} // namespace isinglass
