#include "sim/solve/graph_network.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/couplings/run_coupling.hpp"

namespace isinglass {

namespace {

// Numbered as the problem lists them. Of a pair, that spin is the post node which the other is at most half a
// turn before, on a ring of all spins: every spin is then the post node of about half of its couplings, and
// few cells of a crossbar stay empty.
class GraphKind final : public CouplingKind {
  public:
    explicit GraphKind(const IsingProblem& problem) : problem_(problem) {}

    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        RunList list;
        for (const auto& c : problem_.couplings) {
            const bool forward = 2 * (c.j - c.i) <= problem_.spins;
            list.add(forward ? c.i : c.j, forward ? c.j : c.i, 1);
        }
        return make_run_coupling(ends, std::move(list));
    }

  private:
    const IsingProblem& problem_;
};

} // namespace

GraphNetwork graph_network(const IsingProblem& problem, const EnergyModel& model) {
    GraphNetwork graph{.unit = problem.largest()};
    if (problem.couplings.empty() || graph.unit == 0.0)
        throw UserError("all couplings of the problem are 0; there is nothing to solve");
    const auto state = model.activations().front();
    const auto net = std::make_shared<const Network>(make_network(
        1,
        {{.name = "spins",
          .size = problem.spins,
          .low = state.low,
          .high = state.high,
          .domain = state.domain}},
        {{.from = 0, .to = 0, .kind = std::make_shared<GraphKind>(problem), .range = 1.0}}, model.needs()));
    graph.theta.assign(net->parameters, 0.0F);
    model.initialise(*net, 0.0, RandomStream(0, Purpose::initial_couplings), graph.theta);
    for (std::size_t w = 0; w < problem.couplings.size(); ++w)
        graph.theta[net->blocks.front().first + w] =
            static_cast<float>(problem.couplings[w].value / graph.unit);
    for (std::size_t i = 0; i < problem.fields.size(); ++i)
        graph.theta[net->node_block(0).first + i] = static_cast<float>(problem.fields[i] / graph.unit);
    graph.network = net;
    return graph;
}

} // namespace isinglass
