#include "sim/run/wave_presets.hpp"

#include <algorithm>

namespace isinglass {

namespace {

const WaveGroup control{"control", {"phase", "command", "beta", "sample", "class", "link/interrupt"}, 2};
const WaveGroup learning{"learning", {"array/energy_E", "array/cost_C", "array/residual"}, 4};
const WaveGroup outputs{"outputs", {"array/{output}/*"}, 3};
const WaveGroup spins{"spins", {"array/*/*/*"}, 3};
const WaveGroup bus{"link and DMA", {"link/*", "dma/*"}, 5};
const WaveGroup power{"power", {"power/total_W", "power/*_W"}, 1};
const WaveGroup dac{"DAC", {"dac/converting", "dac/target/*", "dac/input/*"}, 6};
const WaveGroup adc{"ADC", {"adc/converting", "adc/{output}/*", "adc/*"}, 7};
const std::vector<std::string> where{"phase", "command", "beta", "sample", "class", "presentation"};

std::vector<std::string> with(std::vector<std::string> globs) {
    globs.insert(globs.begin(), where.begin(), where.end());
    return globs;
}

} // namespace

std::span<const WavePreset> wave_presets() {
    static const std::vector<WavePreset> presets{
        {"everything", "every signal", {}, {control, learning, outputs, spins, power, bus, adc, dac}},
        {"spins", "states of all spins", with({"array/*"}), {control, outputs, spins, learning}},
        {"learning",
         "energy, cost, residual, outputs and total power",
         with({"array/energy_E", "array/cost_C", "array/residual", "array/{output}/*", "power/total_W"}),
         {control, learning, outputs, power}},
        {"converters", "codes of DACs and ADCs", with({"dac/*", "adc/*"}), {control, dac, adc}},
        {"bus",
         "commands, link, DMA and interrupt",
         with({"link/*", "dma/*", "power/link_W", "power/dma_W"}),
         {control, bus, power}},
        {"power", "power by component", with({"power/*"}), {control, power}},
    };
    return presets;
}

std::span<const std::string> wave_preset_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& preset : wave_presets()) all.push_back(preset.name);
        return all;
    }();
    return names;
}

const WavePreset& wave_preset(const std::string& name) {
    return *std::ranges::find(wave_presets(), name, &WavePreset::name);
}

} // namespace isinglass
