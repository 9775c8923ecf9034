"""Pictures of a report: python3 tests/report/screenshot.py REPORT.html PICTURE.png [SECTION|whole] [dark]
or as it is printed:     python3 tests/report/screenshot.py REPORT.html PAGES.pdf
"""
import pathlib
import sys

import browser

if len(sys.argv) < 3 or not browser.find():
    sys.exit(__doc__ if len(sys.argv) < 3 else "chromium is missing: apt-get install chromium")
with browser.Page(pathlib.Path(sys.argv[1]).resolve().as_uri(), dark="dark" in sys.argv) as page:
    section = sys.argv[3] if len(sys.argv) > 3 else "whole"
    page.wait("!document.querySelector('#waves') || document.querySelector('#waves canvas')")
    if section not in ("whole", "dark"):
        page.value(f"document.getElementById('{section}').scrollIntoView()")
    if section == "waves":  # zoomed into the free phase, the cursor in it
        page.value("(v => { v.focus(); v.show_phase('free'); })(document.querySelector('#waves canvas'))")
    page.value("new Promise(done => setTimeout(done, 300))")
    if sys.argv[2].endswith(".pdf"):
        page.print(sys.argv[2])
    else:
        page.screenshot(sys.argv[2], whole=section in ("whole", "dark"))
    print(sys.argv[2], "errors:", page.errors)
