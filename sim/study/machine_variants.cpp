#include "sim/study/machine_variants.hpp"

namespace isinglass {

namespace {

// Collects variants of one ideal twin.
class Variants {
  public:
    explicit Variants(const Experiment& e) : m_(e.machine), ideal_(ideal_variant(e)) {}

    template <class Change>
    void add(const char* name, bool there, Change change) {
        if (!there) return;
        auto variant = ideal_;
        variant.name = name;
        change(variant.machine);
        all.push_back(std::move(variant));
    }

    void add_converters() {
        add("DAC", m_.dac.name() != "ideal", [&](MachineSpec& v) { v.dac = m_.dac; });
        add("ADC", m_.adc.name() != "ideal", [&](MachineSpec& v) { v.adc = m_.adc; });
    }

    // Errors of couplings come with codes; of so many bits that these are next to none.
    void add_couplings() {
        const auto& c = m_.couplings;
        add("pulsed devices", c.kind == "pulsed", [&](MachineSpec& v) { v.couplings = c; });
        if (c.kind != "codes") return;
        const auto alone = [&](const char* name, bool there, const auto& change) {
            add(name, there, [&](MachineSpec& v) {
                v.couplings.kind = c.kind;
                v.couplings.bits = 16;
                v.couplings.mismatch = 0.0;
                v.couplings.cells = {};
                v.couplings.direction_error = 0.0;
                v.couplings.wire_drop = "none";
                change(v.couplings);
            });
        };
        const auto& cells = c.cells;
        alone("coupling codes", true, [&](CouplingSpec& v) { v.bits = c.bits; });
        alone("coupling mismatch", c.mismatch > 0.0, [&](CouplingSpec& v) { v.mismatch = c.mismatch; });
        alone("write noise", !cells.write_noise.empty(),
              [&](CouplingSpec& v) { v.cells.write_noise = cells.write_noise; });
        alone("off conductance", cells.off_conductance > 0.0,
              [&](CouplingSpec& v) { v.cells.off_conductance = cells.off_conductance; });
        alone("stuck devices", cells.stuck_off > 0.0 || cells.stuck_on > 0.0, [&](CouplingSpec& v) {
            v.cells.stuck_off = cells.stuck_off;
            v.cells.stuck_on = cells.stuck_on;
        });
        alone("unequal directions", c.direction_error > 0.0,
              [&](CouplingSpec& v) { v.direction_error = c.direction_error; });
        alone("wire drop", c.wire_drop != "none", [&](CouplingSpec& v) {
            v.wire_drop = c.wire_drop;
            v.wire_resistance_ohm = c.wire_resistance_ohm;
        });
    }

    void add_nodes() {
        const auto& s = m_.spins;
        const auto alone = [&](const char* name, double SpinSpec::*error) {
            add(name, s.*error > 0.0, [&](MachineSpec& v) { v.spins.*error = s.*error; });
        };
        alone("node offsets", &SpinSpec::offset_v);
        alone("node gains", &SpinSpec::gain_error);
        alone("time constants", &SpinSpec::time_constant_error);
        alone("dead nodes", &SpinSpec::dead);
        alone("hold droop", &SpinSpec::droop_v_per_us);
        add("node and hold noise", m_.node_noise != "off",
            [&](MachineSpec& v) { v.node_noise = m_.node_noise; });
        add("slow holds", m_.sample_and_hold && m_.hold_time_constant_s > 0.0,
            [&](MachineSpec& v) { v.hold_time_constant_s = m_.hold_time_constant_s; });
        add("temperature and supply", m_.corner.temperature_k != 300.0 || m_.corner.supply != 1.0,
            [&](MachineSpec& v) { v.corner = m_.corner; });
        add("no sample-and-holds", !m_.sample_and_hold, [](MachineSpec& v) { v.sample_and_hold = false; });
    }

    std::vector<MachineVariant> all;

  private:
    const MachineSpec& m_;
    MachineVariant ideal_;
};

} // namespace

MachineVariant ideal_variant(const Experiment& e) {
    MachineVariant ideal{"ideal", ideal_twin(e.machine, *e.network.model.part()), {}};
    ideal.machine.sample_and_hold = true;
    ideal.settings = {.beta = e.training.beta, .longer = settled_times};
    return ideal;
}

std::vector<MachineVariant> machine_variants(const Experiment& e) {
    Variants variants(e);
    variants.add_converters();
    variants.add_couplings();
    if (e.machine.array.name() == "analog") variants.add_nodes();
    auto all = std::move(variants.all);
    auto as_stated = ideal_variant(e);
    as_stated.name = "finite relaxation";
    as_stated.settings.longer = 1.0;
    as_stated.settings.until_settled = e.training.until_settled;
    as_stated.machine.detector = e.machine.detector;
    all.push_back(as_stated);
    as_stated.name = "all together";
    as_stated.machine = e.machine;
    all.push_back(as_stated);
    return all;
}

} // namespace isinglass
