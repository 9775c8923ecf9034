// Iterations towards the equilibrium of the dynamics with conjugate variables: semi-implicit Euler, p first
// and then s, of all layers at once or, in sweeps, of sets of nodes that no coupling joins, each seeing what
// the one before has come to. Intermediate states are no voltages.
//
// A step of h moves s by h²a₀ times the way to the minimum of its node and by 1 − hγ of its last move. A
// sweep with h²a₀ = hγ = 1 therefore is one of exact solutions ("dissipative-sweeps", at a leak of 1); less
// friction over-relaxes it. Layers that step together swing against each other where they are strongly
// coupled, which sweeps cannot: each of their moves, without what is left of the last, goes downhill.
#include "hw_models/array/conjugate_base.hpp"
#include "hw_models/array/iteration.hpp"

namespace isinglass {

namespace {

class SemiImplicitEuler final : public ConjugateBase {
  public:
    SemiImplicitEuler(const ConjugateParameters& parameters, const Network& net, const RandomStream& noise,
                      std::vector<NodeSet> sets)
        : ConjugateBase(parameters, net, noise), sets_(std::move(sets)), gaussians_(net.state_columns) {}

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        prepare(kernel);
        for (const auto& nodes : sets_) {
            kernel.field(values, phase_.nudge, block, block.state, nodes.layers, block.field);
            if (phase_.node_noise > 0.0) add_noise(block);
            move(nodes, block);
        }
        ++step_;
    }

  private:
    // A step's noise enters with the field: h·N gains the kick.
    void add_noise(LaneBlock& block) {
        add_node_noise(net_, phase_, step_, noise_, block.lanes, block.field, gaussians_, [&](std::size_t l) {
            return euler_kick(parameters_, pull_[l], phase_.step_rc, temperature()) / phase_.step_rc;
        });
    }

    void move(const NodeSet& nodes, LaneBlock& block) {
        const auto h = static_cast<float>(phase_.step_rc);
        const auto keep = static_cast<float>(1.0 - phase_.step_rc * parameters_.friction);
        const auto along = static_cast<float>(phase_.step_rc * parameters_.stiffness);
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            float* s = block.state.row(r).data();
            float* p = block.momentum.row(r).data();
            for_each_stretch(net_, nodes.layers, [&](std::size_t l, const Stretch& x) {
                const auto pull = static_cast<float>(phase_.step_rc * pull_[l]);
                const auto moved = [&](std::size_t j) {
                    const float velocity = keep * p[j] + h * (n[j] + c[j]) - pull * s[j];
                    const float free = s[j] + along * velocity;
                    const float stayed = clamped(free, x.low, x.high);
                    return Pair{stayed, free == stayed ? velocity : 0.0F};
                };
                if (nodes.mask.empty())
                    for (std::size_t j = x.first; j < x.end; ++j) {
                        const Pair to = moved(j);
                        s[j] = to.s;
                        p[j] = to.p;
                    }
                else
                    for (std::size_t j = x.first; j < x.end; ++j) {
                        const Pair to = moved(j);
                        s[j] = nodes.chosen(j, to.s, s[j]);
                        p[j] = nodes.chosen(j, to.p, p[j]);
                    }
            });
        }
    }

    std::vector<NodeSet> sets_;
    AlignedVector<float> gaussians_;
};

// Physical time a step stands for: `bench rc-per-step` on 784-512-10 trained on MNIST, free phase.
class FastConjugate final : public Dynamics {
  public:
    FastConjugate(bool sweeps, double step, double friction, double physical)
        : sweeps_(sweeps), step_(step), physical_(physical) {
        parameters_.friction = friction;
    }

    void fields(Fields& f) override {
        parameters_.fields(f);
        f.number({"step", "step of the iteration, in RC"}, step_, {1e-4, 2.0});
        declare_rc_per_step(f, physical_);
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        auto sets =
            sweeps_ ? independent_sets(net) : std::vector<NodeSet>{{.layers = all_layers, .mask = {}}};
        return std::make_unique<SemiImplicitEuler>(parameters_, net, noise, std::move(sets));
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return physical_; }
    bool settled_values_only() const override { return true; }
    int nodes_per_spin() const override { return 2; }
    bool takes_dynamic_noise() const override { return !sweeps_; }
    Relaxation relaxation() const override { return Relaxation::pairs; }

  private:
    bool sweeps_;
    double step_;
    double physical_;
    ConjugateParameters parameters_;
};

} // namespace

std::unique_ptr<Dynamics> make_conjugate_fast() {
    return std::make_unique<FastConjugate>(false, 0.5, 1.5, 0.45);
}
std::unique_ptr<Dynamics> make_conjugate_sweeps() {
    return std::make_unique<FastConjugate>(true, 1.0, 0.9, 2.3);
}

} // namespace isinglass
