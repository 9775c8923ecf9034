#include "sim/run/sample_waves.hpp"

#include "sim/config/units.hpp"
#include "sim/run/simulation.hpp"
#include "sim/run/wave_presets.hpp"
#include "sim/run/wave_views.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

namespace isinglass {

namespace {

constexpr std::uint64_t picosecond_fs = 1000;

std::uint64_t femtoseconds_of(double seconds) {
    return static_cast<std::uint64_t>(std::llround(seconds * 1e15));
}

WaveHeader header_of(const Experiment& experiment, const Network& network) {
    const auto& machine = experiment.machine;
    WaveHeader header{.version = fmt::format("isinglass {}", ISINGLASS_VERSION),
                      .seed = static_cast<std::uint64_t>(experiment.run.seed),
                      .configuration_hash = configuration_hash(experiment),
                      .notes = {},
                      .timescale_fs = picosecond_fs};
    const auto& out = network.output();
    const auto state = state_signal(machine, out);
    if (const auto unit = unit_of(state.name); !unit.empty()) // what `measure` takes for an LSB
        header.notes.push_back(
            fmt::format("lsb {:.9g} {}", 2.0 * half_lsb(machine, out) * state.per_unit, unit));
    if (machine.array.name() == "analog" && machine.dynamics->settled_values_only())
        header.notes.push_back(
            "settled values only: the array is iterated towards equilibrium, not integrated");
    return header;
}

std::vector<std::unique_ptr<WaveWriter>> writers_of(const std::vector<std::filesystem::path>& files,
                                                    const WaveHeader& header) {
    std::vector<std::unique_ptr<WaveWriter>> writers;
    for (const auto& file : files)
        writers.push_back(wave_formats().make(file.extension().string().substr(1), file, header));
    return writers;
}

// Signals of the preset, of those the ones that the user names.
RecorderOptions options_of(const Experiment& experiment, const Network& network) {
    const auto& spec = experiment.trace;
    RecorderOptions options{.decimate_fs = femtoseconds_of(spec.decimation_s),
                            .before_fs = femtoseconds_of(spec.before_s),
                            .after_fs = femtoseconds_of(spec.after_s),
                            .phases = listed_words(spec.phases),
                            .limit_bytes = static_cast<std::uint64_t>(spec.limit_bytes)};
    for (const auto& glob : listed_words(spec.signals))
        options.globs.push_back(with_positions(glob, network));
    options.also = preset_globs(wave_preset(spec.view), network);
    options.resolutions = {{"V", spec.resolution_v},
                           {"rad", spec.resolution_v / experiment.machine.circuit->volts_per_unit}};
    return options;
}

} // namespace

std::string with_positions(const std::string& glob, const Network& network) {
    const auto at = glob.find("/@");
    if (at == std::string::npos) return glob;
    const auto end = std::min(glob.find('/', at + 1), glob.size());
    const auto x = glob.find('x', at);
    std::size_t row = 0, column = 0;
    const char* text = glob.data();
    const bool valid = x < end && std::from_chars(text + at + 2, text + x, row).ptr == text + x &&
                       std::from_chars(text + x + 1, text + end, column).ptr == text + end;
    const auto layer_begin = glob.rfind('/', at - 1) + 1; // 0 without one
    const auto name = glob.substr(layer_begin, at - layer_begin);
    for (const auto& layer : network.layers) {
        if (layer.name != name) continue;
        if (!valid || row >= layer.grid.rows || column >= layer.grid.columns)
            throw UserError(fmt::format("signals '{}': valid is @ROWxCOLUMN, rows 0 to {}, columns 0 to {}",
                                        glob, layer.grid.rows - 1, layer.grid.columns - 1));
        return fmt::format("{}/{}{}", glob.substr(0, at), row * layer.grid.columns + column,
                           glob.substr(end));
    }
    std::vector<std::string> names;
    for (const auto& layer : network.layers) names.push_back(layer.name);
    throw UserError(fmt::format("signals '{}': no layer is called '{}'; there are {}", glob, name,
                                fmt::join(names, ", ")));
}

std::vector<std::filesystem::path> SampleWaves::files(const TraceSpec& spec,
                                                      const std::filesystem::path& base) {
    std::vector<std::filesystem::path> files;
    for (const auto& format : listed_words(spec.format)) files.push_back(base.string() + "." + format);
    return files;
}

std::filesystem::path SampleWaves::free_base(const TraceSpec& spec, const std::filesystem::path& base) {
    const auto taken = [&](const std::filesystem::path& path) {
        const auto wanted = files(spec, path);
        return std::ranges::any_of(wanted, [](const auto& file) { return std::filesystem::exists(file); });
    };
    auto path = base;
    for (int n = 2; taken(path); ++n) path = fmt::format("{}-{}", base.string(), n);
    return path;
}

SampleWaves::SampleWaves(Coprocessor& chip, const Experiment& experiment,
                         std::shared_ptr<const Network> network, const std::filesystem::path& base,
                         FindSample find)
    : chip_(chip),
      experiment_(experiment),
      network_(std::move(network)),
      files_(files(experiment.trace, base)),
      recorder_(writers_of(files_, header_of(experiment, *network_)), options_of(experiment, *network_)),
      trigger_(experiment, network_, std::move(find), recorder_) {
    const auto library = load_components(experiment.machine);
    std::map<std::string, double> prices;
    for (const auto& component : library.components)
        if (const auto* row = library.find(component.name())) prices[component.name()] = row->energy_j;
    const auto on_chip = network_on(experiment.machine, network_);
    chip_.price_power(prices, place_on_tiles(*on_chip, tile_shape(experiment.machine.tiles)).tiles_used);
    chip_.declare_signals(recorder_);
    refuse_unmatched();
    const auto& spec = experiment.trace;
    chip_.trace(recorder_, trigger_, spec.before_s > 0.0 || spec.after_s > 0.0 || spec.when == "bus-error",
                femtoseconds_of(spec.before_s));
}

// A mistyped name would record nothing, without a word.
void SampleWaves::refuse_unmatched() {
    const auto unmatched = recorder_.unmatched_globs();
    if (unmatched.empty()) return;
    recorder_.finish();
    for (const auto& file : files_) std::filesystem::remove(file);
    const auto spins = fmt::format("array/{}/*", network_->output().name);
    throw UserError(fmt::format("trace.signals: no signal is called '{}'; valid are globs as '{}', 'phase', "
                                "'adc/*' or 'power/*', and `isinglass measure FILE` lists all of a file",
                                unmatched.front(), spins));
}

void SampleWaves::finish() {
    chip_.stop_trace();
    recorder_.finish();
    if (recorder_.windows() > 0) return write_views();
    for (const auto& file : files_) std::filesystem::remove(file);
}

void SampleWaves::write_views() const {
    for (std::size_t i = 0; i < files_.size(); ++i)
        write_wave_views(files_[i], i == 0, recorder_, wave_preset(experiment_.trace.view), *network_,
                         picosecond_fs);
}

std::vector<std::string> SampleWaves::written() const {
    std::vector<std::string> names;
    if (windows() > 0)
        for (const auto& file : files_) names.push_back(file.string());
    return names;
}

std::optional<double> SampleWaves::stopped_s() const {
    const auto stopped = recorder_.stopped_fs();
    return stopped ? std::optional(static_cast<double>(*stopped) * 1e-15) : std::nullopt;
}

std::string SampleWaves::report() const {
    if (windows() == 0) return "waves   none: nothing that [trace] asks for happened\n";
    std::string text;
    for (std::size_t i = 0; i < files_.size(); ++i)
        text += fmt::format("waves   {}\n        gtkwave {}\n        surfer -c {} {}\n", files_[i].string(),
                            view_file(files_[i], i == 0, ".gtkw").string(),
                            view_file(files_[i], i == 0, ".sucl").string(), files_[i].string());
    if (const auto stopped = recorder_.stopped_fs())
        text += fmt::format("        recording stopped at {:.6g} us of simulated time: a file reached {} "
                            "(trace.limit); the run went on\n",
                            static_cast<double>(*stopped) * 1e-9,
                            format_quantity(experiment_.trace.limit_bytes, Unit::byte));
    return text;
}

} // namespace isinglass
