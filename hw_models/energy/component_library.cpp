#include "hw_models/energy/component_library.hpp"

#include "hw_models/energy/ledger.hpp"

namespace isinglass {
namespace {

using Words = std::vector<std::string>;

const Words units = {"count", "second", "coulomb", "volt_squared_farad"};
const Words marks = {"primary", "secondary", "computed", "assumption"};
const Words row_profiles = {"any", "typical", "optimistic"};
const Words table_profiles = {"typical", "optimistic"};

const Words supply_laws = {"usual", "switching", "bias", "none"};

constexpr Limits not_negative = {.min = 0.0};
constexpr Limits published_years = {.min = 1950, .max = 2100};
constexpr Limits nodes_m = {.min = 1e-9, .max = 10e-6};

// The price of a unit has another dimension, hence another key, for each kind of amount.
void price_fields(const std::string& unit, double& energy_j, Fields& f) {
    if (unit == "count") f.quantity({"energy", "of one action", true}, energy_j, Unit::joule, not_negative);
    if (unit == "second") f.quantity({"power", "while on", true}, energy_j, Unit::watt, not_negative);
    if (unit == "coulomb")
        f.quantity({"supply", "that drives the current", true}, energy_j, Unit::volt, not_negative);
    if (unit == "volt_squared_farad") energy_j = 1.0;
}

bool hold_together(const ComponentRow& a, const ComponentRow& b) {
    return a.name() == b.name() && (a.profile == b.profile || a.profile == "any" || b.profile == "any");
}

bool has_duplicate(const std::vector<ComponentRow>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < i; ++k)
            if (hold_together(rows[i], rows[k])) return true;
    return false;
}

} // namespace

const std::vector<std::string>& component_groups() {
    static const Words groups = {"core", "converters", "memory", "link", "controller", "host"};
    return groups;
}

void ComponentRow::fields(Fields& f) {
    f.text({"component", "first half of the action's name in the ledger, as adc", true}, component);
    f.text({"action", "second half, as convert", true}, action);
    f.variant({"unit", "what the ledger's amount of this action is", true}, unit, units,
              [this](const std::string& word, Fields& g) { price_fields(word, energy_j, g); });
    f.quantity({"area", "of one instance, where the source has it"}, area_m2, Unit::square_metre,
               not_negative);
    f.number({"leakage", "share of a static power that leaks, and goes with temperature"}, leakage,
             {0.0, 1.0});
    f.choice({"follows",
              "how the rest goes with the supply: switching (its square), bias (itself), none; usual: bias "
              "for coulombs, none for integrals, hosts and links, and else switching"},
             follows, supply_laws);
    f.choice({"group", "under which the joules are reported", true}, group, component_groups());
    f.choice({"profile", "the table's profile in which the row holds"}, profile, row_profiles);
    f.choice({"mark", "how well founded the number is", true}, mark, marks);
    f.text({"source", "publication, data sheet or reason", true}, source);
    f.count({"year", "of the source", true}, year, published_years);
    f.quantity({"node", "technology that the number holds for", true}, node_m, Unit::metre, nodes_m);
    f.text({"arithmetic", "how the number follows from the source"}, arithmetic);

    constexpr std::string_view word_rule = "a lower-case word of letters, digits and '_'";
    f.check(is_action_word(component), "component", word_rule);
    f.check(is_action_word(action), "action", word_rule);
    f.check(leakage == 0.0 || unit == "second", "leakage", "0 for what is not a power");
    f.check(!source.empty(), "source", "the publication, data sheet or reason behind the number");
    f.check(mark != "computed" || !arithmetic.empty(), "arithmetic",
            "how the number follows from the source, as mark is \"computed\"");
}

std::string ComponentRow::supply_law() const {
    if (follows != "usual") return follows;
    if (group == "host" || group == "link" || unit == "volt_squared_farad") return "none";
    return unit == "coulomb" ? "bias" : "switching";
}

void ComponentLibrary::fields(Fields& f) {
    f.text({"name", "of the table, for reports", true}, name);
    f.choice({"profile", "typical practice, or the best published parts"}, profile, table_profiles);
    f.tables(
        {"not_included", "what the table leaves out, for reports"}, not_included.size(),
        [this](std::size_t n) { not_included.assign(n, {}); },
        [this](std::size_t i, Fields& g) {
            g.text({"what", "one phrase", true}, not_included[i]);
        });
    f.tables(
        {"component", "one action of one component, and its cost", true}, components.size(),
        [this](std::size_t n) { components.assign(n, {}); },
        [this](std::size_t i, Fields& g) { components[i].fields(g); });
    f.check(!has_duplicate(components), "component", "one row for each action in each profile");
}

const ComponentRow* ComponentLibrary::find(std::string_view action) const {
    for (const auto& row : components)
        if ((row.profile == "any" || row.profile == profile) && row.name() == action) return &row;
    return nullptr;
}

} // namespace isinglass
