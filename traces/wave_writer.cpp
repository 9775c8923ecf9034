#include "traces/wave_writer.hpp"

#include "traces/fst_writer.hpp"
#include "traces/vcd_writer.hpp"

#include <stdexcept>

namespace isinglass {
namespace {

template <class Writer>
std::unique_ptr<WaveWriter> make(const std::filesystem::path& path, const WaveHeader& header) {
    return std::make_unique<Writer>(path, header);
}

} // namespace

std::vector<std::string> WaveHeader::lines() const {
    std::vector<std::string> all{fmt::format("seed {}", seed),
                                 fmt::format("configuration {}", configuration_hash)};
    all.insert(all.end(), notes.begin(), notes.end());
    return all;
}

std::string WaveHeader::timescale() const {
    std::uint64_t unit_fs = 1;
    for (const char* unit : {"fs", "ps", "ns", "us", "ms", "s"}) {
        for (const std::uint64_t count : {1U, 10U, 100U})
            if (timescale_fs == count * unit_fs) return fmt::format("{} {}", count, unit);
        unit_fs *= 1000;
    }
    throw std::invalid_argument(
        fmt::format("waveform timescale {} fs: want a power of ten, 1 fs to 100 s", timescale_fs));
}

const WaveFormats& wave_formats() {
    static const WaveFormats formats("waveform format", {{"vcd", make<VcdWriter>}, {"fst", make<FstWriter>}});
    return formats;
}

} // namespace isinglass
