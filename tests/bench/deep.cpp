// Training speed of deep networks, against figures of PyTorch.
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace isinglass::bench {

namespace {

struct Options {
    std::string data;
    std::int64_t rounds = 3;
    std::string out = "runs/bench/deep";
};

// `pytorch_ms`: a sample of the same network and steps by equilibrium propagation in PyTorch, on two cores of
// a server with AMX; stated figures, not measured here.
struct Shape {
    const char* what;
    const char* preset;
    const char* settings;
    double pytorch_ms;
    double wanted; // times faster
    bool noise = false;
};
// Enough samples that the first batch, the test score and the checkpoint count little: on the largest network
// these take two seconds.
constexpr Shape shapes[] = {
    {"MNIST 784-1024-10, 15 / 15 sweeps, batch 16", "mnist-hopfield-1x1024",
     "--set training.batch=16 --set data.train_per_class=600 --set data.test_per_class=1", 2.1, 10.0},
    {"MNIST conv 32-64, 20 / 10 sweeps, batch 64", "mnist-conv",
     "--set data.train_per_class=128 --set data.test_per_class=1", 5.6, 3.0},
    {"CIFAR conv 128-256-512-512, 8 / 2 sweeps, batch 64", "cifar-conv-vgg",
     "--set training.batch=64 --set 'training.free=\"8 steps\"' --set 'training.nudged=\"2 steps\"' "
     "--set data.folder=noise --set data.batch_images=1024 --set data.test_per_class=1",
     40.0, 2.0, true},
};

constexpr int noise_images = 1024; // in a file

// Images of noise in CIFAR's layout: speed needs no others.
void write_noise(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const char* name : {"data_batch_1.bin", "test_batch.bin"}) {
        std::ofstream file(folder / name, std::ios::binary);
        std::uint32_t state = 1;
        for (int image = 0; image < noise_images; ++image) {
            file.put(static_cast<char>(image % 10));
            for (int i = 0; i < 3 * 32 * 32; ++i) {
                state = 1664525U * state + 1013904223U;
                file.put(static_cast<char>(state >> 24));
            }
        }
    }
}

double ms_a_sample(const Options& o, const Shape& shape) {
    const auto summary = train(fmt::format("{} --data {} --set data.validation=0 --set training.epochs=1 "
                                           "--set run.threads=2 {}",
                                           shape.preset, shape.noise ? o.out : o.data, shape.settings),
                               o.out + "/run");
    return 1e3 / summary.wall.samples_per_s;
}

int run(const Options& o) {
    write_noise(std::filesystem::path(o.out) / "noise");
    Table table({"training, 2 threads", "ms a sample", "fastest", "PyTorch", "times faster", "wanted"});
    for (const auto& shape : shapes) {
        std::vector<double> ms;
        for (std::int64_t i = 0; i < o.rounds; ++i) ms.push_back(ms_a_sample(o, shape));
        table.row({shape.what, fmt::format("{:.3f}", median(ms)), fmt::format("{:.3f}", std::ranges::min(ms)),
                   fmt::format("{:.1f}", shape.pytorch_ms),
                   fmt::format("{:.1f}", shape.pytorch_ms / median(ms)),
                   fmt::format(">= {:.0f}", shape.wanted)});
    }
    std::cout << table.text();
    return exit_done;
}

} // namespace

Subcommand deep_bench() {
    auto o = std::make_shared<Options>();
    return {.name = "deep",
            .summary = "milliseconds a sample of training deep networks, against PyTorch's",
            .example = "bench deep --data DIR",
            .options = {{"--data", "DIR", "where MNIST lies", &o->data, true},
                        {"--rounds", "N", "rounds of which median and fastest count", &o->rounds},
                        {"--out", "DIR", "folder of the runs", &o->out}},
            .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
