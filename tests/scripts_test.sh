#!/usr/bin/env bash
# What the scripts do on machines that differ from this one. Each case runs copies of them in a tree of its own,
# with stand-ins for apt-get, cmake and so on first in PATH; nothing is installed or built.
# shellcheck disable=SC2016 # the stand-ins' scripts expand when they run
set -uo pipefail

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

stub() { # NAME SCRIPT: a stand-in that notes its call and runs the script
    printf '#!/bin/bash\necho "%s $*" >>"%s"\n%s\n' "$1" "$tree/calls" "$2" >"$tree/bin/$1"
    chmod +x "$tree/bin/$1"
}

scenario() { # NAME: a fresh tree where all packages are installed and every tool succeeds
    name=$1
    tree=$work/tree
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,sim,tests,data}
    : >"$tree/calls"
    cp "$source_root"/sim/*.sh "$tree/sim"
    cp "$source_root/tests/run.sh" "$tree/tests"
    absent=''
    stub dpkg-query 'while (($#)) && [[ $1 == -* ]]; do shift; done
        for p in "$@"; do [[ " $ABSENT " == *" $p "* ]] || echo "installed $p"; done; [[ -z $ABSENT ]]'
    stub id 'echo 0'
    stub apt-get ''
    stub sudo 'exit 1'
    stub cmake ''
    stub ctest ''
    stub clang-format-14 'echo "version 14.0"'
    mkdir -p "$tree"/{hw_models,host,traces} "$tree/build/release/sim"
    printf '#!/bin/bash\necho "isinglass $*" >>"%s"\n' "$tree/calls" >"$tree/build/release/sim/isinglass"
    chmod +x "$tree/build/release/sim/isinglass"
}

run() { # EXPECTED_STATUS SCRIPT ARGUMENTS…
    local expected=$1 status=0
    shift
    output=$(cd "$tree" && ABSENT=$absent PATH="$tree/bin:$PATH" bash "$@" 2>&1 </dev/null) || status=$?
    ((status == expected)) || complain "exit code $status instead of $expected"
}

complain() {
    printf 'FAILED: %s: %s\n%s\n' "$name" "$1" "$output"
    failures=$((failures + 1))
}
prints() { [[ $output == *"$1"* ]] || complain "does not print '$1'"; }
ends_with() { [[ $output == *"$1" ]] || complain "does not end with '$1'"; }
calls() { grep -qF -- "$1" "$tree/calls" || complain "does not call '$1' but: $(cat "$tree/calls")"; }
never_calls() { ! grep -q "^$1 " "$tree/calls" || complain "calls '$1'"; }

scenario "nothing is missing: silent, and apt-get is not touched"
run 0 sim/install_packages.sh
[[ -z $output ]] || complain "prints something"
never_calls apt-get

scenario "root installs exactly what is missing"
absent='libdnnl-dev catch2'
run 0 sim/install_packages.sh tests
calls "install -y --no-install-recommends libdnnl-dev catch2"

scenario "packages of the tests alone do not stop a build"
absent='gtkwave'
run 0 sim/install_packages.sh build
never_calls apt-get

scenario "a failing apt-get is reported with the line to run by hand"
absent='libdnnl-dev'
stub apt-get '[[ "$*" != *install* ]]'
run 1 sim/install_packages.sh
ends_with "sudo apt-get install libdnnl-dev"

for script in sim/install_packages.sh sim/quickstart.sh tests/run.sh; do
    scenario "$script without root and sudo lists what is missing with the line that installs it, and stops"
    absent='libdnnl-dev libhdf5-dev'
    stub id 'echo 1000'
    run 1 $script
    prints "sudo apt-get install "
    prints "libdnnl-dev"
    prints "libhdf5-dev"
    never_calls cmake
    never_calls apt-get
done

scenario "sudo without a password installs"
absent='libdnnl-dev'
stub id 'echo 1000'
stub sudo '[[ $1 == -n ]] && exit 0; "$@"'
run 0 sim/install_packages.sh
calls "install -y --no-install-recommends libdnnl-dev"

scenario "a system without apt-get is told the packages"
mkdir "$tree/none"
output=$(PATH=$tree/none "$BASH" "$tree/sim/install_packages.sh" 2>&1) && complain "succeeds"
prints "libsystemc-dev"

scenario "quickstart trains on glyphs, and its last line is a command that runs"
run 0 sim/quickstart.sh
calls "isinglass train glyphs"
(cd "$tree" && bash -c "$(tail -n 1 <<<"$output")")
calls "isinglass train glyphs --set"

scenario "quickstart trains on the MNIST files of a folder, whatever its name"
mkdir "$tree/my data"
touch "$tree/my data/"{train-images-idx3-ubyte.gz,train-labels-idx1-ubyte,t10k-images-idx3-ubyte,t10k-labels-idx1-ubyte.gz}
run 0 sim/quickstart.sh --mnist "my data"
calls "isinglass train mnist --data my data"
(cd "$tree" && bash -c "$(tail -n 1 <<<"$output")")
calls "isinglass train mnist --data my data --set"

scenario "quickstart names the MNIST files that a folder lacks before it builds"
touch "$tree/data/"{train-images-idx3-ubyte,train-labels-idx1-ubyte,t10k-images-idx3-ubyte}
run 2 sim/quickstart.sh --mnist data
prints "lacks t10k-labels-idx1-ubyte "
never_calls cmake
run 2 sim/quickstart.sh --mnist
prints "t10k-labels-idx1-ubyte"

scenario "quickstart shows the end of the log of a build that fails, and says what failed"
stub cmake '[[ $1 != --build ]] || { echo "no such header"; exit 7; }'
run 7 sim/quickstart.sh
prints "no such header"
prints "failed: building"

scenario "quickstart hands on the exit code of a training run that stops"
printf '#!/bin/bash\nexit 3\n' >"$tree/build/release/sim/isinglass"
run 3 sim/quickstart.sh

for script in sim/quickstart.sh tests/run.sh; do
    scenario "$script refuses an unknown option and names those that exist"
    run 2 $script --fast
    prints "'--fast'"
    prints "--help"
    run 0 $script --help
    prints "usage: "
done

scenario "run.sh hands on the exit code of ctest and leaves it the last word"
stub ctest 'echo "summary of ctest"; exit 8'
run 8 tests/run.sh --long --filter 'ADC'
ends_with "summary of ctest"
calls "--label-exclude"
calls "--tests-regex ADC"

scenario "run.sh names the step that fails"
stub cmake '[[ $1 != --build ]] || exit 5'
run 5 tests/run.sh
ends_with "failed: build (exit code 5)"
never_calls ctest

scenario "run.sh stops at a source that is not formatted"
touch "$tree/host/x.cpp"
stub clang-format-14 '[[ $1 == --version ]] && { echo "version 14.0"; exit; }; exit 1'
run 1 tests/run.sh
prints "failed: format"

((failures == 0)) && echo "all scenarios passed"
exit $((failures > 0))
