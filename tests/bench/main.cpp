// bench: the figures of the README, each by one sub-command.
#include "sim/commands/cli.hpp"
#include "tests/bench/benches.hpp"

#include <systemc>

int sc_main(int argc, char* argv[]) {
    using namespace isinglass;
    return run_command_line(argc, argv, bench::all_benches(), "bench");
}
