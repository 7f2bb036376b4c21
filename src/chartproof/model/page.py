"""What reading a file gives: pages of text with the place of each word, and structured entries."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import Any, Literal

from chartproof.model.day import DayRange

ReadHow = Literal["text", "ocr", "structured", "unread"]
#: The note of a file that chartproof wrote into the folder: its list of sums there proves it, or it is our own JSON.
LEFT_OUT = "left out: a file of an earlier package (CP-READ-23)"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points (1/72 inch) from the top left corner of the page as it is displayed."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place: `text == page.text[start:end]`; confidence 0-100 for OCR, None where text was exact.

    `doubt` is what a second reading made of a scanned word where its numbers are others; "" where the readings agree.
    """

    text: str
    start: int
    end: int
    box: Box
    confidence: float | None = None
    doubt: str = ""


def _end(word: Word) -> int:
    return word.end


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `text` is in reading order, lines end in \\n, and so are `words`. `width` and `height` in points as displayed.

    `turned` is how many degrees clockwise the image was turned so that it reads upright (OCR only); words' boxes are
    in the page as displayed, before that turn. A file without pages (txt, docx, csv, xml, json) is one page, number 1,
    without boxes.
    """

    file: str
    number: int
    text: str
    words: tuple[Word, ...] = ()
    width: float = 0.0
    height: float = 0.0
    read: ReadHow = "text"
    turned: int = 0
    note: str = ""

    def __hash__(self) -> int:
        """Of the text alone, whose hash Python keeps: finders look pages up, and a page has hundreds of words."""
        return hash((self.file, self.number, self.text))

    def __reduce__(self) -> tuple[Any, ...]:
        """Words go to another process in columns: a chart has hundreds of thousands, and one by one they take longer."""
        places = array("q", [at for word in self.words for at in (word.start, word.end)])
        boxes = [word.box for word in self.words]
        edges = array("d", [edge for box in boxes for edge in (box.left, box.top, box.right, box.bottom)])
        readings = [(word.confidence, word.doubt) for word in self.words] if self.read == "ocr" else []
        rest = (self.width, self.height, self.read, self.turned, self.note)
        return unpacked, (self.file, self.number, self.text, places, edges, readings, rest)

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """One box a line for the characters [start, end); empty where the page has no geometry."""
        merged: list[Box] = []
        first = bisect_right(self.words, start, key=_end)
        for word in islice(self.words, first, None):
            if word.start >= end:
                break
            last = merged[-1] if merged else None
            if (
                last
                and abs(last.top - word.box.top) < (word.box.bottom - word.box.top) * 0.6
                and word.box.left >= last.left
            ):
                merged[-1] = Box(
                    last.left,
                    min(last.top, word.box.top),
                    max(last.right, word.box.right),
                    max(last.bottom, word.box.bottom),
                )
            else:
                merged.append(word.box)
        return tuple(merged)


def unpacked(
    file: str, number: int, text: str, places: array[int], edges: array[float],
    readings: Sequence[tuple[float | None, str]], rest: tuple[Any, ...],
) -> Page:  # fmt: skip
    """The page of what `Page.__reduce__` gave."""
    at, edge = iter(places), iter(edges)
    boxes = map(Box, edge, edge, edge, edge)
    words = tuple(
        Word(text[start:end], start, end, box, confidence, doubt)
        for (start, end), box, (confidence, doubt) in zip(
            zip(at, at, strict=True), boxes, readings or repeat((None, "")), strict=False
        )
    )
    return Page(file, number, text, words, *rest)


@dataclass(frozen=True, slots=True)
class Code:
    """`system` is a short name: loinc, snomed, icd10cm, rxnorm, cpt, hcpcs, cvx, or the source's own URI/OID."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One structured statement of a FHIR resource, C-CDA entry or CSV row, before anyone says what it means.

    `start`/`end` are its quote's characters in its page's text. `status` is the source's own word (final, cancelled,
    entered-in-error, active, completed, ...). `value` is a number, a word or None; `low`/`high` the interval of a
    comparator ("<5": low None, high 5). `extra["time"]` is the time of day ("14:15") where the source gives one. `extra` holds the rest that finders may need: verification, intent, category,
    dosage, reference_low, reference_high, interpretation, performer, reason, note, subject.
    """

    kind: Literal[
        "observation", "report", "condition", "medication", "procedure", "order", "immunization", "allergy", "document",
        "patient", "coverage", "encounter", "family", "other",
    ]  # fmt: skip
    label: str
    start: int
    end: int
    codes: tuple[Code, ...] = ()
    value: float | str | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    when: DayRange | None = None
    until: DayRange | None = None
    status: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the folder. `read` is the weakest reading of any page; `note` says what was not read and why."""

    name: str
    sha256: str
    media: Literal["pdf", "image", "docx", "text", "csv", "json", "xml", "other"]
    pages: tuple[Page, ...] = ()
    entries: tuple[Entry, ...] = ()
    read: ReadHow = "text"
    note: str = ""
