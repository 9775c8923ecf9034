#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"
#include "sim/run/table.hpp"
#include "tests/bench/benches.hpp"
#include "tests/bench/program.hpp"
#include "traces/wave_recorder.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <memory>
#include <systemc>

namespace isinglass::bench {

namespace {

struct Options {
    std::int64_t rounds = 5;
    std::int64_t million_changes = 0;
    std::string out = "runs/bench/waves";
};

constexpr int reals = 256, steps = 8000;
constexpr std::uint64_t step_fs = 2'500'000;
constexpr double adc_step_v = 1.0 / 4096;

double seconds_of(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What RC nodes do: each relaxes towards a target that moves every 60 steps.
std::vector<double> voltages() {
    std::vector<double> v(static_cast<std::size_t>(reals) * steps);
    for (int i = 0; i < reals; ++i) {
        double x = 0.0;
        for (int t = 0; t < steps; ++t) {
            const double target = 0.5 + 0.5 * std::sin(1.7 * i + 2.9 * (t / 60));
            x += 0.22 * (target - x);
            v[static_cast<std::size_t>(t) * reals + i] = x;
        }
    }
    return v;
}

struct Written {
    double seconds, cpu_s;
    std::uint64_t bytes, changes;
};

Written write(const std::string& format, const std::vector<double>& v, double resolution,
              const std::string& folder) {
    const std::filesystem::path path = folder + "/w." + format;
    Written w{};
    const std::clock_t start = std::clock();
    w.seconds = seconds_of([&] {
        std::vector<std::unique_ptr<WaveWriter>> writers;
        writers.push_back(wave_formats().make(format, path, {.version = "bench"}));
        RecorderOptions options;
        if (resolution > 0.0) options.resolutions = {{"V", resolution}};
        WaveRecorder sink(std::move(writers), options);
        std::vector<SignalId> ids;
        for (int i = 0; i < reals; ++i) ids.push_back(sink.declare_real(fmt::format("c/h/{}/v_V", i), 0.0));
        sink.open_window(0);
        for (std::uint64_t t = 0; t < steps; ++t)
            for (std::size_t i = 0; i < ids.size(); ++i)
                sink.real((t + 1) * step_fs, ids[i], v[t * reals + i]);
        sink.finish();
        w.changes = sink.changes();
    });
    w.cpu_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    w.bytes = std::filesystem::file_size(path);
    return w;
}

// The same values through SystemC's own tracing, which looks at every signal in every cycle.
Written trace_with_systemc(const std::vector<double>& v, const std::string& folder) {
    const std::string name = folder + "/systemc";
    Written w{};
    const std::clock_t start = std::clock();
    w.seconds = seconds_of([&] {
        sc_core::sc_trace_file* file = sc_core::sc_create_vcd_trace_file(name.c_str());
        file->set_time_unit(1, sc_core::SC_PS);
        std::vector<double> now(reals, -1.0);
        for (int i = 0; i < reals; ++i) sc_core::sc_trace(file, now[i], fmt::format("v{}", i));
        for (int t = 0; t < steps; ++t) {
            for (int i = 0; i < reals; ++i) {
                const double x = v[static_cast<std::size_t>(t) * reals + i];
                w.changes += now[i] != x ? 1 : 0;
                now[i] = x;
            }
            sc_core::sc_start(sc_core::sc_time::from_value(step_fs));
        }
        sc_core::sc_close_vcd_trace_file(file);
    });
    w.cpu_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    w.bytes = std::filesystem::file_size(name + ".vcd");
    return w;
}

std::vector<double> rounded(std::vector<double> v) {
    for (auto& x : v) x = std::nearbyint(x / adc_step_v) * adc_step_v;
    return v;
}

// So many changes in one file, of one-LSB steps of 256 nodes; what memory it takes.
void write_many(const Options& o) {
    const std::filesystem::path path = o.out + "/many.fst";
    std::uint64_t changes = 0;
    const double seconds = seconds_of([&] {
        std::vector<std::unique_ptr<WaveWriter>> writers;
        writers.push_back(wave_formats().make("fst", path, {.version = "bench"}));
        WaveRecorder sink(std::move(writers), {.resolutions = {{"V", adc_step_v}}});
        std::vector<SignalId> ids;
        for (int i = 0; i < reals; ++i) ids.push_back(sink.declare_real(fmt::format("c/h/{}/v_V", i), 0.0));
        sink.open_window(0);
        const auto most = static_cast<std::uint64_t>(o.million_changes) * 1'000'000;
        for (std::uint64_t t = 1; sink.changes() < most; ++t)
            for (std::size_t i = 0; i < ids.size(); ++i) {
                const std::uint64_t phase = (t * (1 + i % 7) + 37 * i) % 2048;
                sink.real(t * step_fs, ids[i],
                          adc_step_v * static_cast<double>(phase < 1024 ? phase : 2048 - phase));
            }
        sink.finish();
        changes = sink.changes();
    });
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::cout << fmt::format(
        "\n{} value changes in {:.1f} s ({:.1f} M/s), file {:.2f} GB, peak memory of the whole "
        "bench {:.0f} MB: {}\n",
        changes, seconds, 1e-6 * static_cast<double>(changes) / seconds,
        1e-9 * static_cast<double>(std::filesystem::file_size(path)),
        static_cast<double>(usage.ru_maxrss) / 1024.0, path.string());
}

int run(const Options& o) {
    std::filesystem::remove_all(o.out);
    std::filesystem::create_directories(o.out);
    if (o.million_changes > 0) return write_many(o), exit_done;
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    const auto plain = voltages();
    const auto coarse = rounded(plain);
    struct Row {
        std::string name;
        std::function<Written()> once;
        std::vector<double> rates{}, seconds{};
        Written last{};
    };
    std::vector<Row> rows{
        {"FST, every digit", [&] { return write("fst", plain, 0.0, o.out); }},
        {"FST, rounded to 1/4096 V", [&] { return write("fst", plain, adc_step_v, o.out); }},
        {"VCD, every digit", [&] { return write("vcd", plain, 0.0, o.out); }},
        {"VCD, rounded to 1/4096 V", [&] { return write("vcd", plain, adc_step_v, o.out); }},
    };
    // SystemC starts and traces once a process: its rows have one round.
    for (std::int64_t round = 0; round < o.rounds; ++round)
        for (auto& row : rows) {
            row.last = row.once();
            row.seconds.push_back(row.last.seconds);
            row.rates.push_back(1e-6 * static_cast<double>(row.last.changes) / row.last.cpu_s);
        }
    for (const auto* v : {&plain, &coarse}) {
        Row row{v == &plain ? "sc_trace, every digit" : "sc_trace, rounded to 1/4096 V", {}};
        row.last = trace_with_systemc(*v, o.out);
        row.seconds = {row.last.seconds};
        row.rates = {1e-6 * static_cast<double>(row.last.changes) / row.last.cpu_s};
        rows.push_back(std::move(row));
    }
    Table table({"256 reals x 8000 steps", "changes", "wall", "M changes/s of CPU", "fastest", "size"});
    for (const auto& row : rows)
        table.row({row.name, fmt::format("{}", row.last.changes),
                   fmt::format("{:.3f} s", median(row.seconds)), fmt::format("{:.1f}", median(row.rates)),
                   fmt::format("{:.1f}", std::ranges::max(row.rates)),
                   fmt::format("{:.1f} MB", 1e-6 * static_cast<double>(row.last.bytes))});
    std::cout
        << table.text()
        << fmt::format(
               "\nFST / VCD size, rounded: {:.0f} %   VCD / sc_trace in changes a second: {:.1f} (every "
               "digit), {:.1f} (rounded)\n",
               100.0 * static_cast<double>(rows[1].last.bytes) / static_cast<double>(rows[3].last.bytes),
               median(rows[2].rates) / rows[4].rates[0], median(rows[3].rates) / rows[5].rates[0]);
    return exit_done;
}

} // namespace

Subcommand waves_bench() {
    auto o = std::make_shared<Options>();
    return {
        .name = "waves",
        .summary = "value changes a second and size of VCD, FST and SystemC's own tracing",
        .example = "bench waves",
        .options = {{"--rounds", "N", "rounds of which median and fastest count", &o->rounds},
                    {"--many", "M", "instead: M million changes into one FST, and the memory that it takes",
                     &o->million_changes},
                    {"--out", "DIR", "folder of the files", &o->out}},
        .run = [o] { return run(*o); }};
}

} // namespace isinglass::bench
