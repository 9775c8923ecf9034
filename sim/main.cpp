// SystemC calls sc_main(); main() is ours only to keep its banner out of what the program prints.
#include "sim/commands/commands.hpp"

#include <cstdlib>
#include <systemc>

int main(int argc, char* argv[]) {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    return sc_core::sc_elab_and_sim(argc, argv);
}

int sc_main(int argc, char* argv[]) {
    return isinglass::run_program(argc, argv);
}
