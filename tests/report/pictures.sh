#!/usr/bin/env bash
# Takes pictures of everything that shows something: pages light, dark and printed, the waveform viewer, a
# comparison, a sweep, a solved graph, and a view in GTKWave. Someone looks at them then.
#
#   bash tests/report/pictures.sh ISINGLASS FOLDER
#
# ISINGLASS is the program, FOLDER is made. Debian packages: chromium python3 poppler-utils gtkwave xvfb imagemagick.
set -euo pipefail

if (($# != 2)); then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
for tool in chromium python3 pdftoppm; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is missing: apt-get install chromium python3 poppler-utils" >&2
        exit 2
    fi
done

isinglass=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
mkdir "$2"
cd "$2"
picture() { python3 "$here/screenshot.py" "$@"; }
quiet() { "$isinglass" "$@" >>log.txt 2>&1; }

quiet train glyphs --out glyphs --set trace.capture=samples --set trace.most=1 --set training.epochs=4
quiet gradcheck glyphs --samples 16
quiet report glyphs
quiet train glyphs --out four-bits --set machine.adc.bits=4 --set training.epochs=4
quiet report glyphs four-bits --compare --out compare.html
quiet train xor-xy-lattice-5x5 --out lattice --set training.epochs=60
cat >convolution.toml <<'END'
name = "convolution"
[machine]
preset = "ideal"
[machine.array]
dynamics = "dissipative-sweeps"
[network]
layer = [
    { name = "input", shape = [16, 16] },
    { name = "first", shape = [8, 6, 6] },
    { name = "second", shape = [12, 2, 2] },
    { name = "output", size = 10 },
]
coupling = [
    { from = "input", to = "first", kind = "convolution", window = [5, 5], pool = 2 },
    { from = "first", to = "second", kind = "convolution", pool = 2 },
    { from = "second", to = "output" },
]
[data]
kind = "glyphs"
train = 2000
validation = 200
test = 500
[training]
epochs = 3
batch = 32
free = "20 steps"
nudged = "10 steps"
rate = 0.1
END
quiet train convolution.toml --out convolution
python3 - >torus.txt <<'END'
import random
random.seed(1)
side = 20
print(side * side, 2 * side * side)
for i in range(side * side):
    row, column = divmod(i, side)
    for j in (row * side + (column + 1) % side, (row + 1) % side * side + column):
        print(i + 1, j + 1, random.choice((-1, 1)))
END
quiet solve torus.txt --shots 64 --steps 300 --report solve.html
quiet sweep glyphs-adc-bits --out sweep --set "set=training.epochs=2; data.train=2000; data.validation=200; machine.array.dynamics=dissipative-fast"

picture glyphs/report.html glyphs-light.png
picture glyphs/report.html glyphs-dark.png whole dark
picture glyphs/report.html glyphs.pdf
pdftoppm -r 60 -png glyphs.pdf glyphs-print
picture glyphs/report.html waves.png waves
picture lattice/report.html lattice-maps.png maps
picture convolution/report.html convolution-couplings.png couplings
picture compare.html compare.png
picture solve.html solve.png
picture sweep/report.html sweep.png
if command -v gtkwave Xvfb import >/dev/null; then
    bash "$here/../traces/screenshot.sh" glyphs/waves/*.gtkw gtkwave.png
else
    echo "no picture of GTKWave: apt-get install gtkwave xvfb imagemagick"
fi
echo "look at $(pwd)/*.png"
