// Sections of the page of results beside its table of figures; each makes Markdown from finished runs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass::bench {

// Folders of the finished runs of a preset, by seed.
using RunsOf = std::function<std::vector<std::string>(std::string_view preset)>;

// Beside the 8x8 digits: other classifiers on the same split, and the majority over eight initial states.
std::string baselines_section(const std::string& data_folder, const RunsOf& runs_of);

// XY lattices on MNIST: accuracy, couplings, and responses by distance from the outputs.
std::string lattices_section(const RunsOf& runs_of);

// Deep networks beside their backpropagation baselines, which `folder` holds. Errors that no run at hand has
// are those of an earlier page.
std::string backpropagation_section(const std::string& folder, const RunsOf& runs_of,
                                    const std::string& earlier);

// What else was to be shown of deep networks, and where it is: pages whose figures are no test errors of
// presets.
std::string deep_figures_section();

// Mean test error of a preset on a page that states it, %.
std::optional<double> error_on_page(const std::string& page, std::string_view preset);
// Test error by backpropagation of a preset's network in the table below that heading, %.
std::optional<double> baseline_on_page(const std::string& page, std::string_view heading,
                                       const std::string& preset);
// `page` with the rows of an earlier page in place of those that say "not run".
std::string with_earlier_rows(const std::string& page, const std::string& earlier);

} // namespace isinglass::bench
