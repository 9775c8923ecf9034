#include "sim/run/sample_waves.hpp"

#include "sim/run/simulation.hpp"
#include "traces/gtkw.hpp"

#include <fmt/core.h>
#include <fnmatch.h>

#include <algorithm>

namespace isinglass {

class SampleWaves::Window final : public WaveSink {
  public:
    Window(const std::filesystem::path& file, VcdHeader header, double resolution,
           std::vector<std::string> globs)
        : writer_(file, std::move(header), resolution), globs_(std::move(globs)) {}

    SignalId declare_real(std::string_view path, double initial) override {
        return keeps(path) ? writer_.declare_real(path, initial) : dropped;
    }
    SignalId declare_bits(std::string_view path, unsigned width, std::uint64_t initial) override {
        return keeps(path) ? writer_.declare_bits(path, width, initial) : dropped;
    }
    SignalId declare_text(std::string_view path, std::string_view initial) override {
        const SignalId signal = keeps(path) ? writer_.declare_text(path, initial) : dropped;
        if (path == "coprocessor/phase") phase_ = signal;
        return signal;
    }
    void real(std::uint64_t time_fs, SignalId signal, double value) override {
        if (signal != dropped) writer_.real(time_fs, signal, value);
    }
    void bits(std::uint64_t time_fs, SignalId signal, std::uint64_t value) override {
        if (signal != dropped) writer_.bits(time_fs, signal, value);
    }
    void text(std::uint64_t time_fs, SignalId signal, std::string_view value) override {
        if (signal == phase_ && (markers.empty() || markers.back().name != value))
            markers.push_back({time_fs, std::string(value)});
        if (signal != dropped) writer_.text(time_fs, signal, value);
    }
    void open_window(std::uint64_t time_fs) override {
        begin_fs = time_fs;
        opened = true;
        writer_.open_window(time_fs);
    }
    void close_window(std::uint64_t time_fs) override {
        end_fs = time_fs;
        writer_.close_window(time_fs);
    }

    // Whether a signal of this path is in the file.
    [[nodiscard]] bool keeps(std::string_view path) const {
        const std::string below(path.substr(std::string_view("coprocessor/").size()));
        return globs_.empty() || std::ranges::any_of(globs_, [&](const std::string& glob) {
                   return fnmatch(glob.c_str(), below.c_str(), 0) == 0;
               });
    }

    bool opened = false;
    std::uint64_t begin_fs = 0;
    std::uint64_t end_fs = 0;
    std::vector<GtkwMarker> markers;

  private:
    static constexpr SignalId dropped = ~SignalId{0};

    VcdWriter writer_;
    std::vector<std::string> globs_;
    SignalId phase_ = dropped;
};

namespace {

constexpr std::uint64_t picosecond_fs = 1000;
constexpr std::size_t rows_of_a_layer = 16; // more would not fit a screen; all signals are in the file

VcdHeader header_of(const Experiment& experiment, std::uint64_t presentation) {
    VcdHeader header{.version = fmt::format("isinglass {}", ISINGLASS_VERSION),
                     .seed = static_cast<std::uint64_t>(experiment.run.seed),
                     .configuration_hash = configuration_hash(experiment),
                     .notes = {fmt::format("presentation {}", presentation)},
                     .timescale_fs = picosecond_fs};
    if (experiment.machine.array.name() == "analog" && experiment.machine.dynamics->settled_values_only())
        header.notes.push_back(
            "settled values only: the array is iterated towards equilibrium, not integrated");
    return header;
}

std::vector<GtkwGroup> groups_of(const Experiment& experiment, const Network& network) {
    const auto code_bits = [](std::size_t bytes) { return static_cast<unsigned>(8 * bytes); };
    const unsigned adc_bits =
        code_bits(experiment.machine.adc->build(1, experiment.machine.adc_bank, 0, 0)->format().bytes());
    std::vector<GtkwGroup> groups{{"control",
                                   {{"coprocessor/phase", RowKind::text},
                                    {"coprocessor/command", RowKind::text},
                                    {"coprocessor/beta", RowKind::analog_step},
                                    {"coprocessor/dac/converting", RowKind::hexadecimal},
                                    {"coprocessor/adc/converting", RowKind::hexadecimal}}},
                                  {"link",
                                   {{"coprocessor/link/to_chip_busy", RowKind::hexadecimal},
                                    {"coprocessor/link/to_host_busy", RowKind::hexadecimal},
                                    {"coprocessor/dma/reads_under_way", RowKind::hexadecimal, 16},
                                    {"coprocessor/dma/delivering", RowKind::hexadecimal}}},
                                  {"power",
                                   {{"coprocessor/power/total_W", RowKind::analog_step},
                                    {"coprocessor/power/coupling_W", RowKind::analog_step},
                                    {"coprocessor/power/adc_W", RowKind::analog_step},
                                    {"coprocessor/power/dac_W", RowKind::analog_step},
                                    {"coprocessor/power/link_W", RowKind::analog_step}}}};
    for (auto layer = network.layers.rbegin(); layer != network.layers.rend(); ++layer) {
        GtkwGroup states{layer->name + " states", {}};
        const auto state = state_signal(experiment.machine, *layer).name;
        GtkwGroup codes{layer->name + " ADC codes", {}};
        for (std::size_t i = 0; i < std::min(rows_of_a_layer, layer->size); ++i) {
            states.rows.push_back(
                {fmt::format("coprocessor/array/{}/{}/{}", layer->name, i, state), RowKind::analog_step});
            codes.rows.push_back(
                {fmt::format("coprocessor/adc/{}/{}/code", layer->name, i), RowKind::hexadecimal, adc_bits});
        }
        groups.push_back(std::move(states));
        groups.push_back(std::move(codes));
    }
    return groups;
}

} // namespace

SampleWaves::SampleWaves(Coprocessor& chip, const Experiment& experiment, const Network& network,
                         std::filesystem::path file, std::uint64_t presentation,
                         std::vector<std::string> globs)
    : chip_(chip),
      experiment_(experiment),
      network_(network),
      file_(std::move(file)),
      sink_(std::make_shared<Window>(file_, header_of(experiment, presentation),
                                     experiment.trace.resolution_v, std::move(globs))) {
    const auto library = load_components(experiment.machine.components);
    std::map<std::string, double> prices;
    for (const auto& component : library.components)
        if (const auto* row = library.find(component.name())) prices[component.name()] = row->energy_j;
    chip_.price_power(prices, place_on_tiles(network, tile_shape(experiment.machine.tiles)).tiles_used);
    chip_.declare_signals(*sink_);
    chip_.trace(sink_.get(), presentation);
}

std::filesystem::path SampleWaves::view() const {
    auto path = file_;
    return path.replace_extension(".gtkw");
}

bool SampleWaves::finish() {
    chip_.trace(nullptr, std::nullopt);
    if (!sink_->opened) return false;
    auto groups = groups_of(experiment_, network_);
    for (auto& group : groups)
        std::erase_if(group.rows, [this](const GtkwRow& row) { return !sink_->keeps(row.path); });
    std::erase_if(groups, [](const GtkwGroup& group) { return group.rows.empty(); });
    write_gtkw(view(), {.dump = file_,
                        .timescale_fs = picosecond_fs,
                        .begin_fs = sink_->begin_fs,
                        .end_fs = std::max(sink_->begin_fs, sink_->end_fs),
                        .groups = std::move(groups),
                        .markers = sink_->markers});
    return true;
}

} // namespace isinglass
