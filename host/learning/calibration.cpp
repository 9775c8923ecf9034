#include "host/learning/calibration.hpp"

#include "hw_models/base/error.hpp"
#include "hw_models/control/job.hpp"

#include <cmath>
#include <limits>

namespace isinglass {

namespace {

const std::vector<std::string> moments{"never", "start", "every-epoch"};
constexpr double low_level = 0.125, high_level = 0.875; // of the ADCs' reference
constexpr double filled = 0.8;                          // of full scale, by the largest response

std::uint16_t all_layers_of(const Network& net) {
    return static_cast<std::uint16_t>((1U << net.layers.size()) - 1U);
}

} // namespace

void CalibrationSpec::fields(Fields& f) {
    f.choice({"when", "never, before training, or before training and after every epoch"}, when, moments);
    f.flag({"converters", "offset and gain of the ADCs"}, converters);
    f.flag({"offsets", "offsets of the spins, made up for by their biases"}, offsets);
    f.flag({"range", "gain of read-out as differences"}, range);
    f.integer({"reads", "conversions of each node at each level, averaged"}, reads, {1, 4096});
}

std::vector<float> Calibration::flat() const {
    std::vector<float> numbers{static_cast<float>(read_gain), static_cast<float>(slope.size()),
                               static_cast<float>(trim.size())};
    for (const auto* part : {&slope, &offset, &trim})
        numbers.insert(numbers.end(), part->begin(), part->end());
    return numbers;
}

Calibration Calibration::from_flat(std::span<const float> numbers, const Network& net) {
    const auto size = [&](std::size_t i, std::size_t whole) {
        return i < numbers.size() && numbers[i] > 0.0F ? whole : std::size_t{0};
    };
    const std::size_t nodes = size(1, net.spins());
    const std::size_t trims = size(2, net.parameters);
    if (numbers.size() != 3 + 2 * nodes + trims)
        throw UserError("the checkpoint's calibration does not fit this experiment's network");
    const auto part = [&](std::size_t first, std::size_t count) {
        const auto p = numbers.subspan(3 + first, count);
        return std::vector<float>(p.begin(), p.end());
    };
    return {.slope = part(0, nodes),
            .offset = part(nodes, nodes),
            .trim = part(2 * nodes, trims),
            .read_gain = static_cast<double>(numbers[0])};
}

void Calibration::use(Presenter& presenter) const {
    presenter.lines().correct(slope, offset);
    if (read_gain > 0.0) presenter.set_read_gain(read_gain);
}

// Calibrations have bit 61 set, trainings and scorings have not.
Presentation Calibrator::presentation(std::size_t i) const {
    return {.sample = 0, .number = (std::uint64_t{1} << 61) | (round_ << 32) | i};
}

// Mean of the read-outs of all nodes in wiring order, in model units; a sample a read-out.
std::vector<double> Calibrator::mean_reads(const std::function<std::uint64_t(JobBuilder&)>& read) {
    auto job = presenter_.begin_job();
    const auto layers = all_layers_of(net_);
    const std::size_t bytes = presenter_.lines().clamp_bytes(clamp_inputs);
    std::vector<std::uint64_t> addresses;
    const std::vector<float> dark(net_.inputs, 0.0F);
    for (std::int64_t k = 0; k < spec_.reads; ++k) {
        const auto codes = job.clamp(clamp_inputs, bytes, presentation(presented_++).number);
        presenter_.lines().encode_inputs(dark, codes);
        addresses.push_back(read(job));
    }
    presenter_.run(job);
    std::vector<float> state(net_.state_columns);
    std::vector<double> mean(net_.spins(), 0.0);
    for (const auto address : addresses) {
        presenter_.lines().decode(presenter_.codes_at(address, presenter_.lines().read_bytes(layers)), layers,
                                  false, state);
        std::size_t node = 0;
        for (const auto& layer : net_.layers)
            for (std::size_t i = 0; i < layer.size; ++i, ++node)
                mean[node] += static_cast<double>(state[layer.offset + i]) / static_cast<double>(spec_.reads);
    }
    presenter_.charge(4.0 * static_cast<double>(addresses.size() * net_.spins()),
                      8.0 * static_cast<double>(addresses.size() * net_.spins()));
    return mean;
}

// A converter is known by all its nodes' conversions together: node i is wired to converter i modulo their
// number.
void Calibrator::measure_converters(Calibration& found) {
    presenter_.lines().correct({}, {});
    const auto layers = all_layers_of(net_);
    const auto count = static_cast<std::size_t>(presenter_.machine().adc_bank.count);
    const auto measure = [&](double level) {
        const auto read = mean_reads([&](JobBuilder& job) {
            job.reset();
            return job.read_reference(layers, presenter_.lines().read_bytes(layers),
                                      static_cast<float>(level));
        });
        std::vector<double> sum(count, 0.0);
        std::vector<double> nodes(count, 0.0);
        std::size_t node = 0;
        for (const auto& layer : net_.layers)
            for (std::size_t i = 0; i < layer.size; ++i, ++node) {
                const auto low = static_cast<double>(layer.low);
                sum[node % count] += (read[node] - low) / (static_cast<double>(layer.high) - low);
                nodes[node % count] += 1.0;
            }
        for (std::size_t c = 0; c < count; ++c) sum[c] /= std::max(1.0, nodes[c]);
        return sum;
    };
    const auto low = measure(low_level);
    const auto high = measure(high_level);
    found.slope.resize(net_.spins());
    found.offset.resize(net_.spins());
    for (std::size_t node = 0; node < net_.spins(); ++node) {
        const std::size_t c = node % count;
        const double slope = (high_level - low_level) / (high[c] - low[c]);
        found.slope[node] = static_cast<float>(slope);
        found.offset[node] = static_cast<float>(low_level - slope * low[c]);
    }
    presenter_.lines().correct(found.slope, found.offset);
}

// Read-outs with biases at about `bias`: at the nearest code, which it is set to.
std::vector<double> Calibrator::settled_at(float& bias) {
    std::vector<float> theta(net_.parameters, 0.0F);
    for (const auto& block : net_.blocks)
        if (block.link < 0)
            std::fill_n(theta.begin() + static_cast<std::ptrdiff_t>(block.first), block.count(), bias);
    CouplingCodes codes(net_, presenter_.machine().couplings.format(), 0);
    codes.encode(theta, Rounding::nearest, false, 0, pool_);
    codes.snap(theta, pool_);
    bias = theta[net_.node_block(0).first];
    presenter_.program_next(&codes, false);
    const auto layers = all_layers_of(net_);
    return mean_reads([&](JobBuilder& job) {
        presenter_.free_phase(job);
        return job.read(layers, presenter_.lines().read_bytes(layers));
    });
}

void Calibrator::measure_offsets(Calibration& found) {
    float low_bias = 0.25F; // model units
    float high_bias = 0.75F;
    const auto low = settled_at(low_bias);
    const auto high = settled_at(high_bias);
    found.trim.assign(net_.parameters, 0.0F);
    std::size_t node = 0;
    for (std::size_t l = 0; l < net_.layers.size(); ++l)
        for (std::size_t i = 0; i < net_.layers[l].size; ++i, ++node) {
            const double gain = (high[node] - low[node]) / static_cast<double>(high_bias - low_bias);
            const double at_zero = low[node] - gain * static_cast<double>(low_bias);
            found.trim[net_.node_block(l).first + i] = static_cast<float>(-at_zero);
        }
}

void Calibrator::measure_range(Calibration& found, const Samples& samples, BatchReadout& readout) {
    std::vector<Presentation> batch;
    for (std::size_t i = 0; i < readout.batch(); ++i) {
        batch.push_back(presentation(presented_++));
        batch.back().sample = i;
    }
    const std::vector<float> signs(batch.size(), 1.0F);
    presenter_.set_read_gain(1.0);
    presenter_.learn(samples, batch, signs, readout);
    double gain = std::numeric_limits<double>::infinity();
    for (const auto& layer : net_.layers) {
        float most = 0.0F; // of both responses of a centred estimate, whose sum is that much
        for (std::size_t r = 0; r < readout.batch(); ++r)
            for (std::size_t j = layer.offset; j < layer.offset + layer.size; ++j)
                most = std::max(most, std::abs(readout.first.row(r)[j] - readout.second.row(r)[j]));
        const auto half_scale = 0.5 * static_cast<double>(layer.high - layer.low);
        if (most > 0.0F) gain = std::min(gain, filled * half_scale / static_cast<double>(most));
    }
    if (!std::isfinite(gain)) gain = presenter_.machine().read_gain; // nothing has answered
    found.read_gain = std::exp2(std::floor(std::log2(gain)));
    presenter_.set_read_gain(found.read_gain);
}

} // namespace isinglass
