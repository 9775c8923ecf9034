#include "sim/run/wave_views.hpp"

#include "traces/gtkw.hpp"
#include "traces/surfer.hpp"

#include <algorithm>

namespace isinglass {

namespace {

constexpr std::size_t most_rows = 16;

std::string with_output(std::string glob, const Network& network) {
    const std::string token = "{output}";
    if (const auto at = glob.find(token); at != std::string::npos)
        glob.replace(at, token.size(), network.output().name);
    return glob;
}

RowKind kind_of(const Signal& signal) {
    if (signal.kind == SignalKind::real) return RowKind::analog_step;
    if (signal.kind == SignalKind::names) return RowKind::names;
    return signal.path.ends_with("code") || signal.path.ends_with("address") ? RowKind::hexadecimal
                                                                             : RowKind::decimal;
}

// A signal appears in the first group that asks for it.
std::vector<ViewGroup> groups_of(const WaveRecorder& recorder, const WavePreset& preset,
                                 const Network& network) {
    std::vector<ViewGroup> groups;
    std::vector<bool> shown(recorder.signals().size(), false);
    for (const auto& [name, globs, color] : preset.groups) {
        ViewGroup group{name, {}, color};
        for (const auto& glob : globs)
            for (std::size_t i = 0; i < shown.size() && group.rows.size() < most_rows; ++i) {
                const auto& signal = recorder.signals()[i];
                if (shown[i] || !matches(signal.path, with_output(glob, network))) continue;
                shown[i] = true;
                group.rows.push_back({signal.path, kind_of(signal), signal.width});
            }
        if (!group.rows.empty()) groups.push_back(std::move(group));
    }
    return groups;
}

} // namespace

std::vector<std::string> preset_globs(const WavePreset& preset, const Network& network) {
    std::vector<std::string> globs;
    for (const auto& glob : preset.globs) globs.push_back(with_output(glob, network));
    return globs;
}

std::filesystem::path view_file(const std::filesystem::path& waves, bool first, const char* extension) {
    auto path = waves;
    if (first) return path.replace_extension(extension);
    return path += extension;
}

void write_wave_views(const std::filesystem::path& waves, bool first, const WaveRecorder& recorder,
                      const WavePreset& preset, const Network& network, std::uint64_t timescale_fs) {
    WaveView view{.dump = waves,
                  .enumerations = waves.extension() == ".fst",
                  .timescale_fs = timescale_fs,
                  .begin_fs = recorder.begin_fs(),
                  .end_fs = std::max(recorder.begin_fs(), recorder.first_end_fs()),
                  .groups = groups_of(recorder, preset, network),
                  .markers = {}};
    for (const auto& [time_fs, name] : recorder.phase_changes()) view.markers.push_back({time_fs, name});
    write_gtkw(view_file(waves, first, ".gtkw"), view);
    write_surfer(view_file(waves, first, ".sucl"), view);
}

} // namespace isinglass
