// Phases and p-bits on the digital array against golden models: whole numbers from the text of the design.
#include "tests/hw_models/digital_golden.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr long unit = 1024, turn = 4096; // 10 bits of fraction, 12 bits of phase

// A function tabulated at 1024 angles, at the nearest one.
template <class F>
long table(F f, long phase) {
    const long index = ((divide(phase, 4) % 1024) + 1024) % 1024;
    return std::lround(f(2.0 * pi * static_cast<double>(index) / 1024.0) * static_cast<double>(unit));
}
long sine(long phase) {
    return table([](double a) { return std::sin(a); }, phase);
}
long cosine(long phase) {
    return table([](double a) { return std::cos(a); }, phase);
}
long wrap(long phase) {
    return ((phase + turn / 2) % turn + turn) % turn - turn / 2;
}
long phase_of(double angle) {
    return std::lround(angle * static_cast<double>(turn) / (2.0 * pi));
}

struct Sizes {
    std::size_t inputs, hidden, outputs;
};

// Sums over all couplings that meet in the spins, words: `in` and `s` are features of inputs and spins.
std::vector<long> sums(const DigitalCase& c, const Sizes& n, std::size_t spin_block,
                       const std::vector<long>& in, double in_unit, const std::vector<long>& s,
                       double s_unit) {
    std::vector<long> out(n.hidden + n.outputs, 0);
    for (std::size_t j = 0; j < n.hidden; ++j) {
        long from_inputs = 0;
        for (std::size_t i = 0; i < n.inputs; ++i) from_inputs += c.codes[0][i * n.hidden + j] * in[i];
        long from_outputs = 0;
        for (std::size_t k = 0; k < n.outputs; ++k)
            from_outputs += c.codes[spin_block][j * n.outputs + k] * s[n.hidden + k];
        out[j] = scale(from_inputs, in_unit / 127.0) + scale(from_outputs, s_unit / 127.0);
    }
    for (std::size_t k = 0; k < n.outputs; ++k) {
        long from_hidden = 0;
        for (std::size_t j = 0; j < n.hidden; ++j)
            from_hidden += c.codes[spin_block][j * n.outputs + k] * s[j];
        out[n.hidden + k] = scale(from_hidden, s_unit / 127.0);
    }
    return out;
}

// Node parameter `p` of every spin, words; blocks are couplings, parameters of h, couplings, parameters of
// out.
std::vector<long> parameter(const DigitalCase& c, std::size_t spin_block, std::size_t p, double range) {
    std::vector<long> out;
    for (const std::size_t first : {std::size_t{1}, spin_block + 1})
        for (const long code : c.codes[first + p]) out.push_back(scale(code * unit, range / 127.0));
    return out;
}

std::vector<long> states(const DigitalCase& c, const TapeStep& step, double per_word) {
    std::vector<long> out;
    for (const auto& layer : c.net->layers)
        for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
            out.push_back(std::lround(static_cast<double>(step.state[j]) / per_word));
    return out;
}

} // namespace

TEST_CASE("every phase of an XY network on the digital array is that of the golden model", "[digital]") {
    const Sizes n{5, 6, 3};
    const std::shared_ptr<const EnergyModel> energy = make_xy();
    const auto c = digital_case(*energy, n.inputs, n.hidden, n.outputs, 0.9);
    for (const auto law : {NudgeLaw::sine, NudgeLaw::tangent}) {
        const auto tape = digital_run(digital_machine(), c, energy, 0.37, law);
        REQUIRE(tape.size() == 16);
        auto phi = states(c, tape[0], 2.0 * pi / turn); // random ones: words nearest to the reset state
        std::vector<long> in_c, in_s;
        for (std::size_t i = 0; i < n.inputs; ++i) {
            const long phase = phase_of(pi * (c.clamp[i] / 255.0 - 0.5));
            in_c.push_back(cosine(phase));
            in_s.push_back(sine(phase));
        }
        const auto strength = parameter(c, 3, 0, 1.0);
        const auto direction = parameter(c, 3, 1, pi);
        for (std::size_t step = 1; step < tape.size(); ++step) {
            std::vector<long> cs, sn;
            for (const long p : phi) {
                cs.push_back(cosine(p));
                sn.push_back(sine(p));
            }
            auto x = sums(c, n, 3, in_c, 1.0, cs, 1.0);
            auto y = sums(c, n, 3, in_s, 1.0, sn, 1.0);
            for (std::size_t j = 0; j < phi.size(); ++j) {
                const long psi = scale(direction[j], static_cast<double>(turn) / (2.0 * pi * unit));
                x[j] += divide(strength[j] * cosine(psi), unit);
                y[j] += divide(strength[j] * sine(psi), unit);
                long torque = divide(y[j] * cs[j] - x[j] * sn[j], unit);
                if (step > 9 && j >= n.hidden) {
                    const double target = -pi + c.clamp[n.inputs + j - n.hidden] / 255.0 * 2.0 * pi;
                    const long away = phi[j] - phase_of(target);
                    const long pull =
                        law == NudgeLaw::sine
                            ? sine(away)
                            : table([](double d) { return std::sin(d) / (1.005 + std::cos(d)); }, away);
                    torque += divide(std::lround(0.37 * 256.0) * -pull, 256);
                }
                const long factor = static_cast<long>(turn / (2.0 * pi * unit) * 1048576.0 + 0.5);
                phi[j] = wrap(phi[j] + divide(torque * factor, 2L * 1048576));
            }
            REQUIRE(states(c, tape[step], 2.0 * pi / turn) == phi);
        }
    }
}

TEST_CASE("every phase of an oscillator machine on the digital array is that of the golden model",
          "[digital]") {
    const Sizes n{5, 6, 3};
    const std::shared_ptr<const EnergyModel> energy = make_oscillator();
    const auto c = digital_case(*energy, n.inputs, n.hidden, n.outputs, 0.9);
    const auto tape = digital_run(digital_machine(), c, energy, 0.37);
    auto phi = states(c, tape[0], 2.0 * pi / turn);
    CHECK(phi == std::vector<long>(9, turn / 4));
    const std::vector<long> in(c.clamp.begin(), c.clamp.begin() + 5);
    const auto bias = parameter(c, 3, 0, 1.0);
    const auto sync = parameter(c, 3, 1, 1.0);
    for (std::size_t step = 1; step < tape.size(); ++step) {
        std::vector<long> cs, sn;
        for (const long p : phi) {
            cs.push_back(cosine(p));
            sn.push_back(sine(p));
        }
        const auto x = sums(c, n, 3, in, unit / 255.0, cs, 1.0);
        const auto y = sums(c, n, 3, std::vector<long>(5, 0), 1.0, sn, 1.0);
        for (std::size_t j = 0; j < phi.size(); ++j) {
            long torque = divide(y[j] * cs[j] - (x[j] + bias[j]) * sn[j], unit);
            torque -= divide(sync[j] * sine(2 * phi[j]), unit);
            if (step > 9 && j >= n.hidden) {
                const long target =
                    std::lround((-1.0 + c.clamp[n.inputs + j - n.hidden] / 255.0 * 2.0) * unit);
                torque -= divide(std::lround(0.37 * 256.0) * divide((target - cs[j]) * sn[j], unit), 256);
            }
            const long factor = static_cast<long>(turn / (2.0 * pi * unit) * 1048576.0 + 0.5);
            phi[j] = wrap(phi[j] + divide(torque * factor, 2L * 1048576));
        }
        REQUIRE(states(c, tape[step], 2.0 * pi / turn) == phi);
    }
}

TEST_CASE("every p-bit of the digital array is that of the golden model", "[digital]") {
    const Sizes n{5, 6, 4};
    const std::shared_ptr<const EnergyModel> energy = make_binary();
    const auto c = digital_case(*energy, n.inputs, n.hidden, n.outputs, 0.5);
    const auto machine =
        digital_machine({{"start_temperature", 2.0}, {"end_temperature", 0.5}, {"reverse", 0.5}});
    const auto tape = digital_run(machine, c, energy, 1.5);
    auto s = states(c, tape[0], 1.0);
    const std::vector<long> in(c.clamp.begin(), c.clamp.begin() + 5);
    const auto bias = parameter(c, 2, 0, 4.0);
    std::vector<std::uint32_t> registers;
    const RandomStream seeds(5, Purpose::gibbs);
    for (std::size_t step = 1; step < tape.size(); ++step) {
        const bool nudged = step > 9;
        if (step == 1 || step == 10) {
            std::vector<std::uint32_t> words(c.net->state_columns);
            seeds.words({3, nudged ? 3U : 2U}, words);
            registers.clear();
            for (const auto& layer : c.net->layers)
                for (std::size_t j = 0; j < layer.size; ++j)
                    registers.push_back(words[layer.offset + j] | 1U);
        }
        // Cooling from 2 to 0.5 over 9 steps; back to halfway and down again over 6.
        const double progress =
            nudged ? (static_cast<double>(step) - 10.0) / 5.0 : (static_cast<double>(step) - 1.0) / 8.0;
        const double cold = nudged ? 1.0 - 0.5 * (1.0 - std::abs(2.0 * progress - 1.0)) : progress;
        const double temperature = 2.0 - 1.5 * cold;
        for (const auto& [first, end] :
             {std::pair{std::size_t{0}, n.hidden}, std::pair{n.hidden, s.size()}}) {
            auto field = sums(c, n, 2, in, unit / 255.0, s, unit);
            const auto still = sums(c, n, 2, in, unit / 255.0, std::vector<long>(s.size(), 0), unit);
            for (std::size_t j = first; j < end; ++j) {
                field[j] += std::clamp(still[j] + bias[j], -4L * unit, 4L * unit) - still[j];
                if (nudged && j >= n.hidden) {
                    const long target =
                        std::lround((-1.0 + c.clamp[n.inputs + j - n.hidden] / 255.0 * 2.0) * unit);
                    field[j] += divide(std::lround(1.5 * 256.0) * target, 256);
                }
                // 1024 entries over −8 … 8: one in 16 words of z.
                const long z = scale(field[j], 2.0 / temperature);
                const long entry = std::clamp(divide(z, 16) + 512, 0L, 1023L);
                const long threshold = std::lround(
                    65536.0 / (1.0 + std::exp(-(static_cast<double>(entry) / 1024.0 - 0.5) * 16.0)));
                long u = 0;
                for (int bit = 0; bit < 16; ++bit) { // Galois register: taps 32, 22, 2, 1
                    const bool low = (registers[j] & 1U) != 0;
                    u = 2 * u + (low ? 1 : 0);
                    registers[j] >>= 1;
                    if (low) registers[j] ^= (1U << 31) | (1U << 21) | 2U | 1U;
                }
                s[j] = u < threshold ? 1 : -1;
            }
        }
        REQUIRE(states(c, tape[step], 1.0) == s);
    }
}

TEST_CASE("a digital step of phases has two products a coupling and way, one of p-bits a pipeline a set",
          "[digital]") {
    const auto machine = digital_machine({{"macs", 16.0}, {"pipeline", 3.0}});
    const auto cycles = [&](const std::shared_ptr<const EnergyModel>& energy) {
        const auto c = digital_case(*energy, 5, 8, 4, 0.5);
        return machine.array->dynamics(machine, *c.net, *energy, 1)->physical_rc_per_step() /
               machine.cycle_rc();
    };
    CHECK(cycles(make_hopfield()) == Approx(4 + 3 + 1));     // 2 · 32 products
    CHECK(cycles(make_xy()) == Approx(8 + 3 + 1));           // twice as many
    CHECK(cycles(make_binary()) == Approx(4 + 2 * (3 + 1))); // two sets
}
