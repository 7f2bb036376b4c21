"""What lies in a package, in words: each paper once, with the formats that there are of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chartproof.desk.store.packages import Part
from chartproof.packet.look import sentence

#: Stem of a file, and what it is; the groups in their order. What is in none of them is one more document.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("To send", (("packet", "The packet: criteria, letter, exhibits with their quotes marked"), ("letter", "The letter alone"))),
    ("For the call and the calendar", (
        ("call-sheet", "Sheet for the peer-to-peer call"), ("ladder", "Ladder of the deadlines"),
        ("deadlines", "Deadlines for a calendar"),
    )),
    ("For the record", (
        ("review", "The review: rows, quotes, trace"), ("judgements", "What people judged, who and when"),
        ("request", "The request as FHIR"), ("bundle", "The request as FHIR"),
        ("chartproof-manifest", "List of the files, for the program"),
    )),
)  # fmt: skip
DOCUMENTS = "Further documents"
#: Documents whose file name alone would not say it well.
NAMED = {
    "external-appeal-new-york": "External appeal, New York", "representative": "Designation of a representative",
    "file-request": "Request for the claim file and the criteria", "worklist": "Worklist: what is missing, and from whom",
    "patient-page": "Page for the patient", "network-exception": "Network exception request",
}  # fmt: skip
FORMATS = {"pdf": "PDF", "docx": "Word", "ics": "calendar", "html": "page", "json": "data"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper; `files` are (name, format, size in words)."""

    what: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Papers:
    title: str
    rows: tuple[Paper, ...]


def papers(parts: Iterable[Part]) -> tuple[Papers, ...]:
    by_stem: dict[str, list[Part]] = {}
    for part in sorted(parts, key=lambda one: (not one.name.endswith(".pdf"), one.name)):
        by_stem.setdefault(part.name.partition(".")[0], []).append(part)
    found = []
    for title, known in GROUPS:
        rows = [Paper(words, formats(by_stem.pop(stem))) for stem, words in known if stem in by_stem]
        found.append(Papers(title, tuple(rows)))
    rest = [
        Paper(NAMED.get(name := stem.removeprefix("document-"), sentence(name.replace("-", " "))), formats(of))
        for stem, of in by_stem.items()
    ]
    found.insert(1, Papers(DOCUMENTS, tuple(sorted(rest, key=lambda one: one.what))))
    return tuple(one for one in found if one.rows)


def formats(parts: Iterable[Part]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (part.name, FORMATS.get(part.name.rpartition(".")[2], part.name), size_words(part.size)) for part in parts
    )


def size_words(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
