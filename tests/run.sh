#!/usr/bin/env bash
# Installs what is missing, checks the format, builds everything and runs the tests. Safe to run again.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: bash tests/run.sh [--preset NAME] [--long] [--filter REGEX]

Installs the packages that are missing, checks the format of the source, builds with warnings as errors and
runs the tests. The exit code is that of the step that failed, or of ctest.

  --preset NAME   ci (default), release, debug, asan-ubsan, tsan or coverage; builds in build/NAME
  --long          include the tests tagged [long]
  --filter REGEX  only tests whose name matches
  --help          print this

ISINGLASS_DATA names the folder of data sets (mnist/, …); without it ../shared/data is used if it exists, and
tests that miss their data say so and are skipped.
TEXT
}

fail() { # STATUS MESSAGE
    echo "tests/run.sh: $2" >&2
    exit "$1"
}

step() { # WHAT COMMAND…
    local what=$1 status=0
    shift
    echo "== $what"
    "$@" || status=$?
    ((status == 0)) || fail "$status" "failed: $what (exit code $status)"
}

check_format() {
    local tool
    tool=$(command -v clang-format-14 || command -v clang-format || true)
    # Another version would lay out some lines differently, and nobody could please both.
    if [[ -z $tool ]] || ! "$tool" --version | grep -q 'version 14\.'; then
        echo "skipped: clang-format 14 is not installed (apt-get install clang-format-14)"
        return
    fi
    if ! find hw_models host sim traces tests -name '*.[ch]pp' -exec "$tool" --dry-run --Werror {} +; then
        echo "These lines are not formatted; to format them: $(basename "$tool") -i FILE" >&2
        return 1
    fi
}

preset=ci
tests=()
while (($#)); do
    case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --long)
            # The presets exclude the label "long". Exclusions are joined by "and": one that matches no label lifts it.
            tests+=(--label-exclude '^$')
            shift
            ;;
        --preset | --filter)
            (($# >= 2)) || fail 2 "$1 needs a value"
            if [[ $1 == --preset ]]; then preset=$2; else tests+=(--tests-regex "$2"); fi
            shift 2
            ;;
        *) fail 2 "unknown option '$1'; there are: --preset NAME, --long, --filter REGEX, --help" ;;
    esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -z ${ISINGLASS_DATA:-} && -d ../shared/data ]]; then
    ISINGLASS_DATA=$(cd ../shared/data && pwd)
    export ISINGLASS_DATA
fi

# shellcheck source=sim/install_packages.sh
source sim/install_packages.sh
step "packages" install_packages tests
step "format" check_format
step "configure" cmake --preset "$preset"
step "build" cmake --build --preset "$preset" --parallel "$(nproc)"

echo "== tests"
exec ctest --preset "$preset" --parallel "$(nproc)" "${tests[@]}"
