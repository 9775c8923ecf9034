// Lattices: the nodes of a grid joined to those around them.
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/run_coupling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

namespace isinglass {

namespace {

// Steps from node to node that lead `rows` down and `columns` to the right.
using Distance = std::int64_t (*)(std::int64_t rows, std::int64_t columns);

std::int64_t square_distance(std::int64_t rows, std::int64_t columns) {
    return std::abs(rows) + std::abs(columns);
}
// A square lattice whose cells have one diagonal, from the upper left to the lower right.
std::int64_t triangular_distance(std::int64_t rows, std::int64_t columns) {
    return std::max({std::abs(rows), std::abs(columns), std::abs(rows - columns)});
}
std::int64_t king_distance(std::int64_t rows, std::int64_t columns) {
    return std::max(std::abs(rows), std::abs(columns));
}

struct Offset {
    std::int64_t rows, columns;
};

// Numbered offset by offset, nearest row first; of one offset in the order of the pre nodes.
class Lattice {
  public:
    Lattice(const Grid& grid, bool periodic)
        : grid_(grid),
          rows_(static_cast<std::int64_t>(grid.rows)),
          columns_(static_cast<std::int64_t>(grid.columns)),
          periodic_(periodic) {}

    // Couplings from every node (x, y) to (x, y) + offset, where there is one.
    void add(Offset offset, bool lateral) {
        if (periodic_) {
            offset = around(offset);
            if (!seen_.insert({offset.rows, offset.columns}).second) return;
            const Offset back = around({-offset.rows, -offset.columns});
            const bool own_reverse = back.rows == offset.rows && back.columns == offset.columns;
            if (lateral && own_reverse) return add_half(offset);
            if (lateral) seen_.insert({back.rows, back.columns});
        }
        for (std::size_t c = 0; c < grid_.channels; ++c)
            for (std::int64_t y = 0; y < rows_; ++y) add_row(c, y, offset, columns_);
    }

    RunList take() { return std::move(list_); }

  private:
    Offset around(Offset o) const {
        return {((o.rows % rows_) + rows_) % rows_, ((o.columns % columns_) + columns_) % columns_};
    }

    // An offset of half a side leads back when taken twice: half the nodes name each pair once.
    void add_half(Offset offset) {
        if (offset.rows == 0 && offset.columns == 0) return;
        const bool by_rows = offset.rows != 0;
        for (std::size_t c = 0; c < grid_.channels; ++c)
            for (std::int64_t y = 0; y < (by_rows ? offset.rows : rows_); ++y)
                add_row(c, y, offset, by_rows ? columns_ : offset.columns);
    }

    // Of the first `count` nodes of row y.
    void add_row(std::size_t channel, std::int64_t y, Offset offset, std::int64_t count) {
        std::int64_t to = y + offset.rows;
        if (periodic_) to %= rows_;
        if (to < 0 || to >= rows_) return;
        const std::size_t first = channel * grid_.rows * grid_.columns;
        auto run = [&](std::int64_t from, std::int64_t end, std::int64_t shift) {
            if (from < end)
                list_.add(first + static_cast<std::size_t>(y * columns_ + from),
                          first + static_cast<std::size_t>(to * columns_ + from + shift),
                          static_cast<std::size_t>(end - from));
        };
        const std::int64_t shift = offset.columns;
        run(std::max<std::int64_t>(0, -shift), std::min(count, columns_ - shift), shift);
        if (periodic_) run(columns_ - shift, count, shift - columns_);
    }

    Grid grid_;
    std::int64_t rows_, columns_;
    bool periodic_;
    std::set<std::pair<std::int64_t, std::int64_t>> seen_; // offsets of periodic edges, brought into the grid
    RunList list_;
};

// Of groups with nodes at places of a plane: offset by offset, then in the order of the pre nodes, each pair
// once.
class Places {
  public:
    Places(const CouplingEnds& ends, bool periodic)
        : ends_(ends),
          rows_(static_cast<std::int64_t>(ends.pre.rows)),
          columns_(static_cast<std::int64_t>(ends.pre.columns)),
          periodic_(periodic),
          post_at_(ends.pre.rows * ends.pre.columns) {
        for (std::size_t j = 0; j < ends.post.nodes(); ++j) post_at_[place(ends.post, j)] = j;
    }

    void add(Offset offset) {
        for (std::size_t i = 0; i < ends_.pre.nodes(); ++i) {
            const auto from = static_cast<std::int64_t>(place(ends_.pre, i));
            const auto to = neighbour(from / columns_ + offset.rows, from % columns_ + offset.columns);
            if (!to || (ends_.lateral && i == *to)) continue;
            // within a group a pair is one coupling, from whichever end it is found first
            if (ends_.lateral && seen_.contains({*to, i})) continue;
            if (seen_.insert({i, *to}).second) list_.add(i, *to, 1);
        }
    }

    RunList take() { return std::move(list_); }

  private:
    static std::size_t place(const Grid& grid, std::size_t node) {
        return grid.places.empty() ? node : grid.places[node];
    }

    std::optional<std::size_t> neighbour(std::int64_t row, std::int64_t column) const {
        if (periodic_) {
            row = ((row % rows_) + rows_) % rows_;
            column = ((column % columns_) + columns_) % columns_;
        }
        if (row < 0 || row >= rows_ || column < 0 || column >= columns_) return std::nullopt;
        return post_at_[static_cast<std::size_t>(row * columns_ + column)];
    }

    const CouplingEnds& ends_;
    std::int64_t rows_, columns_;
    bool periodic_;
    std::vector<std::optional<std::size_t>> post_at_; // node of the post group at a place
    std::set<std::pair<std::size_t, std::size_t>> seen_;
    RunList list_;
};

class LatticeKind final : public CouplingKind {
  public:
    LatticeKind(std::string name, Distance distance) : name_(std::move(name)), distance_(distance) {}

    void fields(Fields& f) override {
        f.integer({"radius", "steps between the nodes that are joined, at most; between two layers, which "
                             "have the same shape, each node is joined to those around its own place, that "
                             "place included, so that 0 is one to one"},
                  radius_, {0, 1000});
        f.flag({"periodic", "whether the edges of the grid are joined to those opposite"}, periodic_);
    }

    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        check(ends);
        const auto near = offsets(ends);
        if (!ends.pre.places.empty() || !ends.post.places.empty()) {
            Places places(ends, periodic_);
            for (const auto& offset : near) places.add(offset);
            return make_run_coupling(ends, places.take());
        }
        Lattice lattice(ends.pre, periodic_);
        for (const auto& offset : near) lattice.add(offset, ends.lateral);
        return make_run_coupling(ends, lattice.take());
    }

  private:
    // Those beyond the grid lead nowhere, or where a shorter one does.
    std::vector<Offset> offsets(const CouplingEnds& ends) const {
        const std::int64_t rows = std::min(radius_, static_cast<std::int64_t>(ends.pre.rows));
        const std::int64_t columns = std::min(radius_, static_cast<std::int64_t>(ends.pre.columns));
        std::vector<Offset> near;
        for (std::int64_t dy = ends.lateral ? 0 : -rows; dy <= rows; ++dy)
            for (std::int64_t dx = ends.lateral && dy == 0 ? 1 : -columns; dx <= columns; ++dx)
                if (distance_(dy, dx) <= radius_) near.push_back({dy, dx});
        return near;
    }

    void check(const CouplingEnds& ends) const {
        if (ends.lateral && radius_ == 0)
            throw UserError(fmt::format("kind '{}': radius 0 joins no two nodes of one layer; valid is a "
                                        "radius from 1",
                                        name_));
        const auto& a = ends.pre;
        const auto& b = ends.post;
        if (a.channels != b.channels || a.rows != b.rows || a.columns != b.columns)
            throw UserError(fmt::format("kind '{}' joins nodes at the same places: both layers need one "
                                        "shape, and theirs are [{}, {}, {}] and [{}, {}, {}]",
                                        name_, a.channels, a.rows, a.columns, b.channels, b.rows, b.columns));
    }

    std::string name_;
    Distance distance_;
    std::int64_t radius_ = 1;
    bool periodic_ = false;
};

} // namespace

std::unique_ptr<CouplingKind> make_square_kind() {
    return std::make_unique<LatticeKind>("square", square_distance);
}
std::unique_ptr<CouplingKind> make_triangular_kind() {
    return std::make_unique<LatticeKind>("triangular", triangular_distance);
}
std::unique_ptr<CouplingKind> make_king_kind() {
    return std::make_unique<LatticeKind>("king", king_distance);
}

} // namespace isinglass
