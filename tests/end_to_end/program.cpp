#include "tests/end_to_end/program.hpp"

#include "sim/run/files.hpp"

#include <fmt/core.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace isinglass::test {

Outcome run_program(const std::string& arguments, const std::filesystem::path& folder) {
    const auto out = folder / "stdout.txt";
    const auto err = folder / "stderr.txt";
    const std::string command = fmt::format("cd '{}' && '{}' {} >'{}' 2>'{}'", folder.string(),
                                            ISINGLASS_PROGRAM, arguments, out.string(), err.string());
    const int status = std::system(command.c_str()); // NOLINT(cert-env33-c): a user's shell does the same
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(out), read_file(err)};
}

RunSummary comparable_summary(const std::filesystem::path& run) {
    auto summary = RunSummary::from_json(read_file(run / "summary.json"));
    summary.wall = {};
    return summary;
}

std::string small_run() {
    return "glyphs --set data.train=576 --set data.test=256 --set data.validation=64 --set training.epochs=2 "
           "--set network.layer.hidden.size=32 --set machine.array.dynamics=dissipative-fast ";
}

std::filesystem::path data_folder(const std::string& file) {
    const char* variable = std::getenv("ISINGLASS_DATA");
    for (const auto& folder : {std::filesystem::path(variable != nullptr ? variable : ""),
                               std::filesystem::path(ISINGLASS_SOURCE) / ".." / "shared" / "data"})
        if (!folder.empty() && std::filesystem::exists(folder / file))
            return std::filesystem::canonical(folder);
    std::cout << "skipped: " << file << " is neither in ISINGLASS_DATA nor in ../shared/data\n";
    return {};
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

} // namespace isinglass::test
