// The machine's array without its clock: networks, ideal machines and EP runs for the physics tests and
// benches.
#pragma once

#include "hw_models/array/sample_evaluator.hpp"
#include "hw_models/machine.hpp"
#include "tests/physics/adaptive.hpp"
#include "tests/physics/reference.hpp"

#include <map>
#include <string>
#include <vector>

namespace isinglass::rig {

// Numbers of a dynamics or a converter by their key, as a machine file has them.
using Settings = std::map<std::string, double>;

// Gives `part` (anything with fields(Fields&)) those numbers. Throws UserError for a key that it does not
// have.
class SetFields final : public Fields {
  public:
    explicit SetFields(Settings settings) : left_(std::move(settings)) {}
    template <class Part>
    static void apply(Part& part, const Settings& settings) {
        SetFields f(settings);
        part.fields(f);
        f.reject_rest();
    }

    void quantity(Key key, double& value, Unit, Limits) override { take(key, value); }
    void number(Key key, double& value, Limits) override { take(key, value); }
    void integer(Key key, std::int64_t& value, Limits) override { take(key, value); }
    void flag(Key key, bool& value) override { take(key, value); }
    void text(Key, std::string&) override {}
    void relax_time(Key, RelaxTime&, Limits) override {}
    void numbers(Key, std::vector<double>&, Limits) override {}
    void integers(Key, std::vector<std::int64_t>&, Limits) override {}
    void choice(Key, std::string&, std::span<const std::string>) override {}
    void table(Key, const std::function<void(Fields&)>&) override {}
    void tables(Key, std::size_t, const std::function<void(std::size_t)>&,
                const std::function<void(std::size_t, Fields&)>&) override {}
    void variant(Key, std::string&, std::span<const std::string>,
                 const std::function<void(const std::string&, Fields&)>&) override {}
    void check(bool, std::string_view, std::string_view) override {}

  private:
    template <class Value>
    void take(Key key, Value& value) {
        const auto found = left_.find(std::string(key.name));
        if (found == left_.end()) return;
        value = static_cast<Value>(found->second);
        left_.erase(found);
    }
    void reject_rest() const;

    Settings left_;
};

// A dynamics of that kind with those numbers.
std::shared_ptr<const Dynamics> dynamics(const std::string& kind, const Settings& settings = {});

// The ideal twin of the default machine with a dynamics of that kind.
MachineSpec ideal_machine(const std::string& kind, const Settings& settings = {});

// sizes: inputs, hidden layers, outputs, densely coupled in a chain; every spin within low … high.
std::shared_ptr<const Network> chain(const std::vector<std::size_t>& sizes, float low = 0.0F,
                                     float high = 1.0F);

// Couplings U(±gain/√fan_in) and biases U(±bias).
std::vector<float> random_values(const Network& net, double gain, double bias, std::uint64_t seed);
// n levels U(0, 1).
std::vector<float> random_levels(std::size_t n, std::uint64_t seed);

// The same network for the reference. Throws std::invalid_argument unless it is a chain of dense couplings.
reference::Net reference_net(const Network& net, std::span<const float> values);

// Spins of a state row without the padding, layer after layer.
std::vector<double> spins(const Network& net, std::span<const float> row);

struct Sample {
    std::vector<float> inputs, targets;
    std::uint64_t presentation = 0;
};

// What one EP presentation left: read-outs of all layers (spins without padding) and the tape of every step.
struct EpRun {
    std::vector<double> free, plus, minus;
    Tape tape;
};

// Positions of the phases in the program of run_ep(), as TapeStep::op has them.
inline constexpr std::uint32_t free_op = 2, plus_op = 5, minus_op = 8;

struct EpTimes {
    double beta = 0.5;
    double free_rc = 15.0;
    double nudged_rc = 5.0;
};

// CLAMP, RESET, free phase, READ, HOLD, +β, READ, RESTORE, −β, READ. The model's converters must be ideal.
EpRun run_ep(const ChipModel& model, std::span<const float> values, const Sample& sample,
             const EpTimes& times);

// The same with frozen nudges: the host reads o⁰ and sends y − o⁰, which the array injects ±β times.
EpRun run_ep_frozen(const ChipModel& model, std::span<const float> values, const Sample& sample,
                    const EpTimes& times);

} // namespace isinglass::rig
