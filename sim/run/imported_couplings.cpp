#include "sim/run/imported_couplings.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/experiment.hpp"
#include "sim/run/files.hpp"
#include "sim/run/hdf5_arrays.hpp"
#include "sim/run/npy_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

namespace isinglass {
namespace {

namespace fs = std::filesystem;
using Shape = std::vector<std::size_t>;
using Where = std::function<std::string(const std::string& name)>; // an array, for messages

std::string text(const Shape& shape) {
    return fmt::format("[{}]", fmt::join(shape, " x "));
}

// "input-hidden [256 x 128], hidden-bias [128]"
std::string wanted(const Network& network) {
    std::string list;
    for (const auto& block : network.blocks)
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", block.name, text(block.shape()));
    return list;
}

void check_names(const Network& network, const std::vector<std::string>& names, const Where& where) {
    const auto& blocks = network.blocks;
    for (const auto& name : names)
        if (std::ranges::find(blocks, name, &ParameterBlock::name) == blocks.end())
            throw UserError(fmt::format("{}: the network has no couplings of that name; it has {}",
                                        where(name), wanted(network)));
    for (const auto& block : blocks) {
        if (std::ranges::count(blocks, block.name, &ParameterBlock::name) > 1)
            throw UserError(
                fmt::format("couplings cannot be imported by name: two of the network's are called "
                            "'{}'; it has {}",
                            block.name, wanted(network)));
        if (std::ranges::find(names, block.name) == names.end())
            throw UserError(
                fmt::format("{} is missing; the network has {}", where(block.name), wanted(network)));
    }
}

void check_shape(const ParameterBlock& block, const Shape& shape, const std::string& where) {
    const Shape valid = block.shape();
    const bool flat = valid.size() == 1;
    const Shape matrix = flat ? Shape{1, valid[0]} : valid;
    if (shape == valid || shape == matrix) return;
    const bool transposed = shape == Shape{matrix[1], matrix[0]};
    throw UserError(fmt::format("{}: its shape is {}; valid is {}{}", where, text(shape), text(valid),
                                transposed ? " (it is transposed: store array.T)"
                                : flat     ? ""
                                           : " (from x to)"));
}

void check_values(const ParameterBlock& block, std::span<const float> values, const std::string& where) {
    const auto bad = std::ranges::find_if_not(values, [](float v) { return std::isfinite(v); });
    if (bad == values.end()) return;
    const auto at = static_cast<std::size_t>(bad - values.begin());
    const Shape index = block.shape().size() == 1 ? Shape{at} : Shape{at / block.columns, at % block.columns};
    throw UserError(fmt::format("{}: the value at [{}] is {}; valid are finite float32 numbers", where,
                                fmt::join(index, ", "), *bad));
}

// The parameter vector, block by block: `read` checks the shape and fills in the values.
std::vector<float> filled(const Network& network, const Where& where,
                          const std::function<void(const ParameterBlock&, std::span<float>)>& read) {
    std::vector<float> theta(network.parameters);
    for (const auto& block : network.blocks) {
        const std::span<float> values(theta.data() + block.first, block.count());
        read(block, values);
        check_values(block, values, where(block.name));
    }
    return theta;
}

std::vector<float> from_folder(const fs::path& folder, const Network& network) {
    const auto file = [&](const std::string& name) { return folder / (name + ".npy"); };
    const Where where = [&](const std::string& name) { return fmt::format("'{}'", file(name).string()); };
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".npy") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    check_names(network, names, where);
    return filled(network, where, [&](const ParameterBlock& block, std::span<float> values) {
        const NpyArray array = read_npy(file(block.name));
        check_shape(block, array.shape, where(block.name));
        std::ranges::copy(array.values, values.begin());
    });
}

std::vector<float> from_hdf5(const fs::path& path, std::string content, const Network& network) {
    std::string at = fmt::format("'{}'", path.string()); // what is being read
    try {
        const Where where = [&](const std::string& name) {
            return fmt::format("'{}', data set '{}'", path.string(), name);
        };
        const Hdf5Arrays arrays(std::move(content));
        check_names(network, arrays.names(), where);
        return filled(network, where, [&](const ParameterBlock& block, std::span<float> values) {
            at = where(block.name);
            check_shape(block, arrays.shape(block.name), at);
            arrays.read(block.name, values);
        });
    } catch (const Hdf5Failure& failure) {
        throw UserError(
            fmt::format("{} cannot be used: {}; valid are an HDF5 file with float32 or float64 data "
                        "sets {}, or a folder of NPY files",
                        at, failure.what(), wanted(network)));
    }
}

std::vector<float> from_checkpoint(const fs::path& path, const Network& network) {
    Checkpoint checkpoint = read_checkpoint(path);
    const auto its = parse_experiment(checkpoint.config, path.string(), {}).network.build();
    const auto same = [](const ParameterBlock& a, const ParameterBlock& b) {
        return a.name == b.name && a.shape() == b.shape();
    };
    if (!std::ranges::equal(its->blocks, network.blocks, same))
        throw UserError(fmt::format("'{}' holds the couplings {}; the network has {}", path.string(),
                                    wanted(*its), wanted(network)));
    return std::move(checkpoint.training.theta);
}

} // namespace

std::vector<float> import_couplings(const fs::path& source, const Network& network) {
    if (fs::is_directory(source)) return from_folder(source, network);
    if (!fs::exists(source))
        throw UserError(
            fmt::format("'{}' is neither a file nor a folder; valid are an HDF5 file with data sets "
                        "{}, or a folder with an NPY file for each",
                        source.string(), wanted(network)));
    std::string content = read_file(source);
    if (content.starts_with("\x93NUMPY"))
        throw UserError(fmt::format("'{}' is one NPY file; valid is the folder that holds one for each of {}",
                                    source.string(), wanted(network)));
    if (content.starts_with("isinglass checkpoint ")) return from_checkpoint(source, network);
    return from_hdf5(source, std::move(content), network);
}

} // namespace isinglass
