// What of a network decides time, energy and area: its sizes, without building its couplings where these are
// too many for that.
#pragma once

#include "host/network/network_spec.hpp"
#include "hw_models/machine.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace isinglass {

// The couplings of one link as they lie on the machine's array.
struct LinkWork {
    std::string name;
    bool from_inputs = false;
    std::size_t pre_size = 0;
    std::size_t couplings = 0; // pairs of nodes: products of a pass, copies of shared weights included
    std::size_t fan_in = 0;
    std::size_t array_rows = 0; // of its rectangle of cells, node parameters included
    std::size_t array_columns = 0;
};

// A run of programmed numbers, as ParameterBlock.
struct BlockWork {
    std::size_t numbers = 0;
    // Pairs of nodes, or nodes, that number i serves: copies[i % copies.size()].
    std::vector<std::size_t> copies{1};
    std::size_t rows = 0;
    std::size_t columns = 0;
    double range = 1.0; // largest programmable magnitude, model units
    int link = -1;      // index into links; -1 for node parameters
    bool between_spins = false;

    [[nodiscard]] std::size_t served() const; // sum of the copies of all numbers
};

struct NetworkWork {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    std::size_t spins = 0;
    std::size_t parameters = 0;
    std::size_t layers = 0;
    // Whether every copy of a number is a cell of its own, as on analog arrays; elsewhere a number is a word.
    bool unrolled = true;
    std::vector<LinkWork> links;
    std::vector<BlockWork> blocks; // in the order of the parameter vector

    [[nodiscard]] std::size_t couplings(bool from_inputs) const;
    // What a PROGRAM of all numbers of a block writes.
    [[nodiscard]] std::size_t cells(const BlockWork& block) const {
        return unrolled ? block.served() : block.numbers;
    }
    [[nodiscard]] std::size_t cells() const; // of all blocks
};

// From the description alone: couplings of kind dense, local and convolution by formula, those of other kinds
// built one by one. Throws UserError where the description makes no network.
NetworkWork network_work(const NetworkSpec& spec, const MachineSpec& machine);

// Wires that an update of all inputs drives: one a line and tile that its couplings lie on.
std::size_t line_drives(const NetworkWork& work, std::size_t tile_columns);

} // namespace isinglass
