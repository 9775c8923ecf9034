#include "sim/run/memory_need.hpp"

#include "hw_models/couplings/convolution_product.hpp"
#include "hw_models/couplings/product.hpp"
#include "sim/run/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>

namespace isinglass {

namespace {

constexpr double word = sizeof(float);
constexpr double program_bytes =
    45e6; // libraries and code, an idle simulation: a run of glyphs came to so much
// Matrices of [block_rows() × nodes] that a thread keeps: a block of lanes, its energy model's sums.
constexpr double matrices_of_lanes = 10.0;
constexpr double cell_of_its_own_bytes = 24.0;

double samples_bytes(const RunData& data) {
    double bytes = 0.0;
    // Those for validation are where they were loaded besides: behind those for training.
    for (const auto* samples : {&data.train, &data.validation, &data.validation, &data.test})
        bytes += static_cast<double>(samples->count() * samples->feature_count()) *
                     (std::holds_alternative<std::vector<float>>(samples->values) ? word : 1.0) +
                 static_cast<double>(samples->count() * sizeof(int));
    return bytes;
}

// Of the largest batch that there is.
double presentations_at_once(const Experiment& e, const RunData& data) {
    const auto samples = std::min(e.training.batch, static_cast<std::int64_t>(data.train.count()));
    return static_cast<double>(samples * e.training.initial_states);
}

// Presentations of the largest scoring job there is.
double scored_at_once(const Experiment& e, const RunData& data) {
    const auto states = static_cast<std::size_t>(e.training.test_states);
    const std::size_t samples = std::max<std::size_t>(1, presentations_per_scoring_job / states);
    return static_cast<double>(std::min(samples, std::max(data.validation.count(), data.test.count())) *
                               states);
}

// Numbers of the host: couplings, gradient, optimiser, changes that make no pulse yet; with a checkpoint's
// copy, and its file twice in memory. Codes of the machine, before and after an update; of a job that
// programs all, as written, in memory, on their way and as taken; and two in each copy of a checkpoint. The
// chip's values.
MemoryPart couplings(const Experiment& e, const Network& net) {
    const auto numbers = static_cast<double>(trained_numbers(e, net));
    const double kept = e.training.optimiser->bytes_per_parameter() / (2.0 * word);
    constexpr double checkpoints = 3.0;
    const double wanted = e.training.write == "pulses" ? 1.0 : 0.0;
    const double floats = 2.0 + kept + wanted + checkpoints * (1.0 + kept + wanted);
    const double codes = 6.0 + 2.0 * checkpoints;
    const double code = static_cast<double>(e.machine.couplings.format().bytes());
    const double own_cells = static_cast<double>(net.values - std::min(net.values, net.parameters));
    const double bytes = numbers * (floats * word + codes * code) + static_cast<double>(net.values) * word +
                         own_cells * cell_of_its_own_bytes;
    return {"couplings",
            fmt::format(
                "{:.4g} numbers x ({:.0f} floats + {:.0f} codes of {:.0f} B), {:.4g} values and {:.4g} cells "
                "on the chip",
                numbers, floats, codes, code, static_cast<double>(net.values), own_cells),
            bytes};
}

// Nodes that take the largest of several sums, of all links.
double pooled_nodes(const Network& net) {
    double nodes = 0.0;
    for (const auto& link : net.links)
        if (link.coupling->pools()) nodes += static_cast<double>(link.coupling->post_size());
    return nodes;
}

// States of a batch, the winners of their pools, and the rows whose products are the gradient.
MemoryPart read_outs(const Experiment& e, const Network& net, const RunData& data) {
    const double batch = presentations_at_once(e, data);
    const auto nodes = static_cast<double>(net.state_columns);
    const auto model = e.network.model.part();
    const auto terms = static_cast<double>(model->local_terms().size());
    const double errors = model->learns_from_errors() ? 2.0 : 0.0;
    const double states = e.training.one_state(*model) ? 1.0 : 2.0;  // that terms are of; two are kept always
    const double rows = 2.0 + errors + terms * (2.0 * states + 1.0); // pre and post; the inputs' post
    const double inputs = (1.0 + terms) * static_cast<double>(net.input_nodes);
    const double winners = states * terms * pooled_nodes(net); // a byte each
    // Of more than one batch: the next one's inputs, as levels and codes, and the states of one that is not
    // full.
    const auto count = data.train.count(), size = static_cast<std::size_t>(e.training.batch);
    const double ahead = count > size ? 2.0 * batch * static_cast<double>(net.input_nodes) : 0.0;
    const double rest = count > size ? static_cast<double>(count % size) *
                                           static_cast<double>(e.training.initial_states) *
                                           (2.0 * nodes + static_cast<double>(net.input_nodes))
                                     : 0.0;
    return {"read-outs",
            fmt::format("{:.0f} samples x ({:.0f} x {:.4g} nodes + {:.4g} inputs) floats and {:.4g} winners",
                        batch, rows, nodes, inputs, winners),
            batch * ((rows * nodes + inputs) * word + winners) + (ahead + rest) * word};
}

// Sums of squares a node, with a checkpoint's three copies.
MemoryPart responses(const Network& net) {
    return {"responses", "4 numbers of 8 B a node",
            4.0 * sizeof(double) * static_cast<double>(net.state_columns)};
}

// DMA buffers: what a job clamps and reads, in memory and on its way there.
MemoryPart buffers(const Experiment& e, const Network& net, const RunData& data) {
    const double batch = presentations_at_once(e, data);
    const auto lines = static_cast<double>(net.input_nodes + 2 * net.output().size);
    const double reads =
        e.training.nudged_phases() + (e.training.reads_free(*e.network.model.part()) ? 1.0 : 0.0);
    const double learning = batch * (lines + reads * static_cast<double>(net.spins()));
    const double scoring = scored_at_once(e, data) * (lines + static_cast<double>(net.output().size));
    return {"buffers", "words of the lines and read spins of a job, twice",
            2.0 * word * std::max(learning, scoring)};
}

// What samples settled in, for a job that may relax them over again (SettledStates).
MemoryPart settled(const Experiment& e, const Network& net, const RunData& data) {
    const double samples = std::min(static_cast<double>(e.run.lanes),
                                    std::max(presentations_at_once(e, data), scored_at_once(e, data)));
    const auto nodes = static_cast<double>(net.state_columns);
    return {"settled states", fmt::format("{:.0f} samples x 2 x {:.4g} nodes of floats", samples, nodes),
            samples * (2.0 * nodes + static_cast<double>(net.input_nodes)) * word};
}

Operands operands_of(const Network& net) {
    return net.split_products ? Operands::split : Operands::single;
}

// Of one link's kernel: of a matrix 12 bytes a weight, which no products take more than (split ones pack 8,
// and words while they do); of a convolution its weights packed both ways, its own copy, and images on their
// way through it; a pool's winners and what they are of.
ProductBytes kernel_bytes(const Network& net, const ParameterBlock& block) {
    const auto& link = net.links[static_cast<std::size_t>(block.link)];
    const auto pre =
        static_cast<double>(link.from == input_layer ? net.input_nodes : net.layers[link.from].size);
    const auto post = static_cast<double>(net.layers[link.to].size);
    const double chosen = word * static_cast<double>(block_lanes) * (pre + post);
    const auto* convolving = dynamic_cast<const Convolving*>(link.coupling.get());
    if (convolving == nullptr) return {3.0 * word * static_cast<double>(block.count()) + chosen, 0.0};
    auto bytes = convolution_bytes(convolving->shape(), operands_of(net));
    bytes.kept += chosen;
    return bytes;
}

// Of the sums of one link's gradient.
double gradient_bytes(const Network& net, const ParameterBlock& block) {
    const auto* convolving =
        dynamic_cast<const Convolving*>(net.links[static_cast<std::size_t>(block.link)].coupling.get());
    return convolving == nullptr ? 0.0 : co_activity_bytes(convolving->shape(), operands_of(net));
}

MemoryPart threads(const Experiment& e, const Network& net) {
    const double threads = e.run.thread_count();
    // Of the array, and of the gradient where that is of errors.
    const double blocks = e.network.model.part()->learns_from_errors() ? 2.0 : 1.0;
    double kernels = 0.0;
    double packing = 0.0;       // one link at a time
    double co_activities = 0.0; // buffers of the largest link; a product that each keeps is a few MB
    bool pools = false;
    for (const auto& block : net.blocks) {
        if (block.link < 0) continue;
        const auto bytes = kernel_bytes(net, block);
        kernels += bytes.kept;
        packing = std::max(packing, bytes.packing);
        co_activities = std::max(co_activities, gradient_bytes(net, block));
        pools = pools || net.links[static_cast<std::size_t>(block.link)].coupling->pools();
    }
    kernels += packing;
    const double sets = blocks + (pools ? 1.0 : 0.0);
    const double lanes = static_cast<double>(block_rows()) * word *
                         (matrices_of_lanes * static_cast<double>(net.state_columns) +
                          2.0 * static_cast<double>(net.input_nodes));
    return {
        "threads",
        fmt::format("{:.0f} x ({:.0f} x {} lanes x {:.0f} x {:.4g} nodes of floats, {:.0f} x {} of kernels)",
                    threads, blocks, block_rows(), matrices_of_lanes, static_cast<double>(net.state_columns),
                    sets, format_si(kernels, "B")),
        threads * (blocks * lanes + sets * kernels + co_activities)};
}

// What a container's page cache holds and can do without, bytes.
double reclaimable_bytes() {
    std::ifstream stat("/sys/fs/cgroup/memory.stat");
    std::string name;
    for (double bytes = 0.0; stat >> name >> bytes;)
        if (name == "inactive_file") return bytes;
    return 0.0;
}

// A number of bytes in a file that holds nothing else; infinite where there is none ("max").
double bytes_in(const char* file) {
    double bytes = 0.0;
    return std::ifstream(file) >> bytes ? bytes : std::numeric_limits<double>::infinity();
}

} // namespace

std::vector<MemoryPart> memory_needed(const Experiment& experiment, const Network& network,
                                      const RunData& data) {
    return {{"program", "libraries and an idle simulation", program_bytes},
            {"samples", "as loaded", samples_bytes(data)},
            couplings(experiment, network),
            read_outs(experiment, network, data),
            buffers(experiment, network, data),
            settled(experiment, network, data),
            responses(network),
            threads(experiment, network)};
}

double available_memory_bytes() {
    double available = std::numeric_limits<double>::infinity();
    std::ifstream info("/proc/meminfo");
    for (std::string line; std::getline(info, line);)
        if (std::istringstream words(line.starts_with("MemAvailable:") ? line.substr(13) : "");
            words >> available)
            available *= 1024.0; // the file counts KiB
    // A container's limit (control groups, version 2).
    const double limit = bytes_in("/sys/fs/cgroup/memory.max");
    const double used = bytes_in("/sys/fs/cgroup/memory.current") - reclaimable_bytes();
    return std::isinf(limit) || std::isinf(used) ? available
                                                 : std::min(available, std::max(limit - used, 0.0));
}

void check_samples(const std::string& kind, double bytes, double available) {
    if (bytes > available)
        throw UserError(
            fmt::format("data.kind = \"{}\": its samples take about {} of memory while they are read, and "
                        "{} is available; fewer or smaller ones fit",
                        kind, format_si(bytes, "B"), format_si(available, "B")));
}

std::string check_memory(const std::vector<MemoryPart>& parts, double available) {
    double sum = 0.0;
    std::vector<std::string> shown;
    for (const auto& part : parts) {
        sum += part.bytes;
        shown.push_back(fmt::format("{} {}", part.name, format_si(part.bytes, "B")));
    }
    if (sum > available) {
        const auto largest = *std::ranges::max_element(parts, {}, &MemoryPart::bytes);
        throw UserError(
            fmt::format("this run needs about {} of memory and {} is available: {}; most of it are {}, {}; a "
                        "smaller training.batch or network, or fewer run.threads, take less",
                        format_si(sum, "B"), format_si(available, "B"), fmt::join(shown, ", "), largest.name,
                        largest.formula));
    }
    return fmt::format("about {} ({}); {} available", format_si(sum, "B"), fmt::join(shown, ", "),
                       format_si(available, "B"));
}

} // namespace isinglass
