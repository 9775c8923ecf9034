// The folder of a run and the names of what is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

class RunDirectory {
  public:
    // A new run in `folder`, made with its parents. Throws UserError when something is there that is no empty
    // folder, InputOutputError when it cannot be made.
    static RunDirectory create(const std::filesystem::path& folder);

    // A new run in `parent`/NAME-SEED-N with the least N from 1 that is free, also when other processes look
    // for one at the same time.
    static RunDirectory create_numbered(std::string_view name, std::uint64_t seed,
                                        const std::filesystem::path& parent = "runs");

    // A run that exists. Throws UserError when `folder` is missing or holds no run.
    static RunDirectory open(const std::filesystem::path& folder);

    // Whether an argument of the command line names a run's folder (one with a config.toml).
    [[nodiscard]] static bool is_run(const std::filesystem::path& argument);

    [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
    [[nodiscard]] std::filesystem::path config() const { return folder_ / "config.toml"; }
    [[nodiscard]] std::filesystem::path metrics() const { return folder_ / "metrics.csv"; }
    [[nodiscard]] std::filesystem::path responses() const { return folder_ / "responses.csv"; }
    [[nodiscard]] std::filesystem::path summary() const { return folder_ / "summary.json"; }
    [[nodiscard]] std::filesystem::path observations() const { return folder_ / "observations.json"; }
    [[nodiscard]] std::filesystem::path report() const { return folder_ / "report.html"; }
    [[nodiscard]] std::filesystem::path checkpoints() const { return folder_ / "checkpoints"; }
    [[nodiscard]] std::filesystem::path last() const { return checkpoints() / "last.h5"; }
    [[nodiscard]] std::filesystem::path best() const { return checkpoints() / "best.h5"; }
    // checkpoints/epoch-0007.h5, written at that epoch's end (epoch 0: before training).
    [[nodiscard]] std::filesystem::path checkpoint(std::int64_t epoch) const;

    // Epochs that have a checkpoint, ascending.
    [[nodiscard]] std::vector<std::int64_t> saved_epochs() const;
    // The checkpoint of `epoch`; throws UserError naming the epochs that there are.
    [[nodiscard]] std::filesystem::path existing_checkpoint(std::int64_t epoch) const;

    // The folder for waveforms; made when it is not there. Throws InputOutputError.
    [[nodiscard]] std::filesystem::path waves() const;

  private:
    explicit RunDirectory(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::filesystem::path folder_;
};

} // namespace isinglass
