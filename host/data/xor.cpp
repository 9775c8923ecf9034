// The four samples of exclusive or, which are both training and test: levels 0 and 1 of two lines, class 1
// where they differ.
#include "host/data/data_set.hpp"

namespace isinglass {
namespace {

class ExclusiveOr : public DataSetKind {
  public:
    void fields(Fields&) override {}

    DataSet load(const DataLocation&) const override {
        const Samples all{.shape = {1, 1, 2},
                          .classes = 2,
                          .labels = {0, 1, 1, 0},
                          .values = std::vector<float>{0, 0, 0, 1, 1, 0, 1, 1}};
        return data_set(all, all, "xor");
    }
};

} // namespace

std::unique_ptr<DataSetKind> make_xor() {
    return std::make_unique<ExclusiveOr>();
}

} // namespace isinglass
