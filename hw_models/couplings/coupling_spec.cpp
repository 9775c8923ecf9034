// Coupling cells as a machine file states them.
#include "hw_models/couplings/coupling_store.hpp"

namespace isinglass {

namespace {

const std::vector<std::string> wire_models{"none", "approximate", "solved"};
const std::vector<std::string> coupling_formats{"codes", "ideal", "pulsed"};

} // namespace

void CouplingSpec::fields(Fields& f) {
    f.variant({"kind",
               "how couplings are written: as signed codes, ideal (single-precision values), or into devices "
               "that hold them and move by pulses"},
              kind, coupling_formats, [this](const std::string& word, Fields& g) {
                  if (word == "pulsed") pulses.fields(g);
                  if (word != "codes") return;
                  g.integer({"bits", "width of a signed code"}, bits, {2, 16});
                  g.number({"mismatch", "standard deviation of a cell's gain, drawn per chip, relative"},
                           mismatch, {0.0, 0.5});
                  cells.fields(g);
                  g.number({"direction_error",
                            "standard deviation of one direction of a coupling against the other, relative"},
                           direction_error, {0.0, 1.0});
                  g.variant(
                      {"wire_drop",
                       "drop of voltage along the wires of a crossbar: none, wires one by one, or solved "
                       "(up to 256 x 256)"},
                      wire_drop, wire_models, [this](const std::string& model, Fields& h) {
                          if (model != "none")
                              h.quantity({"wire_resistance", "of a cell's piece of a row or a column"},
                                         wire_resistance_ohm, Unit::ohm, {1e-6, 1e6});
                      });
              });
    f.integer({"write_drivers", "cells that are written at the same time, over all tiles"}, write_drivers,
              {1, 1 << 20});
    f.integer({"write_cycles", "clock cycles that one write takes"}, write_cycles, {1, 1 << 30});
}

CouplingFormat CouplingSpec::format() const {
    if (kind != "codes") return {};
    return {static_cast<int>(bits)};
}

} // namespace isinglass
