#include "tests/chip/chip_rig.hpp"

#include <cstring>
#include <stdexcept>

namespace isinglass::test {

MachineSpec whole_cycle_machine() {
    MachineSpec machine;
    machine.clock_hz = 500e6;
    machine.circuit->time_constant_s = 10e-9;
    machine.node_noise = "off";
    for (auto* errors : {"gain_error", "offset_error", "noise"}) {
        set(*machine.dac.part(), {{errors, 0.0}});
        set(*machine.adc.part(), {{errors, 0.0}});
    }
    machine.dac_bank = {.count = 16, .rate_hz = 250e6};
    machine.adc_bank = {.count = 16, .rate_hz = 100e6};
    machine.couplings.mismatch = 0.0;
    machine.couplings.write_drivers = 16;
    machine.detector.kind = "comparators";
    machine.detector.threshold_lsb = 1.0;
    machine.link = {.bytes_per_s = 0.5e9, .latency_s = 20e-9};
    machine.control = {.unit_queue = 8, .staging_slots = 4, .outstanding_reads = 4, .result_slots = 1};
    return machine;
}

MachineSpec ideal_machine() {
    auto machine = ideal_twin(whole_cycle_machine(), *make_hopfield());
    machine.name = "whole cycles, ideal";
    return machine;
}

struct Rig::Process : sc_core::sc_module {
    Process(const sc_core::sc_module_name& name, std::function<void()> does)
        : sc_core::sc_module(name), body(std::move(does)) {
        SC_HAS_PROCESS(Process);
        SC_THREAD(run);
        set_stack_size(1 << 20);
    }
    void run() {
        try {
            body();
        } catch (...) {
            error = std::current_exception(); // an exception must not cross the kernel
            sc_core::sc_stop();
        }
    }
    std::function<void()> body;
    std::exception_ptr error;
};

List& List::clamp(std::uint8_t lines, std::uint64_t presentation, const std::vector<std::uint8_t>& codes) {
    const auto bytes = job.clamp(lines, lines_clamped(*model_.network, lines), presentation);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = codes[i % codes.size()];
    return *this;
}

List& List::clamp_levels(std::uint8_t lines, std::uint64_t presentation, const std::vector<float>& levels) {
    const auto bytes = job.clamp(lines, 4 * lines_clamped(*model_.network, lines), presentation);
    for (std::size_t i = 0; i < bytes.size() / 4; ++i)
        std::memcpy(bytes.data() + 4 * i, &levels[i % levels.size()], 4);
    return *this;
}

List& List::reset() {
    job.reset();
    return *this;
}

List& List::relax(std::uint32_t cycles, float beta, std::uint8_t flags) {
    job.relax(cycles, beta, flags);
    return *this;
}

List& List::hold() {
    job.hold();
    return *this;
}

List& List::restore() {
    job.restore();
    return *this;
}

List& List::read(std::uint16_t layers, bool differences) {
    const std::size_t bytes = nodes_read(*model_.network, layers) * model_.adc->format().bytes();
    std::ranges::fill(memory_.writable(job.read(layers, bytes, differences), bytes), std::uint8_t{0xee});
    reads_.push_back(job.commands().back());
    return *this;
}

List& List::interrupt() {
    job.add({.opcode = Opcode::interrupt});
    return *this;
}

std::vector<std::uint8_t> List::codes_of_read(std::size_t i) const {
    const auto bytes = memory_.read(reads_.at(i).address, reads_[i].length);
    return {bytes.begin(), bytes.end()};
}

std::vector<float> List::levels_of_read(std::size_t i) const {
    const auto bytes = codes_of_read(i);
    std::vector<float> levels(bytes.size() / 4);
    std::memcpy(levels.data(), bytes.data(), bytes.size());
    return levels;
}

std::vector<std::uint8_t> List::codes() const {
    std::vector<std::uint8_t> all;
    for (std::size_t i = 0; i < reads_.size(); ++i) {
        const auto one = codes_of_read(i);
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

MachineSpec Rig::checked(const MachineSpec& machine) {
    // Once a process, before the first time that is not zero.
    static const bool set = (sc_core::sc_set_time_resolution(1, sc_core::SC_FS), true);
    return set ? machine : MachineSpec{};
}

Rig::Rig(const MachineSpec& m, std::shared_ptr<const Network> net, const std::string& name, std::size_t lanes,
         unsigned threads, std::shared_ptr<const EnergyModel> energy)
    : machine(checked(m)),
      network(std::move(net)),
      model(make_chip_model(machine, network, std::move(energy), 5)),
      pool(threads),
      memory((name + "_memory").c_str()),
      host((name + "_host").c_str(), memory),
      chip((name + "_chip").c_str(), machine, model, SimulationOptions{.lanes = lanes, .pool = &pool}) {
    host.bus.bind(chip.link.from_host);
    chip.link.to_memory.bind(memory.bus);
    chip.link.interrupt_out.bind(interrupt);
    host.interrupt.bind(interrupt);
    beside([this] {
        for (;;) {
            sc_core::wait(interrupt.value_changed_event());
            interrupt_edges_fs.push_back(now_fs());
        }
    });
}

Rig::~Rig() = default;

void Rig::beside(std::function<void()> body) {
    beside_.push_back(std::make_unique<Process>(sc_core::sc_gen_unique_name("beside"), std::move(body)));
}

void Rig::run(std::function<void()> program) {
    Rigs::run({this}, [&](Rig&, std::size_t) { program(); });
}

Rig& Rigs::add(const MachineSpec& machine, std::shared_ptr<const Network> network, std::size_t lanes,
               unsigned threads, std::shared_ptr<const EnergyModel> energy) {
    const auto name = fmt::format("rig{}", rigs_.size());
    return *rigs_.emplace_back(
        std::make_unique<Rig>(machine, std::move(network), name, lanes, threads, std::move(energy)));
}

void Rigs::run(const std::function<void(Rig&, std::size_t)>& program) {
    std::vector<Rig*> rigs;
    for (const auto& rig : rigs_) rigs.push_back(rig.get());
    run(rigs, program);
}

// Simulation stops when the first host's program returns: that is the last one's.
void Rigs::run(const std::vector<Rig*>& rigs, const std::function<void(Rig&, std::size_t)>& program) {
    std::size_t running = rigs.size();
    sc_core::sc_event never;
    std::exception_ptr error;
    for (std::size_t i = 0; i < rigs.size(); ++i)
        rigs[i]->host.load([&, i] {
            try {
                program(*rigs[i], i);
            } catch (...) {
                if (!error) error = std::current_exception();
            }
            if (--running > 0) sc_core::wait(never);
        });
    sc_core::sc_start();
    for (const auto* rig : rigs)
        for (const auto& process : rig->beside_)
            if (process->error) std::rethrow_exception(process->error);
    if (error) std::rethrow_exception(error);
    if (running > 0) throw std::logic_error("simulation ended while a host's program was waiting");
}

void Rig::program(std::span<const float> theta) {
    CouplingCodes codes(*network, model->couplings.format(), 1);
    codes.encode(theta, Rounding::nearest, false, 0, pool);
    memory.release_all();
    JobBuilder job(memory);
    for (std::size_t b = 0; b < network->blocks.size(); ++b) job.program(b, codes.buffer(b, pool), false);
    align();
    host.run(job);
    memory.release_all();
    align();
}

void Rig::program(const std::function<float(const ParameterBlock&, std::size_t, std::size_t)>& theta) {
    std::vector<float> values(network->parameters);
    for (const auto& block : network->blocks)
        for (std::size_t i = 0; i < block.rows; ++i)
            for (std::size_t j = 0; j < block.columns; ++j)
                values[block.first + i * block.columns + j] = theta(block, i, j);
    program(values);
}

void Rig::align() const {
    const std::uint64_t now = now_fs();
    const std::uint64_t edge = (now + clock_fs() - 1) / clock_fs() * clock_fs();
    if (edge > now) sc_core::wait(femtoseconds(edge - now));
}

std::uint64_t Rig::cycle() const {
    if (now_fs() % clock_fs() != 0) throw std::logic_error(fmt::format("{} fs is no clock edge", now_fs()));
    return now_fs() / clock_fs();
}

void Rig::wait_for(std::uint64_t cycle, std::int64_t offset_fs) const {
    const auto time = static_cast<std::int64_t>(cycle * clock_fs()) + offset_fs;
    sc_core::wait(femtoseconds(static_cast<std::uint64_t>(time) - now_fs()));
}

Ledger Rig::ledger() {
    chip.phases().enter(chip.phases().current());
    return chip.ledger();
}

Access32 access(Rig& rig, tlm::tlm_command direction, std::uint64_t address, std::uint32_t value,
                unsigned bytes) {
    std::array<std::uint8_t, 8> data{};
    std::memcpy(data.data(), &value, 4);
    tlm::tlm_generic_payload payload;
    payload.set_command(direction);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    rig.host.bus->b_transport(payload, delay);
    sc_core::wait(delay);
    Access32 answer{.status = payload.get_response_status()};
    std::memcpy(&answer.value, data.data(), 4);
    return answer;
}

} // namespace isinglass::test
