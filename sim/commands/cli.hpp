// The command line: commands declare their arguments and options here as data, once for parsing, --help and
// the usage page.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace isinglass {

// Exit codes of the program.
enum ExitCode {
    exit_done = 0,
    exit_internal = 1,
    exit_user = 2,
    exit_input_output = 3,
    exit_target_not_met = 4,
    exit_interrupted = 130, // after a checkpoint
};

// Where a value goes; what is there before is the default. Targets must live until the command has run: own
// them by the lambda in Subcommand::run, through a shared_ptr.
using ArgumentTarget = std::variant<std::string*, std::optional<std::string>*, std::vector<std::string>*>;
using OptionTarget = std::variant<bool*, std::string*, std::optional<std::string>*, std::vector<std::string>*,
                                  std::int64_t*, std::optional<std::int64_t>*>;

// A positional argument. A vector takes all that follow and must be the last.
struct Argument {
    std::string name; // "EXPERIMENT"
    std::string meaning;
    ArgumentTarget target;
    bool required = true;
};

// "--name VALUE" or "--name=VALUE"; a flag for bool. A vector's option may be given several times, a value
// each.
struct Option {
    std::string name;    // "--out"
    std::string metavar; // "DIR"; empty for flags
    std::string meaning;
    OptionTarget target;
    bool required = false;
};

struct Subcommand {
    std::string name;    // "train"; "presets show" is a command below "presets"
    std::string summary; // one line
    std::string example; // runnable: "isinglass train glyphs --out runs/first"
    std::vector<Argument> arguments;
    std::vector<Option> options;
    std::function<int()> run; // returns the exit code
};

// Parses, runs one command, and returns the exit code. Errors are one line on `err`, "isinglass: error: …":
// - code 2 for a wrong command line (with the nearest command or option) and for UserError;
// - code 3 for InputOutputError and std::filesystem::filesystem_error; 1 for any other exception.
// --help (of the program and of each command) and --version go to `out`.
int run_command_line(int argc, const char* const* argv, const std::vector<Subcommand>& commands,
                     std::string_view version, std::ostream& out, std::ostream& err);
// On standard output and error.
int run_command_line(int argc, const char* const* argv, const std::vector<Subcommand>& commands,
                     std::string_view version);

// The usage page, Markdown.
[[nodiscard]] std::string usage_markdown(const std::vector<Subcommand>& commands);

} // namespace isinglass
