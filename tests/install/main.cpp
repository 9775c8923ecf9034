// The smallest system: an input, a hidden and an output spin on a machine with all its defaults (8-bit
// converters, mismatch, noise), driven through the driver as a run drives it. Prints the read-out beside the
// equilibrium that the couplings have on paper; succeeds if they agree.
#include "host/driver.hpp"
#include "host/learning/coupling_codes.hpp"
#include "host/network/network_spec.hpp"
#include "hw_models/control/job.hpp"
#include "hw_models/coprocessor.hpp"

#include <fmt/core.h>

#include <cmath>

using namespace isinglass;

int sc_main(int, char**) {
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    NetworkSpec description;
    description.layers = {{"input", 1}, {"hidden", 1}, {"output", 1}};
    const auto network = description.build();
    const MachineSpec machine;
    const auto model = make_chip_model(machine, network, description.model.part(), 1);

    WorkerPool pool(1);
    HostMemory memory("memory");
    HostProcessor host("host", memory);
    Coprocessor chip("coprocessor", machine, model, {.pool = &pool});
    sc_core::sc_signal<bool> interrupt;
    host.bus.bind(chip.link.from_host);
    chip.link.to_memory.bind(memory.bus);
    chip.link.interrupt_out.bind(interrupt);
    host.interrupt.bind(interrupt);

    std::vector<float> spins(2);
    host.load([&] {
        CouplingCodes codes(*network, model->couplings.format(), 1);
        const std::vector<float> theta{0.6F, 0.0F, 0.5F, 0.1F}; // input-hidden, bias, hidden-output, bias
        codes.encode(theta, Rounding::nearest, false, 0, pool);

        JobBuilder job(memory);
        for (std::size_t b = 0; b < network->blocks.size(); ++b) job.program(b, codes.buffer(b, pool), false);
        const auto& dac = model->dac->format();
        const auto& adc = model->adc->format();
        dac.encode(std::vector{0.8F}, 0.0F, 1.0F, job.clamp(clamp_inputs, dac.bytes(), 0));
        job.reset();
        job.relax(static_cast<std::uint32_t>(machine.cycles(20 * machine.circuit->time_constant_s)), 0.0F);
        const std::uint16_t hidden_and_output = 0b11;
        const std::size_t bytes = nodes_read(*network, hidden_and_output) * adc.bytes();
        const auto address = job.read(hidden_and_output, bytes);
        host.run(job);
        adc.decode(memory.read(address, bytes), 0.0F, 1.0F, spins);
    });
    sc_core::sc_start();
    host.rethrow();

    // Where dE/ds = 0: h = 0.6 x + 0.5 o, o = 0.5 h + 0.1, at x = 0.8.
    const double hidden = (0.6 * 0.8 + 0.5 * 0.1) / (1.0 - 0.5 * 0.5);
    const double output = 0.5 * hidden + 0.1;
    fmt::print("hidden {:.3f}, on paper {:.3f}\noutput {:.3f}, on paper {:.3f}\nafter {} simulated\n",
               spins[0], hidden, spins[1], output, sc_core::sc_time_stamp().to_string());
    const bool agree = std::abs(spins[0] - hidden) < 0.05 && std::abs(spins[1] - output) < 0.05;
    if (!agree) fmt::print("The read-out is not at the equilibrium.\n");
    return agree ? 0 : 1;
}
