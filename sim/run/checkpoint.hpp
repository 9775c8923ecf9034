// Checkpoints: all that a run needs to go on bit by bit, as an HDF5 file.
//
// - The file starts with a line that states format, size and checksum (in HDF5's user block, which h5dump,
// h5py and
//   the like skip), so that damage is found before anything is read.
// - `couplings` is the dataset of the host's couplings, float; optimiser vectors are under `optimiser/`.
// - `responses` is the map of responses over the epoch that ended last: a float a node, layer after layer.
// - Equal checkpoints are equal files.
#pragma once

#include "host/learning/trainer.hpp"
#include "hw_models/energy/ledger.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace isinglass {

struct NamedValues {
    std::string name;
    std::vector<float> values;
    bool operator==(const NamedValues&) const = default;
};

struct Checkpoint {
    TrainingState training;
    std::vector<NamedValues> optimiser; // Optimiser::state(), in its order
    std::int64_t optimiser_updates = 0;
    LedgerRecord ledger;
    std::string config;               // fully expanded TOML
    std::string version;              // of the program that wrote it
    std::vector<std::string> metrics; // CSV rows so far, without line ends; none contains one
    std::vector<float> responses;     // EpochResult::responses of the last epoch that ended; empty before
    std::vector<std::string> response_rows; // of responses.csv so far, as `metrics`
    double best_validation = 0.0;           // accuracy
    std::int64_t best_epoch = 0;
    double wall_s = 0.0; // spent on the run so far
};

// Replaces `path`; the earlier file stays until the new one is complete and on disk. Throws InputOutputError
// with path and reason.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Throws InputOutputError for a file that is missing or cannot be read, and UserError naming what is wrong
// for one that is no checkpoint, of another format, cut short or damaged.
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& path);

// Copies the optimiser's state into the checkpoint.
void save_optimiser(Optimiser& optimiser, Checkpoint& checkpoint);
// Copies it back, after begin(). Throws UserError when names or sizes differ.
void restore_optimiser(const Checkpoint& checkpoint, Optimiser& optimiser);

} // namespace isinglass
