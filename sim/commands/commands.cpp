#include "sim/commands/commands.hpp"

#include <systemc>

namespace isinglass {

std::vector<Subcommand> all_commands() {
    return {train_command(),
            eval_command(),
            solve_command(),
            sweep_command(),
            estimate_command(),
            gradcheck_command(),
            characterize_adc_command(),
            characterize_dac_command(),
            characterize_array_command(),
            waves_command(),
            measure_command(),
            energy_command(),
            report_command(),
            export_spice_command(),
            export_registers_command(),
            presets_command(),
            presets_show_command(),
            reference_command()};
}

int run_program(int argc, char** argv) {
    // sc_stop() is how every simulation of ours ends; its notice would stand between the results.
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    return run_command_line(argc, argv, all_commands(), ISINGLASS_VERSION);
}

} // namespace isinglass
