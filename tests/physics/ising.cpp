#include "tests/physics/ising.hpp"

#include "host/learning/gradient.hpp"
#include "sim/config/reader.hpp"
#include "tests/set_parameters.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstring>

namespace isinglass::rig {

Ising::Ising(const Network& net, std::span<const double> values, std::span<const float> inputs)
    : n(net.spins()), couplings(n * n, 0.0), fields(n, 0.0) {
    for (const auto& block : net.blocks) {
        const std::size_t to = net.first_node(static_cast<std::size_t>(block.layer));
        if (block.link < 0) {
            for (std::size_t j = 0; j < block.columns; ++j) fields[to + j] += values[block.first + j];
            continue;
        }
        const auto& link = net.links[static_cast<std::size_t>(block.link)];
        link.coupling->for_each([&](std::size_t i, std::size_t j, std::size_t c) {
            const double w = values[block.first + c];
            if (link.from == input_layer) {
                fields[to + j] += w * static_cast<double>(inputs[i]);
            } else {
                const std::size_t a = net.first_node(static_cast<std::size_t>(link.from)) + i;
                couplings[a * n + to + j] += w;
                couplings[(to + j) * n + a] += w;
            }
        });
    }
}

double Ising::energy(std::size_t state) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        double along = fields[i];
        for (std::size_t j = 0; j < i; ++j) along += couplings[i * n + j] * spin(state, j);
        sum -= spin(state, i) * along;
    }
    return sum;
}

double Ising::cost(std::size_t state, std::span<const float> targets) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < targets.size(); ++k)
        sum += 0.5 * std::pow(spin(state, n - targets.size() + k) - static_cast<double>(targets[k]), 2);
    return sum;
}

std::vector<double> Ising::boltzmann(double temperature, double beta, std::span<const float> targets) const {
    std::vector<double> p(states());
    double sum = 0.0;
    for (std::size_t s = 0; s < p.size(); ++s)
        sum += p[s] = std::exp(-(energy(s) + beta * cost(s, targets)) / temperature);
    for (double& x : p) x /= sum;
    return p;
}

namespace {

// Pair (i, j), i < j, has the number of pairs before it in the order of i, then j.
class AllPairs final : public Coupling {
  public:
    explicit AllPairs(std::size_t nodes) : nodes_(nodes) {}
    std::size_t pre_size() const override { return nodes_; }
    std::size_t post_size() const override { return nodes_; }
    std::size_t parameters() const override { return nodes_ * (nodes_ - 1) / 2; }
    std::size_t fan_in() const override { return nodes_ - 1; }
    std::size_t array_rows() const override { return nodes_; }
    std::size_t array_columns() const override { return nodes_; }
    void for_each(const Visit& visit) const override {
        std::size_t c = 0;
        for (std::size_t i = 0; i < nodes_; ++i)
            for (std::size_t j = i + 1; j < nodes_; ++j) visit(i, j, c++);
    }
    std::unique_ptr<CouplingKernel> kernel(std::size_t pre_stride, std::size_t post_stride) const override;
    std::size_t slabs() const override { return 1; }
    Range slab(std::size_t) const override { return {0, parameters()}; }
    void co_activity(std::size_t, std::size_t rows, ActivityRows pre, ActivityRows post,
                     float* out) const override {
        for_each([&](std::size_t i, std::size_t j, std::size_t c) {
            double sum = 0.0;
            for (std::size_t r = 0; r < rows; ++r)
                sum += static_cast<double>(pre.data[r * pre.stride + i]) *
                       static_cast<double>(post.data[r * post.stride + j]);
            out[c] = static_cast<float>(sum);
        });
    }

  private:
    std::size_t nodes_;
};

class AllPairsKernel final : public CouplingKernel {
  public:
    AllPairsKernel(const AllPairs& pairs, std::size_t pre_stride, std::size_t post_stride)
        : pairs_(pairs), pre_stride_(pre_stride), post_stride_(post_stride) {}
    // Forward brings what lower nodes do to higher ones, transposed the rest.
    void forward(const float* values, const float* pre, float* post, bool accumulate) override {
        add(values, pre, pre_stride_, post, post_stride_, accumulate, true);
    }
    void transposed(const float* values, const float* post, float* pre, bool accumulate) override {
        add(values, post, post_stride_, pre, pre_stride_, accumulate, false);
    }

  private:
    void add(const float* values, const float* from, std::size_t from_stride, float* to,
             std::size_t to_stride, bool accumulate, bool upwards) const {
        for (std::size_t r = 0; r < LaneBlock::rows(); ++r) {
            const float* s = from + r * from_stride;
            float* field = to + r * to_stride;
            if (!accumulate) std::fill_n(field, pairs_.pre_size(), 0.0F);
            pairs_.for_each([&](std::size_t i, std::size_t j, std::size_t c) {
                if (upwards)
                    field[j] += values[c] * s[i];
                else
                    field[i] += values[c] * s[j];
            });
        }
    }
    const AllPairs& pairs_;
    std::size_t pre_stride_, post_stride_;
};

std::unique_ptr<CouplingKernel> AllPairs::kernel(std::size_t pre_stride, std::size_t post_stride) const {
    return std::make_unique<AllPairsKernel>(*this, pre_stride, post_stride);
}

class AllPairsKind final : public CouplingKind {
  public:
    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        return std::make_unique<AllPairs>(ends.pre.nodes());
    }
};

} // namespace

std::shared_ptr<const CouplingKind> all_pairs() {
    return std::make_shared<AllPairsKind>();
}

std::shared_ptr<const Network> sign_network(std::size_t inputs, const std::vector<std::size_t>& sizes,
                                            const std::vector<LinkRequest>& links) {
    std::vector<SpinLayer> layers;
    for (const std::size_t size : sizes)
        layers.push_back({.name = fmt::format("layer{}", layers.size()),
                          .size = size,
                          .low = -1.0F,
                          .high = 1.0F,
                          .domain = Domain::sign});
    return std::make_shared<const Network>(
        make_network(inputs, std::move(layers), links, make_binary()->needs()));
}

std::shared_ptr<const ChipModel> pbits(std::shared_ptr<const Network> net, const Settings& settings,
                                       bool geometric) {
    auto machine = ideal_machine("gibbs", settings);
    test::set(*machine.dynamics.part(), {{"rc_per_step", 1.0}});
    TomlReader words(parse_config(geometric ? "cooling = 'geometric'" : "", "test.toml"));
    machine.dynamics->fields(words);
    return make_chip_model(test::with_circuit_of(*make_binary(), machine), std::move(net), make_binary(), 3);
}

SampleOp clamp_op() {
    return {.kind = SampleOp::Kind::clamp, .inputs = true, .targets = true};
}
SampleOp reset_op() {
    return {.kind = SampleOp::Kind::reset};
}
SampleOp relax_op(double sweeps, double beta) {
    return {.kind = SampleOp::Kind::relax, .time_rc = sweeps, .nudge = {.beta = beta}};
}
SampleOp read_op() {
    return {.kind = SampleOp::Kind::read, .layers = all_layers};
}

namespace {

std::size_t index_of(std::span<const std::uint8_t> codes) {
    std::size_t index = 0;
    for (std::size_t i = 0; i < codes.size() / sizeof(float); ++i) {
        float s = 0.0F;
        std::memcpy(&s, codes.data() + i * sizeof(float), sizeof(float));
        if (std::abs(s) != 1.0F) throw std::runtime_error("a spin that is neither +1 nor -1");
        if (s > 0.0F) index |= std::size_t{1} << i;
    }
    return index;
}

} // namespace

Shots shoot(const ChipModel& model, std::span<const float> values, const Sample& sample,
            SampleProgram program, std::size_t presentations, bool taped) {
    SampleEvaluator evaluator(model);
    const std::size_t bytes = model.network->spins() * sizeof(float);
    std::size_t reads = 0;
    std::size_t relaxes = 0;
    for (std::uint32_t i = 0; i < program.size(); ++i) {
        program[i].command = i;
        reads += program[i].kind == SampleOp::Kind::read ? 1 : 0;
        relaxes += program[i].kind == SampleOp::Kind::relax ? 1 : 0;
    }
    std::vector<std::uint8_t> clamped((sample.inputs.size() + sample.targets.size()) * sizeof(float));
    std::memcpy(clamped.data(), sample.inputs.data(), sample.inputs.size() * sizeof(float));
    std::memcpy(clamped.data() + sample.inputs.size() * sizeof(float), sample.targets.data(),
                sample.targets.size() * sizeof(float));
    Shots shots{.states = std::vector<std::vector<std::size_t>>(reads), .tapes = {}};
    if (taped) shots.tapes.resize(presentations);
    for (std::size_t first = 0; first < presentations; first += LaneBlock::rows()) {
        std::vector<SampleTask> tasks(std::min(LaneBlock::rows(), presentations - first));
        std::vector<std::uint8_t> codes(tasks.size() * reads * bytes);
        auto buffer = [&](std::size_t lane, std::size_t read) {
            return std::span(codes).subspan((lane * reads + read) * bytes, bytes);
        };
        for (std::size_t r = 0; r < tasks.size(); ++r) {
            tasks[r].presentation = sample.presentation + first + r;
            tasks[r].clamp_codes.assign(1, clamped);
            tasks[r].relaxed.resize(relaxes);
            for (std::size_t k = 0; k < reads; ++k) tasks[r].read_codes.push_back(buffer(r, k));
            if (taped) tasks[r].tape = &shots.tapes[first + r];
        }
        evaluator.run(program, tasks, values.data());
        for (std::size_t k = 0; k < reads; ++k)
            for (std::size_t r = 0; r < tasks.size(); ++r) shots.states[k].push_back(index_of(buffer(r, k)));
    }
    return shots;
}

Gradient gradient_of(const Network& net, const EnergyModel& model, std::span<const float> values,
                     const Sample& sample, std::span<const StatePair> pairs) {
    BatchReadout readout(pairs.size(), net);
    auto fill = [&](std::size_t state, std::span<float> row) {
        std::size_t i = 0;
        for (const auto& layer : net.layers)
            for (std::size_t j = 0; j < layer.size; ++j)
                row[layer.offset + j] = static_cast<float>(Ising::spin(state, i++));
    };
    for (std::size_t r = 0; r < pairs.size(); ++r) {
        std::ranges::copy(sample.inputs, readout.inputs.row(r).begin());
        fill(pairs[r].first, readout.first.row(r));
        fill(pairs[r].second, readout.second.row(r));
        readout.scale[r] = static_cast<float>(pairs[r].scale);
    }
    std::vector<float> gradient(net.parameters);
    WorkerPool pool(1);
    EpGradient(net, model).compute(readout, values, gradient, pool);
    return {gradient.begin(), gradient.end()};
}

} // namespace isinglass::rig
