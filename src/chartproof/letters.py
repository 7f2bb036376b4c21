"""Which papers of a folder are letters that deny something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chartproof.chart.kinds import HEADED, STRONG, best_kind, evidence_of, is_own_paper
from chartproof.chart.reader import LARGE
from chartproof.chart.side_by_side import side_by_side
from chartproof.chart.split import split_file
from chartproof.model import Denial, Page, SourceFile
from chartproof.rights.letter import read_letter

#: Pages of a letter that came as a file of its own, enclosures included.
SHORT_FILE = 4


def denial_letters(files: Sequence[SourceFile], *, workers: int = 1) -> list[tuple[Denial, list[Page]]]:
    """Every letter of the folder that denies something, with its pages; `workers` processes read a large chart's."""
    told = [
        ((page.file, page.number), page) for file in files if not file.name.endswith(".json") for page in file.pages
    ]
    parts = [
        part
        for file in files
        if file.media in ("pdf", "docx", "text", "image") and file.pages
        for part in letters_apart(file)
        if not all(is_own_paper([page]) for page in part) and titled_otherwise(part) < HEADED
    ]
    jobs = [partial(denial_in, part, told) for part in parts]
    letters = side_by_side(jobs, workers=workers if len(told) > LARGE else 1)
    return [(letter, part) for letter, part in zip(letters, parts, strict=True) if letter]


def denial_in(part: list[Page], told: Sequence[tuple[tuple[str, int], Page]]) -> Denial | None:
    """The letter of these pages, if it denies something; `told` are all pages by their places."""
    own = {(page.file, page.number) for page in part}
    others = [page for place, page in told if place not in own]
    letter = read_letter(part, file=part[0].file, other_text=others)
    steps = [one for one in letter.stated_deadlines if not one.what.endswith("_decision")]
    # A plan's denial says whose request it denies or for what; a sheet of the chart that says "not eligible" does neither.
    asked = letter.reference or letter.member_id or letter.drug_named or letter.service or letter.service_codes
    return letter if letter.is_denial and (steps or (asked and titled_otherwise(part) < STRONG)) else None


def titled_otherwise(part: Sequence[Page]) -> int:
    """How surely the first lines call it a paper of the chart or of the center's desk, 0 for a payer's: a note tells of denials."""
    kind, title = best_kind(part[0].text)
    if evidence_of(kind) == "payer":
        return 0
    return HEADED if kind == "coordinator_log" and title >= STRONG else title  # a log is known by its dated rows


def letters_apart(file: SourceFile) -> list[list[Page]]:
    """The pages of a file that may be a letter each: those of every paper of a chart dump; a short file as a whole."""
    numbers = [{piece.page.number for piece in group} for group in split_file(file.pages)]
    if len(numbers) < 2 or len(file.pages) <= SHORT_FILE:
        return [list(file.pages)]
    pages = {page.number: page for page in file.pages}
    return [[pages[number] for number in sorted(group)] for group in numbers]
