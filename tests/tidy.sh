#!/usr/bin/env bash
# Runs clang-tidy over the sources of the four libraries and the program, as .clang-tidy says.
#
#   bash tests/tidy.sh [REGEX]    only files whose path matches
#
# Needs Debian's clang-tidy. The compile commands come from build/release.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v clang-tidy >/dev/null; then
    echo "tests/tidy.sh: clang-tidy is not installed; install it with: sudo apt-get install clang-tidy" >&2
    exit 1
fi
cmake --preset release >/dev/null

mapfile -t files < <(find "$PWD"/hw_models "$PWD"/host "$PWD"/sim "$PWD"/traces -name '*.cpp' |
    { grep -E -- "${1:-.}" || true; } | sort)
((${#files[@]})) || {
    echo "tests/tidy.sh: no source matches '$1'" >&2
    exit 2
}
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build/release \
    2> >(grep -v 'warnings\? generated\.$' >&2)
echo "clang-tidy: ${#files[@]} files are clean"
