#include "sim/run/files.hpp"
#include "sim/run/summary.hpp"
#include "tests/bench/baselines.hpp"
#include "tests/bench/program.hpp"
#include "tests/bench/results_sections.hpp"

#include <fmt/core.h>

namespace isinglass::bench {

namespace {

constexpr const char* heading = "## Backpropagation of the same networks";

// Mean test error of the finished runs of a preset, %; nothing without any.
std::optional<double> error_of(std::string_view preset, const RunsOf& runs_of) {
    std::vector<double> errors;
    for (const auto& folder : runs_of(preset))
        errors.push_back(
            100.0 -
            100.0 * RunSummary::from_json(read_file(folder + "/summary.json"), folder).test_accuracy.value());
    return errors.empty() ? std::nullopt : std::optional(mean(errors));
}

std::string row(const std::string& preset, const std::optional<double>& ep,
                const std::optional<double>& backpropagation) {
    const auto shown = [](const std::optional<double>& error) {
        return error ? fmt::format("{:.2f} %", *error) : std::string("not run");
    };
    return fmt::format("| `{}` | {} | {} | {} |\n", preset, shown(ep), shown(backpropagation),
                       ep && backpropagation ? fmt::format("{:+.2f}", *ep - *backpropagation) : "");
}

} // namespace

std::string backpropagation_section(const std::string& folder, const RunsOf& runs_of,
                                    const std::string& earlier) {
    const auto ep = [&](const std::string& preset) {
        const auto error = error_of(preset, runs_of);
        return error ? error : error_on_page(earlier, preset);
    };
    const auto backpropagation = [&](const std::string& preset) {
        const auto result = baseline_result(folder, preset, 1);
        return result ? std::optional(100.0 - 100.0 * result->accuracy)
                      : baseline_on_page(earlier, heading, preset);
    };
    std::string page =
        fmt::format("\n{}\n\n", heading) +
        "`bench baselines --data DIR`: the forward network of the same layers, pools, bounds and cost "
        "(PyTorch), in as many\nepochs on all training samples, at the best of three rates on "
        "validation samples.\n\n"
        "| preset | EP, test error | backpropagation | points more |\n|---|---|---|---|\n";
    for (const auto& baseline : baselines()) {
        const auto by_backpropagation = backpropagation(baseline.preset);
        page += row(baseline.preset, ep(baseline.preset), by_backpropagation);
        const auto conjugate = std::string(baseline.preset) + "-conjugate";
        if (const auto error = ep(conjugate)) page += row(conjugate, error, by_backpropagation);
    }
    return page;
}

std::string deep_figures_section() {
    return R"(
## Deep networks: figures elsewhere

| to show | command | figures and what came out |
|---|---|---|
| predictive coding: random sign against centred; K >= 4 and 2e-4 <= beta <= 0.1 make no difference | `isinglass sweep predictive-estimators --data DIR`, `predictive-passes` | [passes, nudge, estimator](FIGURES.md#predictive-networks-passes-nudge-estimator) |
| ImageNet's shape in stated memory, cosine of each layer's gradient with backpropagation | `bench imagenet` | [EP gradient](FIGURES.md#ep-gradient) |
| EP gradient against finite differences, cosine >= 0.9999: convolutional, pooled, predictive | `bench gradients` | [EP gradient](FIGURES.md#ep-gradient) |
| conjugate variables: lower barriers | `bench barriers` | [barriers](FIGURES.md#barriers) |
| conjugate variables: faster, more robust to noise, less energy | `bench claims`, `isinglass sweep claims-time`, `claims-noise`, `claims-friction`, `claims-energy` | [against the dissipative array](FIGURES.md#conjugate-variables-against-the-dissipative-array) |
| conjugate variables: joules and seconds to an error on MNIST | `bench joules --data DIR` | [energy](FIGURES.md#energy) |
| speed beside PyTorch, >= 10, 3 and 2 times | `bench deep --data DIR` | [speed](FIGURES.md#speed-of-deep-networks) |
| shared weights: a cell a copy, or a word for all | `isinglass estimate mnist-conv`, `mnist-conv-digital`, `mnist-conv-feedback` | [shared weights](FIGURES.md#shared-weights) |
)";
}

} // namespace isinglass::bench
