#!/usr/bin/env bash
# From a fresh Debian to a trained network: installs what is missing, builds, trains. Safe to run again.
set -euo pipefail
trap 'exit 130' INT # a command that was interrupted has not failed: no log to show

usage() {
    cat <<'TEXT'
usage: bash sim/quickstart.sh [--mnist DIR]

Installs the packages that are missing, builds Isinglass (build/release) and trains a network on the
simulated coprocessor, on the embedded data set `glyphs`.

  --mnist DIR  train on MNIST instead; DIR holds its four files (plain, or compressed as .gz)
  --help       print this
TEXT
}

fail() { # STATUS MESSAGE
    echo "quickstart: $2" >&2
    exit "$1"
}

mnist_files=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)

check_mnist() { # DIR
    local file missing=()
    for file in "${mnist_files[@]}"; do
        [[ -f $1/$file || -f $1/$file.gz ]] || missing+=("$file")
    done
    ((${#missing[@]} == 0)) || fail 2 "--mnist '$1' lacks ${missing[*]} (each plain or .gz); MNIST is the four files ${mnist_files[*]}"
}

# Runs a command with its output in the log; shows the log's end only when the command fails.
quietly() { # WHAT COMMAND…
    local what=$1 status=0
    shift
    echo "$what (output in $log)"
    "$@" >>"$log" 2>&1 || status=$?
    ((status == 0)) && return
    echo "--- the end of $log:" >&2
    tail -n 40 "$log" >&2
    fail "$status" "failed: $what (exit code $status; the whole output is in $log)"
}

arguments=(glyphs)
while (($#)); do
    case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --mnist)
            (($# >= 2)) || fail 2 "--mnist needs the directory with MNIST's four files: ${mnist_files[*]} (each plain or .gz)"
            check_mnist "$2"
            arguments=(mnist --data "$2")
            shift 2
            ;;
        *) fail 2 "unknown option '$1'; there are: --mnist DIR, --help" ;;
    esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=build/release/sim/isinglass
log=build/quickstart.log
if [[ $PWD != "$root" ]]; then # runs/ is made where the user is, so paths to the program must be whole
    program=$root/$program
    log=$root/$log
fi

# shellcheck source=sim/install_packages.sh
source "$root/sim/install_packages.sh"
install_packages build || fail 1 "failed: installing packages"

mkdir -p "$root/build"
: >"$log"
quietly "configuring" cmake -S "$root" --preset release
[[ -x $program ]] || echo "The first build takes some minutes."
quietly "building" cmake --build "$root/build/release" --target isinglass

status=0
"$program" train "${arguments[@]}" || status=$?
# The program has said on its own why it stopped.
((status == 0)) || fail "$status" "training stopped (exit code $status)"

echo
echo "One step further, the same with ADCs of 4 bit:"
printf '%q ' "$program" train "${arguments[@]}" --set machine.adc.bits=4 | sed 's/ $//'
echo
