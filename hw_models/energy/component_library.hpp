// What an action costs: a table read from a data file (components/*.toml), a source beside every number.
#pragma once

#include "hw_models/base/fields.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

// One action of one component. Every text is checked against the words below where the file is read.
struct ComponentRow {
    std::string component; // "adc"
    std::string action;    // "convert": the ledger calls it "adc.convert"

    // What one unit of the ledger's amount is, and the joules that it costs:
    // count (J each), second (W: static power), coulomb (V: supply times a bias current's integral),
    // volt_squared_farad (1: the amount is joules already, an integral of CV²).
    std::string unit = "count";
    double energy_j = 0.0;

    double leakage = 0.0;          // share of a static power that leaks
    std::string follows = "usual"; // how the rest goes with the supply: switching (V²), bias (V), none

    double area_m2 = 0.0; // of one instance; 0: no area of its own, or unknown (then listed as left out)
    std::string group = "core";  // core, converters, memory, link, controller, host
    std::string profile = "any"; // any, typical, optimistic: the profiles of the table in which the row holds
    std::string mark;            // primary, secondary, computed, assumption: the weakest of what it rests on
    std::string source;          // who measured or said it
    std::int64_t year = 0;       // of the source
    double node_m = 0.0;         // technology node that the number holds for, after scaling
    std::string arithmetic;      // how it follows from the source; required when computed

    // Throws ConfigError through `f` for a row without source, year, node or mark, and for a computed one
    // without arithmetic.
    void fields(Fields& f);

    [[nodiscard]] std::string name() const { return component + "." + action; }
    // switching, bias or none. The usual is bias for coulombs, none for integrals, hosts and links, and else
    // switching.
    [[nodiscard]] std::string supply_law() const;
};

// The groups in which joules are reported apart, in the order of reports.
[[nodiscard]] const std::vector<std::string>& component_groups();

struct ComponentLibrary {
    std::string name;
    std::string profile = "typical"; // which rows are in use: typical or optimistic (best published parts)
    std::vector<ComponentRow> components;
    std::vector<std::string> not_included; // what no row covers, one phrase each, for reports

    // Also refuses two rows for one action in one profile.
    void fields(Fields& f);

    // The row in use for "component.action", or null.
    [[nodiscard]] const ComponentRow* find(std::string_view action) const;
};

} // namespace isinglass
