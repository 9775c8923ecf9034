// Everything about a chip that its numbers depend on: drawn errors and switches, no time and no bus.
#pragma once

#include "hw_models/array/circuit.hpp"
#include "hw_models/array/dynamics.hpp"
#include "hw_models/array/settle_detector.hpp"
#include "hw_models/array/spin_errors.hpp"
#include "hw_models/converters/adc.hpp"
#include "hw_models/converters/dac.hpp"
#include "hw_models/couplings/coupling_store.hpp"

#include <memory>

namespace isinglass {

// When node noise is modelled: not at all, as one Gaussian where a node is sampled, or as a force in every
// step.
enum class NodeNoise { off, sampled, dynamic };

// Plain settings; a chip can be given others without being elaborated again.
struct ChipModel {
    std::shared_ptr<const Network> network;
    std::shared_ptr<const EnergyModel> energy;
    std::shared_ptr<const Dynamics> dynamics;
    std::shared_ptr<const DacBank> dac;
    std::shared_ptr<const AdcBank> adc;
    CouplingSpec couplings;
    SpinSpec spins;
    SpinErrors spin_errors;                    // of the network's columns, where nodes move differently
    NudgeLaw nudge_law = NudgeLaw::difference; // that the outputs' cells are built for
    SettleDetector detector;
    NodeNoise node_noise = NodeNoise::sampled;
    double node_noise_units = 0.0; // standard deviation, model units
    double hold_noise_units = 0.0; // kT/C of a hold capacitor, model units; enters with sampled node noise
    double droop_units_per_rc = 0.0;
    double acquired = 1.0; // share of a node's voltage that a hold takes over from 0 in its time
    bool sample_and_hold = true;
    double read_gain = 1.0; // of read-out as differences
    double slot_rc = 0.0;   // length of an ADC slot, in RC: nodes keep moving without sample-and-holds
    std::size_t adc_count = 64;
    float injected_range = 1.0F; // full scale of the frozen nudge's lines: −range … range, model units
    std::uint64_t chip_seed = 1;
    std::uint64_t noise_seed = 1;

    // The energy model's kernel for one thread, with the nodes' errors.
    [[nodiscard]] std::unique_ptr<FieldKernel> kernel() const {
        auto ideal = energy->kernel(*network);
        if (!spins.moves_differently()) return ideal;
        return with_spin_errors(std::move(ideal), *network, spin_errors);
    }
    // Lines of a CLAMP in wiring order.
    [[nodiscard]] LineGroup input_lines() const { return {0, network->inputs, 0.0F, 1.0F}; }
    [[nodiscard]] LineGroup target_lines() const {
        const auto& out = network->output();
        const auto range = energy->target_range(out);
        return {network->inputs, out.size, range.low, range.high};
    }
    [[nodiscard]] LineGroup injected_lines() const {
        const auto& out = network->output();
        return {network->inputs + out.size, out.size, -injected_range, injected_range};
    }
};

} // namespace isinglass
