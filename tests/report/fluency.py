"""How long the waveform viewer takes to draw while it is zoomed and panned over all it holds.

python3 tests/report/fluency.py REPORT.html
"""
import pathlib
import statistics
import sys

import browser

if len(sys.argv) != 2 or not browser.find():
    sys.exit(__doc__ if len(sys.argv) != 2 else "chromium is missing: apt-get install chromium")
path = pathlib.Path(sys.argv[1])
with browser.Page(path.resolve().as_uri()) as page:
    page.wait("document.querySelector('#waves canvas') && document.querySelector('#waves canvas').view", seconds=300)
    view = "document.querySelector('#waves canvas').view"
    frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    left, top, width, height = page.box("#waves canvas")
    x, y, times = left + 0.7 * width, top + height / 2, []
    page.click("#waves canvas")
    for turns in range(120):  # in by 30, out again, each with a pan
        page.mouse("Wheel", x, y, deltaX=0, deltaY=-100 if turns // 30 % 2 == 0 else 100)
        page.value(frame)
        times.append(page.value(f"{view}.draw_ms"))
        page.mouse("Wheel", x, y, deltaX=0, deltaY=100 if turns % 2 else -100, modifiers=8)
        page.value(frame)
        times.append(page.value(f"{view}.draw_ms"))
    points = page.value("report.runs[0].waves.signals.reduce((a, s) => a + s.points, 0)")
    print(f"{page.value(view + '.rows')} signals, {points} points, {path.stat().st_size / 1e6:.1f} MB: drawn in "
          f"{statistics.median(times):.1f} ms (median), {max(times):.1f} ms (longest); errors: {page.errors}")
