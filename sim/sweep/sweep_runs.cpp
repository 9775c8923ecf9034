#include "sim/sweep/sweep_runs.hpp"

#include "host/data/data_location.hpp"
#include "hw_models/base/error.hpp"
#include "sim/commands/cli.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/run_directory.hpp"
#include "sim/run/summary.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
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

// This program with other arguments, its output in `out` and messages in `log` (which may be one file); the
// exit code. A simulation elaborates once a process.
int run_program(const std::vector<std::string>& arguments, const fs::path& out, const fs::path& log) {
    const std::string program = fs::read_symlink(own_program).string();
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (out == log)
        posix_spawn_file_actions_adddup2(&files, 1, 2);
    else
        posix_spawn_file_actions_addopen(&files, 2, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
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

void add_settings(const SweepRun& run, std::vector<std::string>& arguments) {
    for (const auto& setting : run.sets) arguments.insert(arguments.end(), {"--set", setting});
}

// A folder that a run left without a checkpoint to go on from is begun anew.
int train(const SweepRun& run, const fs::path& folder, const SweepSpec& spec, const std::string& data,
          const fs::path& log) {
    std::vector<std::string> arguments;
    if (RunDirectory::is_run(folder) && fs::exists(RunDirectory::open(folder).last())) {
        arguments = {"train", folder.string(), "--resume"};
    } else {
        fs::remove_all(folder);
        arguments = {"train", spec.experiment, "--out", folder.string()};
        add_settings(run, arguments);
    }
    if (!data.empty()) arguments.insert(arguments.end(), {"--data", data});
    return run_program(arguments, log, log);
}

fs::path search_result(const fs::path& folder) {
    return folder / "solve.json";
}

// The result is there under its name only once it is whole.
int search(const SweepRun& run, const fs::path& folder, const SweepSpec& spec, const std::string& data,
           const fs::path& log) {
    const std::vector<std::string> names{run.labels.front()};
    const auto graph = DataLocation::from_option(data).find("gset", names).front();
    std::vector<std::string> arguments{"solve",    graph.string(),
                                       "--solver", spec.solve.solver,
                                       "--shots",  fmt::format("{}", spec.solve.shots),
                                       "--steps",  fmt::format("{}", spec.solve.steps),
                                       "--json"};
    if (!spec.solve.machine.empty()) arguments.insert(arguments.end(), {"--machine", spec.solve.machine});
    add_settings(run, arguments);
    fs::create_directories(folder);
    const auto out = folder / "solve.part";
    const int code = run_program(arguments, out, log);
    if (code == exit_done) fs::rename(out, search_result(folder));
    return code;
}

std::optional<SweepOutcome> outcome_of_training(const fs::path& run) {
    const auto file = run / "summary.json";
    if (!fs::exists(file)) return std::nullopt;
    const auto summary = RunSummary::from_json(read_file(file), file.string());
    if (summary.stopped_because == "interrupted") return std::nullopt;
    SweepOutcome outcome{.energy_j = summary.energy_j, .time_s = summary.simulated_time_s};
    if (summary.test_accuracy) outcome.error = 1.0 - *summary.test_accuracy;
    if (summary.ideal_test_accuracy) outcome.ideal_error = 1.0 - *summary.ideal_test_accuracy;
    return outcome;
}

std::optional<SweepOutcome> outcome_of_search(const fs::path& run) {
    const auto file = search_result(run);
    if (!fs::exists(file)) return std::nullopt;
    const auto json = nlohmann::json::parse(read_file(file));
    return SweepOutcome{.mean_cut = json.at("mean_cut").get<double>(),
                        .best_cut = json.at("best_cut").get<double>(),
                        .energy_j = json.at("energy_j").get<double>(),
                        .time_s = json.at("simulated_time_s").get<double>()};
}

std::string told(const SweepOutcome& outcome, const SweepSpec& spec) {
    if (spec.solves())
        return fmt::format("best cut {:.10g}, mean {:.6g}", outcome.best_cut, outcome.mean_cut);
    return outcome.error ? fmt::format("test accuracy {:.2f} %", 100.0 * (1.0 - *outcome.error))
                         : std::string("not scored");
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

std::optional<SweepOutcome> outcome_of(const fs::path& folder, const SweepSpec& spec, const SweepRun& run) {
    return spec.solves() ? outcome_of_search(folder / run.folder) : outcome_of_training(folder / run.folder);
}

bool run_sweep(const fs::path& folder, const SweepSpec& spec, const std::string& data, std::ostream& out) {
    const auto runs = runs_of(spec);
    const Interrupts interrupts;
    if (!spec.solves())
        for (const auto& run : runs)
            load_experiment(spec.experiment, run.sets); // mistakes are told before hours pass
    std::size_t done = 0;
    for (const auto& run : runs) {
        const auto path = folder / run.folder;
        ++done;
        if (outcome_of(folder, spec, run)) continue;
        fs::create_directories(path.parent_path());
        const auto log = path.parent_path() / fmt::format("seed-{}.log", run.seed);
        const int code = (spec.solves() ? search : train)(run, path, spec, data, log);
        if (code == exit_interrupted) return false;
        const auto outcome = code == exit_done ? outcome_of(folder, spec, run) : std::nullopt;
        if (!outcome) throw UserError(fmt::format("{}: {}", log.string(), last_line(log)));
        out << fmt::format("{}/{}  {}, seed {}  {}\n", done, runs.size(), fmt::join(run.labels, ", "),
                           run.seed, told(*outcome, spec))
            << std::flush;
    }
    return true;
}

} // namespace isinglass
