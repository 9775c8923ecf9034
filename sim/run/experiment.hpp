// An experiment: everything that decides a run's results, as one file states it.
#pragma once

#include "host/data/data_set.hpp"
#include "host/learning/training_spec.hpp"
#include "host/network/network_spec.hpp"
#include "hw_models/energy/component_library.hpp"
#include "hw_models/machine.hpp"
#include "sim/config/document.hpp"
#include "sim/run/trace_spec.hpp"

#include <optional>
#include <span>
#include <string>

namespace isinglass {

struct DataSpec {
    static std::unique_ptr<DataSetKind> make_kind(const std::string& name) {
        return data_set_kinds().make(name);
    }
    static std::span<const std::string> kind_names() { return data_set_kinds().names(); }

    Chosen<DataSetKind> kind{"glyphs", make_kind, kind_names};
    std::int64_t validation = 5000;

    void fields(Fields& f);
};

struct RunSpec {
    std::int64_t seed = 1;
    std::int64_t lanes = 256;
    std::string threads = "all";

    void fields(Fields& f);
    [[nodiscard]] unsigned thread_count() const;
};

struct Experiment {
    std::string name = "unnamed";
    MachineSpec machine;
    NetworkSpec network;
    DataSpec data;
    TrainingSpec training;
    TraceSpec trace;
    RunSpec run;

    void fields(Fields& f);
};

// Reads `name_or_file` (a file, or a shipped preset) with --set settings over it. Errors are ConfigError.
Experiment load_experiment(const std::string& name_or_file, std::span<const std::string> sets);
Experiment parse_experiment(std::string_view text, const std::string& file,
                            std::span<const std::string> sets);
// The fully expanded text: reading it again gives the same experiment.
std::string expanded(const Experiment& experiment);
// SHA-256 of that text without [run]'s lanes and threads and without [trace], which change no result.
std::string configuration_hash(const Experiment& experiment);

// How many numbers a checkpoint holds: those of the network, then those of a read-out that the host trains.
std::size_t trained_numbers(const Experiment& experiment, const Network& network);

// The document of a file or a shipped one of that kind, which takes no presets, with settings over it.
ConfigNode load_plain(std::string_view kind, const std::string& name_or_file,
                      std::span<const std::string> sets);

// A machine alone: a file, or a shipped one's name, with --set settings of machine.* over it.
MachineSpec load_machine(const std::string& name_or_file, std::span<const std::string> sets);

// The component costs of a machine at its corner, from its own table or from another: a file, or a shipped
// one's name.
ComponentLibrary load_components(const MachineSpec& machine,
                                 const std::optional<std::string>& name_or_file = {});

// Shipped presets: name and text, of "machines", "experiments", "components" or "sweeps".
struct ShippedPreset {
    std::string name;
    std::string_view text;
};
std::vector<ShippedPreset> shipped_presets(std::string_view kind);

} // namespace isinglass
