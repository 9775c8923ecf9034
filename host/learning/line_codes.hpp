// Between the host's numbers and the codes of the machine's lines: widths as the device tells them, ranges as
// the machine states them. Nothing is kept, so that threads may share one.
#pragma once

#include "host/driver.hpp"
#include "hw_models/array/energy_model.hpp"
#include "hw_models/machine.hpp"

namespace isinglass {

class LineCodes {
  public:
    LineCodes(std::shared_ptr<const Network> network, const EnergyModel& model, const MachineSpec& machine,
              const DeviceInfo& info);

    // Bytes of a CLAMP of these lines, and of a READ of the layers in `mask`.
    [[nodiscard]] std::size_t clamp_bytes(std::uint8_t lines) const;
    [[nodiscard]] std::size_t read_bytes(std::uint16_t mask) const;

    // The three parts of a CLAMP's buffer: inputs, then targets, then injected forces.
    void encode_inputs(std::span<const float> levels, std::span<std::uint8_t> buffer) const;
    void encode_targets(std::span<const float> values, std::span<std::uint8_t> buffer) const;
    void encode_forces(std::span<const float> forces, std::span<std::uint8_t> buffer) const;
    // How the ADCs read, by node in wiring order: a share u of full scale is meant as slope · u + offset. And
    // the gain of READ of differences.
    void correct(std::vector<float> slope, std::vector<float> offset);
    void set_read_gain(double gain) { read_gain_ = gain; }
    [[nodiscard]] double read_gain() const { return read_gain_; }
    // What the inputs' codes stand for: levels that were clamped, as far as the host knows.
    void decode_inputs(std::span<const std::uint8_t> buffer, std::span<float> levels) const;
    // A READ's buffer into the columns of its layers of `state`, [state columns]: absolute values, or
    // differences from the held state.
    void decode(std::span<const std::uint8_t> buffer, std::uint16_t mask, bool differences,
                std::span<float> state) const;

  private:
    std::shared_ptr<const Network> net_;
    CodeFormat dac_, adc_;
    EnergyModel::Range target_range_;
    float injected_range_;
    double read_gain_;
    std::vector<float> slope_, offset_; // empty: 1 and 0
};

} // namespace isinglass
