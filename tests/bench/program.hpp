// Runs the program as a user would and reads its summary.
#pragma once

#include "sim/run/summary.hpp"

#include <string>
#include <vector>

namespace isinglass::bench {

// `isinglass train ARGUMENTS… --json --out FOLDER` in a fresh folder below `keep` (removed before). Throws
// std::runtime_error with the command when it fails.
RunSummary train(const std::string& arguments, const std::string& folder);

// Test accuracy of the trained run in `folder`, by `isinglass eval FOLDER ARGUMENTS…`.
double eval(const std::string& folder, const std::string& arguments);

double median(std::vector<double> values);
double mean(const std::vector<double>& values);

} // namespace isinglass::bench
