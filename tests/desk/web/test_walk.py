"""The whole way in a browser: first run, the demo case, review, judgement, package, signature, download, and the void."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pyrage
import pytest
from playwright.sync_api import expect

from chartproof.desk.desk import Desk
from chartproof.desk.store import cases
from deskwork import PASSWORD, SMALL, actor, enrol, small_case, work_off, worked

#: What the administrator gives a new person.
GIVEN = "four given random words"

pytestmark = pytest.mark.xdist_group("desk")

Start = Callable[..., tuple[Desk, str]]


def words_on(page: Any, desk: Desk, words: str) -> tuple[str, tuple[float, float, float, float]]:
    """Where words stand, found by another reader than ours: the file, and left, top, right, bottom in points."""
    label = page.locator(".paper svg").get_attribute("aria-label")
    number, name = int(label.split()[1]), label.split(" of ", 1)[1]
    sheet = pdfium.PdfDocument(desk.demo / name)[number - 1]
    text = sheet.get_textpage()
    found = text.search(words).get_next()
    assert found, f"{words} is not on page {number} of {name}"
    rects = [text.get_rect(n) for n in range(text.count_rects(*found))]
    left, bottom = min(r[0] for r in rects), min(r[1] for r in rects)
    right, top = max(r[2] for r in rects), max(r[3] for r in rects)
    height = sheet.get_height()
    return name, (left, height - top, right, height - bottom)


def boxes(page: Any) -> list[tuple[float, float, float, float]]:
    script = "all => all.map(r => ['x', 'y', 'width', 'height'].map(a => Number(r.getAttribute(a))))"
    return [(x, y, x + w, y + h) for x, y, w, h in page.eval_on_selector_all(".quoted", script)]


def test_first_run_leads_to_the_demo_case(tmp_path: Path, serve: Start, visitor: Callable[..., Any]) -> None:
    """The demo is a small one here, so that its reading can be watched; the whole of it is read for the next test."""
    small = tmp_path / "demo"
    small.mkdir()
    for name, data in SMALL.items():
        (small / name).write_bytes(data)
    desk, base = serve(tmp_path / "desk", demo=small)
    dana = visitor(base)
    page = dana.page
    dana.go("/")
    page.fill("#shown", "Dana Ortiz, RN")
    page.fill("#name", "dana")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("text=Create the account")
    page.click("text=Open the demo case")
    expect(page.locator("#progress-files tr")).to_have_count(2)
    assert page.locator("#progress-files tr").all_inner_texts() == ["labs.txt\twaiting", "visit.txt\twaiting"]
    with worked(desk):
        page.wait_for_selector(".rows", timeout=120_000)
    assert "Criteria" in page.inner_text(".tabs [aria-current]")


def test_from_review_to_signature(tmp_path: Path, read_desk: Path, serve: Start, visitor: Callable[..., Any]) -> None:
    shutil.copytree(read_desk, tmp_path / "desk")
    desk, base = serve(tmp_path / "desk")
    dana = visitor(base)
    page = dana.page
    dana.sign_in("dana")
    page.click("tbody a")
    page.wait_for_selector(".rows")
    case = page.url.removeprefix(base)

    look_at_a_row(dana, desk, case)
    accept_by_key(dana)
    decide_otherwise(dana, case)
    set_a_quote_aside(dana, case)
    add_by_drawing(dana, desk, case)
    add_by_typing(dana, case)
    ask_for_what_is_missing(dana, case)
    make_the_package(dana, desk, case)
    omar = let_a_physician_in(dana, visitor(base), case)
    sign(omar, case)
    download(omar, tmp_path)
    void_by_judging(dana, omar, case)


def look_at_a_row(dana: Any, desk: Desk, case: str) -> None:
    """The page that carries it is open, and the box lies on the words and in sight."""
    page = dana.page
    dana.go(f"{case}?row=policy%3AI.C")
    _name, at = words_on(page, desk, "His renal, hepatic, cardiac and")
    middle = ((at[0] + at[2]) / 2, (at[1] + at[3]) / 2)
    inside = [box for box in boxes(page) if box[0] <= middle[0] <= box[2] and box[1] <= middle[1] <= box[3]]
    assert len(inside) == 1 and inside[0][3] - inside[0][1] < 3 * (at[3] - at[1])
    seen = page.locator(".quoted").first.bounding_box()
    assert 100 < seen["y"] < 690 and 300 < seen["x"] < 920


def accept_by_key(dana: Any) -> None:
    """Accepted, and taken back."""
    page = dana.page
    page.keyboard.press("a")
    page.wait_for_selector("text=Accepted. It stays")
    assert "accepted by Dana Invented" in page.inner_text("#chosen-row")
    undo(page)
    assert "accepted" not in page.inner_text("#chosen-row")


def decide_otherwise(dana: Any, case: str) -> None:
    """With the reason, and taken back."""
    page = dana.page
    dana.go(f"{case}?row=policy%3AII")
    page.keyboard.press("o")
    page.select_option("#status", "not_met")
    page.fill("#reason-o", "the transplant was told by phone")
    page.click("text=Decide so")
    page.wait_for_selector("text=Decided. The row says")
    assert "Not met" in page.inner_text("#chosen-row") and "decided by Dana Invented" in page.inner_text("#chosen-row")
    undo(page)


def set_a_quote_aside(dana: Any, case: str) -> None:
    """The row is decided without it."""
    page = dana.page
    dana.go(f"{case}?row=policy%3ADOC.A.1")
    quotes = page.locator(".side .quote").count()
    page.locator(".side .quote >> text=This does not count").first.click()
    page.locator(".side .quote input[name=reason]").first.fill("said of another stay")
    page.click("text=Set it aside")
    page.wait_for_selector("text=Set aside; every row")
    assert page.locator(".side .quote").count() < quotes
    undo(page)


def ask_for_what_is_missing(dana: Any, case: str) -> None:
    """Whom it is awaited from stands in the queue."""
    page = dana.page
    dana.go(f"{case}?row=policy%3ADOC.C.1")
    page.keyboard.press("r")
    page.fill("#due", "2026-05-12")
    page.click("text=Ask for it >> nth=-1")
    page.wait_for_selector("text=Asked for. It stands")
    dana.go("/")
    assert "Social work" in page.inner_text("tbody tr") and "Peer-to-peer call" in page.inner_text("tbody tr")


def make_the_package(dana: Any, desk: Desk, case: str) -> None:
    """By the processes that make it."""
    page = dana.page
    dana.go(f"{case}/package")
    page.click("text=Make the package")
    with worked(desk):
        page.wait_for_selector("text=Version 1", timeout=300_000)


def let_a_physician_in(dana: Any, omar: Any, case: str) -> Any:
    """Who is added chooses a password, and sees the case once access was given."""
    page = dana.page
    dana.go("/users")
    page.fill("#shown", "Omar Quist, MD")
    page.fill("#name", "omar")
    page.select_option("#role", "physician")
    page.fill("#password", GIVEN)
    page.fill("#licence", "NY 123456")
    page.click("button:text-is('Add')")
    page.wait_for_selector("td:text-is('Omar Quist, MD')")
    omar.sign_in("omar", GIVEN)
    choose_password(omar.page)
    omar.sign_in("omar")
    assert "No case yet" in omar.page.inner_text("main")
    dana.go(f"{case}/settings")
    page.select_option("#user", label="Omar Quist, MD, physician")
    page.click("button:text-is('Give')")
    page.wait_for_selector("text=Access was given.")
    return omar


def void_by_judging(dana: Any, omar: Any, case: str) -> None:
    """A later judgement voids the signature, and everyone sees it."""
    page = dana.page
    dana.go(f"{case}?row=policy%3AI.A")
    page.keyboard.press("a")
    page.wait_for_selector("text=Accepted. It stays")
    omar.go(f"{case}/package")
    text = omar.page.inner_text("main")
    assert "Signature void: judgement added." in text and "out of date: judgement added" in text
    assert omar.page.locator("text=Read and sign").count() == 0


def choose_password(page: Any) -> None:
    """The first thing that a person does whose password somebody else gave."""
    assert "Choose a password of your own" in page.inner_text("main") and page.locator("nav").count() == 0
    page.fill("#old", GIVEN)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("text=Change it")
    page.wait_for_selector("text=The password was changed")


def add_by_drawing(dana: Any, desk: Desk, case: str) -> None:
    page = dana.page
    dana.go(f"{case}?row=policy%3ADOC.C.1")
    page.click("text=13-social-work-assessment.pdf")
    page.wait_for_selector(".paper svg image")
    _name, (left, top, right, bottom) = words_on(page, desk, "Psychosocial")
    script = """([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(document.querySelector('.paper svg').getScreenCTM());
        return [p.x, p.y]; }"""
    page.mouse.move(*page.evaluate(script, [left - 3, top - 3]))
    page.mouse.down()
    page.mouse.move(*page.evaluate(script, [right + 3, bottom + 3]), steps=5)
    page.mouse.up()
    expect(page.locator("#quote")).to_have_value(re.compile("^Psychosocial"))
    keep_fact(page, "2026-04-23")
    assert "Missing" in page.inner_text("#chosen-row"), "the note is a draft: pointing at it does not sign it"
    assert "unsigned" in page.inner_text(".side").lower()
    undo(page)
    assert "Missing" in page.inner_text("#chosen-row")


def add_by_typing(dana: Any, case: str) -> None:
    page = dana.page
    dana.go(f"{case}?row=policy%3ADOC.G.1&pages=all")
    page.click(".chart >> text=12-glci-april-2026-encounters.pdf")
    page.click("text=Next page")
    page.wait_for_url("**page=2")
    page.keyboard.press("f")
    page.fill("#quote", "a chest film was normal")
    keep_fact(page, "2026-04-28", told="do not stand on this page")
    assert page.input_value("#quote") == "a chest film was normal" and page.input_value("#day") == "2026-04-28"
    for number in (3, 4):
        page.click("text=Next page")
        page.wait_for_url(f"**page={number}")
    page.keyboard.press("f")
    page.fill("#quote", "XR chest 2 views")
    keep_fact(page, "2026-04-28")
    assert "Met" in page.inner_text("#chosen-row")
    undo(page)
    assert "Missing" in page.inner_text("#chosen-row")


def keep_fact(page: Any, day: str, told: str = "Added; every row") -> None:
    page.fill("#day", day)
    page.fill("#reason", "read on the page")
    page.click("text=Add the fact")
    page.wait_for_selector(f"text={told}")


def undo(page: Any) -> None:
    page.click("button:text-is('Undo')")
    page.wait_for_selector("text=Undone.")


def sign(omar: Any, case: str) -> None:
    page = omar.page
    omar.go(f"{case}/package")
    page.click("text=Read and sign")
    assert "NY 123456" in page.inner_text("main") and "I have read this package" in page.inner_text("main")
    page.fill("#password", "not this one at all")
    page.check("#read")
    page.click("button:text-is('Sign')")
    page.wait_for_selector("[role=alert]")
    page.fill("#password", PASSWORD)
    page.check("#read")
    page.click("button:text-is('Sign')")
    page.wait_for_selector("text=Signed by Omar Quist, MD")


def download(omar: Any, tmp_path: Path) -> None:
    page = omar.page
    with page.expect_download() as packet:
        page.click("text=Download the packet")
    pages = pdfium.PdfDocument(packet.value.path())
    assert packet.value.suggested_filename == "packet.pdf" and len(pages) > 20
    with page.expect_download() as sheet:
        page.click("text=Signature sheet")
    text = pdfium.PdfDocument(sheet.value.path())[0].get_textpage().get_text_range()
    assert "Omar Quist, MD" in text and "NY 123456" in text
    page.click("text=Encrypted archive for sending")
    page.fill("input[name=passphrase]", "violet harbour seventeen")
    with page.expect_download() as archive:
        page.click("text=Make the archive")
    data = pyrage.passphrase.decrypt(Path(archive.value.path()).read_bytes(), "violet harbour seventeen")
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert {"packet.pdf", "letter.docx", "deadlines.ics", "signature-1.pdf", "judgements.json"} <= set(names)


def test_a_folder_is_taken_in_and_its_reading_is_watched(
    tmp_path: Path, serve: Start, visitor: Callable[..., Any]
) -> None:
    folder = tmp_path / "chart" / "notes"
    folder.mkdir(parents=True)
    for name, data in SMALL.items():
        (folder / name).write_bytes(data)
    (folder.parent / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing of one")
    desk, base = serve(tmp_path / "desk")
    enrol(desk, "dana", "admin")
    dana = visitor(base)
    page = dana.page
    dana.sign_in("dana")
    page.click("text=New case from a folder")
    page.fill("#patient_name", "Rosa Invented")
    page.set_input_files("#folder", folder.parent)
    expect(page.locator("#chosen-files")).to_have_text("3 files chosen")
    page.click("text=Make the case and read the files")
    expect(page.locator("#progress-files tr")).to_have_count(3)
    listed = page.locator("#progress-files tr").all_inner_texts()
    assert {one.split("\t")[1] for one in listed} == {"waiting"} and len(listed) == 3
    assert any(one.startswith("chart/notes/labs.txt") for one in listed)
    with worked(desk):
        page.wait_for_selector(".rows", timeout=120_000)
    page.click("text=Documents >> nth=0")
    unread = page.inner_text("tr.unread")
    assert "broken.pdf" in unread and "NOT READ" in unread and "CP-READ" in unread


def test_a_reading_that_fails_says_why(tmp_path: Path, serve: Start, visitor: Callable[..., Any]) -> None:
    """The treatment is typed in wrongly: the form says so at once; a case that has it already says so on its page."""
    desk, base = serve(tmp_path / "desk")
    owner = enrol(desk, "dana", "admin")
    case = small_case(desk, owner, read=False)
    with desk.store.write() as connection:
        cases.change(
            connection,
            actor(owner),
            case,
            {"drug": "Moonbeam"},
            version=cases.get(connection, case).version,
            now=desk.clock(),
        )
    work_off(desk)
    dana = visitor(base)
    page = dana.page
    dana.sign_in("dana")
    dana.go(f"/cases/{case}")
    assert "has no label here" in page.inner_text("[role=alert]") and "CP-CASE-04" in page.inner_text("[role=alert]")
    page.click("text=What was typed in")
    page.fill("#drug", "Starlight")
    page.click("text=Keep what was typed in")
    assert "Starlight" in page.inner_text("[role=alert]")
    page.fill("#drug", "Tecartus")
    page.click("text=Keep what was typed in")
    with worked(desk):
        page.click("text=Criteria >> nth=0")
        page.wait_for_selector(".rows", timeout=120_000)
