// Errors that a user can cause, by exit code. Errors of ours are assertions (ISINGLASS_ASSERT is plain
// assert).
#pragma once

#include <stdexcept>
#include <string>

namespace isinglass {

// What a user gave is not valid (exit code 2). The text is one line: what, where, which value, what would be
// valid.
struct UserError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A configuration file or --set is not valid (exit code 2); the text starts with file and line.
struct ConfigError : UserError {
    using UserError::UserError;
};

// Reading or writing failed (exit code 3).
struct InputOutputError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace isinglass
