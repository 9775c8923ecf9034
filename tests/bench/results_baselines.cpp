#include "sim/run/experiment.hpp"
#include "sim/run/training_run.hpp"
#include "tests/bench/program.hpp"
#include "tests/bench/results_sections.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <Eigen/Dense>
#include <limits>

namespace isinglass::bench {

namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Features and a column of ones.
Rows design(const Samples& samples) {
    Rows x = Rows::Ones(static_cast<Eigen::Index>(samples.count()),
                        static_cast<Eigen::Index>(samples.feature_count() + 1));
    std::vector<float> features(samples.feature_count());
    for (std::size_t i = 0; i < samples.count(); ++i) {
        samples.features(i, features);
        for (std::size_t k = 0; k < features.size(); ++k) x(Eigen::Index(i), Eigen::Index(k)) = features[k];
    }
    return x;
}

Rows one_hot(const Samples& samples) {
    Rows y = Rows::Zero(static_cast<Eigen::Index>(samples.count()), samples.classes);
    for (std::size_t i = 0; i < samples.count(); ++i) y(Eigen::Index(i), samples.labels[i]) = 1.0;
    return y;
}

double accuracy(const Rows& scores, const Samples& samples) {
    std::size_t correct = 0;
    for (std::size_t i = 0; i < samples.count(); ++i) {
        Eigen::Index best = 0;
        scores.row(Eigen::Index(i)).maxCoeff(&best);
        correct += best == samples.labels[i] ? 1 : 0;
    }
    return static_cast<double>(correct) / static_cast<double>(samples.count());
}

double least_squares(const Samples& train, const Samples& test) {
    const Rows w = design(train).completeOrthogonalDecomposition().solve(one_hot(train));
    return accuracy(design(test) * w, test);
}

// Softmax regression by plain gradient descent from 0.
Rows softmax_regression(const Samples& train, int steps) {
    const Rows x = design(train), y = one_hot(train);
    Rows w = Rows::Zero(x.cols(), y.cols());
    for (int step = 0; step < steps; ++step) {
        Rows p = x * w;
        p.colwise() -= p.rowwise().maxCoeff().eval();
        p = p.array().exp();
        p.array().colwise() /= p.rowwise().sum().eval().array();
        w -= 0.5 / static_cast<double>(train.count()) * x.transpose() * (p - y);
    }
    return w;
}

// The number of steps is that which does best on the validation samples.
int best_steps(const Samples& train, const Samples& validation) {
    int best = 0;
    double most = -1.0;
    for (const int steps : {100, 300, 1000, 3000}) {
        const double reached = accuracy(design(validation) * softmax_regression(train, steps), validation);
        if (reached > most) best = steps;
        most = std::max(most, reached);
    }
    return best;
}

double nearest_neighbour(const Samples& train, const Samples& test) {
    const Rows a = design(train), b = design(test);
    std::size_t correct = 0;
    for (std::size_t i = 0; i < test.count(); ++i) {
        Eigen::Index nearest = 0;
        (a.rowwise() - b.row(Eigen::Index(i))).rowwise().squaredNorm().minCoeff(&nearest);
        correct += train.labels[static_cast<std::size_t>(nearest)] == test.labels[i] ? 1 : 0;
    }
    return static_cast<double>(correct) / static_cast<double>(test.count());
}

// Mean over the runs of a preset, each scored with eight initial states a sample.
std::string majority_row(const char* preset, const std::string& data_folder, const RunsOf& runs_of) {
    std::vector<double> values;
    for (const auto& run : runs_of(preset))
        values.push_back(100.0 * eval(run, "--data " + data_folder + " --set training.test_states=8"));
    if (values.empty()) return fmt::format("| `{}`, majority over 8 initial states | not run | |\n", preset);
    std::vector<std::string> each;
    for (const double value : values) each.push_back(fmt::format("{:.2f}", value));
    return fmt::format("| `{}`, majority over 8 initial states | {:.2f} % | {} |\n", preset, mean(values),
                       fmt::join(each, ", "));
}

} // namespace

std::string baselines_section(const std::string& data_folder, const RunsOf& runs_of) {
    const auto data = load_data(load_experiment("digits-xy-100", {}), data_folder);
    const auto halves = load_data(
        load_experiment("digits-xy-100", std::vector<std::string>{"data.validation=200"}), data_folder);
    const int steps = best_steps(halves.train, halves.validation);
    const double softmax = accuracy(design(data.test) * softmax_regression(data.train, steps), data.test);
    return fmt::format("\n## 8x8 digits: others on the same 1000 training and 700 test samples\n\n"
                       "| classifier | accuracy | seeds |\n|---|---|---|\n"
                       "| softmax regression, {} steps of gradient descent | {:.2f} % | |\n"
                       "| least squares | {:.2f} % | |\n"
                       "| nearest neighbour | {:.2f} % | |\n",
                       steps, 100.0 * softmax, 100.0 * least_squares(data.train, data.test),
                       100.0 * nearest_neighbour(data.train, data.test)) +
           majority_row("digits-xy-100", data_folder, runs_of) +
           majority_row("digits-xy-all-to-all", data_folder, runs_of);
}

} // namespace isinglass::bench
