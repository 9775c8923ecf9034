#include "sim/run/files.hpp"
#include "sim/run/summary.hpp"
#include "tests/bench/baselines.hpp"
#include "tests/bench/program.hpp"
#include "tests/bench/results_sections.hpp"

#include <fmt/core.h>

namespace isinglass::bench {

namespace {

// Mean test error of the finished runs of a preset, %; nothing without any.
std::optional<double> error_of(std::string_view preset, const RunsOf& runs_of) {
    std::vector<double> errors;
    for (const auto& folder : runs_of(preset))
        errors.push_back(
            100.0 -
            100.0 * RunSummary::from_json(read_file(folder + "/summary.json"), folder).test_accuracy.value());
    return errors.empty() ? std::nullopt : std::optional(mean(errors));
}

std::string row(const std::string& preset, const std::string& network_of, const std::optional<double>& ep,
                const std::string& folder) {
    const auto bp = baseline_result(folder, network_of, 1);
    const auto shown = [](const std::optional<double>& error) {
        return error ? fmt::format("{:.2f} %", *error) : std::string("not run");
    };
    const auto bp_error = bp ? std::optional(100.0 - 100.0 * bp->accuracy) : std::nullopt;
    return fmt::format("| `{}` | {} | {} | {} |\n", preset, shown(ep), shown(bp_error),
                       ep && bp_error ? fmt::format("{:+.2f}", *ep - *bp_error) : "");
}

} // namespace

std::string backpropagation_section(const std::string& folder, const RunsOf& runs_of,
                                    const std::string& earlier) {
    const auto ep = [&](const std::string& preset) {
        const auto error = error_of(preset, runs_of);
        return error ? error : error_on_page(earlier, preset);
    };
    std::string page =
        "\n## Backpropagation of the same networks\n\n"
        "`bench baselines --data DIR`: the forward network of the same layers, pools, bounds and cost "
        "(PyTorch), in as many\nepochs on all training samples, at the best of three rates on "
        "validation samples.\n\n"
        "| preset | EP, test error | backpropagation | points more |\n|---|---|---|---|\n";
    for (const auto& baseline : baselines()) {
        page += row(baseline.preset, baseline.preset, ep(baseline.preset), folder);
        const auto conjugate = std::string(baseline.preset) + "-conjugate";
        if (const auto error = ep(conjugate)) page += row(conjugate, baseline.preset, error, folder);
    }
    return page;
}

} // namespace isinglass::bench
