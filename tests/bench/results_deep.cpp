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

} // namespace isinglass::bench
