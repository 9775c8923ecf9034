// One mini-batch of a predictive network of ImageNet's shape through the machine model: memory as stated and
// as taken, and the cosine of every layer's EP gradient with backpropagation's.
#include "hw_models/base/random.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/baselines.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string preset = "imagenet-predictive-vgg10";
    std::int64_t samples = 4;
    std::int64_t threads = 1;
    std::vector<std::string> sets;
    std::string python;
    std::string out = "runs/bench/imagenet";
};

template <class T>
void write_raw(const std::string& path, const std::vector<T>& values) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(T)));
}

// Images of smooth random waves, so that neighbours are alike as in photographs; labels spread over the
// classes.
void write_images(const Options& o, const std::string& part, const std::vector<std::int64_t>& shape,
                  int classes) {
    const auto [channels, rows, columns] = std::tuple{shape[0], shape[1], shape[2]};
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint16_t> labels;
    for (std::int64_t i = 0; i < o.samples; ++i) {
        labels.push_back(static_cast<std::uint16_t>(i * 97 % classes));
        for (std::int64_t c = 0; c < channels; ++c) {
            std::vector<float> waves(4 * 8);
            RandomStream(1, Purpose::test).uniforms({static_cast<std::uint64_t>(i * channels + c)}, waves);
            for (std::int64_t y = 0; y < rows; ++y)
                for (std::int64_t x = 0; x < columns; ++x) {
                    double sum = 0.0;
                    for (std::size_t k = 0; k < 8; ++k) {
                        const auto w = [&](std::size_t n) { return static_cast<double>(waves[4 * k + n]); };
                        sum += w(0) * std::cos(0.25 * (w(1) - 0.5) * static_cast<double>(x) +
                                               0.25 * (w(2) - 0.5) * static_cast<double>(y) + 6.28 * w(3));
                    }
                    pixels.push_back(static_cast<std::uint8_t>(std::clamp(128.0 + 60.0 * sum, 0.0, 255.0)));
                }
        }
    }
    write_raw(fmt::format("{}/data/{}-features.bin", o.out, part), pixels);
    write_raw(fmt::format("{}/data/{}-labels.bin", o.out, part), labels);
}

struct Product {
    double ab = 0.0, aa = 0.0, bb = 0.0;
};

int run(const Options& o) {
    const auto python = python_with_torch(o.python);
    std::filesystem::create_directories(o.out + "/data");
    const auto& layers = load_experiment(o.preset, o.sets).network.layers;
    const auto classes = static_cast<int>(layers.back().size);
    for (const std::string part : {"train", "test"}) write_images(o, part, layers.front().shape, classes);
    // One update at a rate of 1: the gradient is what it took away.
    std::vector<std::string> sets{"data.kind=\"tensors\"",
                                  "data.labels=\"uint16\"",
                                  fmt::format("data.classes={}", classes),
                                  fmt::format("data.shape=[{}, {}, {}]", layers.front().shape[0],
                                              layers.front().shape[1], layers.front().shape[2]),
                                  "data.validation=0",
                                  "training.epochs=1",
                                  fmt::format("training.batch={}", o.samples),
                                  "training.rate=1.0",
                                  "training.optimiser.momentum=0",
                                  "training.optimiser.nesterov=false",
                                  "training.optimiser.weight_decay=0",
                                  "training.schedule.kind=\"constant\"",
                                  "training.augment.flip=false",
                                  "training.augment.crop=0",
                                  fmt::format("run.threads={}", o.threads)};
    sets.insert(sets.end(), o.sets.begin(), o.sets.end());
    std::string arguments = fmt::format("{} --data {}/data", o.preset, o.out);
    for (const auto& set : sets) arguments += fmt::format(" --set '{}'", set);
    const auto summary = train(arguments, o.out + "/run");

    const auto experiment = load_experiment(o.out + "/run/config.toml", {});
    const auto network = experiment.network.build();
    const auto before = initial_numbers(*network, *experiment.network.model.part(), experiment.training,
                                        static_cast<std::uint64_t>(experiment.run.seed));
    const auto after = read_checkpoint(o.out + "/run/checkpoints/last.h5").training.theta;
    write_raw(o.out + "/theta.bin", before);
    const auto command =
        fmt::format("{} {}/tests/bench/reference/gradient.py {}/run/config.toml {}/theta.bin "
                    "{}/data/train-features.bin {}/data/train-labels.bin {}/gradient.bin",
                    python, ISINGLASS_SOURCE, o.out, o.out, o.out, o.out, o.out);
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    const auto bytes = read_file(o.out + "/gradient.bin");
    const auto* exact = reinterpret_cast<const float*>(bytes.data());

    Table table({"couplings", "numbers", "cosine with backpropagation", "norm ratio"});
    for (const auto& block : network->blocks) {
        Product p;
        for (std::size_t i = block.first; i < block.first + block.count(); ++i) {
            const double a = static_cast<double>(before[i]) - static_cast<double>(after[i]);
            const auto b = static_cast<double>(exact[i]);
            p.ab += a * b, p.aa += a * a, p.bb += b * b;
        }
        table.row({block.name, fmt::format("{}", block.count()),
                   fmt::format("{:.5f}", p.ab / std::sqrt(p.aa * p.bb)),
                   fmt::format("{:.4f}", std::sqrt(p.aa / p.bb))});
    }
    std::cout << table.text()
              << fmt::format("\n{} samples, {} spins, {} numbers; resident at most {}, {:.0f} s in all\n",
                             o.samples, network->spins(), network->parameters,
                             format_si(static_cast<double>(summary.wall.peak_rss_bytes), "B"),
                             summary.wall.time_s);
    const auto log = read_file(o.out + "/run.log");
    if (const auto at = log.find("memory   "); at != std::string::npos)
        std::cout << "stated: " << log.substr(at + 9, log.find('\n', at) - at - 9) << '\n';
    return exit_done;
}

} // namespace

Subcommand imagenet_bench() {
    auto o = std::make_shared<Options>();
    return {
        .name = "imagenet",
        .summary =
            "a mini-batch of ImageNet's shape: memory, and EP's gradient against backpropagation's (needs "
            "python3-torch)",
        .example = "bench imagenet",
        .options = {{"--preset", "NAME", "the network", &o->preset},
                    {"--samples", "N", "of the mini-batch", &o->samples},
                    {"--threads", "N", "threads; each keeps a block of lanes", &o->threads},
                    {"--set", "KEY=VALUE", "override one key of the experiment", &o->sets},
                    {"--python", "PROGRAM", "the interpreter with PyTorch", &o->python},
                    {"--out", "DIR", "folder of data and run", &o->out}},
        .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
