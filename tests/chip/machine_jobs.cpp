#include "tests/chip/machine_jobs.hpp"

#include "sim/run/experiment.hpp"

namespace isinglass::test {

namespace {

std::shared_ptr<const Network> all_to_all(std::size_t inputs, std::size_t spins, const EnergyModel& model) {
    const auto state = model.activations().front();
    return std::make_shared<const Network>(make_network(
        inputs,
        {{.name = "spins", .size = spins, .low = state.low, .high = state.high, .domain = state.domain}},
        {{.from = 0, .to = 0, .kind = make_coupling_kind("all-to-all")}}, model.needs()));
}

// All couplings and biases at code 4 or -4 of 127 (1/sqrt(1024)), from buffers that are written once.
void add_programs(List& list, const Rig& rig, std::vector<Command>& programs) {
    if (programs.empty())
        for (std::size_t b = 0; b < rig.network->blocks.size(); ++b) {
            const auto bytes = rig.network->blocks[b].count() * rig.model->couplings.format().bytes();
            std::vector<std::uint8_t> codes(bytes);
            for (std::size_t i = 0; i < bytes; ++i)
                codes[i] = i % 2 == 0 ? std::uint8_t{4} : std::uint8_t{0xfc};
            list.job.program(b, codes, false);
            programs.push_back(list.job.commands().back());
        }
    else
        for (const auto& command : programs) list.job.add(command);
}

JobFigures run_list(Rig& rig, List& list) {
    rig.align();
    const auto before = rig.ledger();
    const auto start = now_fs();
    rig.host.run(list.job);
    JobFigures figures{.time_s = static_cast<double>(now_fs() - start) * 1e-15,
                       .counts = rig.ledger().since(before)};
    post_static_powers(figures.counts, rig.machine, 1);
    return figures;
}

void fill(List& list, const Rig& rig, const DsIsaCase& c) {
    const auto cycles = [&](double seconds) {
        return static_cast<std::uint32_t>(rig.machine.cycles(seconds));
    };
    std::vector<Command> programs;
    if (c.job == DsIsaJob::inference) add_programs(list, rig, programs);
    for (std::size_t k = 0; k < c.times; ++k) {
        if (c.job == DsIsaJob::training) add_programs(list, rig, programs);
        list.clamp(clamp_inputs, k, {128});
        if (c.job != DsIsaJob::optimisation || k == 0)
            list.reset(); // an optimisation goes on from where it was
        list.relax(cycles(c.job == DsIsaJob::inference ? 100e-9 : 10e-9)).read(1);
    }
}

} // namespace

MachineSpec ds_isa(const DsIsaShape& shape) {
    return load_machine("ds-isa-1024", std::vector<std::string>{
                                           fmt::format("machine.dac.count={}", shape.per_group),
                                           fmt::format("machine.adc.count={}", shape.per_group),
                                       });
}

double ds_isa_core_w(const DsIsaShape& shape) {
    const auto machine = ds_isa(shape);
    const auto model = make_hopfield();
    const auto net = all_to_all(1, shape.nodes(), *model);
    std::vector<double> magnitudes;
    for (const auto& block : net->blocks)
        magnitudes.push_back(block.link < 0 ? 0.0
                                            : static_cast<double>(block.count()) /
                                                  std::sqrt(static_cast<double>(shape.nodes())));
    const auto table = load_components(machine);
    double watts = 0.0;
    for (const auto& flow : machine.circuit->flows({*net, magnitudes, 1}))
        watts += flow.per_s * table.find(flow.action)->energy_j;
    return watts;
}

void MachineJobs::add(const DsIsaCase& job) {
    const std::size_t n = job.shape.nodes();
    const std::size_t loaded = job.job == DsIsaJob::optimisation ? (n + 9) / 10 : n;
    rigs_.add(ds_isa(job.shape), all_to_all(loaded, n, *make_hopfield()));
    fills_.emplace_back([job](List& list, const Rig& rig) { fill(list, rig, job); });
}

void MachineJobs::add_dwave(std::size_t spins, std::size_t reads) {
    rigs_.add(load_machine("dwave-timing", {}), all_to_all(1, spins, *make_binary()), 256, 1, make_binary());
    fills_.emplace_back([reads](List& list, const Rig& rig) {
        std::vector<Command> programs;
        add_programs(list, rig, programs);
        const auto anneal = static_cast<std::uint32_t>(rig.machine.cycles(20e-6));
        for (std::size_t k = 0; k < reads; ++k) list.clamp(clamp_inputs, k).reset().relax(anneal).read(1);
    });
}

std::vector<JobFigures> MachineJobs::run() {
    std::vector<JobFigures> figures(rigs_.size());
    rigs_.run([&](Rig& rig, std::size_t i) {
        auto list = rig.list();
        fills_[i](list, rig);
        figures[i] = run_list(rig, list);
    });
    return figures;
}

double exponent(std::span<const double> x, std::span<const double> y) {
    double mx = 0.0;
    double my = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += std::log(x[i]), my += std::log(y[i]);
    mx /= static_cast<double>(x.size());
    my /= static_cast<double>(x.size());
    double xy = 0.0;
    double xx = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (std::log(x[i]) - mx) * (std::log(y[i]) - my);
        xx += (std::log(x[i]) - mx) * (std::log(x[i]) - mx);
    }
    return xy / xx;
}

} // namespace isinglass::test
