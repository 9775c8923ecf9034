#!/usr/bin/env bash
# Installs a build into a temporary prefix, and there, away from the source, builds and runs the consumer beside this
# script. Prints what the consumer prints, or the output of the step that failed.
#
#   bash tests/install/install_test.sh BUILD [CMAKE_ARGUMENT…]    the arguments configure the consumer
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_root=$(cd "$here/../.." && pwd)
build=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { # MESSAGE
    echo "install_test.sh: $1" >&2
    exit 1
}

step() { # WHAT COMMAND…
    local what=$1 status=0
    shift
    "$@" >"$work/log" 2>&1 || status=$?
    ((status == 0)) || { cat "$work/log" >&2 && fail "failed: $what (exit code $status)"; }
}

step "installing $build, which must be built" cmake --install "$build" --prefix "$work/installed"
prefix=$work/moved # an installation may be moved
mv "$work/installed" "$prefix"

for path in bin/isinglass include/isinglass/hw_models/base/fields.hpp share/doc/isinglass/LICENSE; do
    [[ -e $prefix/$path ]] || fail "not installed: $path"
done

! grep -rnF --include='*.cmake' -e "$source_root" -e "$build" -e "$work" "$prefix" >&2 ||
    fail "the CMake package names folders of this build"

cd "$prefix/include/isinglass"
missing=$(grep -rhoE '^ *# *include +"[^"]+"' . | cut -d'"' -f2 | sort -u | while read -r header; do
    [[ -e $header ]] || echo "$header"
done)
[[ -z $missing ]] || fail "installed headers include headers that are not installed: ${missing//$'\n'/, }"
# Beside the standard library (and SystemC's <systemc>, <tlm>), what LinkedDependencies.cmake gives to consumers.
! grep -rnE '^ *# *include +<' . | grep -vE '<([a-z0-9_]+|fmt/[a-z]+\.h|tlm_utils/[a-z_]+\.h)>' >&2 ||
    fail "installed headers include these, which the CMake package does not give to consumers; INTERNAL in a folder's
CMakeLists.txt keeps headers that only our sources include from being installed"
# Headers are installed as they are now, libraries as they were built: where they differ, anything may happen.
find . -name '*.hpp' -newer "$prefix/bin/isinglass" -exec echo "note: changed since the build: {}" \;

cp -r "$here" "$work/consumer"
cd "$work"
step "configuring the consumer" cmake -S consumer -B build "-DCMAKE_PREFIX_PATH=$prefix" "$@"
step "building the consumer" cmake --build build
step "running the consumer" build/consumer
grep -E '^(hidden|output|after) ' log
step "running the installed program" "$prefix/bin/isinglass" presets
grep -q 'glyphs' log || fail "the installed program does not list its presets"
