#include "hw_models/base/error.hpp"
#include "sim/commands/commands.hpp"
#include "sim/config/units.hpp"
#include "sim/run/rows.hpp"
#include "sim/run/table.hpp"
#include "sim/run/trace_spec.hpp"
#include "traces/wave_measures.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace isinglass {

namespace {

struct Options {
    std::string file;
    bool spins = false, energy = false, each = false, csv = false, json = false;
    std::vector<std::string> signals;
    std::optional<std::string> phases, from, to, lsb;
};

MeasureOptions measure_options(const Options& o) {
    MeasureOptions options{.globs = o.signals};
    if (o.phases)
        options.phases = listed_words(*o.phases);
    else if (o.spins)
        options.phases = {"free", "nudge+", "nudge-"};
    const auto time = [](const std::optional<std::string>& text, const char* option, std::uint64_t& to) {
        if (!text) return;
        try {
            to = static_cast<std::uint64_t>(std::llround(parse_quantity(*text, Unit::second) * 1e15));
        } catch (const UserError& error) {
            throw UserError(fmt::format("{} {}: {}", option, *text, error.what()));
        }
    };
    time(o.from, "--from", options.from_fs);
    time(o.to, "--to", options.to_fs);
    if (o.lsb) {
        char* end = nullptr;
        options.lsb = std::strtod(o.lsb->c_str(), &end);
        if (*end != '\0' || !(*options.lsb > 0.0))
            throw UserError(
                fmt::format("--lsb {}: valid is a positive number, in the signals' unit", *o.lsb));
    }
    return options;
}

Rows rows_for(const Options& o, std::vector<Column> columns) {
    return {std::move(columns),
            o.json  ? Rows::Form::json
            : o.csv ? Rows::Form::csv
                    : Rows::Form::table,
            std::cout};
}

void print_signals(const Options& o) {
    const auto list = list_signals(o.file, measure_options(o));
    if (list.empty()) throw UserError(fmt::format("{}: no signal matches", o.file));
    auto rows = rows_for(
        o, {{"signal"}, {"kind"}, {"bits"}, {"changes"}, {"first"}, {"last"}, {"lowest"}, {"highest"}});
    for (const auto& s : list) {
        if (s.signal.kind == SignalKind::names) {
            rows.row({s.signal.path, std::string("names"), std::string(),
                      static_cast<std::int64_t>(s.changes), s.first_name, s.last_name, std::string(),
                      std::string()});
            continue;
        }
        const bool real = s.signal.kind == SignalKind::real;
        const Cell bits = real ? Cell(std::string()) : Cell(std::int64_t{s.signal.width});
        rows.row({s.signal.path, std::string(real ? "real" : "bits"), bits,
                  static_cast<std::int64_t>(s.changes), s.first, s.last, s.low, s.high});
    }
    rows.finish();
}

// Of all stretches of a signal and a phase.
struct Summary {
    std::int64_t stretches = 0;
    double settling_sum = 0.0, settling_max = 0.0, overshoot_max = 0.0, swing_sum = 0.0, final_sum = 0.0;
};

void print_spins(const Options& o) {
    const auto options = measure_options(o);
    if (o.each) {
        auto rows = rows_for(o, {{"signal"},
                                 {"phase"},
                                 {"begin", "s"},
                                 {"length", "s"},
                                 {"settling", "s"},
                                 {"overshoot"},
                                 {"swing"},
                                 {"initial"},
                                 {"final"}});
        measure_spins(o.file, options, [&](const SpinMeasure& m) {
            const auto& a = m.approach;
            rows.row({std::string(m.path), std::string(m.phase), static_cast<double>(m.begin_fs) * 1e-15,
                      static_cast<double>(m.end_fs - m.begin_fs) * 1e-15, a.settling_s, a.overshoot, a.swing,
                      a.initial, a.final});
        });
        return rows.finish();
    }
    std::vector<std::pair<std::string, std::string>> order;
    std::map<std::pair<std::string, std::string>, Summary> sums;
    measure_spins(o.file, options, [&](const SpinMeasure& m) {
        const std::pair key{std::string(m.path), std::string(m.phase)};
        auto& sum = sums[key];
        if (sum.stretches++ == 0) order.push_back(key);
        sum.settling_sum += m.approach.settling_s;
        sum.settling_max = std::max(sum.settling_max, m.approach.settling_s);
        sum.overshoot_max = std::max(sum.overshoot_max, m.approach.overshoot);
        sum.swing_sum += m.approach.swing;
        sum.final_sum += m.approach.final;
    });
    auto rows = rows_for(o, {{"signal"},
                             {"phase"},
                             {"count"},
                             {"settling", "s"},
                             {"longest", "s"},
                             {"overshoot"},
                             {"swing"},
                             {"final"}});
    for (const auto& key : order) {
        const auto& sum = sums[key];
        const auto n = static_cast<double>(sum.stretches);
        rows.row({key.first, key.second, sum.stretches, sum.settling_sum / n, sum.settling_max,
                  sum.overshoot_max, sum.swing_sum / n, sum.final_sum / n});
    }
    rows.finish();
}

void print_energy(const Options& o) {
    const auto energy = measure_energy(o.file, measure_options(o));
    if (energy.joules.empty())
        throw UserError(fmt::format("{}: no signal of power; they are called power/…_W", o.file));
    auto rows = rows_for(o, {{"component"}, {"phase"}, {"energy", "J"}, {"time", "s"}, {"power", "W"}});
    for (const auto& [component, by_phase] : energy.joules) {
        double joules = 0.0, seconds = 0.0;
        for (const auto& [phase, j] : by_phase) {
            const double s = energy.seconds.at(phase);
            rows.row({component, phase, j, s, j / s});
            joules += j;
            seconds += s;
        }
        if (by_phase.size() > 1)
            rows.row({component, std::string("total"), joules, seconds, joules / seconds});
    }
    rows.finish();
}

int measure(const Options& o) {
    if (o.spins && o.energy) throw UserError("--spins and --energy: one of them");
    if (o.csv && o.json) throw UserError("--csv and --json: one of them");
    if (o.each && !o.spins) throw UserError("--each goes with --spins");
    if (o.energy)
        print_energy(o);
    else if (o.spins)
        print_spins(o);
    else
        print_signals(o);
    return exit_done;
}

} // namespace

Subcommand measure_command() {
    auto o = std::make_shared<Options>();
    return {
        .name = "measure",
        .summary = "list a waveform file's signals, or measure them: settling, overshoot, swing, energy",
        .example = "isinglass measure s.fst --spins --signals 'array/output/*'",
        .arguments = {{"FILE", "VCD or FST, ours or of another program", &o->file}},
        .options =
            {{"--spins", "",
              "settling time to half an LSB from the start of each RELAX, overshoot, swing and final value, "
              "by signal and phase",
              &o->spins},
             {"--energy", "", "joules and mean power by component and phase", &o->energy},
             {"--each", "", "with --spins: every RELAX by itself", &o->each},
             {"--signals", "GLOB", "signals, e.g. 'array/hidden/*' (default: all that fit)", &o->signals},
             {"--phases", "LIST", "phases, e.g. 'free' (default: all; with --spins, 'free, nudge+, nudge-')",
              &o->phases},
             {"--from", "TIME", "nothing before that time, e.g. '12 us'", &o->from},
             {"--to", "TIME", "nothing after that time", &o->to},
             {"--lsb", "X", "the LSB, in the signals' unit (default: as the file's head says)", &o->lsb},
             {"--csv", "", "comma-separated values, SI units", &o->csv},
             {"--json", "", "JSON, SI units", &o->json}},
        .run = [o] { return measure(*o); }};
}

} // namespace isinglass
