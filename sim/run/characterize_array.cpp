#include "hw_models/array/sample_evaluator.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/energy/limits.hpp"
#include "sim/run/characterization.hpp"
#include "sim/run/table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::size_t most_nodes = 1024;
constexpr double settle_rc = 20.0;

// Nodes without couplings among them, each driven by the one input; all couplings 0 but where a test sets
// them.
struct ArrayBench {
    std::shared_ptr<const Network> net;
    std::shared_ptr<const ChipModel> model;
    AlignedVector<float> values;
};

ArrayBench bench_of(const MachineSpec& machine) {
    if (machine.array.name() != "analog" || machine.circuit.name() != "transconductors")
        throw UserError(
            fmt::format("machine.array.kind = \"{}\" with machine.circuit.kind = \"{}\": nodes are tested "
                        "as cells with leak; valid are \"analog\" with \"transconductors\"",
                        machine.array.name(), machine.circuit.name()));
    const auto nodes = std::min(most_nodes, static_cast<std::size_t>(machine.tiles.columns));
    ArrayBench b;
    b.net = std::make_shared<const Network>(make_network(
        1, {{.name = "nodes", .size = nodes, .low = -1.0F, .high = 1.0F}}, {{.from = -1, .to = 0}}));
    b.model = make_chip_model(machine, b.net, make_energy_model("hopfield"), 1);
    b.values.assign(b.model->network->parameters + b.model->network->backward_offset, 0.0F);
    return b;
}

// Relaxes from reset under the input of code `top` (or 0) and reads.
std::vector<float> run(const ArrayBench& b, bool driven, double time_rc, std::uint64_t presentation,
                       Tape* tape) {
    const SampleProgram program{{.kind = SampleOp::Kind::clamp, .command = 0, .inputs = true},
                                {.kind = SampleOp::Kind::reset, .command = 1},
                                {.kind = SampleOp::Kind::relax, .command = 2, .time_rc = time_rc},
                                {.kind = SampleOp::Kind::read, .command = 3, .layers = 1}};
    const auto in = b.model->dac->format();
    const auto out = b.model->adc->format();
    std::vector<std::uint8_t> clamp(in.bytes());
    in.encode(std::vector<float>{driven ? 1.0F : 0.0F}, 0.0F, 1.0F, clamp);
    std::vector<std::uint8_t> codes(b.net->spins() * out.bytes());
    std::vector<SampleTask> tasks(1);
    tasks[0] = {.presentation = presentation,
                .clamp_codes = {clamp},
                .read_codes = {codes},
                .relaxed = {{}},
                .tape = tape};
    SampleEvaluator evaluator(*b.model);
    evaluator.run(program, tasks, b.values.data());
    std::vector<float> levels(b.net->spins());
    out.decode(codes, -1.0F, 1.0F, levels);
    return levels;
}

// Time until a node stays within ½ LSB of N bits of where it ends, interpolated in the logarithm of its
// distance.
double settled_at(const Tape& tape, std::size_t node, double tolerance) {
    const double end = static_cast<double>(tape.back().state[node]);
    const auto distance = [&](std::size_t k) {
        return std::abs(end - (k == 0 ? 0.0 : static_cast<double>(tape[k - 1].state[node])));
    };
    std::size_t k = tape.size();
    while (k > 0 && distance(k - 1) <= tolerance) --k;
    if (k == 0) return 0.0;
    const double t0 = k == 1 ? 0.0 : tape[k - 2].time_rc;
    const double t1 = tape[k - 1].time_rc;
    const double d0 = std::log(distance(k - 1));
    const double d1 = std::log(std::max(1e-12, distance(k)));
    return t0 + (t1 - t0) * (d0 - std::log(tolerance)) / (d0 - d1);
}

void test_settling(ArrayBench& b, Characterization& out) {
    std::fill_n(b.values.begin(), b.net->spins(), 0.8F); // a full-scale step that no rail cuts off
    Tape tape;
    run(b, true, settle_rc, 0, &tape);
    std::erase_if(tape, [](const TapeStep& s) { return s.op != 2; });
    Table table({"bits", "of one RC", "fastest node", "median", "slowest"});
    Figure figure{"array-settling",
                  "Settling of nodes after a full-scale step",
                  "bits",
                  "time (RC)",
                  {},
                  {{"one RC", {}}, {"median", {}}, {"slowest", {}}}};
    for (int bits = 4; bits <= 12; bits += 2) {
        std::vector<double> times;
        for (std::size_t i = 0; i < b.net->spins(); ++i) {
            const double swing = std::abs(static_cast<double>(tape.back().state[i]));
            if (swing > 0.0)
                times.push_back(settled_at(tape, i, swing * std::ldexp(0.5, -bits))); // not a dead one
        }
        if (times.empty()) throw UserError("machine.spins.dead = 1: no node moves; valid is less");
        std::ranges::sort(times);
        const double median = times[times.size() / 2];
        table.row({fmt::format("{}", bits), fmt::format("{:.2f} RC", settling_in_rc(bits)),
                   fmt::format("{:.2f} RC", times.front()), fmt::format("{:.2f} RC", median),
                   fmt::format("{:.2f} RC", times.back())});
        figure.x.push_back(bits);
        figure.curves[0].y.push_back(settling_in_rc(bits));
        figure.curves[1].y.push_back(median);
        figure.curves[2].y.push_back(times.back());
    }
    out.text += table.text();
    out.tables.push_back(std::move(table));
    out.figures.push_back(std::move(figure));
}

// Mean of several reads without input, in mV at the node: its own offset and its converter's.
void test_offsets(const ArrayBench& b, double volts_per_unit, Characterization& out) {
    constexpr std::size_t reads = 64;
    std::vector<double> offset(b.net->spins(), 0.0);
    for (std::size_t k = 0; k < reads; ++k) {
        const auto levels = run(b, false, settle_rc, 1 + k, nullptr);
        for (std::size_t i = 0; i < offset.size(); ++i)
            offset[i] += 1e3 * volts_per_unit * static_cast<double>(levels[i]) / static_cast<double>(reads);
    }
    double mean = 0.0;
    double square = 0.0;
    for (const double v : offset) mean += v / static_cast<double>(offset.size());
    for (const double v : offset) square += (v - mean) * (v - mean) / static_cast<double>(offset.size());
    const auto [least, most] = std::ranges::minmax(offset);
    Table table({"offset of nodes as read", "mV"});
    table.row({"mean", fmt::format("{:.2f}", mean)});
    table.row({"standard deviation", fmt::format("{:.2f}", std::sqrt(square))});
    table.row({"least", fmt::format("{:.2f}", least)});
    table.row({"most", fmt::format("{:.2f}", most)});
    out.text += "\n" + table.text();
    out.tables.push_back(std::move(table));
    Figure figure{"array-offsets",     "Offsets of nodes as read without input", "node", "offset (mV)", {},
                  {{"offset", offset}}};
    for (std::size_t i = 0; i < offset.size(); ++i) figure.x.push_back(static_cast<double>(i));
    out.figures.push_back(std::move(figure));
}

} // namespace

Characterization characterize_array(const MachineSpec& nominal) {
    const MachineSpec machine = at_corner(nominal);
    auto bench = bench_of(machine);
    Characterization out;
    out.text = fmt::format("{}: {} nodes, RC {}, dynamics {}\n\n", machine.name, bench.net->spins(),
                           format_si(machine.circuit->time_constant_s, "s"), machine.dynamics.name());
    if (bench.model->dynamics->settled_values_only())
        throw UserError(
            fmt::format("machine.array.dynamics = \"{}\" has settled values only; valid are dissipative or "
                        "conjugate",
                        machine.dynamics.name()));
    test_settling(bench, out);
    std::ranges::fill(bench.values, 0.0F);
    test_offsets(bench, machine.circuit->volts_per_unit, out);
    return out;
}

} // namespace isinglass
