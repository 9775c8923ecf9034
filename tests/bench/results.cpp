#include "sim/run/files.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"
#include "tests/bench/results_sections.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::vector<std::string> only;
    bool page_only = false;
    std::string out = "runs/bench/results";
    std::string page = "tests/bench/RESULTS.md";
    std::string baselines = "runs/bench/baselines";
};

// A figure that a preset reaches. Its settings were chosen on validation data; the last epoch's couplings are
// scored on the test set, once.
struct Figure {
    const char* what;
    const char* preset;
    const char* settings; // further ones: train on all training samples, say
    int seeds;
    const char* target;
    bool as_error; // test error rather than accuracy
};

constexpr const char* all_samples = "--set data.validation=0";
constexpr Figure figures[] = {
    {"MNIST 784-512-10, ideal machine", "mnist-ideal", all_samples, 3, "<= 1.8 %", true},
    {"MNIST 784-512-10, digital array", "mnist-digital", all_samples, 3, "within 0.3 point of ideal", true},
    {"MNIST 784-512-10, feedback array", "mnist-feedback", all_samples, 3, "within 0.3 point of ideal", true},
    {"XOR, XY 2-4-1", "xor-xy-2-4-1", "", 5, "4 of 4", false},
    {"XOR, XY all-to-all, N = 6", "xor-xy-all-to-all", "", 5, "4 of 4", false},
    {"XOR, XY lattice 5x5", "xor-xy-lattice-5x5", "", 5, "4 of 4", false},
    {"Iris, XY lattice 4x4", "iris-xy-lattice-4x4", "", 5, "", false},
    {"Iris, XY lattice 5x5", "iris-xy-lattice-5x5", "", 5, "", false},
    {"Iris, XY lattice 6x6", "iris-xy-lattice-6x6", "", 5, "", false},
    {"Iris, XY lattice 8x8", "iris-xy-lattice-8x8", "", 5, "", false},
    {"8x8 digits, XY layered, 100 hidden", "digits-xy-100", "", 5, ">= 92.5 %", false},
    {"8x8 digits, XY all-to-all, 11 hidden", "digits-xy-all-to-all", "", 5, ">= 91.5 %", false},
    {"MNIST, XY 784-31-10, dense", "mnist-xy-31", all_samples, 1, "", false},
    {"MNIST, XY lattice, 6x6 windows on 23x23", "mnist-xy-lattice", all_samples, 1, "within 1 point of dense",
     false},
    {"… couplings within the hidden lattice", "mnist-xy-lattice-lateral", all_samples, 1, "", false},
    {"… inputs joined to the outputs too", "mnist-xy-lattice-skip", all_samples, 1, "", false},
    {"… windows shared (a convolution)", "mnist-xy-lattice-shared", all_samples, 1, "", false},
    {"… windows shared, 4 channels", "mnist-xy-lattice-shared-4", all_samples, 1, "", false},
    {"… 2 channels", "mnist-xy-lattice-2", all_samples, 1, "", false},
    {"… a second lattice of 6x6 windows on 18x18", "mnist-xy-lattice-deep", all_samples, 1, "", false},
    {"MNIST, resistive 2x784-100-10", "mnist-resistive-xs", all_samples, 3, "<= 3.5 %, <= 3 s an epoch",
     true},
    {"MNIST, resistive 1x1024", "mnist-resistive-1x1024", all_samples, 1, "<= 1.7 %", true},
    {"Fashion-MNIST, resistive 1x1024", "fashion-resistive-1x1024", all_samples, 1, "<= 10.8 %", true},
    {"MNIST, oscillator Ising machine 784-500-10", "mnist-oscillator-500", all_samples, 1, ">= 97.2 %",
     false},
    {"MNIST, Hopfield 784-1024-10", "mnist-hopfield-1x1024", all_samples, 1, "<= 1.8 %", true},
    {"MNIST, Hopfield 2x1024", "mnist-hopfield-2x1024", all_samples, 1, "<= 1.7 %", true},
    {"MNIST, Hopfield 3x1024", "mnist-hopfield-3x1024", all_samples, 1, "", true},
    {"MNIST, convolutional Hopfield", "mnist-conv", all_samples, 1, "<= 1.0 %", true},
    {"… with conjugate variables", "mnist-conv-conjugate", all_samples, 1, "<= 1.0 %", true},
    {"Fashion-MNIST, convolutional Hopfield", "fashion-conv", all_samples, 1, "<= 9.5 %", true},
    {"… with conjugate variables", "fashion-conv-conjugate", all_samples, 1, "<= 9.5 %", true},
    {"MNIST, predictive, convolutional", "mnist-predictive", all_samples, 1, "<= 0.8 %", true},
    {"CIFAR-10, JPEG-75 copy, predictive", "cifar-predictive", all_samples, 1,
     "within 2 points of backpropagation", true},
    {"CIFAR-10, JPEG-75 copy, convolutional Hopfield", "cifar-conv", all_samples, 1,
     "within 2 points of backpropagation", true},
    {"… with conjugate variables", "cifar-conv-conjugate", all_samples, 1,
     "within 2 points of backpropagation", true},
    {"MNIST/100, binary 784-120-40", "mnist100-binary-120", "", 5, ">= 88 %", false},
};

std::string folder_of(const Options& o, const Figure& figure, int seed) {
    return fmt::format("{}/{}-{}", o.out, figure.preset, seed);
}

// A run that went through to its test score.
std::optional<RunSummary> finished(const std::string& folder) {
    const auto file = folder + "/summary.json";
    if (!std::filesystem::exists(file)) return std::nullopt;
    auto summary = RunSummary::from_json(read_file(file), file);
    if (!summary.test_accuracy) return std::nullopt;
    return summary;
}

// What was run before is kept: a row's seeds can be run one by one.
void run_missing(const Options& o, const Figure& figure) {
    for (int seed = 1; seed <= figure.seeds; ++seed) {
        const auto folder = folder_of(o, figure, seed);
        if (finished(folder)) continue;
        const auto s = train(
            fmt::format("{} --data {} --set run.seed={} {}", figure.preset, o.data, seed, figure.settings),
            folder);
        std::cerr << fmt::format("{} seed {}: {:.2f} %\n", figure.preset, seed,
                                 100.0 * s.test_accuracy.value());
    }
}

std::vector<RunSummary> summaries(const Options& o, const Figure& figure) {
    std::vector<RunSummary> found;
    for (int seed = 1; seed <= figure.seeds; ++seed)
        if (auto summary = finished(folder_of(o, figure, seed))) found.push_back(std::move(*summary));
    return found;
}

std::string row_of(const Options& o, const Figure& figure) {
    const auto runs = summaries(o, figure);
    const auto command = fmt::format("`isinglass train {} --data DIR --set run.seed=N{}{}`", figure.preset,
                                     *figure.settings != '\0' ? " " : "", figure.settings);
    if (runs.empty())
        return fmt::format("| {} | {} | not run | | {} | | |\n", figure.what, figure.target, command);
    std::vector<double> values, wall;
    std::vector<std::string> each;
    for (const auto& s : runs) {
        const double accuracy = 100.0 * s.test_accuracy.value();
        values.push_back(figure.as_error ? 100.0 - accuracy : accuracy);
        wall.push_back(s.wall.time_s);
        each.push_back(fmt::format("{:.2f}", values.back()));
    }
    return fmt::format("| {} | {} | {} {:.2f} % | {} | {} | {:.0f} s | {} |\n", figure.what, figure.target,
                       figure.as_error ? "error" : "accuracy", mean(values), fmt::join(each, ", "), command,
                       median(wall), runs.front().version);
}

std::vector<std::string> folders(const Options& o, std::string_view preset) {
    std::vector<std::string> found;
    for (const auto& figure : figures)
        for (int seed = 1; figure.preset == preset && seed <= figure.seeds; ++seed)
            if (finished(folder_of(o, figure, seed))) found.push_back(folder_of(o, figure, seed));
    return found;
}

int run(const Options& o) {
    check_only(o.only, figures, &Figure::preset, "results");
    const auto earlier = std::filesystem::exists(o.page) ? read_file(o.page) : std::string();
    std::string page =
        "# Results\n\nMade by `bench results --data DIR`; do not edit. A row is a shipped preset; choices "
        "were made on validation data, and the\nlast epoch's couplings were scored on the test set, "
        "once. Wall time is the median of a run on two cores.\n\n"
        "| figure | target | mean | seeds 1, 2, … | command | wall | version |\n"
        "|---|---|---|---|---|---|---|\n";
    for (const auto& figure : figures) {
        if (wanted(o.only, figure.preset) && !o.page_only) run_missing(o, figure);
        page += row_of(o, figure);
    }
    const auto runs_of = [&](std::string_view preset) { return folders(o, preset); };
    page += baselines_section(o.data, runs_of) + lattices_section(runs_of) +
            backpropagation_section(o.baselines, runs_of, earlier) + deep_figures_section();
    page = with_earlier_rows(page, earlier);
    write_atomically(o.page, page);
    std::cout << page;
    return exit_done;
}

} // namespace

Subcommand results_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "results",
            .summary = "runs the presets that stand beside published figures and writes RESULTS.md",
            .example = "bench results --data DIR",
            .options = {{"--data", "DIR", "where the data sets lie", &o->data, true},
                        {"--only", "PRESET", "run this preset only (may be given several times)", &o->only},
                        {"--page-only", "",
                         "train nothing, write the page from what there is and what it says already",
                         &o->page_only},
                        {"--page", "FILE", "the page", &o->page},
                        {"--baselines", "DIR", "results of `bench baselines`", &o->baselines},
                        {"--out", "DIR", "folder of the runs; what is there is not run again", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
