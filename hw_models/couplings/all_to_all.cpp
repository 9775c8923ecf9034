// Every pair of nodes of a layer.
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/run_coupling.hpp"

namespace isinglass {

namespace {

// Numbered by the distance d = 1 … N/2 around the ring of nodes, then by the pre node i, whose post node is
// (i + d) mod N: every node is then the post node of as many couplings, and cells fill their rectangle.
class AllToAllKind final : public CouplingKind {
  public:
    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        if (!ends.lateral)
            throw UserError("kind 'all-to-all' joins the nodes of one layer; between two, 'dense' joins "
                            "every node to every node");
        const std::size_t n = ends.pre.nodes();
        RunList list;
        for (std::size_t d = 1; 2 * d <= n; ++d) {
            list.add(0, d, 2 * d == n ? d : n - d);
            if (2 * d < n) list.add(n - d, 0, d);
        }
        return make_run_coupling(ends, std::move(list));
    }
};

} // namespace

std::unique_ptr<CouplingKind> make_all_to_all_kind() {
    return std::make_unique<AllToAllKind>();
}

} // namespace isinglass
