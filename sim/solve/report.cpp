#include "sim/solve/report.hpp"

#include "sim/run/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace isinglass {

SolveReport::SolveReport(const IsingProblem& problem, const SolveRequest& request,
                         const Experiment& experiment, const SolveLimits& limits, const SolveResult& result,
                         const ComponentLibrary& library)
    : problem_(problem),
      request_(request),
      experiment_(experiment),
      limits_(limits),
      result_(result),
      programming_(price(result.programming, library)),
      annealing_(price(result.annealing, library)),
      sorted_(result.cuts) {
    std::ranges::sort(sorted_);
    target_ = limits.target.value_or(sorted_.back());
    const auto reached = std::ranges::count_if(sorted_, [this](double cut) { return cut >= target_; });
    success_ = success_rate(static_cast<std::size_t>(reached), sorted_.size());
}

double SolveReport::shot_s() const {
    return result_.annealing.time_s() / static_cast<double>(result_.cuts.size());
}
double SolveReport::shot_j() const {
    return annealing_.total_j / static_cast<double>(result_.cuts.size());
}

double SolveReport::mean_cut() const {
    return std::accumulate(sorted_.begin(), sorted_.end(), 0.0) / static_cast<double>(sorted_.size());
}
double SolveReport::cut_at(double quantile) const {
    return sorted_[static_cast<std::size_t>(std::lround(quantile * static_cast<double>(sorted_.size() - 1)))];
}

namespace {

std::string shown(double x) {
    return std::isfinite(x) ? fmt::format("{:.10g}", x) : "null";
}

// "12.3 us", or that it is not known.
std::string quantity(double value, const char* unit) {
    return std::isfinite(value) ? format_si(value, unit) : "no bound";
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

template <class Map>
std::string object(const Map& values) {
    std::vector<std::string> members;
    for (const auto& [name, value] : values)
        members.push_back(fmt::format("{}: {}", quoted(name), shown(value)));
    return fmt::format("{{{}}}", fmt::join(members, ", "));
}

EnergyReport sum_of(EnergyReport a, const EnergyReport& b) {
    a.total_j += b.total_j;
    for (std::size_t p = 0; p < phase_count; ++p) a.by_phase_j[p] += b.by_phase_j[p];
    for (const auto& [name, joules] : b.by_component_and_phase_j)
        for (std::size_t p = 0; p < phase_count; ++p) a.by_component_and_phase_j[name][p] += joules[p];
    for (const auto& [name, joules] : b.by_component_j) a.by_component_j[name] += joules;
    for (const auto& [name, joules] : b.by_group_j) a.by_group_j[name] += joules;
    for (const auto& [name, joules] : b.by_mark_j) a.by_mark_j[name] += joules;
    return a;
}

std::array<std::uint64_t, phase_count> times_of(const SolveResult& result) {
    std::array<std::uint64_t, phase_count> fs{};
    for (std::size_t p = 0; p < phase_count; ++p)
        fs[p] = result.programming.time_fs(static_cast<Phase>(p)) +
                result.annealing.time_fs(static_cast<Phase>(p));
    return fs;
}

} // namespace

// Shots by cut: up to 12 rows, the best first.
std::string SolveReport::distribution() const {
    constexpr std::size_t most_rows = 12;
    constexpr std::size_t bar = 40;
    const double low = sorted_.front();
    const double high = sorted_.back();
    const double width = std::max(std::ceil((high - low + 1.0) / most_rows), 1.0);
    std::map<int, std::size_t, std::less<>> rows;
    for (const double cut : sorted_) ++rows[static_cast<int>((high - cut) / width)];
    const auto most = std::ranges::max_element(rows, {}, &std::pair<const int, std::size_t>::second)->second;
    Table table({"cut", "shots", ""});
    for (const auto& [row, count] : rows) {
        const double top = high - row * width;
        const std::string range = width == 1.0 ? fmt::format("{:.6g}", top)
                                               : fmt::format("{:.6g} ... {:.6g}", top - width + 1.0, top);
        table.row(
            {range, std::to_string(count), std::string(std::max<std::size_t>(1, bar * count / most), '#')});
    }
    return table.text();
}

std::string SolveReport::to_solution() const {
    Table table({fmt::format("to a cut of {:.10g}", target_), "value", "95 % interval"});
    table.row({"success probability of a shot", fmt::format("{:.4f}", success_.rate()),
               fmt::format("{:.4f} ... {:.4f}", success_.low, success_.high)});
    const double expected = shots_to_99(success_.rate());
    const double fewest = shots_to_99(success_.high);
    const double most = shots_to_99(success_.low);
    const auto row = [&](const char* what, double each, const char* unit) {
        table.row({what, quantity(expected * each, unit),
                   fmt::format("{} ... {}", quantity(fewest * each, unit), quantity(most * each, unit))});
    };
    row("shots for 99 %", 1.0, "");
    row("time to solution, 99 %", shot_s(), "s");
    row("energy to solution, 99 %", shot_j(), "J");
    return table.text();
}

EnergyReport SolveReport::energy() const {
    return sum_of(programming_, annealing_);
}

std::array<std::uint64_t, phase_count> SolveReport::time_fs() const {
    return times_of(result_);
}

std::string SolveReport::text() const {
    const auto& machine = experiment_.machine;
    const auto up = std::ranges::count(result_.state, std::int8_t{1});
    std::string out =
        fmt::format("graph    {}: {} spins, {} couplings\nsolver   {} on {}, {} steps a shot\nstopped  {} "
                    "after {} shots, {:.1f} s\n\n",
                    problem_.name, problem_.spins, problem_.couplings.size(), request_.solver, machine.name,
                    limits_.steps, result_.stopped_because, sorted_.size(), result_.wall_s);
    out += fmt::format("best cut {:.10g} (energy {:.10g}, {} spins up and {} down, shot {})\n",
                       result_.cuts[result_.best], result_.energies[result_.best], up,
                       static_cast<std::ptrdiff_t>(problem_.spins) - up, result_.best);
    out += fmt::format("shots    mean {:.6g}, worst {:.6g}, quartiles {:.6g} {:.6g} {:.6g}\n\n", mean_cut(),
                       sorted_.front(), cut_at(0.25), cut_at(0.5), cut_at(0.75));
    out += distribution() + "\n" + to_solution() + "\n";
    out += fmt::format("A shot takes {} and {} on the machine, programming once {} and {}.\n\n",
                       format_si(shot_s(), "s"), format_si(shot_j(), "J"),
                       format_si(result_.programming.time_s(), "s"), format_si(programming_.total_j, "J"));
    return out + energy_table(sum_of(programming_, annealing_), times_of(result_));
}

std::string SolveReport::json() const {
    std::map<std::string, double, std::less<>> time_by_phase;
    const auto fs = times_of(result_);
    for (std::size_t p = 0; p < phase_count; ++p)
        time_by_phase[std::string(phase_name(static_cast<Phase>(p)))] = static_cast<double>(fs[p]) * 1e-15;
    const auto energy = sum_of(programming_, annealing_);
    std::map<std::string, double, std::less<>> energy_by_phase;
    for (std::size_t p = 0; p < phase_count; ++p)
        energy_by_phase[std::string(phase_name(static_cast<Phase>(p)))] = energy.by_phase_j[p];
    const double expected = shots_to_99(success_.rate());
    const auto interval = [&](double each) {
        return fmt::format("[{}, {}]", shown(shots_to_99(success_.high) * each),
                           shown(shots_to_99(success_.low) * each));
    };
    std::string state;
    for (const auto s : result_.state) state += s > 0 ? '1' : '0';
    return fmt::format(
        "{{\"graph\": {}, \"spins\": {}, \"couplings\": {}, \"solver\": {}, \"machine\": {}, \"seed\": {}, "
        "\"steps\": {}, \"shots\": {}, \"stopped_because\": {}, \"best_cut\": {}, \"best_energy\": {}, "
        "\"best_shot\": {}, \"mean_cut\": {}, \"best_state\": \"{}\", \"cuts\": [{}], \"target_cut\": {}, "
        "\"target_met\": {}, "
        "\"success_probability\": {}, \"success_interval\": [{}, {}], \"tts99_s\": {}, \"tts99_interval_s\": "
        "{}, "
        "\"energy_to_solution_j\": {}, \"energy_to_solution_interval_j\": {}, \"time_per_shot_s\": {}, "
        "\"energy_per_shot_j\": {}, \"simulated_time_s\": {}, \"time_by_phase_s\": {}, \"energy_j\": {}, "
        "\"energy_by_component_j\": {}, \"energy_by_phase_j\": {}, \"wall\": {{\"time_s\": {}, "
        "\"spin_updates_per_s\": {}}}}}\n",
        quoted(problem_.name), problem_.spins, problem_.couplings.size(), quoted(request_.solver),
        quoted(experiment_.machine.name), experiment_.run.seed, limits_.steps, sorted_.size(),
        quoted(result_.stopped_because), shown(result_.cuts[result_.best]),
        shown(result_.energies[result_.best]), result_.best, shown(mean_cut()), state,
        fmt::join(result_.cuts, ", "), shown(target_), target_met(), success_.rate(), success_.low,
        success_.high, shown(expected * shot_s()), interval(shot_s()), shown(expected * shot_j()),
        interval(shot_j()), shot_s(), shot_j(), result_.programming.time_s() + result_.annealing.time_s(),
        object(time_by_phase), energy.total_j, object(energy.by_component_j), object(energy_by_phase),
        result_.wall_s,
        static_cast<double>(problem_.spins) * static_cast<double>(limits_.steps) *
            static_cast<double>(sorted_.size()) / result_.wall_s);
}

std::string state_text(const SolveResult& result) {
    std::string text;
    for (const auto s : result.state) text += s > 0 ? "1\n" : "-1\n";
    return text;
}

} // namespace isinglass
