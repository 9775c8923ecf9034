// Standard tests of a machine's converters and of its array, each without a run.
#pragma once

#include "hw_models/machine.hpp"
#include "sim/run/figure.hpp"
#include "sim/run/table.hpp"

#include <string>
#include <vector>

namespace isinglass {

struct Characterization {
    std::string text;          // tables for a screen,
    std::vector<Table> tables; // and the same tables for programs
    std::vector<Figure> figures;
};

// {"tables": [[{column: cell …} …] …], "figures": [{"name", "title", "x_label", "y_label", "x", "curves"}
// …]}; cells that are numbers are so there.
std::string characterization_json(const Characterization& result);

struct CharacterizationOptions {
    std::size_t converter = 0;          // the one that curves are drawn for
    std::size_t samples_per_code = 100; // of code density; the sine test takes 4096 samples
};

// The machine's ADCs: code density of a ramp and of a sine (IEEE Std 1241), gain and offset, sine fits at a
// low and a high frequency with noise and aperture jitter, and effective bits against the rate of conversion.
// Throws UserError where converters have no codes, or where there is no such converter.
Characterization characterize_adc(const MachineSpec& machine, const CharacterizationOptions& options);

// The machine's DACs: INL and DNL of measured levels (IEEE Std 1658), gain and offset, a sine through its
// codes, and what a full-scale step has left after a slot, against the rate.
Characterization characterize_dac(const MachineSpec& machine, const CharacterizationOptions& options);

// The machine's nodes, of the tile's size up to 1024: time to settle to N bits after a full-scale step
// against that of a single RC, and a map of what every node reads as without input.
Characterization characterize_array(const MachineSpec& machine);

} // namespace isinglass
