// A declared signal, and the signals of a file as a tree of scopes.
#pragma once

#include "traces/wave_sink.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isinglass {

enum class SignalKind : std::uint8_t { real, bits, names };

struct Signal {
    std::string path; // parts joined by '/'
    SignalKind kind = SignalKind::real;
    unsigned width = 1;             // of bits, 1...64; of names what holds their indices; 1 for reals
    std::vector<std::string> names; // of names; each one word of printable ASCII
};

// Letters after the last '_' of a path's last part, by convention its unit: "V" of "array/h/3/v_V"; empty
// without one.
std::string_view unit_of(std::string_view path);

// Whether a path, or what of it is below the root scope, matches a glob: '*' and '?' match '/' too.
bool matches(std::string_view path, const std::string& glob);

// Whether every part is one or more letters, digits, '_' or '-': what VCD, FST and GTKWave's files all take
// as it is.
bool is_signal_path(std::string_view path);

// What visit_scopes calls, in the order of a file's header.
struct ScopeVisitor {
    std::function<void(std::string_view name)> enter;
    std::function<void(SignalId signal, std::string_view name)> signal;
    std::function<void()> leave;
};

// Walks the signals as a tree: every scope once, its own signals before the scopes inside it, both in the
// order of declaration, even where the declarations of several scopes were mixed.
void visit_scopes(std::span<const Signal> signals, const ScopeVisitor& visitor);

} // namespace isinglass
