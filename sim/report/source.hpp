// What the sections of a report are made from: a run's folder, read once.
#pragma once

#include "sim/run/experiment.hpp"
#include "sim/run/json.hpp"
#include "sim/run/observations.hpp"
#include "sim/run/run_directory.hpp"
#include "sim/run/summary.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace isinglass {

// Couplings and responses after an epoch.
struct SavedEpoch {
    std::int64_t epoch = 0; // 0: before training
    std::vector<float> theta;
    std::vector<float> responses; // a node each, layer after layer; empty before the first epoch
};

struct ReportSource {
    RunDirectory directory;
    std::string config; // as written
    Experiment experiment;
    std::shared_ptr<const Network> network;
    RunSummary summary;
    EnergyReport energy;
    std::optional<Observations> observations; // nothing: the run was interrupted, or is older than them
    std::vector<SavedEpoch> epochs;           // first and last, and some between; ascending
};

// Throws UserError where the folder holds no run, or one without a summary, and for files that are damaged.
[[nodiscard]] ReportSource read_source(const RunDirectory& directory);

// Numbers as text for the page: base64 of bytes, and of values cut to `levels` steps of either sign around 0,
// with the largest magnitude beside them: {"scale": x, "values": "…"}, a byte each.
[[nodiscard]] std::string base64(std::span<const std::uint8_t> bytes);
[[nodiscard]] Json packed(std::span<const float> values);

// A CSV file with a head as {column: [values]}, empty cells as null; words stay words.
[[nodiscard]] Json csv_columns(const std::string& text);

} // namespace isinglass
