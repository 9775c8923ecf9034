#include "sim/sweep/sweep_runs.hpp"

#include "hw_models/base/error.hpp"
#include "sim/commands/cli.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/run_directory.hpp"
#include "sim/run/table.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace isinglass {

namespace fs = std::filesystem;

namespace {

const fs::path own_program = "/proc/self/exe";

// This program with other arguments, its output in `log`; the exit code. A simulation elaborates once a
// process.
int run_program(const std::vector<std::string>& arguments, const fs::path& log) {
    const std::string program = fs::read_symlink(own_program).string();
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    pid_t child = 0;
    const int error = posix_spawn(&child, program.c_str(), &files, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        throw InputOutputError(fmt::format("{}: cannot be run: {}", program, std::strerror(error)));
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) return exit_interrupted; // before training began
    return WIFEXITED(status) ? WEXITSTATUS(status) : exit_internal;
}

std::string last_line(const fs::path& file) {
    std::ifstream in(file);
    std::string last;
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) last = line;
    return last;
}

// A folder that a run left without a checkpoint to go on from is begun anew.
std::vector<std::string> arguments_of(const SweepRun& run, const fs::path& folder, const SweepSpec& spec,
                                      const std::string& data) {
    std::vector<std::string> arguments;
    if (RunDirectory::is_run(folder) && fs::exists(RunDirectory::open(folder).last())) {
        arguments = {"train", folder.string(), "--resume"};
    } else {
        fs::remove_all(folder);
        arguments = {"train", spec.experiment, "--out", folder.string()};
        for (const auto& setting : run.sets) arguments.insert(arguments.end(), {"--set", setting});
    }
    if (!data.empty()) arguments.insert(arguments.end(), {"--data", data});
    return arguments;
}

class Interrupts { // the children end by Ctrl-C themselves, and say so
  public:
    Interrupts() { sigaction(SIGINT, nullptr, &before_), signal(SIGINT, note); }
    ~Interrupts() { sigaction(SIGINT, &before_, nullptr); }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

  private:
    static void note(int) {}
    struct sigaction before_ {};
};

} // namespace

void open_sweep_folder(const fs::path& folder, const SweepSpec& spec) {
    const auto description = folder / "sweep.toml";
    const auto text = expanded(spec);
    if (fs::exists(description)) {
        if (read_file(description) == text) return;
        throw UserError(fmt::format(
            "{} holds another sweep, or this one with other settings; another --out fits", folder.string()));
    }
    if (fs::exists(folder) && !fs::is_empty(folder))
        throw UserError(fmt::format("{} is there and holds no sweep; another --out fits", folder.string()));
    fs::create_directories(folder);
    write_atomically(description, text);
}

std::optional<RunSummary> result_of(const fs::path& run) {
    const auto file = run / "summary.json";
    if (!fs::exists(file)) return std::nullopt;
    auto summary = RunSummary::from_json(read_file(file), file.string());
    if (summary.stopped_because == "interrupted") return std::nullopt;
    return summary;
}

bool run_sweep(const fs::path& folder, const SweepSpec& spec, const std::string& data, std::ostream& out) {
    const auto runs = runs_of(spec);
    const Interrupts interrupts;
    for (const auto& run : runs)
        load_experiment(spec.experiment, run.sets); // mistakes are told before hours pass
    std::size_t done = 0;
    for (const auto& run : runs) {
        const auto path = folder / run.folder;
        ++done;
        if (result_of(path)) continue;
        fs::create_directories(path.parent_path());
        const auto log = path.parent_path() / fmt::format("seed-{}.log", run.seed);
        const int code = run_program(arguments_of(run, path, spec, data), log);
        if (code == exit_interrupted) return false;
        const auto result = code == exit_done ? result_of(path) : std::nullopt;
        if (!result) throw UserError(fmt::format("{}: {}", log.string(), last_line(log)));
        out << fmt::format("{}/{}  {}, seed {}  test accuracy {}\n", done, runs.size(),
                           fmt::join(run.labels, ", "), run.seed,
                           result->test_accuracy ? fmt::format("{:.2f} %", 100.0 * *result->test_accuracy)
                                                 : std::string("not scored"))
            << std::flush;
    }
    return true;
}

} // namespace isinglass
