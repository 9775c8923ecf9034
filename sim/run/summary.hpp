// summary.json: what a run came to, in SI units under stable names.
#pragma once

#include "hw_models/energy/ledger.hpp"
#include "hw_models/energy/pricing.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace isinglass {

// Outside the promise of identical bits.
struct WallClock {
    double time_s = 0.0;
    double samples_per_s = 0.0;
    std::uint64_t peak_rss_bytes = 0; // largest resident memory of the process
    bool operator==(const WallClock&) const = default;
};

// A member is called as its key. What is not known is null.
struct RunSummary {
    std::optional<double> test_accuracy; // fractions of 1
    std::optional<double> train_accuracy;
    std::optional<double> ideal_test_accuracy; // the same couplings on the ideal machine
    std::int64_t epochs = 0;                   // finished
    std::int64_t samples = 0;                  // presented
    double simulated_time_s = 0.0;
    double energy_j = 0.0;
    std::map<std::string, double> energy_by_component_j;
    std::array<double, phase_count> energy_by_phase_j{};
    std::array<double, phase_count> time_by_phase_s{}; // critical path; sums to simulated_time_s
    double time_per_sample_s = 0.0;
    double energy_per_sample_j = 0.0;
    LedgerRecord ledger; // written as counts{}, counts_by_phase{} and time_by_phase_fs{}
    std::uint64_t not_settled = 0;
    std::uint64_t adc_clipped = 0;
    std::uint64_t couplings_saturated = 0;
    std::string stopped_because;
    std::uint64_t seed = 0;
    std::string version;
    std::string isa;
    std::string config_sha256;
    WallClock wall;

    bool operator==(const RunSummary&) const = default;

    // Sets everything that follows from counts and their price; set `samples` before.
    void set_costs(const Ledger& counts, const EnergyReport& energy);

    // Indented JSON with a line end; numbers read back to the same bits.
    [[nodiscard]] std::string to_json() const;
    // `file` is named in messages. Throws UserError for text that is no JSON, and for a key that is missing
    // or of another type, naming it. Further keys are ignored.
    [[nodiscard]] static RunSummary from_json(std::string_view text,
                                              const std::string& file = "summary.json");
};

// What was counted, to be priced again with another component library.
[[nodiscard]] Ledger counts_of(const RunSummary& summary);

// Largest resident memory of this process so far.
[[nodiscard]] std::uint64_t peak_rss_bytes();

} // namespace isinglass
