// The embedded data set: digits drawn at run time by a random hand. Sample i of a part is a pure function of
// (seed, part, i), so parts never share a draw and a shorter set is the beginning of a longer one.
#include "host/data/data_set.hpp"
#include "host/data/glyph_strokes.hpp"
#include "hw_models/base/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace isinglass {
namespace {

constexpr int side = 16;
constexpr int class_count = 10;

// How far hands differ. Chosen so that a linear classifier stays under 90 % and a network of one hidden layer
// passes 98 %; standard deviations unless said otherwise.
namespace hand {
constexpr double rotation_rad = 0.08;
constexpr double slant = 0.15;     // shift in x per height
constexpr double log_scale = 0.08; // of width and height each
constexpr double shift_px = 0.9;   // of the centre
constexpr double jitter = 0.4;     // of every pen point, in units of the 20 × 20 box
constexpr double height_px = 11.5; // of a glyph of mean size
constexpr double width_px = 10.5;  // likewise
constexpr double thin_px = 0.5;    // half width of the pen, from thin …
constexpr double thick_px = 1.1;   // … to thick, uniform
constexpr double pressure = 0.15;  // relative change of the pen's width from one end of a stroke to the other
constexpr double faintest = 0.65;  // ink, uniform from here to 1
constexpr double noise = 0.04;     // of every pixel, full scale 1
} // namespace hand

// The step of a sample's draw key says what is drawn.
enum Step : std::uint32_t { style_step, pen_step, shape_step, noise_step };

DrawKey at(DrawKey key, Step step) {
    key.step = step;
    return key;
}

// The normal draws that shape one sample, used up in a fixed order.
class Draws {
  public:
    Draws(const RandomStream& random, DrawKey key) { random.gaussians(at(key, shape_step), values_); }
    double operator()() { return double(values_.at(next_++)); }

  private:
    std::array<float, 64> values_{}; // the longest glyph takes 36
    std::size_t next_ = 0;
};

// Box of 20 × 20 to pixels.
struct Affine {
    double xx, xy, yx, yy, x0, y0;
    [[nodiscard]] PenPoint operator()(PenPoint p) const {
        const double x = p.x - 10, y = p.y - 10;
        return {x0 + xx * x + xy * y, y0 + yx * x + yy * y};
    }
};

Affine draw_affine(Draws& draws) {
    const double angle = hand::rotation_rad * draws();
    const double slant = -0.1 + hand::slant * draws();
    const double width = hand::width_px / 20 * std::exp(hand::log_scale * draws());
    const double height = hand::height_px / 20 * std::exp(hand::log_scale * draws());
    const double c = std::cos(angle), s = std::sin(angle);
    const double x0 = side / 2.0 + hand::shift_px * draws();
    const double y0 = side / 2.0 + hand::shift_px * draws();
    return {c * width, (c * slant - s) * height, s * width, (s * slant + c) * height, x0, y0};
}

using Ink = std::array<float, std::size_t{side} * side>;

// Inks a straight piece of pen with a soft edge one pixel wide.
void draw_line(Ink& ink, PenPoint a, PenPoint b, double half_width) {
    const double reach = half_width + 0.5;
    const auto range = [reach](double p, double q) {
        return std::pair{std::max(0, int(std::floor(std::min(p, q) - reach))),
                         std::min(side - 1, int(std::ceil(std::max(p, q) + reach)))};
    };
    const double dx = b.x - a.x, dy = b.y - a.y;
    const double inverse = 1.0 / std::max(dx * dx + dy * dy, 1e-12);
    const auto [x_first, x_last] = range(a.x, b.x);
    const auto [y_first, y_last] = range(a.y, b.y);
    for (int row = y_first; row <= y_last; ++row)
        for (int column = x_first; column <= x_last; ++column) {
            const double x = column + 0.5 - a.x, y = row + 0.5 - a.y;
            const double along = std::clamp((x * dx + y * dy) * inverse, 0.0, 1.0);
            const double off_x = x - along * dx, off_y = y - along * dy;
            const double distance = std::sqrt(off_x * off_x + off_y * off_y);
            auto& pixel = ink[std::size_t(row) * side + std::size_t(column)];
            pixel = std::max(pixel, float(std::clamp(reach - distance, 0.0, 1.0)));
        }
}

// Point at t, 0 to 1, between b and c of a curve through a, b, c, d (Catmull and Rom 1974).
PenPoint curve_point(PenPoint a, PenPoint b, PenPoint c, PenPoint d, double t) {
    const auto blend = [t](double p, double q, double r, double s) {
        return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
    };
    return {blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)};
}

void draw_stroke(Ink& ink, const PenStroke& points, double half_width, double pressure) {
    constexpr int pieces = 5;
    const auto last = points.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        if (points[i] == points[i + 1]) continue;
        const double width = half_width * (1 + pressure * (double(i) / double(last) - 0.5));
        PenPoint from = points[i];
        for (int piece = 1; piece <= pieces; ++piece) {
            const auto to = curve_point(points[i ? i - 1 : 0], points[i], points[i + 1],
                                        points[std::min(i + 2, last)], double(piece) / pieces);
            draw_line(ink, from, to, width);
            from = to;
        }
    }
}

// The stroke as this hand places it; the two points of a corner move together.
PenStroke placed(const PenStroke& stroke, const Affine& affine, Draws& draws) {
    PenStroke points;
    for (std::size_t i = 0; i < stroke.size(); ++i) {
        if (i > 0 && stroke[i] == stroke[i - 1]) {
            points.push_back(points.back());
            continue;
        }
        const double dx = hand::jitter * draws();
        const double dy = hand::jitter * draws();
        points.push_back(affine({stroke[i].x + dx, stroke[i].y + dy}));
    }
    return points;
}

void draw_glyph(const RandomStream& random, DrawKey key, int digit, std::span<std::uint8_t> out) {
    const auto styles = glyph_styles(digit);
    const auto& glyph =
        styles[random.below(at(key, style_step), 0, static_cast<std::uint32_t>(styles.size()))];
    std::array<float, 2> pen{};
    random.uniforms(at(key, pen_step), pen);
    const double half_width = std::lerp(hand::thin_px, hand::thick_px, double(pen[0]));
    const double level = std::lerp(hand::faintest, 1.0, double(pen[1]));
    Draws draws(random, key);
    const auto affine = draw_affine(draws);
    Ink ink{};
    for (const auto& stroke : glyph) {
        const double pressure = hand::pressure * draws();
        draw_stroke(ink, placed(stroke, affine, draws), half_width, pressure);
    }
    Ink noise;
    random.gaussians(at(key, noise_step), noise);
    for (std::size_t i = 0; i < ink.size(); ++i) {
        const double value = level * double(ink[i]) + hand::noise * double(noise[i]);
        out[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0, 1.0)));
    }
}

class Glyphs : public DataSetKind {
  public:
    void fields(Fields& f) override {
        f.count({"train", "number of training samples"}, train_count_, {1, 1e7});
        f.count({"test", "number of test samples"}, test_count_, {1, 1e7});
        f.count({"data_seed", "seed of the hands that draw"}, seed_, {0, 1e15});
    }

    DataSet load(const DataLocation& /*location*/) const override {
        return data_set(draw(0, train_count_), draw(1, test_count_), "glyphs");
    }

    std::optional<std::size_t> training_samples() const override { return train_count_; }

  private:
    std::size_t train_count_ = 10000;
    std::size_t test_count_ = 2000;
    std::uint64_t seed_ = 1;

    // Part 0 is for training, 1 for the test. Classes take turns, so that every stretch of a part is
    // balanced.
    [[nodiscard]] Samples draw(std::uint32_t part, std::size_t count) const {
        const RandomStream random(seed_, Purpose::glyph_shape);
        Samples samples{.shape = {1, side, side}, .classes = class_count, .labels = {}, .values = {}};
        std::vector<std::uint8_t> codes(count * samples.feature_count());
        for (std::size_t i = 0; i < count; ++i) {
            samples.labels.push_back(static_cast<int>(i % class_count));
            draw_glyph(random, {.presentation = i, .phase = part}, samples.labels.back(),
                       std::span(codes).subspan(i * samples.feature_count(), samples.feature_count()));
        }
        samples.values = std::move(codes);
        return samples;
    }
};

} // namespace

std::unique_ptr<DataSetKind> make_glyphs() {
    return std::make_unique<Glyphs>();
}

} // namespace isinglass
