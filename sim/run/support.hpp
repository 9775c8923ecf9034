// Which energy models run on which arrays, as the registries and the parts themselves say.
#pragma once

#include <string>

namespace isinglass {

// A Markdown page: a table of models and arrays, and why the pairs that are missing are.
std::string support_page();

} // namespace isinglass
