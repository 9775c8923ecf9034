// Ising dynamics with conjugate variables:
//     ds/dt = a₀ p,   dp/dt = −λs + N(s) − γp − (a₀ − a(t)) s,
// with inelastic walls. The linear part of each (s, p) pair is integrated exactly, the field N by the Adams
// pair of dissipative.cpp.
#include "hw_models/array/conjugate_base.hpp"

namespace isinglass {

namespace {

class ConjugateAdams final : public ConjugateBase {
  public:
    ConjugateAdams(const ConjugateParameters& parameters, const Network& net, const RandomStream& noise)
        : ConjugateBase(parameters, net, noise),
          predicted_(LaneBlock::rows(), net.state_columns),
          base_s_(LaneBlock::rows(), net.state_columns),
          base_p_(LaneBlock::rows(), net.state_columns),
          before_(LaneBlock::rows(), net.state_columns),
          ahead_(LaneBlock::rows(), net.state_columns),
          gaussians_(2 * net.state_columns),
          steps_(net.layers.size()),
          kicks_(net.layers.size()) {}

    void step(const float* values, LaneBlock& block, FieldKernel& kernel) override {
        if (prepare(kernel))
            for (std::size_t l = 0; l < steps_.size(); ++l) {
                steps_[l] = pair_step(parameters_, pull_[l], phase_.step_rc);
                kicks_[l] = pair_kicks(parameters_, pull_[l], phase_.step_rc, temperature());
            }
        const bool past = step_ > 0 && phase_.node_noise == 0.0;
        std::swap(block.field, before_);
        kernel.field(values, phase_.nudge, block, block.state, all_layers, block.field);
        if (phase_.node_noise > 0.0) draw_kicks(block);
        predict(block, past);
        kernel.field(values, phase_.nudge, block, predicted_, all_layers, ahead_);
        correct(block, past);
        ++step_;
    }

  private:
    // Plain loops and ivdep: a lambda of this size is not inlined, and GCC gives up on so many pairs of
    // pointers that might overlap; either leaves the loop scalar.
    void predict(const LaneBlock& block, bool past) {
        const bool noisy = phase_.node_noise > 0.0;
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* s = block.state.row(r).data();
            const float* p = block.momentum.row(r).data();
            const float* c = block.constant.row(r).data();
            const float* n = block.field.row(r).data();
            const float* before = before_.row(r).data();
            float* base_s = base_s_.row(r).data();
            float* base_p = base_p_.row(r).data();
            float* out = predicted_.row(r).data();
            for (std::size_t l = 0; l < steps_.size(); ++l) {
                const auto& layer = net_.layers[l];
                const auto k = steps_[l];
                const float slope = past ? k.s_1 : 0.0F;
                const float low = layer.low;
                const float high = layer.high;
                const std::size_t end = layer.offset + padded(layer.size);
#pragma GCC ivdep
                for (std::size_t j = layer.offset; j < end; ++j) {
                    const float f = n[j] + c[j];
                    const float kick_s = noisy ? base_s[j] : 0.0F;
                    const float kick_p = noisy ? base_p[j] : 0.0F;
                    base_s[j] = k.ss * s[j] + k.sp * p[j] + k.s_0 * f + kick_s;
                    base_p[j] = k.ps * s[j] + k.pp * p[j] + k.p_0 * f + kick_p;
                    out[j] = clamped(base_s[j] + slope * (n[j] - before[j]), low, high);
                }
            }
        }
    }

    void correct(LaneBlock& block, bool past) {
        for (std::size_t r = 0; r < block.lanes; ++r) {
            const float* c = block.constant.row(r).data();
            const float* base_s = base_s_.row(r).data();
            const float* base_p = base_p_.row(r).data();
            const float* before = before_.row(r).data();
            const float* n = block.field.row(r).data();
            const float* ahead = ahead_.row(r).data();
            float* s = block.state.row(r).data();
            float* p = block.momentum.row(r).data();
            for (std::size_t l = 0; l < steps_.size(); ++l) {
                const auto& layer = net_.layers[l];
                const auto k = steps_[l];
                const float s_onward = past ? 0.5F * (k.s_1 + k.s_2) : k.s_1;
                const float p_onward = past ? 0.5F * (k.p_1 + k.p_2) : k.p_1;
                const float s_back = past ? 0.5F * (k.s_1 - k.s_2) : 0.0F;
                const float p_back = past ? 0.5F * (k.p_1 - k.p_2) : 0.0F;
                const WallStep walls = wall_step(l, layer);
                const std::size_t end = layer.offset + padded(layer.size);
#pragma GCC ivdep
                for (std::size_t j = layer.offset; j < end; ++j) {
                    const float onward = ahead[j] - n[j];
                    const float back = n[j] - before[j];
                    const Pair free{base_s[j] + s_onward * onward + s_back * back,
                                    base_p[j] + p_onward * onward + p_back * back};
                    const Pair pair = between_walls({s[j], p[j]}, free, n[j] + c[j], ahead[j] + c[j], walls);
                    s[j] = pair.s;
                    p[j] = pair.p;
                }
            }
        }
    }

    [[nodiscard]] WallStep wall_step(std::size_t l, const SpinLayer& layer) const {
        return {layer.low,
                layer.high,
                static_cast<float>(pull_[l]),
                static_cast<float>(parameters_.stiffness),
                static_cast<float>(parameters_.friction),
                static_cast<float>(phase_.step_rc)};
    }

    // As in dissipative.cpp: kicks are part of what a step predicts.
    void draw_kicks(const LaneBlock& block) {
        base_s_.fill(0.0F);
        base_p_.fill(0.0F);
        const float* first = gaussians_.data();
        const float* second = first + net_.state_columns;
        for (std::size_t r = 0; r < block.lanes; ++r) {
            noise_.gaussians({phase_.presentations[r], phase_.command, step_}, gaussians_);
            float* s = base_s_.row(r).data();
            float* p = base_p_.row(r).data();
            for (std::size_t l = 0; l < kicks_.size(); ++l) {
                const auto k = kicks_[l];
                const auto& layer = net_.layers[l];
                for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j) {
                    s[j] = k.sp * first[j] + k.ss * second[j];
                    p[j] = k.pp * first[j];
                }
            }
        }
    }

    Matrix predicted_;
    Matrix base_s_, base_p_; // the pair at the end of the step if the field stayed as it is
    Matrix before_;          // field at the start of the step before
    Matrix ahead_;           // field at the predicted state
    AlignedVector<float> gaussians_;
    std::vector<PairStep> steps_;
    std::vector<PairKicks> kicks_;
};

class Conjugate final : public Dynamics {
  public:
    void fields(Fields& f) override {
        parameters_.fields(f);
        f.number({"step", "integration step, in RC"}, step_, {1e-4, 2.0});
    }
    std::unique_ptr<Integrator> integrator(const Network& net, const RandomStream& noise) const override {
        return std::make_unique<ConjugateAdams>(parameters_, net, noise);
    }
    double step_rc() const override { return step_; }
    double physical_rc_per_step() const override { return step_; }
    bool settled_values_only() const override { return false; }
    int nodes_per_spin() const override { return 2; }
    Relaxation relaxation() const override { return Relaxation::pairs; }

  private:
    double step_ = 0.25;
    ConjugateParameters parameters_;
};

} // namespace

std::unique_ptr<Dynamics> make_conjugate() {
    return std::make_unique<Conjugate>();
}

} // namespace isinglass
