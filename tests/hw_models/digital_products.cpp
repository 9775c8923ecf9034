// Sums of the digital array over matrices and lists of couplings, against plain loops over the couplings.
#include "hw_models/array/digital_products.hpp"

#include "hw_models/couplings/run_coupling.hpp"
#include "tests/hw_models/kernel_fixtures.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// Every coupling between two layers, listed from the last post node to the first.
class BackwardsKind final : public CouplingKind {
  public:
    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        RunList list;
        for (std::size_t i = 0; i < ends.pre.nodes(); ++i)
            for (std::size_t j = ends.post.nodes(); j-- > 0;) list.add(i, j, 1);
        return make_run_coupling(ends, std::move(list));
    }
};

using Sums = std::vector<std::int32_t>;

// Sums over the last link, its codes drawn at random, are those of plain loops over its couplings.
void check_same(const Network& net) {
    const CouplingFormat format{.bits = 8};
    std::vector<std::int32_t> codes;
    AlignedVector<float> values;
    for (const float u : random_floats(net.parameters, 40)) {
        codes.push_back(static_cast<std::int32_t>(std::lround(127.0F * u)));
        values.push_back(static_cast<float>(format.lsb(1.0)) * static_cast<float>(codes.back()));
    }
    DigitalProducts products(net, format);
    products.use(values.data());

    const auto block =
        std::ranges::find(net.blocks, static_cast<int>(net.links.size()) - 1, &ParameterBlock::link);
    const auto& coupling = *net.links.back().coupling;
    Sums pre, post;
    for (std::size_t i = 0; i < coupling.pre_size(); ++i)
        pre.push_back(static_cast<std::int32_t>(1 + i * 37 % 101));
    for (std::size_t j = 0; j < coupling.post_size(); ++j)
        post.push_back(static_cast<std::int32_t>(1 + j * 53 % 97));
    Sums forward(post.size()), transposed(pre.size()), plain_forward(post.size()),
        plain_transposed(pre.size());
    products.forward(*block, pre.data(), forward.data());
    products.transposed(*block, post.data(), transposed.data());
    coupling.for_each([&](std::size_t i, std::size_t j, std::size_t w) {
        plain_forward[j] += codes[block->first + w] * pre[i];
        plain_transposed[i] += codes[block->first + w] * post[j];
    });
    CHECK(forward == plain_forward);
    CHECK(transposed == plain_transposed);
}

Network joined(std::size_t inputs, std::size_t outputs, std::shared_ptr<const CouplingKind> kind) {
    return make_network(inputs, {{.name = "out", .size = outputs}},
                        {{.from = input_layer, .to = 0, .kind = std::move(kind)}});
}

} // namespace

TEST_CASE("the digital array sums over matrices, wide and tall", "[digital]") {
    check_same(joined(13, 29, nullptr));
    check_same(joined(29, 13, nullptr));
}

// A list is cut into rows for programming, which can have the shape of the matrix that it is not.
TEST_CASE("the digital array sums over a list in the list's order, whatever the shape of its rows",
          "[digital]") {
    const auto net = joined(1, 29, std::make_shared<BackwardsKind>());
    REQUIRE(net.blocks[0].rows == 1);
    REQUIRE(net.blocks[0].columns == 29);
    check_same(net);
}

// More rows than columns, the last of them short, and nothing behind: the sanitizers watch what lies there.
TEST_CASE("the digital array sums over a list of more than 512 rows", "[digital]") {
    const auto net = make_network(
        2, {{.name = "out", .size = 740}},
        {{.from = input_layer, .to = 0}, {.from = 0, .to = 0, .kind = make_coupling_kind("all-to-all")}});
    const auto& list = net.blocks.back();
    REQUIRE(list.rows > list.columns);
    REQUIRE(list.count() < list.rows * list.columns);
    check_same(net);
}
