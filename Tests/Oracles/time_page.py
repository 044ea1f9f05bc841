"""Prints the seconds from opening a page of `pooltrace view --html` in a browser that has started until the page is drawn."""

import sys
import time

from browser import browser

with browser() as chromium:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
    start = time.monotonic()
    page.goto(f"file://{sys.argv[1]}", timeout=60_000)
    page.wait_for_function("document.documentElement.dataset.ready === 'yes'", timeout=60_000)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    print(time.monotonic() - start)
