"""Takes the README's pictures of the desk in a browser: `make pictures`. Needs Chromium (CHARTPROOF_CHROMIUM names another).

The desk is a new one in a folder of its own, with the demo case in it; it is gone afterwards.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from time import sleep
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

PORT = 8698
BASE = f"http://127.0.0.1:{PORT}"
PASSWORD = "maple window river nine"
COLOURS = 96


def main(out: Path) -> None:
    """Writes desk-reading, desk-row, desk-queue and desk-package into `out`, as palette PNGs of 1280 x 800."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        server = subprocess.Popen(
            [sys.executable, "-m", "chartproof", "serve", "--folder", scratch, "--port", str(PORT)], stdout=subprocess.DEVNULL
        )  # fmt: skip
        try:
            wait()
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHARTPROOF_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(600_000)
            walk(page, out)
            browser.close()
        finally:
            server.terminate()
            server.wait(60)


def wait() -> None:
    while True:
        try:
            urllib.request.urlopen(f"{BASE}/sign-in", timeout=5)
            return
        except urllib.error.URLError:
            sleep(0.2)


def walk(page: Any, out: Path) -> None:
    page.goto(BASE)
    for field, words in (("shown", "Dana Ortiz, RN"), ("name", "dana"), ("password", PASSWORD), ("again", PASSWORD)):
        page.fill(f"#{field}", words)
    page.click("text=Create the account")
    page.click("text=Open the demo case")
    case = page.url
    page.wait_for_selector("#progress-files td:text-matches('^(page|read)')")
    keep(page, out / "desk-reading.png")
    page.wait_for_selector(".rows")
    page.goto(f"{case}?row=policy%3AI.C")
    page.wait_for_load_state("networkidle")
    page.click("text=Accept as it stands")
    page.wait_for_load_state("networkidle")
    page.goto(f"{case}?row=policy%3AI.C")
    page.wait_for_load_state("networkidle")
    keep(page, out / "desk-row.png")
    page.goto(f"{case}?row=policy%3ADOC.C.1")
    page.click("text=Not in the chart: ask for it")
    page.fill("#due", page.evaluate("new Date(Date.now() + 5 * 864e5).toISOString().slice(0, 10)"))
    page.click("button:text-is('Ask for it')")
    page.wait_for_selector("text=Asked for. It stands")
    page.goto(f"{case}/package")
    page.click("text=Make the package")
    page.wait_for_selector("text=Version 1")
    page.goto(f"{case}/package")
    keep(page, out / "desk-package.png")
    page.goto(BASE)
    keep(page, out / "desk-queue.png")


def keep(page: Any, file: Path) -> None:
    picture: Image.Image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
