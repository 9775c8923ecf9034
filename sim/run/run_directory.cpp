#include "sim/run/run_directory.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace isinglass {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view epoch_prefix = "epoch-";

// Makes the folder with its parents; false when it is there already.
bool make_folder(const fs::path& folder) {
    std::error_code error;
    const bool made = fs::create_directories(folder, error);
    if (error)
        throw InputOutputError(
            fmt::format("cannot make the folder '{}': {}", folder.string(), error.message()));
    return made;
}

// "epoch-0007.h5" → 7.
std::optional<std::int64_t> epoch_of(const fs::path& file) {
    const std::string name = file.stem().string();
    if (file.extension() != ".h5" || !name.starts_with(epoch_prefix)) return std::nullopt;
    std::int64_t epoch = 0;
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + epoch_prefix.size(), end, epoch);
    return error == std::errc() && stop == end ? std::optional(epoch) : std::nullopt;
}

} // namespace

RunDirectory RunDirectory::create(const fs::path& folder) {
    std::error_code error;
    const auto status = fs::status(folder, error);
    if (fs::exists(status) && (!fs::is_directory(status) || !fs::is_empty(folder, error) || error))
        throw UserError(fmt::format("'{}' exists already; a new run needs a folder that is new or empty",
                                    folder.string()));
    RunDirectory run(folder);
    make_folder(run.checkpoints());
    return run;
}

RunDirectory RunDirectory::create_numbered(std::string_view name, std::uint64_t seed,
                                           const fs::path& parent) {
    for (int number = 1;; ++number) {
        const fs::path folder = parent / fmt::format("{}-{}-{}", name, seed, number);
        // Making it is what claims it.
        if (!fs::exists(fs::symlink_status(folder)) && make_folder(folder)) return create(folder);
    }
}

RunDirectory RunDirectory::open(const fs::path& folder) {
    if (is_run(folder)) return RunDirectory(folder);
    std::error_code error;
    const char* why = fs::is_directory(folder, error) ? "it has no config.toml" : "there is no such folder";
    throw UserError(fmt::format("'{}' is no run: {}", folder.string(), why));
}

bool RunDirectory::is_run(const fs::path& argument) {
    std::error_code error;
    return fs::is_regular_file(argument / "config.toml", error);
}

fs::path RunDirectory::checkpoint(std::int64_t epoch) const {
    return checkpoints() / fmt::format("{}{:04}.h5", epoch_prefix, epoch);
}

std::vector<std::int64_t> RunDirectory::saved_epochs() const {
    std::vector<std::int64_t> epochs;
    std::error_code error;
    for (fs::directory_iterator it(checkpoints(), error), end; !error && it != end; it.increment(error))
        if (const auto epoch = epoch_of(it->path())) epochs.push_back(*epoch);
    std::sort(epochs.begin(), epochs.end());
    return epochs;
}

fs::path RunDirectory::existing_checkpoint(std::int64_t epoch) const {
    const auto epochs = saved_epochs();
    if (std::find(epochs.begin(), epochs.end(), epoch) == epochs.end())
        throw UserError(fmt::format("run '{}' has no checkpoint of epoch {}; there are: {}", folder_.string(),
                                    epoch,
                                    epochs.empty() ? "none" : fmt::format("{}", fmt::join(epochs, ", "))));
    return checkpoint(epoch);
}

fs::path RunDirectory::waves() const {
    make_folder(folder_ / "waves");
    return folder_ / "waves";
}

} // namespace isinglass
