// What exactly was run, and how to run it again.
#include "sim/report/sections.hpp"

namespace isinglass {

Json configuration_numbers(const ReportSource& source) {
    const auto& s = source.summary;
    return {{"toml", source.config},
            {"seed", s.seed},
            {"version", s.version},
            {"isa", s.isa},
            {"sha256", s.config_sha256},
            {"name", source.experiment.name},
            {"folder", source.directory.path().string()}};
}

} // namespace isinglass
