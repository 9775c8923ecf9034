#include "sim/solve/solve.hpp"

#include "sim/run/interrupt.hpp"

#include <algorithm>
#include <chrono>

namespace isinglass {

namespace {

class Batches {
  public:
    Batches(IsingMachine& machine, const IsingProblem& problem, const SolveLimits& limits,
            const SolveWatcher& watch)
        : machine_(machine), problem_(problem), limits_(limits), watch_(watch) {}

    SolveResult run() {
        machine_.program();
        result_.programming = machine_.ledger_now();
        while (!over()) {
            const double before = elapsed_s();
            batch();
            longest_s_ = std::max(longest_s_, elapsed_s() - before);
            result_.wall_s = elapsed_s();
            if (watch_) watch_(result_);
        }
        result_.annealing = machine_.ledger_now().since(result_.programming);
        return std::move(result_);
    }

  private:
    [[nodiscard]] double elapsed_s() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    [[nodiscard]] std::size_t done() const { return result_.cuts.size(); }
    [[nodiscard]] std::size_t wanted() const {
        return limits_.shots ? static_cast<std::size_t>(*limits_.shots) - done() : batch_shots;
    }

    // Says why, where it is. The first batch always runs.
    bool over() {
        const auto because = [this](const char* why) {
            result_.stopped_because = why;
            return true;
        };
        if (done() == 0) return false;
        if (limits_.target && *std::ranges::max_element(result_.cuts) >= *limits_.target)
            return because("target reached");
        if (wanted() == 0) return because("all shots done");
        if (interrupt_.requested()) return because("interrupted");
        if (limits_.timeout_s && elapsed_s() + longest_s_ > *limits_.timeout_s) return because("timeout");
        return false;
    }

    void batch() {
        const std::size_t first = done();
        const std::size_t count = std::min(wanted(), batch_shots);
        machine_.shots(first, count, limits_.steps, spins_);
        result_.cuts.resize(first + count);
        result_.energies.resize(first + count);
        machine_.pool().run(count, [&](std::size_t i, unsigned) {
            const auto state =
                std::span<const std::int8_t>(spins_).subspan(i * problem_.spins, problem_.spins);
            result_.cuts[first + i] = problem_.cut(state);
            result_.energies[first + i] = problem_.energy(state);
        });
        for (std::size_t i = 0; i < count; ++i) {
            if (first + i > 0 && result_.energies[first + i] >= result_.energies[result_.best]) continue;
            result_.best = first + i;
            const auto state = spins_.begin() + static_cast<std::ptrdiff_t>(i * problem_.spins);
            result_.state.assign(state, state + static_cast<std::ptrdiff_t>(problem_.spins));
        }
    }

    IsingMachine& machine_;
    const IsingProblem& problem_;
    const SolveLimits& limits_;
    const SolveWatcher& watch_;
    SolveResult result_;
    std::vector<std::int8_t> spins_; // of the last batch
    double longest_s_ = 0.0;         // batch so far
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    InterruptGuard interrupt_;
};

} // namespace

SolveResult solve(IsingMachine& machine, const IsingProblem& problem, const SolveLimits& limits,
                  const SolveWatcher& watch) {
    SolveResult result;
    machine.run([&] { result = Batches(machine, problem, limits, watch).run(); });
    return result;
}

} // namespace isinglass
