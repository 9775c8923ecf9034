"""Opens a report as a reader does: clicks, zooms and looks for errors. Prints "ok", or what is wrong.

python3 check_page.py run|compare|solve|sweep REPORT.html
"""
import pathlib
import sys

import browser


def check(holds, what):
    if not holds:
        sys.exit("wrong: " + what)


def sections(page, names):
    for name in names:
        check(page.value(f"!!document.querySelector('#{name}')"), f"there is no section {name}")
        check(page.value(f"!!document.querySelector('nav a[href=\"#{name}\"]')"), f"nothing leads to {name}")


def zoom_chart(page):
    """Dragging over a chart zooms, its button shows all again, + zooms by keyboard."""
    spread = "(g => { const r = g.xAxisRange(); return r[1] - r[0]; })(document.querySelector('.chart').graph)"
    whole = page.value(spread)
    left, top, width, height = page.box(".chart")
    page.drag(left + 0.4 * width, top + height / 2, left + 0.7 * width, top + height / 2)
    check(page.value(spread) < 0.6 * whole, "dragging over a chart does not zoom")
    page.click(".chart-all")
    check(abs(page.value(spread) - whole) < 1e-6 * whole, "the chart's button does not show all again")
    page.value("document.querySelector('.chart').focus()")
    page.key("+")
    check(page.value(spread) < 0.9 * whole, "+ does not zoom a chart")
    left, top, width, height = page.box(".chart")
    for nudge in (-4, 4):
        page.mouse("Moved", left + width / 2 + nudge, top + height / 2)
    page.wait("[...document.querySelectorAll('.legend')].some(l => l.textContent.includes('%'))")


def energy_directions(page):
    title = "document.querySelector('#energy svg').getAttribute('aria-label')"
    check(page.value(title) == "Energy by component", "energy does not start by component")
    page.click("#energy .by-phase")
    check(page.value(title) == "Energy by phase", "energy does not turn to phases")
    left, top, width, height = page.box("#energy svg rect")
    page.mouse("Moved", left + width / 2, top + height / 2)
    page.wait("!document.getElementById('tip').hidden && /J/.test(document.getElementById('tip').textContent)")


def change_of_couplings(page):
    pixels = "document.querySelector('#couplings canvas.map').toDataURL()"
    last = page.value(pixels)
    page.value("(s => { s.value = 0; s.dispatchEvent(new Event('input')); })(document.querySelector('#couplings input[type=range]'))")
    first = page.value(pixels)
    check(first != last, "the couplings' map does not change with the epoch")


def pictures(page):
    """Every button that saves a picture gives one: an SVG with its size, or a PNG that is not of one colour."""
    page.value("""window.saved = []; window.save = (name, content, type) => saved.push({name, content, type})""")
    buttons = page.value("(b => { b.forEach(button => button.click()); return b.length; })([...document.querySelectorAll('button.save')])")
    page.wait(f"saved.length === {buttons}")
    wrong = page.value("""(async () => {
        const wrong = [];
        for (const {name, content, type} of saved) {
            if (type === 'image/svg+xml') {
                const root = new DOMParser().parseFromString(content, type).documentElement;
                if (root.tagName !== 'svg' || !(Number(root.getAttribute('width')) > 50)) wrong.push(name);
                continue;
            }
            const image = await createImageBitmap(content), canvas = new OffscreenCanvas(image.width, image.height);
            canvas.getContext('2d').drawImage(image, 0, 0);
            const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, image.width, image.height).data.buffer);
            if (new Set(pixels).size < 2) wrong.push(name);
        }
        return wrong;
    })()""")
    check(buttons > 0 and not wrong, f"pictures that are none: {wrong} of {buttons}")


def waveforms(page):
    """Zooms by wheel and key, pans by dragging, and reads values at the cursor."""
    page.wait("document.querySelector('#waves canvas') && document.querySelector('#waves canvas').view")
    view = "document.querySelector('#waves canvas').view"
    frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    left, top, width, height = page.box("#waves canvas")
    x, y = left + 0.7 * width, top + height / 2
    page.click("#waves canvas")
    whole = page.value(f"{view}.t1 - {view}.t0")
    for _ in range(5):
        page.mouse("Wheel", x, y, deltaX=0, deltaY=-100)
    page.value(frame)
    zoomed = page.value(f"{view}.t1 - {view}.t0")
    check(abs(zoomed / whole - 0.8**5) < 0.01, f"five turns of the wheel zoom to {zoomed / whole}, not 0.8^5")
    start = page.value(f"{view}.t0")
    page.drag(x, y, x - 100, y)
    page.value(frame)
    check(page.value(f"{view}.t0") > start, "dragging to the left does not show later times")
    page.key("0")
    page.value(frame)
    check(page.value(f"{view}.t1 - {view}.t0") >= whole, "0 does not show all")
    page.mouse("Moved", x, y)
    page.value(frame)
    check("cursor" in page.value("document.querySelector('#waves output').textContent"), "the cursor has no time")
    rows = page.value(f"{view}.rows")
    page.value("(f => { f.value = 'output'; f.dispatchEvent(new Event('input')); })(document.querySelector('#waves input'))")
    page.value(frame)
    check(0 < page.value(f"{view}.rows") < rows, "the filter keeps all signals or none")


def main(kind, path):
    if not browser.find():
        sys.exit("chromium is missing: apt-get install chromium")
    with browser.Page(pathlib.Path(path).resolve().as_uri()) as page:
        sections(page, {"run": ["overview", "learning", "energy", "limits", "converters", "couplings", "mistakes", "waves", "configuration"],
                        "compare": ["overview", "learning", "energy", "configuration"], "solve": ["solve", "energy", "again"],
                        "sweep": ["sweep", "axes", "again"]}[kind])
        if kind == "run":
            zoom_chart(page)
            energy_directions(page)
            change_of_couplings(page)
            waveforms(page)
        pictures(page)
        paper = "getComputedStyle(document.body).backgroundColor"
        light = page.value(paper)
        page.click("#theme")
        check(page.value(paper) != light, "the button does not change light to dark")
        check(not page.errors, f"the console has errors: {page.errors}")
        elsewhere = [u for u in page.requests if not u.startswith(("file:", "data:", "blob:", "about:"))]
        check(not elsewhere, f"the page asks the network for {elsewhere}")
    print("ok")


main(*sys.argv[1:])
