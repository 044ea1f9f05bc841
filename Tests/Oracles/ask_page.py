"""Opens pages of `pooltrace view --html` in a browser that has no network, and prints what they show.

Reads {"pages": [{"path": ..., "hash": ..., "script": ...}]} from standard input: the address's part behind #, and what to look at, a
function body. Prints, for each, {"result": ..., "requests": [url], "errors": [text], "dialogs": [text]}. Requests are those that left
the page; errors are what the page, or its content security policy, had to say. A "screenshot" is written to that path, of a window of
"width" and "height" in a colour "scheme".
"""

import json
import sys

from browser import browser


def look(chromium, asked):
    context = chromium.new_context(
        color_scheme=asked.get("scheme", "light"),
        viewport={"width": asked.get("width", 1280), "height": asked.get("height", 900)},
        offline=True,
    )
    page = context.new_page()
    requests, errors, dialogs = [], [], []
    address = f"file://{asked['path']}#{asked.get('hash', '')}"
    page.on("request", lambda request: requests.append(request.url) if request.url.split("#")[0] != address.split("#")[0] else None)
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address, timeout=60_000)
    page.wait_for_function("document.documentElement.dataset.ready === 'yes' || window.failed", timeout=60_000)
    frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(frames)
    for key in asked.get("keys", []):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    page.evaluate(frames)
    result = page.evaluate(f"() => {{ {asked.get('script', '')} }}")
    if "screenshot" in asked:
        page.screenshot(path=asked["screenshot"])
    if "pdf" in asked:
        page.pdf(path=asked["pdf"], format="A4", landscape=True)
    context.close()
    return {"result": result, "requests": requests, "errors": errors, "dialogs": dialogs}


def main():
    asked = json.load(sys.stdin)
    with browser() as chromium:
        json.dump([look(chromium, page) for page in asked["pages"]], sys.stdout)


main()
