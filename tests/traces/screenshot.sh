#!/usr/bin/env bash
# Opens a GTKWave save file in a real window on a virtual display and takes its picture.
#
#   bash tests/traces/screenshot.sh VIEW.gtkw PICTURE.png
#
# Debian packages: gtkwave xvfb imagemagick.
set -euo pipefail

if (($# != 2)); then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
for tool in gtkwave Xvfb import identify; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is missing: apt-get install gtkwave xvfb imagemagick" >&2
        exit 2
    fi
done

display=:$((90 + RANDOM % 1000))
Xvfb "$display" -screen 0 1440x960x24 >/dev/null 2>&1 &
server=$! viewer=
trap 'kill $viewer $server 2>/dev/null || true' EXIT
sleep 1
DISPLAY=$display gtkwave "$1" >/dev/null 2>&1 &
viewer=$!
for ((second = 0; second < 60; ++second)); do
    sleep 1
    DISPLAY=$display import -window root "$2" 2>/dev/null || continue
    # An empty screen has one colour, GTKWave's window some hundred; signals are drawn a moment after it opens.
    if (($(identify -format %k "$2") > 50)); then
        sleep 3
        DISPLAY=$display import -window root "$2"
        echo "$2"
        exit 0
    fi
done
echo "GTKWave's window did not open within a minute" >&2
exit 1
