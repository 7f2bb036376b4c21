"""Which papers of a folder are letters that deny something."""

from __future__ import annotations

from collections.abc import Sequence

from chartproof.chart.kinds import HEADED, STRONG, best_kind, evidence_of, is_own_paper
from chartproof.chart.split import split_file
from chartproof.model import Denial, Page, SourceFile
from chartproof.rights.letter import read_letter

#: Pages of a letter that came as a file of its own, enclosures included.
SHORT_FILE = 4


def denial_letters(files: Sequence[SourceFile]) -> list[tuple[Denial, list[Page]]]:
    """Every letter of the folder that denies something, with its pages."""
    told = [
        ((page.file, page.number), page) for file in files if not file.name.endswith(".json") for page in file.pages
    ]
    letters: list[tuple[Denial, list[Page]]] = []
    for file in files:
        if file.media not in ("pdf", "docx", "text", "image") or not file.pages:
            continue
        for part in letters_apart(file):
            if all(is_own_paper([page]) for page in part) or titled_otherwise(part) >= HEADED:
                continue
            own = {(page.file, page.number) for page in part}
            others = [page for place, page in told if place not in own]
            letter = read_letter(part, file=file.name, other_text=others)
            steps = [one for one in letter.stated_deadlines if not one.what.endswith("_decision")]
            if letter.is_denial and (steps or titled_otherwise(part) < STRONG):
                letters.append((letter, part))
    return letters


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
    return [[page for page in file.pages if page.number in group] for group in numbers]
