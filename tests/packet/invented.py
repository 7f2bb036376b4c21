"""An invented case: two PDFs (one page turned), a picture, a text file; and a review of it with every kind of answer."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pikepdf
import typst
from PIL import Image, ImageDraw

from chartproof.chart.files import read_folder
from chartproof.model import (
    Box,
    Case,
    Chart,
    Conflict,
    DayRange,
    Deadline,
    Denial,
    DenialReason,
    Document,
    Fact,
    Finding,
    Page,
    Patient,
    Quantity,
    Review,
    SourceFile,
    Span,
    TherapyLine,
    Word,
)  # fmt: skip

NOTE = """
#set page(paper: "us-letter")
= Clinic note
Patient: Wanda Testperson, DOB 03/02/1970. Date 04/21/2026.

ECOG PS 1. Creatinine 0.9 mg/dL. LVEF 60%.

Organ function is adequate for apheresis.
#pagebreak()
No earlier CAR-T. She had tafasitamab from 2023-02-01 until 2024-03-05 and then progressed.

Chest film ordered for May.

Electronically signed: Ada Nonesuch, MD
#pagebreak()
An unrelated third page.
"""
DENIAL = """
#set page(paper: "us-letter")
Plan of Nowhere. Case 77-XYZ. We deny Madeupcel. A current performance status was not shown. Prior therapy was not shown.
"""
LOG = "\n".join([f"line {n}" for n in range(1, 200)] + ["The plan pharmacy approved the drug on 2026-04-17."] + ["end"])


@dataclass(frozen=True)
class Made:
    folder: Path
    review: Review


def _pdf(source: str) -> bytes:
    return typst.compile(source.encode(), format="pdf")


def _turned(pdf: bytes, page: int) -> bytes:
    """The same file with one page's content laid on its side and /Rotate set so that it is displayed upright."""
    document = pikepdf.open(io.BytesIO(pdf))
    target = document.pages[page]
    width, height = (float(v) for v in target.mediabox[2:])
    target.contents_add(f"q 0 1 -1 0 {height} 0 cm".encode(), prepend=True)
    target.contents_add(b"Q")
    target.mediabox = pikepdf.Array([0, 0, height, width])
    target.obj.Rotate = 90
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def span(files: Sequence[SourceFile], file: str, page: int, quote: str) -> Span:
    found = next(p for f in files if f.name == file for p in f.pages if p.number == page)
    start = found.text.index(quote)
    return Span(file, page, start, start + len(quote), quote, found.boxes(start, start + len(quote)))


def lay_out(folder: Path) -> None:
    """Writes the case's files."""
    (folder / "note.pdf").write_bytes(_turned(_pdf(NOTE), 1))
    (folder / "denial.pdf").write_bytes(_pdf(DENIAL))
    (folder / "pharmacy.txt").write_text(LOG)
    (folder / "draft.txt").write_text("Social work draft, not signed.")
    picture = Image.new("1", (850, 1100), 1)
    ImageDraw.Draw(picture).text((100, 100), "HIV negative", fill=0)
    picture.save(folder / "fax.tif", dpi=(100, 100))


VISIT = DayRange.day(date(2026, 4, 21))
At = Callable[[str, int, str], Span]


def build(folder: Path) -> Review:
    """The review of the case, made by hand: of the reading it takes the text of the pages."""
    files = tuple(f for f in read_folder(folder, workers=1) if f.name != "fax.tif")
    files = (*files, _fax(folder))

    def at(file: str, page: int, quote: str) -> Span:
        return span(files, file, page, quote)

    facts = score, stated, lvef = _facts(at)
    conflict = Conflict(
        "performance status", *score.evidence, at("note.pdf", 2, "No earlier CAR-T."), "the visit's own value stands"
    )
    case = Case(date(2026, 5, 4), Patient("Wanda Testperson", date(1970, 3, 2), "M1"), drug="Madeupcel",
                payer="Plan of Nowhere", apheresis_planned=date(2026, 5, 18))  # fmt: skip
    chart = Chart(files, _documents(), facts, (), (_line(at),), (conflict,))
    return Review(
        "nowhere/1.2", "Invented policy", "2026-01-01", "made_up", case, chart, _criteria(at, score, stated, lvef), _label(at),
        _denial(at), _due(),
    )  # fmt: skip


def _facts(at: At) -> tuple[Fact, Fact, Fact]:
    ecog, organ = (at("note.pdf", 1, words) for words in ("ECOG PS 1.", "Organ function is adequate for apheresis."))
    return (
        Fact("f2", "ecog", "present", (ecog,), quantity=Quantity(1, 1), when=VISIT),
        Fact("f3", "organ_function_statement", "present", (organ,), value="adequate", when=VISIT),
        Fact("f1", "lvef", "present", (at("note.pdf", 1, "LVEF 60%"),), quantity=Quantity(60, 60, "%"), when=VISIT),
    )


def _criteria(at: At, score: Fact, stated: Fact, lvef: Fact) -> tuple[Finding, ...]:
    return (
        Finding("DOC.1", "policy", "documentation", "a performance status is recorded", "met", "value",
                "ECOG 1 (2026-04-21, 13 days before)", score.evidence, facts=(score,), valid_until=date(2026, 5, 21), basis="convention",
                because="the policy gives no window; 30 days is ours"),
        Finding("DOC.2", "policy", "documentation", "a chest x-ray was done", "missing", "no_evidence",
                "ordered, not done", (at("note.pdf", 2, "Chest film ordered for May."),),
                remedy="the report of a chest x-ray", ask="radiology"),
        Finding("DOC.3", "policy", "documentation", "a psychosocial evaluation names the stressors", "missing",
                "unsigned", "only a draft", (at("draft.txt", 1, "Social work draft"),), remedy="a signed evaluation",
                ask="social work"),
        Finding("N.1", "policy", "necessity", "no CAR-T cell product was given before", "met", "stated_absent",
                "no earlier CAR-T product", (at("note.pdf", 2, "No earlier CAR-T."),)),
        Finding("N.2", "policy", "necessity", "organ function is adequate", "met", "attested",
                "organ function stated to be adequate (2026-04-21, 13 days before)", (*stated.evidence, *lvef.evidence),
                facts=(stated, lvef)),
        Finding("N.3", "policy", "precondition", "the plan's pharmacy has approved the drug", "met", "value",
                "approved on 2026-04-17", (at("pharmacy.txt", 1, "The plan pharmacy approved the drug on 2026-04-17."),)),
        Finding("N.4", "policy", "necessity", "weird <b>& markup #[x] $y$ \\ \"z\"", "not_applicable", "not_applicable"),
    )  # fmt: skip


def _label(at: At) -> tuple[Finding, ...]:
    return (
        Finding("prior_lines", "label", "necessity", "the label names no number of earlier lines", "not_applicable",
                "not_applicable", "The indication names no number of earlier lines"),
        Finding("viral_screen", "label", "necessity", "HIV was screened", "met", "value", "HIV: negative",
                (at("fax.tif", 1, "HIV negative"),)),
    )  # fmt: skip


def _line(at: At) -> TherapyLine:
    return TherapyLine(
        1, "tafasitamab", ("tafasitamab",), start=DayRange.day(date(2023, 2, 1)), end=DayRange.day(date(2024, 3, 5)),
        best_response="PR", stop_reason="progression", evidence=(at("note.pdf", 2, "She had tafasitamab"),),
    )  # fmt: skip


def _documents() -> tuple[Document, ...]:
    return (
        Document("d1", "note.pdf", 1, 2, "progress_note", "Clinic note", VISIT, "Ada Nonesuch, MD", True, True),
        Document("d2", "note.pdf", 3, 3, "other", "Another page", None, "", None, True),
        Document("d3", "draft.txt", 1, 1, "psychosocial", "Social work draft", None, "", False, True),
    )


def _denial(at: At) -> Denial:
    reasons = (
        DenialReason("performance_status", "A current performance status was not shown.", 1,
                     at("denial.pdf", 1, "performance status was not shown")),
        DenialReason("prior_therapy", "Prior therapy was not shown.", 1, at("denial.pdf", 1, "Prior therapy was not shown.")),
    )  # fmt: skip
    return Denial("denial.pdf", True, date(2026, 4, 27), date(2026, 4, 30), "77-XYZ", "Plan of Nowhere",
                    service_codes=("Q0000",), drug_named="Madeupcel", reasons=reasons)  # fmt: skip


def _due() -> tuple[Deadline, ...]:
    return (
        Deadline(
            "internal", "internal_appeal", date(2026, 10, 25), date(2026, 10, 23), "claimant", "Rule 1", "180 days"
        ),
        Deadline("decision", "appeal_decision", date(2026, 6, 1), date(2026, 6, 1), "plan", "Rule 2", "30 days"),
    )


def _fax(folder: Path) -> SourceFile:
    """The picture as a reader would give it, without reading it: tests of documents need no OCR."""
    words = (Word("HIV", 0, 3, Box(72, 72, 95, 80), 90.0), Word("negative", 4, 12, Box(97, 72, 140, 80), 90.0))
    page = Page("fax.tif", 1, "HIV negative", words, 612.0, 792.0, "ocr")
    sha = hashlib.sha256((folder / "fax.tif").read_bytes()).hexdigest()
    return SourceFile("fax.tif", sha, "image", (page,), read="ocr")
