// One cell of the conjugate dynamics: a spin s and its conjugate p between two inelastic walls.
//     ds/dt = a₀ p,   dp/dt = −pull·s + f(t) − γp,   pull = λ + a₀ − a(t)
#pragma once

#include "hw_models/base/fields.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

struct ConjugateParameters {
    double stiffness = 1.0;  // a₀, 1/RC
    double friction = 1.5;   // γ, 1/RC
    double pump_start = 1.0; // a(0)/a₀ in a free phase after a reset
    double pump_ramp_rc = 5.0;

    void fields(Fields& f);
    // a₀ − a(t): the extra stiffness `t_rc` into a phase in which the pump ramps.
    [[nodiscard]] double detuning(double t_rc) const;
};

// Exact step over h under a force Σ fₙ (t/h)ⁿ: (s, p) ← decay·(s, p) + Σ fₙ·(s_n, p_n).
struct PairStep {
    float ss = 1, sp = 0, ps = 0, pp = 1;
    float s_0 = 0, p_0 = 0, s_1 = 0, p_1 = 0, s_2 = 0, p_2 = 0;
};
PairStep pair_step(const ConjugateParameters& k, double pull, double h);

// Gaussian kicks ξ₁, ξ₂ of a step: p gains pp·ξ₁, s gains sp·ξ₁ + ss·ξ₂. They keep a free cell at its
// stationary law, var s = T/pull and var p = T/a₀, whatever the step. A kick of p alone would leave var s at
// 0.63 T for h = 1/4, γ = 2.
struct PairKicks {
    float pp = 0, sp = 0, ss = 0;
};
PairKicks pair_kicks(const ConjugateParameters& k, double pull, double h, double temperature);

// Kick of the velocity in a step of semi-implicit Euler that gives var s = T/pull.
double euler_kick(const ConjugateParameters& k, double pull, double h, double temperature);

struct Pair {
    float s, p;
};

// What a cell's walls need to know about a step.
struct WallStep {
    float low, high, pull, stiffness, friction, h;
};

// By value: references to temporaries keep GCC from vectorising.
inline float larger(float a, float b) {
    return a > b ? a : b;
}
inline float smaller(float a, float b) {
    return a < b ? a : b;
}

// The end of a step from `from` whose free flight ends at `free`, f going from f0 to f1.
//
// A cell that meets a wall loses its p there, and leaves it again, from rest, when the force at the wall
// turns inwards; both may happen within one step, and a flight may meet the wall and be back before the step
// ends. Ignoring that makes underdamped transients wrong by h·f in p. The time of the meeting is that of a
// flight of constant deceleration; the force is linear in time. All branches are evaluated and one is
// selected, so that loops vectorise.
inline Pair between_walls(Pair from, Pair free, float f0, float f1, const WallStep& w) {
    const bool up = free.s > 0.5F * (w.low + w.high);
    const float wall = up ? w.high : w.low;
    const float outward = up ? 1.0F : -1.0F;
    const float beyond = outward * (free.s - wall);
    const float gap = outward * (wall - from.s);
    const float v0 = outward * from.p;
    const float v1 = outward * free.p;
    const float g0 = outward * (w.pull * wall - f0); // inward force at the wall, at both ends of the step
    const float g1 = outward * (w.pull * wall - f1);

    const float reach = v0 * v0 - 2.0F * gap * (v0 - v1) / (w.h * w.stiffness); // p² at the wall
    const float meets = 2.0F * gap / (w.stiffness * larger(v0 + std::sqrt(larger(reach, 0.0F)), 1e-30F));
    const bool held = (gap <= 0.0F) & (v0 == 0.0F);
    const bool back = (v0 > 0.0F) & (v1 < 0.0F) & (reach > 0.0F) & (meets < w.h);
    const bool met = (!held) & ((beyond > 0.0F) | back);
    const bool leaves = (g1 > 0.0F) & (met | (held & (g0 < 0.0F)));

    const float turns = g0 < 0.0F ? w.h * g0 / (g0 - g1) : 0.0F;
    const float leave = larger(met ? smaller(meets, w.h) : 0.0F, turns);
    const float rest = w.h - leave;
    const float g = larger(g0 + (g1 - g0) * leave / w.h, 0.0F);
    const float drag = rest / (1.0F + 0.5F * w.friction * rest);
    const float p = -outward * 0.5F * (g + g1) * drag;
    const float s = wall - outward * w.stiffness * (2.0F * g + g1) / 6.0F * rest * drag;

    const float stayed = smaller(larger(free.s, w.low), w.high);
    return {leaves ? s : stayed, leaves ? p : (stayed == free.s ? free.p : 0.0F)};
}

} // namespace isinglass
