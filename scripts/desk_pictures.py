"""Takes the pictures of the desk, for the README and docs/desk.md, in a browser: `make pictures`. Needs Chromium (CHARTPROOF_CHROMIUM names another).

The desk is a new one in a folder of its own, on the day of the demo case, with that case and a few more lines in its
queue, invented all of them; it is gone afterwards.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image
from playwright.sync_api import sync_playwright

from chartproof.cli_desk import drawer
from chartproof.desk.desk import Desk
from chartproof.desk.runner import run_one
from chartproof.desk.store import accounts, cases
from chartproof.desk.store.audit import DESK
from chartproof.desk.store.cases import Draft, Standing
from chartproof.desk.store.database import open_store
from chartproof.desk.web.app import build
from chartproof.desk.web.routes import WAYS
from chartproof.desk.worker.pictures import Pictures

DEMO = Path(__file__).resolve().parent.parent / "examples" / "tecartus-mcl"
DAY = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)
PORT = 8698
BASE = f"http://127.0.0.1:{PORT}"
PASSWORD = "maple window river nine"
COLOURS = 128
#: Screens of a case and of the desk that need no step before them: the picture's name, the path behind the case or the host.
OF_A_CASE = {
    "documents": "documents",
    "history": "history",
    "denial": "denial",
    "requests": "requests",
    "settings": "settings",
    "missing": "?row=policy%3ADOC.C.1",
}
OF_THE_DESK = {"people": "users", "audit": "audit", "account": "account", "new-case": "cases/new"}
#: Further lines of the queue: patient, treatment, where it stands.
OTHERS = (
    ("Ines Kowal", "Yescarta", Standing("Internal appeal", date(2026, 5, 1), 17, 1, 1, 2, "Radiology")),
    (
        "Marcus Adeyemi",
        "Carvykti",
        Standing("Ask for what is missing", date(2026, 5, 7), 15, 6, 0, 1, "Cardiology; Pathology"),
    ),
    ("Lena Brandt", "Breyanzi", Standing("Make the package", None, 20, 0, 0, 2, "")),
)


def main(out: Path) -> None:
    """Writes every screen of the desk into `out` as `desk-NAME.png`, palette PNGs of 1280 x 800."""
    out.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()

    def clock() -> datetime:
        return DAY + timedelta(seconds=time.monotonic() - begun)

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        desk = Desk(
            store=open_store(Path(scratch)), clock=clock, draw=drawer(Pictures()), demo=DEMO, port=PORT
        )  # fmt: skip
        server = uvicorn.Server(uvicorn.Config(build(desk, WAYS), host="127.0.0.1", port=PORT, log_level="error"))
        over = threading.Event()
        threads = [threading.Thread(target=server.run), threading.Thread(target=work, args=(desk, over))]
        for thread in threads:
            thread.start()
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHARTPROOF_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(600_000)
        walk(page, desk, out)
        browser.close()
        server.should_exit = True
        over.set()
        for thread in threads:
            thread.join()


def work(desk: Desk, over: threading.Event) -> None:
    while not over.is_set():
        if not run_one(desk):
            time.sleep(0.1)


def others(desk: Desk) -> None:
    with desk.store.write() as connection:
        dana = accounts.listed(connection)[0].id
        for name, drug, standing in OTHERS:
            draft = Draft(patient_name=name, drug=drug, payer="Excellus BlueCross BlueShield")
            case = cases.create(connection, DESK, draft, now=desk.clock(), owner=dana).id
            for stage in ("reading", "review"):
                cases.move(connection, DESK, case, stage, now=desk.clock())
            cases.settle(connection, DESK, case, standing, now=desk.clock())


def walk(page: Any, desk: Desk, out: Path) -> None:
    page.goto(BASE)
    keep(page, out / "desk-first-account.png")
    for field, words in (("shown", "Dana Ortiz, RN"), ("name", "dana"), ("password", PASSWORD), ("again", PASSWORD)):
        page.fill(f"#{field}", words)
    page.click("text=Create the account")
    page.wait_for_selector("text=Open the demo case")
    keep(page, out / "desk-empty.png")
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
    page.fill("#due", "2026-05-08")
    page.click("button:text-is('Ask for it')")
    page.wait_for_selector("text=Asked for. It stands")
    page.goto(f"{case}/package")
    page.click("text=Make the package")
    page.wait_for_selector("text=Version 1")
    page.goto(f"{case}/package")
    keep(page, out / "desk-package.png")
    for name, path in OF_A_CASE.items():
        page.goto(f"{case}{'' if path.startswith('?') else '/'}{path}")
        page.wait_for_load_state("networkidle")
        keep(page, out / f"desk-{name}.png")
    others(desk)
    page.goto(BASE)
    keep(page, out / "desk-queue.png")
    for name, path in OF_THE_DESK.items():
        page.goto(f"{BASE}/{path}")
        keep(page, out / f"desk-{name}.png")
    sign(page, desk, case, out)


def sign(page: Any, desk: Desk, case: str, out: Path) -> None:
    """What the physician sees: the package page by page, and what is attested before the signature."""
    with desk.store.write() as connection:
        omar = accounts.create(
            connection, DESK, "omar", PASSWORD, role="physician", shown="Omar Idris, MD", licence="NY 204411", now=desk.clock()
        )  # fmt: skip
        cases.grant(connection, DESK, case.rsplit("/", 1)[1], omar.id, now=desk.clock())
    page.goto(f"{case}/package")
    page.click("text=Sign out")
    page.wait_for_selector("#name")
    keep(page, out / "desk-sign-in.png")
    page.fill("#name", "omar")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("text=Omar Idris")
    page.goto(f"{case}/package")
    page.click("text=Look through it")
    page.wait_for_load_state("networkidle")
    keep(page, out / "desk-preview.png")
    page.goto(f"{case}/package")
    page.click("text=Read and sign")
    page.wait_for_load_state("networkidle")
    keep(page, out / "desk-sign.png")


def keep(page: Any, file: Path) -> None:
    picture: Image.Image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
