// JSON that the program prints for other programs: keys in the order in which they are set.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace isinglass {

using Json = nlohmann::ordered_json;

// One document, with the end of its line. What is not UTF-8 (names of files may be so) is replaced; numbers
// that are not finite become null.
inline std::string document(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace isinglass
