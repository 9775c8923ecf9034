// SystemC owns main() and calls sc_main().
#include "sim/commands/commands.hpp"

#include <systemc>

int sc_main(int argc, char* argv[]) { return isinglass::run_program(argc, argv); }
