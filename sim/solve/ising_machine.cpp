#include "sim/solve/ising_machine.hpp"

#include "host/job_memory.hpp"
#include "host/learning/coupling_codes.hpp"
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/tile_map.hpp"
#include "sim/run/simulation.hpp"

#include <fmt/core.h>

#include <cmath>

namespace isinglass {

namespace {

void check_fits(const Network& net, const MachineSpec& machine) {
    try {
        place_on_tiles(net, tile_shape(machine.tiles));
    } catch (const UserError& error) {
        throw UserError(fmt::format("{}; --ideal takes a machine that is large enough", error.what()));
    }
}

} // namespace

IsingMachine::IsingMachine(const Experiment& experiment, const IsingProblem& problem)
    : experiment_(experiment),
      problem_(problem),
      model_(experiment.network.model.part()),
      graph_(graph_network(problem, *model_)),
      pool_(experiment.run.thread_count()) {
    const auto& machine = experiment.machine;
    check_fits(*graph_.network, machine);
    step_s_ = relax_step_s(machine, *graph_.network, *model_);
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    const auto chip =
        make_chip_model(machine, graph_.network, model_, static_cast<std::uint64_t>(experiment.run.seed));
    memory_ = std::make_unique<HostMemory>("host_memory");
    host_ = std::make_unique<HostProcessor>("host", *memory_);
    chip_ = std::make_unique<Coprocessor>(
        "coprocessor", machine, chip,
        SimulationOptions{.lanes = static_cast<std::size_t>(experiment.run.lanes), .pool = &pool_});
    host_->bus.bind(chip_->link.from_host);
    chip_->link.to_memory.bind(memory_->bus);
    chip_->link.interrupt_out.bind(interrupt_);
    host_->interrupt.bind(interrupt_);
}

void IsingMachine::run(std::function<void()> program) {
    host_->load([this, program = std::move(program)] {
        lines_ = std::make_unique<LineCodes>(graph_.network, *model_, experiment_.machine, host_->probe());
        program();
    });
    sc_core::sc_start();
    host_->rethrow();
}

// The driver's time, and the host's side of what DMA moves.
void IsingMachine::run_job(JobBuilder& job) {
    host_->work(experiment_.machine.host.driver_s);
    host_->run(job);
    post_memory(chip_->ledger(), job);
}

// Of the cuts of states read out: two operations a coupling.
void IsingMachine::charge_scoring(std::size_t shots) {
    const double flops = 2.0 * static_cast<double>(problem_.couplings.size() * shots);
    auto& ledger = chip_->ledger();
    ledger.post(ledger.declare("host.flop"), Phase::update, flops);
    chip_->phases().enter(Phase::update);
    host_->work(flops / experiment_.machine.host.flops_per_s);
    chip_->phases().enter(Phase::idle);
}

void IsingMachine::program() {
    CouplingCodes codes(*graph_.network, experiment_.machine.couplings.format(),
                        static_cast<std::uint64_t>(experiment_.run.seed));
    codes.encode(graph_.theta, Rounding::nearest, false, 0, pool_);
    memory_->release_all();
    JobBuilder job(*memory_);
    for (std::size_t b = 0; b < graph_.network->blocks.size(); ++b)
        job.program(b, codes.buffer(b, pool_), false);
    run_job(job);
}

void IsingMachine::shots(std::uint64_t first, std::size_t count, std::int64_t steps,
                         std::vector<std::int8_t>& spins) {
    const double cycles = std::round(static_cast<double>(steps) * step_s_ * experiment_.machine.clock_hz);
    if (cycles > 4e9)
        throw UserError(
            fmt::format("{} steps of {} s are {} clock cycles, more than a RELAX takes, 4e9; fewer "
                        "--steps fit",
                        steps, step_s_, cycles));
    constexpr std::uint16_t spin_layer = 1;
    const std::size_t read_bytes = lines_->read_bytes(spin_layer);
    const std::vector<float> no_input(1, 0.0F);
    memory_->release_all();
    JobBuilder job(*memory_);
    std::vector<std::uint64_t> read;
    for (std::size_t i = 0; i < count; ++i) {
        lines_->encode_inputs(no_input,
                              job.clamp(clamp_inputs, lines_->clamp_bytes(clamp_inputs), first + i));
        job.reset();
        job.relax(std::max(1U, static_cast<std::uint32_t>(cycles)), 0.0F);
        read.push_back(job.read(spin_layer, read_bytes));
    }
    run_job(job);
    charge_scoring(count);
    spins.resize(count * problem_.spins);
    for (std::size_t i = 0; i < count; ++i)
        decode(memory_->read(read[i], read_bytes),
               std::span(spins).subspan(i * problem_.spins, problem_.spins));
}

// Up where a state lies in the upper half of its range; of a phase, on the right half of the circle.
void IsingMachine::decode(std::span<const std::uint8_t> codes, std::span<std::int8_t> spins) const {
    std::vector<float> state(graph_.network->state_columns);
    lines_->decode(codes, 1, false, state);
    const auto& layer = graph_.network->layers.front();
    const float middle = 0.5F * (layer.low + layer.high);
    const float quarter_turn = 0.5F * layer.high;
    for (std::size_t i = 0; i < spins.size(); ++i) {
        const bool up =
            layer.domain == Domain::circle ? std::abs(state[i]) <= quarter_turn : state[i] >= middle;
        spins[i] = up ? std::int8_t{1} : std::int8_t{-1};
    }
}

const Ledger& IsingMachine::ledger_now() {
    chip_->phases().enter(chip_->phases().current());
    return chip_->ledger();
}

} // namespace isinglass
