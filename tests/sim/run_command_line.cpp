#include "hw_models/base/error.hpp"
#include "sim/commands/cli.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace isinglass;

namespace {

// A program of three commands, and what one run of it did.
struct Program {
    std::string experiment, data = "here";
    std::optional<std::string> out_folder, action;
    std::vector<std::string> sets, runs;
    bool resume = false;
    std::int64_t lanes = 256;
    std::string ran;
    std::function<int()> act = [] { return 0; };
    std::ostringstream out, err;

    std::vector<Subcommand> commands() {
        const auto run = [this](const char* name) {
            return [this, name] {
                ran = name;
                return act();
            };
        };
        return {
            {.name = "train",
             .summary = "Trains a network",
             .example = "isinglass train glyphs --out runs/first",
             .arguments = {{"EXPERIMENT", "File or preset", &experiment}},
             .options = {{"--set", "KEY=VALUE", "Overrides a key", &sets},
                         {"--out", "DIR", "Where to", &out_folder},
                         {"--data", "DIR", "Data set", &data},
                         {"--lanes", "N", "Samples at once", &lanes},
                         {"--resume", "", "Goes on", &resume}},
             .run = run("train")},
            {.name = "report",
             .summary = "Compares runs",
             .example = "isinglass report a b",
             .arguments = {{"RUN", "Run directories", &runs}},
             .run = run("report")},
            {.name = "presets", .summary = "Lists", .example = "isinglass presets", .run = run("presets")},
            {.name = "presets show",
             .summary = "Shows one",
             .example = "isinglass presets show glyphs",
             .arguments = {{"NAME", "Which", &action, false}},
             .run = run("presets show")}};
    }

    int operator()(std::vector<const char*> words) {
        words.insert(words.begin(), "isinglass");
        return run_command_line(static_cast<int>(words.size()), words.data(), commands(), "1.2.3", out, err);
    }
};

} // namespace

TEST_CASE("arguments and options reach their variables, and others keep their defaults") {
    Program program;
    CHECK(program({"train", "--set", "a=1", "glyphs", "--set=b=2", "--lanes", "20", "--resume",
                   "--out=x y"}) == 0);
    CHECK(program.ran == "train");
    CHECK(program.experiment == "glyphs");
    CHECK(program.sets == std::vector<std::string>{"a=1", "b=2"});
    CHECK(program.lanes == 20);
    CHECK(program.resume);
    CHECK(program.out_folder == "x y");
    CHECK(program.data == "here");
    CHECK(program.err.str().empty());
}

TEST_CASE("what is not given stays as it was") {
    Program program;
    CHECK(program({"train", "glyphs"}) == 0);
    CHECK_FALSE(program.out_folder.has_value());
    CHECK_FALSE(program.resume);
    CHECK(program.lanes == 256);
    CHECK(program.sets.empty());
}

TEST_CASE("a last argument may take many words") {
    Program program;
    CHECK(program({"report", "a", "b", "c"}) == 0);
    CHECK(program.runs == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a command below a command runs alone") {
    Program program;
    CHECK(program({"presets"}) == 0);
    CHECK(program.ran == "presets");
    CHECK(program({"presets", "show", "glyphs"}) == 0);
    CHECK(program.ran == "presets show");
    CHECK(program.action == "glyphs");
}

TEST_CASE("the exit code is the command's own") {
    Program program;
    program.act = [] { return 130; };
    CHECK(program({"presets"}) == 130);
}

TEST_CASE("exceptions become exit codes and one line") {
    const auto end = [](auto error) {
        Program program;
        program.act = [=]() -> int { throw error; };
        const int code = program({"presets"});
        return std::to_string(code) + " " + program.err.str();
    };
    CHECK(end(UserError("bad\nvalue")) == "2 isinglass: error: bad value\n");
    CHECK(end(ConfigError("x.toml:3: no")) == "2 isinglass: error: x.toml:3: no\n");
    CHECK(end(InputOutputError("disk full")) == "3 isinglass: error: disk full\n");
    CHECK_THAT(end(std::filesystem::filesystem_error("f", std::make_error_code(std::errc::io_error))),
               Catch::StartsWith("3 isinglass: error: "));
    CHECK(end(std::logic_error("ours")) == "1 isinglass: error: ours\n");
}

TEST_CASE("a wrong command line is one line with what was meant, exit code 2, and runs nothing") {
    const auto refused = [](std::vector<const char*> words) {
        Program program;
        CHECK(program(words) == 2);
        CHECK(program.ran.empty());
        CHECK(program.out.str().empty());
        const std::string line = program.err.str();
        CHECK(std::count(line.begin(), line.end(), '\n') == 1);
        return line;
    };
    CHECK(refused({"trian", "glyphs"}) ==
          "isinglass: error: no command is called 'trian'; did you mean 'train'? See: isinglass --help\n");
    CHECK(refused({"presets", "shwo"}) == "isinglass: error: no command is called 'presets shwo'; did you "
                                          "mean 'presets show'? See: isinglass presets --help\n");
    CHECK(
        refused({"train", "glyphs", "--otu", "x"}) ==
        "isinglass: error: no option is called '--otu'; did you mean '--out'? See: isinglass train --help\n");
    CHECK_THAT(refused({"train", "--otu=x"}), Catch::Contains("'--otu'; did you mean '--out'?"));
    CHECK_THAT(refused({"--versoin"}), Catch::Contains("did you mean '--version'?"));
    CHECK_THAT(refused({"train", "glyphs", "more"}), Catch::Contains("'more' is one argument too many"));
    CHECK_THAT(refused({"train"}),
               Catch::Contains("EXPERIMENT is required") && Catch::Contains("isinglass train --help"));
    CHECK_THAT(refused({"train", "glyphs", "--lanes", "many"}),
               Catch::Contains("--lanes = many") && Catch::Contains("a whole number is expected"));
    CHECK_THAT(refused({"train", "glyphs", "--resume=maybe"}), Catch::Contains("resume was given"));
    CHECK_THAT(refused({"train", "glyphs", "--out"}), Catch::Contains("--out"));
    CHECK_THAT(refused({"train", "glyphs", "--out", "a", "--out", "b"}), Catch::Contains("--out"));
}

TEST_CASE("help names every command, and a command's help its options and a runnable example") {
    Program all;
    CHECK(all({"--help"}) == 0);
    for (const auto* text : {"train", "Trains a network", "report", "presets", "--version"})
        CHECK_THAT(all.out.str(), Catch::Contains(text));
    Program one;
    CHECK(one({"train", "--help"}) == 0);
    CHECK(one.ran.empty());
    for (const auto* text :
         {"EXPERIMENT", "--out DIR", "Overrides a key", "isinglass train glyphs --out runs/first"})
        CHECK_THAT(one.out.str(), Catch::Contains(text));
    Program below;
    CHECK(below({"presets", "show", "--help"}) == 0);
    CHECK_THAT(below.out.str(), Catch::Contains("isinglass presets show glyphs"));
    Program nothing;
    CHECK(nothing({}) == 0);
    CHECK(nothing.out.str() == all.out.str());
}

TEST_CASE("the version is printed") {
    Program program;
    CHECK(program({"--version"}) == 0);
    CHECK(program.out.str() == "isinglass 1.2.3\n");
}

TEST_CASE("the usage page comes from the same declarations") {
    Program program;
    const std::string page = usage_markdown(program.commands());
    CHECK_THAT(
        page, Catch::Contains("## train\n\nTrains a network\n\n```\nisinglass train EXPERIMENT "
                              "[--set KEY=VALUE]... [--out DIR] [--data DIR] [--lanes N] [--resume]\n```\n"));
    CHECK_THAT(page, Catch::Contains("| `--out DIR` | Where to |\n"));
    CHECK_THAT(page, Catch::Contains("isinglass report RUN...\n"));
    CHECK_THAT(page, Catch::Contains("isinglass presets show [NAME]\n"));
    CHECK_THAT(page, Catch::Contains("Example: `isinglass train glyphs --out runs/first`"));
}
