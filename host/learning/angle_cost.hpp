// What costs of phases have in common: targets on the circle and the class that phases say.
#pragma once

#include "host/learning/cost.hpp"

namespace isinglass {

// Outputs are angles. With one output a class, the label's wants `class_phase` and the others `other_phase`;
// a single output tells two classes apart, wanting `class_phase` for class 1 and `other_phase` for class 0.
class AngleCost : public Cost {
  public:
    void fields(Fields& f) override;
    void target(int label, std::span<float> target) const override;
    // The output that lies furthest towards class_phase from other_phase: of ±π/2, the largest sine. Of a
    // single output, 1 where it is nearer to class_phase.
    [[nodiscard]] int prediction(std::span<const float> output) const override;
    [[nodiscard]] std::size_t most_classes(std::size_t outputs) const override;

  protected:
    // The angle wanted of `output`, of so many outputs.
    [[nodiscard]] double wanted(std::size_t output, std::size_t outputs, int label) const;

  private:
    double class_phase_ = 1.5707963267948966;
    double other_phase_ = -1.5707963267948966;
};

} // namespace isinglass
