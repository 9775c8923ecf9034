// bench: the figures of the README, each by one sub-command.
#include "sim/commands/cli.hpp"
#include "tests/bench/benches.hpp"

#include <cstdlib>
#include <systemc>

int main(int argc, char* argv[]) {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    return sc_core::sc_elab_and_sim(argc, argv);
}

int sc_main(int argc, char* argv[]) {
    using namespace isinglass;
    return run_command_line(argc, argv, bench::all_benches(), "bench");
}
