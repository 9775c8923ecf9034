// Sections of the page of results beside its table of figures; each makes Markdown from finished runs.
#pragma once

#include <functional>
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

// Deep networks beside their backpropagation baselines, which `folder` holds.
std::string backpropagation_section(const std::string& folder, const RunsOf& runs_of);

} // namespace isinglass::bench
