#include "sim/run/summary.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <cmath>
#include <type_traits>

namespace isinglass {
namespace {

using Json = nlohmann::ordered_json;

constexpr double exact_integers = 9007199254740992.0; // 2^53

std::string name_of(std::size_t phase) {
    return std::string(phase_name(static_cast<Phase>(phase)));
}

// A count as an integer where it is one.
Json amount(double value) {
    if (value == std::floor(value) && std::abs(value) < exact_integers)
        return static_cast<std::int64_t>(value);
    return value;
}

class Writer {
  public:
    template <class T>
    void value(const char* key, const T& value) {
        json[key] = value;
    }
    void value(const char* key, const std::optional<double>& value) {
        json[key] = value ? Json(*value) : Json(nullptr);
    }
    template <class T>
    void value(const char* key, const std::array<T, phase_count>& by_phase) {
        for (std::size_t p = 0; p < phase_count; ++p) json[key][name_of(p)] = by_phase[p];
    }
    void value(const char* key, const std::map<std::string, double>& parts) {
        json[key] = Json::object();
        for (const auto& [name, part] : parts) json[key][name] = part;
    }
    void counts(const LedgerRecord& ledger) {
        json["counts"] = Json::object();
        json["counts_by_phase"] = Json::object();
        std::map<std::string, double> totals;
        for (const auto& entry : ledger.entries) {
            totals[entry.action] += entry.amount;
            json["counts_by_phase"][entry.action][std::string(phase_name(entry.phase))] =
                amount(entry.amount);
        }
        for (const auto& [action, total] : totals) json["counts"][action] = amount(total);
        value("time_by_phase_fs", ledger.time_fs);
    }
    void wall(const WallClock& wall) {
        json["wall"] = {{"time_s", wall.time_s},
                        {"samples_per_s", wall.samples_per_s},
                        {"peak_rss_bytes", wall.peak_rss_bytes}};
    }

    Json json = Json::object();
};

class Reader {
  public:
    Reader(const Json& table, std::string file, std::string path = "")
        : table_(table), file_(std::move(file)), path_(std::move(path)) {
        if (!table_.is_object())
            throw UserError(
                fmt::format("{}: {} must be a table", file_,
                            path_.empty() ? "the file" : "'" + path_.substr(0, path_.size() - 1) + "'"));
    }

    template <class T>
    void value(const char* key, T& value) const {
        const Json& found = at(key);
        if constexpr (std::is_same_v<T, std::string>) {
            if (!found.is_string()) fail(key, "must be a text");
        } else if constexpr (std::is_floating_point_v<T>) {
            if (!found.is_number()) fail(key, "must be a number");
        } else if (!found.is_number_integer() || (std::is_unsigned_v<T> && !found.is_number_unsigned())) {
            fail(key,
                 std::is_unsigned_v<T> ? "must be a whole number, at least 0" : "must be a whole number");
        }
        found.get_to(value);
    }
    void value(const char* key, std::optional<double>& value) const {
        if (at(key).is_null())
            value.reset();
        else
            this->value(key, value.emplace());
    }
    template <class T>
    void value(const char* key, std::array<T, phase_count>& by_phase) const {
        const Reader phases = table(key);
        for (std::size_t p = 0; p < phase_count; ++p) phases.value(name_of(p).c_str(), by_phase[p]);
    }
    void value(const char* key, std::map<std::string, double>& parts) const {
        const Reader table = this->table(key);
        for (const auto& item : table.table_.items()) table.value(item.key().c_str(), parts[item.key()]);
    }
    void counts(LedgerRecord& ledger) const {
        const Reader actions = table("counts_by_phase");
        for (const auto& action : actions.table_.items()) {
            const Reader phases = actions.table(action.key().c_str());
            for (const auto& phase : phases.table_.items()) {
                double amount = 0.0;
                phases.value(phase.key().c_str(), amount);
                if (amount < 0.0) phases.fail(phase.key(), "must be at least 0");
                ledger.entries.push_back({action.key(), phases.phase(phase.key()), amount});
            }
        }
        value("time_by_phase_fs", ledger.time_fs);
    }
    void wall(WallClock& wall) const {
        const Reader values = table("wall");
        values.value("time_s", wall.time_s);
        values.value("samples_per_s", wall.samples_per_s);
        values.value("peak_rss_bytes", wall.peak_rss_bytes);
    }

  private:
    [[nodiscard]] const Json& at(const char* key) const {
        const auto found = table_.find(key);
        if (found == table_.end()) fail(key, "is missing");
        return *found;
    }
    [[nodiscard]] Phase phase(const std::string& key) const {
        try {
            return phase_from_name(key);
        } catch (const UserError&) {
            fail(key, "is no phase");
        }
    }
    [[nodiscard]] Reader table(const char* key) const { return {at(key), file_, path_ + key + "."}; }
    [[noreturn]] void fail(const std::string& key, std::string_view what) const {
        throw UserError(fmt::format("{}: '{}{}' {}", file_, path_, key, what));
    }

    const Json& table_;
    std::string file_;
    std::string path_; // with a point behind it
};

// Keys of the file in their order, for the writer (a const summary) and the reader.
template <class Archive, class Summary>
void exchange(Archive& file, Summary& s) {
    file.value("test_accuracy", s.test_accuracy);
    file.value("train_accuracy", s.train_accuracy);
    file.value("ideal_test_accuracy", s.ideal_test_accuracy);
    file.value("epochs", s.epochs);
    file.value("samples", s.samples);
    file.value("simulated_time_s", s.simulated_time_s);
    file.value("energy_j", s.energy_j);
    file.value("energy_by_component_j", s.energy_by_component_j);
    file.value("energy_by_phase_j", s.energy_by_phase_j);
    file.value("time_by_phase_s", s.time_by_phase_s);
    file.value("time_per_sample_s", s.time_per_sample_s);
    file.value("energy_per_sample_j", s.energy_per_sample_j);
    file.counts(s.ledger);
    file.value("not_settled", s.not_settled);
    file.value("adc_clipped", s.adc_clipped);
    file.value("couplings_saturated", s.couplings_saturated);
    file.value("stopped_because", s.stopped_because);
    file.value("seed", s.seed);
    file.value("version", s.version);
    file.value("isa", s.isa);
    file.value("config_sha256", s.config_sha256);
    file.wall(s.wall);
}

} // namespace

void RunSummary::set_costs(const Ledger& counts, const EnergyReport& energy) {
    ledger = counts.save();
    simulated_time_s = counts.time_s();
    for (std::size_t p = 0; p < phase_count; ++p)
        time_by_phase_s[p] = static_cast<double>(counts.time_fs(static_cast<Phase>(p))) * 1e-15;
    energy_j = energy.total_j;
    energy_by_component_j = energy.by_component_j;
    energy_by_phase_j = energy.by_phase_j;
    const auto per_sample = [&](double all) {
        return samples > 0 ? all / static_cast<double>(samples) : 0.0;
    };
    time_per_sample_s = per_sample(simulated_time_s);
    energy_per_sample_j = per_sample(energy_j);
}

std::string RunSummary::to_json() const {
    Writer writer;
    exchange(writer, *this);
    return writer.json.dump(2) + '\n';
}

RunSummary RunSummary::from_json(std::string_view text, const std::string& file) {
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        throw UserError(fmt::format("{}: byte {}: not valid JSON", file, error.byte));
    }
    RunSummary summary;
    const Reader reader(json, file);
    exchange(reader, summary);
    return summary;
}

Ledger counts_of(const RunSummary& summary) {
    Ledger ledger;
    ledger.restore(summary.ledger);
    return ledger;
}

std::uint64_t peak_rss_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024; // Linux counts KiB
}

} // namespace isinglass
