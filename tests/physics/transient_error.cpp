#include "tests/physics/transient_error.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass::rig {

namespace {

class Comparison {
  public:
    Comparison(const Network& net, std::span<const float> values, const Sample& sample, double beta,
               const std::optional<reference::Pair>& pair)
        : net_(net),
          plain_(reference_net(net, values)),
          target_(sample.targets.begin(), sample.targets.end()),
          problem_(plain_, std::vector<double>(sample.inputs.begin(), sample.inputs.end())),
          exact_(problem_, pair),
          beta_(beta) {}

    TransientError along(const Tape& tape) {
        TransientError error{};
        for (const auto& step : tape) {
            if (step.op != op_) enter(op_ = step.op);
            const int phase = phase_of(op_);
            if (phase < 0) continue;
            exact_.advance_to(step.time_rc);
            error[phase] = std::max(error[phase], distance(step));
        }
        return error;
    }

  private:
    // Place in TransientError, or −1 where nothing relaxes.
    static int phase_of(std::uint32_t op) {
        return op == free_op ? 0 : op == plus_op ? 1 : op == minus_op ? 2 : -1;
    }

    void enter(std::uint32_t op) {
        const int phase = phase_of(op);
        if (op == hold_op) held_.assign(exact_.state().begin(), exact_.state().end()); // p comes to rest
        if (phase < 0) {
            exact_.restore(held_.empty() ? std::vector<double>(net_.spins()) : held_); // RESET, HOLD, RESTORE
            return;
        }
        if (phase == 1) held_.assign(exact_.state().begin(), exact_.state().end());
        problem_.nudge(phase == 0 ? 0.0 : phase == 1 ? beta_ : -beta_, target_);
        exact_.begin(phase == 0);
    }

    [[nodiscard]] double distance(const TapeStep& step) const {
        const auto s = spins(net_, step.state);
        double largest = 0.0;
        for (std::size_t i = 0; i < s.size(); ++i)
            largest = std::max(largest, std::abs(s[i] - exact_.state()[i]));
        return largest;
    }

    const Network& net_;
    reference::Net plain_;
    std::vector<double> target_;
    reference::Problem problem_;
    reference::Adaptive exact_;
    std::vector<double> held_;
    double beta_;
    std::uint32_t op_ = 0;
};

} // namespace

TransientError transient_error(const ChipModel& model, std::span<const float> values, const Sample& sample,
                               const EpTimes& times, const std::optional<reference::Pair>& pair) {
    const EpRun run = run_ep(model, values, sample, times);
    return Comparison(*model.network, values, sample, times.beta, pair).along(run.tape);
}

Settings settings_of(const reference::Pair& pair) {
    return {{"stiffness", pair.stiffness},
            {"friction", pair.friction},
            {"pump_start", pair.pump_start},
            {"pump_ramp", pair.pump_ramp}};
}

double worst(const TransientError& error) {
    return std::ranges::max(error);
}

} // namespace isinglass::rig
