// Windows that each node of a layer has on the layer before: without sharing, or as a convolution.
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/run_coupling.hpp"

#include <fmt/core.h>

namespace isinglass {

namespace {

// Numbered [channel, row of post][channel, window row, window column of pre][column of post].
class LocalKind final : public CouplingKind {
  public:
    void fields(Fields& f) override {
        f.integers({"window", "rows and columns of the window that each node has on every channel of `from`"},
                   window_, {1, 1e6});
        f.check(window_.size() == 2, "window", "two numbers [rows, columns]");
        f.integer({"stride", "nodes between a window and the next, in both directions"}, stride_, {1, 1e6});
        f.flag({"shared", "whether the windows of a channel have the same couplings, as in a convolution; "
                          "each is on the chip all the same, with a cell of its own"},
               shared_);
    }

    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        check(ends);
        const auto [rows, columns] = size();
        const auto stride = static_cast<std::size_t>(stride_);
        const auto& pre = ends.pre;
        const auto& post = ends.post;
        RunList list;
        for (std::size_t out = 0; out < post.channels; ++out)
            for (std::size_t y = 0; y < post.rows; ++y) {
                int weight = static_cast<int>(out * pre.channels * rows * columns);
                for (std::size_t in = 0; in < pre.channels; ++in)
                    for (std::size_t dy = 0; dy < rows; ++dy)
                        for (std::size_t dx = 0; dx < columns; ++dx, ++weight)
                            list.add((in * pre.rows + y * stride + dy) * pre.columns + dx,
                                     (out * post.rows + y) * post.columns, post.columns, stride,
                                     shared_ ? weight : -1);
            }
        return make_run_coupling(ends, std::move(list));
    }

  private:
    struct Size {
        std::size_t rows, columns;
    };
    Size size() const { return {static_cast<std::size_t>(window_[0]), static_cast<std::size_t>(window_[1])}; }

    void check(const CouplingEnds& ends) const {
        if (ends.lateral)
            throw UserError("kind 'local' joins two layers; within one, 'square', 'triangular' and 'king' "
                            "join neighbours");
        const auto [rows, columns] = size();
        const auto& pre = ends.pre;
        const auto& post = ends.post;
        if (!pre.places.empty() || !post.places.empty())
            throw UserError("kind 'local' joins layers that fill their planes (at = \"everywhere\"); "
                            "'square', 'triangular' and 'king' join nodes at places of one plane");
        if (rows > pre.rows || columns > pre.columns)
            throw UserError(fmt::format("kind 'local': a window of {}x{} does not fit the {}x{} of the layer "
                                        "that it starts at (its shape is [rows, columns])",
                                        rows, columns, pre.rows, pre.columns));
        const auto stride = static_cast<std::size_t>(stride_);
        const Size wanted{(pre.rows - rows) / stride + 1, (pre.columns - columns) / stride + 1};
        if (post.rows != wanted.rows || post.columns != wanted.columns)
            throw UserError(fmt::format("kind 'local': windows of {}x{} at stride {} on {}x{} need a layer "
                                        "of shape [{}, {}] or [channels, {}, {}]; this one is {}x{}",
                                        rows, columns, stride, pre.rows, pre.columns, wanted.rows,
                                        wanted.columns, wanted.rows, wanted.columns, post.rows,
                                        post.columns));
    }

    std::vector<std::int64_t> window_{3, 3};
    std::int64_t stride_ = 1;
    bool shared_ = false;
};

} // namespace

std::unique_ptr<CouplingKind> make_local_kind() {
    return std::make_unique<LocalKind>();
}

} // namespace isinglass
