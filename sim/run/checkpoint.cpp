#include "sim/run/checkpoint.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"
#include "sim/run/hdf5_file.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <sstream>

namespace isinglass {
namespace {

// ---- What is stored

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return text;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// The parts of a checkpoint that are no plain values, as plain values.
struct Flat {
    std::uint8_t program_pending = 0;
    std::string metrics, response_rows;
    std::string optimiser_names;
    std::string actions; // "adc.convert read"
    std::vector<double> amounts;
    std::vector<std::uint64_t> time_fs;
};

Flat flatten(const Checkpoint& c) {
    Flat flat{.program_pending = c.training.program_pending,
              .metrics = joined(c.metrics),
              .response_rows = joined(c.response_rows),
              .time_fs = {c.ledger.time_fs.begin(), c.ledger.time_fs.end()}};
    for (const auto& vector : c.optimiser) flat.optimiser_names += vector.name + '\n';
    for (const auto& entry : c.ledger.entries) {
        flat.actions += fmt::format("{} {}\n", entry.action, phase_name(entry.phase));
        flat.amounts.push_back(entry.amount);
    }
    return flat;
}

void unflatten(const Flat& flat, Checkpoint& c) {
    c.training.program_pending = flat.program_pending != 0;
    c.metrics = split(flat.metrics);
    c.response_rows = split(flat.response_rows);
    const auto actions = split(flat.actions);
    if (actions.size() != flat.amounts.size() || flat.time_fs.size() != phase_count)
        throw Hdf5Failure("ledger");
    for (std::size_t i = 0; i < actions.size(); ++i) {
        const auto space = actions[i].find(' ');
        if (space == std::string::npos) throw Hdf5Failure("ledger/actions");
        c.ledger.entries.push_back(
            {actions[i].substr(0, space), phase_from_name(actions[i].substr(space + 1)), flat.amounts[i]});
    }
    std::copy(flat.time_fs.begin(), flat.time_fs.end(), c.ledger.time_fs.begin());
}

// Names of everything in a file, for the writer (a const checkpoint) and the reader. The optimiser's vectors
// are named by the run.
template <class Archive, class C, class F>
void exchange(Archive& file, C& c, F& flat) {
    file.text("config", c.config);
    file.text("version", c.version);
    file.text("metrics", flat.metrics);
    file.values("responses", c.responses);
    file.text("response_rows", flat.response_rows);
    file.values("response_squares", c.training.response_squares);
    file.values("couplings", c.training.theta);
    file.values("codes/held", c.training.held);
    file.values("codes/wanted", c.training.codes);
    file.values("pulses/wanted", c.training.wanted);
    file.values("calibration", c.training.calibration);
    file.scalar("program_pending", flat.program_pending);
    file.scalar("epoch", c.training.epoch);
    file.scalar("batch", c.training.batch);
    file.scalar("updates", c.training.updates);
    file.scalar("cost_sum", c.training.cost_sum);
    file.scalar("correct", c.training.correct);
    file.scalar("presented", c.training.presented);
    file.scalar("not_settled", c.training.counters.not_settled);
    file.scalar("adc_clipped", c.training.counters.adc_clipped);
    file.scalar("couplings_written", c.training.counters.couplings_written);
    file.scalar("optimiser_updates", c.optimiser_updates);
    file.scalar("best_validation", c.best_validation);
    file.scalar("best_epoch", c.best_epoch);
    file.scalar("wall_s", c.wall_s);
    file.text("ledger/actions", flat.actions);
    file.values("ledger/amounts", flat.amounts);
    file.values("ledger/time_fs", flat.time_fs);
    file.text("optimiser_vectors", flat.optimiser_names);
}

// ---- The line in the user block

constexpr std::size_t user_block_bytes = 512; // the least that HDF5 allows
constexpr std::string_view magic = "isinglass checkpoint ";
constexpr int format_version = 3;

std::string user_block(std::string_view image) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(image.data()), image.size(), digest);
    std::string line = fmt::format("{}{} {} ", magic, format_version, image.size());
    for (const auto byte : digest) line += fmt::format("{:02x}", byte);
    line += '\n';
    line.resize(user_block_bytes, '\0');
    return line;
}

// The HDF5 part of a file's content. Throws Hdf5Failure saying what is wrong with it.
std::string checked_image(const std::string& content) {
    if (!content.starts_with(magic)) throw Hdf5Failure("it is no Isinglass checkpoint");
    std::istringstream line(content.substr(magic.size(), user_block_bytes));
    int format = 0;
    std::size_t bytes = 0;
    line >> format >> bytes;
    if (line && format != format_version)
        throw Hdf5Failure(
            fmt::format("its format is {}, and this program reads format {}", format, format_version));
    if (!line || content.size() < user_block_bytes + bytes)
        throw Hdf5Failure(fmt::format("it ends early, after {} bytes", content.size()));
    std::string image = content.substr(user_block_bytes);
    if (!content.starts_with(user_block(image)))
        throw Hdf5Failure("it is damaged; its checksum does not match");
    return image;
}

} // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
    std::string image;
    try {
        Hdf5Writer writer(user_block_bytes);
        const Flat flat = flatten(checkpoint);
        exchange(writer, checkpoint, flat);
        for (const auto& [name, values] : checkpoint.optimiser) writer.values("optimiser/" + name, values);
        image = writer.image();
    } catch (const Hdf5Failure& failure) {
        throw InputOutputError(
            fmt::format("cannot write '{}': HDF5 refused '{}'", path.string(), failure.what()));
    }
    write_atomically(path, user_block(image) + image);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
    const std::string content = read_file(path);
    std::string image;
    const auto refuse = [&](const std::string& why) {
        return UserError(fmt::format("'{}' cannot be used as a checkpoint: {}", path.string(), why));
    };
    try {
        image = checked_image(content);
    } catch (const Hdf5Failure& failure) {
        throw refuse(failure.what());
    }
    try {
        Checkpoint checkpoint;
        Flat flat;
        Hdf5Reader reader(std::move(image));
        exchange(reader, checkpoint, flat);
        unflatten(flat, checkpoint);
        for (const auto& name : split(flat.optimiser_names)) {
            checkpoint.optimiser.push_back({name, {}});
            reader.values("optimiser/" + name, checkpoint.optimiser.back().values);
        }
        return checkpoint;
    } catch (const Hdf5Failure& failure) {
        throw refuse(fmt::format("'{}' in it is missing or unreadable", failure.what()));
    }
}

void save_optimiser(Optimiser& optimiser, Checkpoint& checkpoint) {
    checkpoint.optimiser_updates = optimiser.updates();
    checkpoint.optimiser.clear();
    for (const auto& [name, values] : optimiser.state())
        checkpoint.optimiser.push_back({name, {values.begin(), values.end()}});
}

void restore_optimiser(const Checkpoint& checkpoint, Optimiser& optimiser) {
    auto state = optimiser.state();
    const auto same = [](const Optimiser::State& mine, const NamedValues& saved) {
        return mine.name == saved.name && mine.values.size() == saved.values.size();
    };
    if (!std::equal(state.begin(), state.end(), checkpoint.optimiser.begin(), checkpoint.optimiser.end(),
                    same))
        throw UserError(
            "the checkpoint's optimiser state does not fit this experiment's optimiser and network");
    for (std::size_t i = 0; i < state.size(); ++i)
        std::copy(checkpoint.optimiser[i].values.begin(), checkpoint.optimiser[i].values.end(),
                  state[i].values.begin());
    optimiser.set_updates(checkpoint.optimiser_updates);
}

} // namespace isinglass
