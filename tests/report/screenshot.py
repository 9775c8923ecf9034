"""Pictures of a report: python3 tests/report/screenshot.py REPORT.html PICTURE.png [SECTION|whole] [dark]"""
import pathlib
import sys

import browser

if len(sys.argv) < 3 or not browser.find():
    sys.exit(__doc__ if len(sys.argv) < 3 else "chromium is missing: apt-get install chromium")
with browser.Page(pathlib.Path(sys.argv[1]).resolve().as_uri(), dark="dark" in sys.argv) as page:
    section = sys.argv[3] if len(sys.argv) > 3 else "whole"
    page.wait("!document.querySelector('#waves') || document.querySelector('#waves canvas')")
    if section != "whole":
        page.value(f"document.getElementById('{section}').scrollIntoView()")
    page.value("new Promise(done => setTimeout(done, 300))")
    page.screenshot(sys.argv[2], whole=section == "whole")
    print(sys.argv[2], "errors:", page.errors)
