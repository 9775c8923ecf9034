// Hardware that says when the array has settled.
#pragma once

#include "hw_models/base/fields.hpp"

#include <string>

namespace isinglass {

// Window comparators compare every node with its value one period ago; or the ADCs read all nodes every
// period and the controller compares codes, which takes conversions. Both report a RELAX settled at the first
// check at which no node has moved by more than the threshold, and not settled at the last check within its
// limit. The verdict comes the latency later.
struct SettleDetector {
    std::string kind = "none"; // none, comparators, readout
    double period_rc = 1.0;
    double threshold_lsb = 0.5;
    std::int64_t latency_cycles = 2;

    void fields(Fields& f) {
        static const std::vector<std::string> kinds{"none", "comparators", "readout"};
        f.variant({"kind", "detection hardware: none (RELAX takes fixed times only), comparators, readout"},
                  kind, kinds, [this](const std::string& word, Fields& g) {
                      if (word == "none") return;
                      g.number({"period", "time between checks, in RC"}, period_rc, {0.01, 1000.0});
                      g.number({"threshold",
                                "largest movement within a period that counts as settled, in read-out LSB"},
                               threshold_lsb, {1e-6, 1e6});
                      g.integer({"latency", "clock cycles from a check to its verdict"}, latency_cycles,
                                {0, 1000000});
                  });
    }
    [[nodiscard]] bool present() const { return kind != "none"; }
};

} // namespace isinglass
