// What of a run becomes waveforms: which samples, which signals, how finely.
#pragma once

#include "hw_models/base/fields.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace isinglass {

// Whole numbers from 0, as people list them: "17", "0-9, 40", "all".
class NumberSet {
  public:
    // Nothing where the text is no such list.
    static std::optional<NumberSet> parse(const std::string& text);

    [[nodiscard]] bool contains(std::int64_t n) const;
    // Whether any of first … last is in it.
    [[nodiscard]] bool reaches(std::int64_t first, std::int64_t last) const;

  private:
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges_;
};

// Words between commas, without blanks around them; no words of "all".
std::vector<std::string> listed_words(const std::string& text);

// The table [trace]. Texts are checked where they are read, so that lists of them can be relied on.
struct TraceSpec {
    std::string capture = "none"; // none, samples: while training
    std::string epochs = "1";
    std::string samples = "0"; // positions in the training set
    std::string classes = "all";
    std::string when = "always";
    std::int64_t most = 10;
    std::string phases = "all";
    double before_s = 0.0;
    double after_s = 0.0;
    std::string view = "everything";
    std::string signals = "all";
    std::string format = "vcd";
    double resolution_v = 1e-4;
    double decimation_s = 0.0;
    double limit_bytes = 1e9;

    void fields(Fields& f);
};

} // namespace isinglass
