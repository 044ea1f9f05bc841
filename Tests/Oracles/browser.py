"""Debian's chromium without a window, driven by playwright."""

from contextlib import contextmanager

from playwright.sync_api import sync_playwright


@contextmanager
def browser():
    with sync_playwright() as playwright:
        # Without a sandbox: tests run as root in containers. What is opened is ours.
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        try:
            yield chromium
        finally:
            chromium.close()
