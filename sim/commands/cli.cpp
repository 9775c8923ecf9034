#include "sim/commands/cli.hpp"

#include "hw_models/base/error.hpp"
#include "sim/config/nearest.hpp"
#include "sim/run/colors.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

namespace isinglass {
namespace {

constexpr std::string_view program = "isinglass";

// The last word of a command's name, and what is before it ("" for most).
std::pair<std::string, std::string> split_name(const std::string& name) {
    const auto space = name.rfind(' ');
    return space == std::string::npos ? std::pair(name, std::string())
                                      : std::pair(name.substr(space + 1), name.substr(0, space));
}

std::string with_metavar(const Option& option) {
    return option.metavar.empty() ? option.name : option.name + " " + option.metavar;
}

void add_option(CLI::App& app, const Option& option) {
    const auto add = [&](auto* target) -> CLI::Option* {
        using Target = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, bool>)
            return app.add_flag(option.name, *target, option.meaning)->disable_flag_override();
        else
            return app.add_option(option.name, *target, option.meaning);
    };
    CLI::Option* added = std::visit(add, option.target)->required(option.required);
    if (!option.metavar.empty()) added->type_name(option.metavar);
    if (std::holds_alternative<std::vector<std::string>*>(option.target)) added->allow_extra_args(false);
}

void add_argument(CLI::App& app, const Argument& argument) {
    const auto add = [&](auto* target) { return app.add_option(argument.name, *target, argument.meaning); };
    std::visit(add, argument.target)->required(argument.required)->type_name("");
}

// The parser's tree: commands by name, below the program.
class Parser {
  public:
    Parser(const std::vector<Subcommand>& commands, std::string_view version) {
        app_.set_version_flag("--version", fmt::format("{} {}", program, version), "Print the version");
        configure(app_);
        apps_[""] = &app_;
        for (const auto& command : commands) add(command);
        describe_groups();
    }

    // The command to run; null when `out` got what was asked for. Throws UserError for a wrong command line.
    const Subcommand* parse(int argc, const char* const* argv, std::ostream& out) {
        refuse_unknown_command(argc, argv);
        try {
            app_.parse(argc, argv);
        } catch (const CLI::Success& asked) { // --help or --version
            app_.exit(asked, out, out);
            return nullptr;
        } catch (const CLI::ConversionError& error) {
            refuse(fmt::format("{}; a whole number is expected.", error.what()));
        } catch (const CLI::ParseError& error) {
            refuse_unknown_option(); // the likelier mistake when something is missing
            refuse(fmt::format("{}.", error.what()));
        }
        refuse_left_over();
        const auto found = commands_.find(&chosen());
        if (found == commands_.end()) {
            out << chosen().help();
            return nullptr;
        }
        return found->second;
    }

  private:
    static void configure(CLI::App& app) {
        app.set_help_flag("--help,-h", "Print this help");
        app.get_formatter()->column_width(32);
        app.allow_extras(); // so that we name what was meant
    }

    CLI::App& app_of(const std::string& name) {
        if (const auto found = apps_.find(name); found != apps_.end()) return *found->second;
        const auto [last, before] = split_name(name);
        CLI::App* app = app_of(before).add_subcommand(last);
        configure(*app);
        return *(apps_[name] = app);
    }

    void add(const Subcommand& command) {
        CLI::App& app = app_of(command.name);
        app.description(command.summary);
        app.footer(fmt::format("Example:\n  {}", command.example));
        for (const auto& argument : command.arguments) add_argument(app, argument);
        for (const auto& option : command.options) add_option(app, option);
        commands_[&app] = &command;
    }

    // A command that only holds others says which.
    void describe_groups() {
        for (const auto& [name, app] : apps_) {
            if (name.empty() || commands_.contains(app)) continue;
            std::vector<std::string> parts;
            for (const auto* part : app->get_subcommands({})) parts.push_back(part->get_name());
            app->description(fmt::format("one of: {}", fmt::join(parts, ", ")));
        }
    }

    // The innermost command that was given.
    [[nodiscard]] CLI::App& chosen() {
        CLI::App* app = &app_;
        while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
        return *app;
    }

    [[nodiscard]] std::string name_of(const CLI::App& app) const {
        const auto found =
            std::find_if(apps_.begin(), apps_.end(), [&](const auto& a) { return a.second == &app; });
        return found->first;
    }

    [[noreturn]] void refuse(const std::string& why) {
        const std::string name = name_of(chosen());
        throw UserError(fmt::format("{} See: {}{}{} --help", why, program, name.empty() ? "" : " ", name));
    }

    // At every level that has commands; before options are looked at, for these depend on the command.
    void refuse_unknown_command(int argc, const char* const* argv) {
        CLI::App* app = &app_;
        for (int i = 1; i < argc && argv[i][0] != '-' && !app->get_subcommands({}).empty(); ++i) {
            std::vector<std::string> names;
            for (const auto* command : app->get_subcommands({})) names.push_back(command->get_name());
            const std::string above = name_of(*app).empty() ? "" : name_of(*app) + " ";
            if (std::find(names.begin(), names.end(), argv[i]) == names.end())
                throw UserError(
                    fmt::format("no command is called '{0}{1}'; did you mean '{0}{2}'? See: {3} {0}--help",
                                above, argv[i], nearest(argv[i], names), program));
            app = app->get_subcommand(argv[i]);
        }
    }

    void refuse_unknown_option() {
        const auto left = app_.remaining(true);
        const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
        const auto option = std::find_if(left.begin(), left.end(), is_option);
        if (option == left.end()) return;
        const std::string word = option->substr(0, option->find('='));
        std::vector<std::string> names;
        for (const auto* known : chosen().get_options())
            if (known->nonpositional()) names.push_back("--" + known->get_lnames().front());
        refuse(fmt::format("no option is called '{}'; did you mean '{}'?", word, nearest(word, names)));
    }

    void refuse_left_over() {
        refuse_unknown_option();
        if (const auto left = app_.remaining(true); !left.empty())
            refuse(fmt::format("'{}' is one argument too many.", left.front()));
    }

    CLI::App app_{"Trains networks by equilibrium propagation on a simulated Ising-machine coprocessor.",
                  std::string(program)};
    std::map<std::string, CLI::App*> apps_; // by full name
    std::map<const CLI::App*, const Subcommand*> commands_;
};

int report(std::ostream& err, const char* what, ExitCode code) {
    std::string line = what;
    std::replace(line.begin(), line.end(), '\n', ' ');
    const bool red = &err == &std::cerr && shows_colors(2);
    err << program << ": " << (red ? "\x1b[31merror:\x1b[0m " : "error: ") << line << std::endl;
    return code;
}

template <class Target>
bool takes_many(const Target& target) {
    return std::holds_alternative<std::vector<std::string>*>(target);
}

// "isinglass train EXPERIMENT [--set KEY=VALUE]... [--out DIR]"
std::string synopsis(const Subcommand& command) {
    std::string text = fmt::format("{} {}", program, command.name);
    const auto add = [&](const std::string& what, bool required, bool many) {
        text += fmt::format(" {}{}{}{}", required ? "" : "[", what, required ? "" : "]", many ? "..." : "");
    };
    for (const auto& argument : command.arguments)
        add(argument.name, argument.required, takes_many(argument.target));
    for (const auto& option : command.options)
        add(with_metavar(option), option.required, takes_many(option.target));
    return text;
}

} // namespace

int run_command_line(int argc, const char* const* argv, const std::vector<Subcommand>& commands,
                     std::string_view version, std::ostream& out, std::ostream& err) {
    try {
        const Subcommand* command = Parser(commands, version).parse(argc, argv, out);
        return command == nullptr ? exit_done : command->run();
    } catch (const UserError& error) {
        return report(err, error.what(), exit_user);
    } catch (const InputOutputError& error) {
        return report(err, error.what(), exit_input_output);
    } catch (const std::filesystem::filesystem_error& error) {
        return report(err, error.what(), exit_input_output);
    } catch (const std::exception& error) {
        return report(err, error.what(), exit_internal);
    }
}

int run_command_line(int argc, const char* const* argv, const std::vector<Subcommand>& commands,
                     std::string_view version) {
    std::optional<TablePainter> painter;
    if (shows_colors(1)) painter.emplace(std::cout);
    return run_command_line(argc, argv, commands, version, std::cout, std::cerr);
}

std::string usage_markdown(const std::vector<Subcommand>& commands) {
    std::string text = fmt::format("# Commands of {}\n", program);
    for (const auto& command : commands) {
        text += fmt::format("\n## {0}\n\n{1}\n\n```\n{2}\n```\n", command.name, command.summary,
                            synopsis(command));
        if (!command.arguments.empty() || !command.options.empty()) text += "\n| | |\n|---|---|\n";
        for (const auto& argument : command.arguments)
            text += fmt::format("| `{}` | {} |\n", argument.name, argument.meaning);
        for (const auto& option : command.options)
            text += fmt::format("| `{}` | {} |\n", with_metavar(option), option.meaning);
        text += fmt::format("\nExample: `{}`\n", command.example);
    }
    return text;
}

} // namespace isinglass
