#!/usr/bin/env bash
# Installs the Debian packages that Isinglass needs and this machine lacks; does nothing when none is missing.
#
#   bash sim/install_packages.sh [build|tests]    build: to build and run; tests (default): also to test
#
# Sourced, it defines the lists and install_packages. Without root and sudo it prints the line that installs what is
# missing and fails.

isinglass_build_packages=(
    g++ cmake ninja-build pkg-config ccache
    libsystemc-dev libboost-dev libboost-iostreams-dev zlib1g-dev libpng-dev libfmt-dev
    libdnnl-dev libeigen3-dev librandom123-dev libhdf5-dev libtomlplusplus-dev libcli11-dev nlohmann-json3-dev libssl-dev
    libjs-dygraphs # charts of reports
    verilator # brings the sources of GTKWave's FST library
    catch2 # configuring covers the tests, built or not
)
isinglass_test_packages=(
    ngspice # circuits of resistor networks are compared with it
    gtkwave # vcd2fst and fst2vcd: tests read our waveforms with them
    python3 # and with a reader in another language
    chromium # reports are opened, clicked and zoomed in it
)

# install_packages build|tests: returns 0 when all are installed at the end.
install_packages() {
    local -a wanted=("${isinglass_build_packages[@]}") missing=() as_root=()
    [[ $1 == build ]] || wanted+=("${isinglass_test_packages[@]}")

    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        printf 'This is not a Debian-like system (no apt-get). Install the equivalents of these packages:\n  %s\n' \
            "${wanted[*]}" >&2
        echo 'Then build with: cmake --preset release && cmake --build --preset release' >&2
        return 1
    fi

    local package installed
    # dpkg-query fails when it knows nothing of a package; what it does know is printed all the same.
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null) || true
    for package in "${wanted[@]}"; do
        grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    if [[ $(id -u) != 0 ]]; then
        # sudo that needs a password helps only where somebody can type one.
        if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
            as_root=(sudo)
        else
            printf 'Packages are missing and this is not root: %s\nInstall them with:\n  %s\n' \
                "${missing[*]}" "sudo apt-get install ${missing[*]}" >&2
            return 1
        fi
    fi

    echo "Installing packages: ${missing[*]}"
    local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
    # An update that fails (a stale third-party source, say) matters only when the install then fails too.
    "${apt[@]}" update </dev/null || true
    if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null; then
        printf 'Installing packages failed (see above). To do it by hand:\n  %s\n' \
            "sudo apt-get install ${missing[*]}" >&2
        return 1
    fi
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -euo pipefail
    case ${1:-tests} in
        build | tests) install_packages "${1:-tests}" ;;
        *)
            echo "usage: bash sim/install_packages.sh [build|tests]" >&2
            exit 2
            ;;
    esac
fi
