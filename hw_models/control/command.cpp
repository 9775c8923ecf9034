#include "hw_models/control/command.hpp"

namespace isinglass {

std::string_view name_of(const Command& command) {
    const auto number = static_cast<std::size_t>(command.opcode);
    return number > 0 && number < opcode_names.size() ? opcode_names[number] : "UNKNOWN";
}

} // namespace isinglass
