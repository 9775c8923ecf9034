// The sub-commands of the program, one file each.
#pragma once

#include "sim/commands/cli.hpp"

namespace isinglass {

Subcommand train_command();
Subcommand eval_command();
Subcommand solve_command();
Subcommand waves_command();
Subcommand measure_command();
Subcommand report_command();
Subcommand energy_command();
Subcommand estimate_command();
Subcommand sweep_command();
Subcommand gradcheck_command();
Subcommand export_spice_command();
Subcommand export_registers_command();
Subcommand characterize_adc_command();
Subcommand characterize_dac_command();
Subcommand characterize_array_command();
Subcommand presets_command();
Subcommand presets_show_command();
Subcommand reference_command();

// All of them, in the order of the help.
std::vector<Subcommand> all_commands();

int run_program(int argc, char** argv);

} // namespace isinglass
