#include "sim/report/wave_pack.hpp"

#include "hw_models/base/error.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>

namespace isinglass {

namespace {

constexpr float real_steps = 4094.0F;
constexpr std::int64_t most_value = 32766;
constexpr std::uint64_t most_ticks = (std::uint64_t{1} << 31) - 1;
constexpr std::size_t fewest_points = 64;

using Bytes = std::vector<std::uint8_t>;

void put(Bytes& out, std::uint64_t n) {
    for (; n >= 128; n >>= 7) out.push_back(static_cast<std::uint8_t>(n | 128U));
    out.push_back(static_cast<std::uint8_t>(n));
}

void put_signed(Bytes& out, std::int64_t n) {
    put(out, n >= 0 ? 2 * static_cast<std::uint64_t>(n) : 2 * static_cast<std::uint64_t>(-n) - 1);
}

Bytes deflated(const Bytes& bytes) {
    uLongf size = compressBound(bytes.size());
    Bytes out(size);
    if (compress2(out.data(), &size, bytes.data(), bytes.size(), 6) != Z_OK)
        throw std::runtime_error("zlib cannot compress waveforms");
    out.resize(size);
    return out;
}

std::pair<float, float> range_of(const ShownSignal& s) {
    float low = 0.0F, high = 0.0F;
    bool any = false;
    for (const float v : s.points.values()) {
        if (!std::isfinite(v)) continue;
        low = any ? std::min(low, v) : v;
        high = any ? std::max(high, v) : v;
        any = true;
    }
    return {low, high};
}

std::int64_t short_of(const ShownSignal& s, float value, float low, float high) {
    if (!std::isfinite(value)) return 0;
    if (s.signal.kind != SignalKind::real)
        return 1 + std::min(static_cast<std::int64_t>(value), most_value - 1);
    return 1 + (high > low ? std::lround((value - low) / (high - low) * real_steps) : 0);
}

void put_points(Bytes& out, const ShownSignal& s, std::uint64_t begin_fs, std::uint64_t tick_fs) {
    std::uint64_t before = 0;
    for (const auto t : s.points.times_fs()) {
        const std::uint64_t tick = (t - begin_fs) / tick_fs;
        put(out, tick - before);
        before = tick;
    }
    const auto [low, high] = range_of(s);
    std::int64_t last = 0;
    for (const float v : s.points.values()) {
        const auto now = short_of(s, v, low, high);
        put_signed(out, now - last);
        last = now;
    }
}

const char* kind_name(SignalKind kind) {
    return kind == SignalKind::real ? "real" : kind == SignalKind::bits ? "bits" : "names";
}

} // namespace

Json packed_waves(const std::filesystem::path& path, std::size_t most_bytes, const WaveLimits& limits) {
    auto shown = read_shown(path, limits);
    const std::uint64_t duration = shown.end_fs - shown.begin_fs;
    const std::uint64_t tick_fs = duration / most_ticks + 1;
    Bytes data;
    std::size_t most = limits.points;
    for (;;) {
        Bytes plain;
        for (const auto& s : shown.signals) put_points(plain, s, shown.begin_fs, tick_fs);
        data = deflated(plain);
        if (data.size() <= most_bytes || most <= fewest_points) break;
        most /= 2;
        for (auto& s : shown.signals) s.points.thin(most);
    }
    bool thinned = false;
    Json signals = Json::array();
    for (const auto& s : shown.signals) {
        const auto [low, high] = range_of(s);
        thinned = thinned || s.points.thinned();
        signals.push_back({{"path", s.signal.path},
                           {"kind", kind_name(s.signal.kind)},
                           {"unit", unit_of(s.signal.path)},
                           {"width", s.signal.width},
                           {"names", s.signal.names},
                           {"low", low},
                           {"high", high},
                           {"points", s.points.times_fs().size()}});
    }
    return {{"file", path.filename().string()}, {"begin_fs", shown.begin_fs}, {"tick_fs", tick_fs},
            {"ticks", duration / tick_fs},      {"left_out", shown.left_out}, {"thinned", thinned},
            {"signals", std::move(signals)},    {"data", base64(data)}};
}

} // namespace isinglass
