"""Tables of what a policy asks for beside what was found, and of services with their codes and decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chartproof.rights.decided import refuses
from chartproof.rights.grids import Grid, Row, is_column
from chartproof.rights.lines import Line, Sentence
from chartproof.rights.text import Letter

#: A cell that only says whether a requirement is met, and how a finding begins that says it.
_VERDICT = re.compile(r"(?P<no>not (?:met|satisfied|shown|found)|unmet|no|✗|✘)|met|satisfied|shown|found|yes|✓|✔", re.I)
_OPENS = re.compile(
    r"(?P<no>(?:not (?:met|satisfied|shown|found)|unmet|no)\b)|(?:met|satisfied|shown|found|yes)\b", re.I
)
#: A verdict as a sentence of its own at the end of a finding ("Theo is 13. Met.").
_ENDS = re.compile(r"(?<=[.;:]) (?:(?P<no>not (?:met|satisfied|shown|found)|unmet)|met|satisfied|shown)\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement and what was found, each with its place; `met` is None where the row does not say."""

    requirement: Sentence
    finding: Sentence
    met: bool | None


def requirement_rows(letter: Letter) -> tuple[Requirement, ...]:
    """Every row of every table of requirements, in order."""
    return tuple(row for grid in letter.grids for row in _requirements(grid))


def _requirements(grid: Grid) -> Iterator[Requirement]:
    asked, told = grid.column("requirement"), grid.column("finding")
    told = grid.column("verdict") if told is None or told == asked else told
    if told is not None and asked is not None:  # of a rule's name and its words, the words
        asked = max((at for at in range(asked, told) if is_column("requirement", grid.head[at])), default=asked)
    if asked is None or told is None or told < asked:
        return
    for row in grid.rows:
        if asked in row.cells and told in row.cells:
            yield Requirement(row.sentence(asked), row.sentence(told), _is_met(row, asked, told))


def _is_met(row: Row, asked: int, told: int) -> bool | None:
    alone = (_VERDICT.fullmatch(row.text(column).strip(" .")) for column in row.cells if column != asked)
    verdict = next(filter(None, alone), None) or _OPENS.match(row.text(told)) or _ENDS.search(row.text(told))
    return None if verdict is None else not verdict["no"]


def note_codes(letter: Letter) -> Iterator[tuple[int, list[str]]]:
    """(where a row begins, the codes of its column of notes) of each row of a table that has such a column."""
    for grid in letter.grids:
        noted = grid.column("note")
        if noted is not None:
            yield from ((row.line().start, _NOTE.findall(row.text(noted))) for row in grid.rows if noted in row.cells)


#: A code of a note, which begins the line that explains it.
_NOTE = re.compile(r"[A-Z0-9]{1,6}")


def services(letter: Letter) -> Iterator[tuple[Line, str]]:
    """(row, the words that name its service) of each row that bears a code; those before the code where no head tells."""
    for grid in letter.grids:
        coded = grid.column("code")
        others = (at for at, head in enumerate(grid.head) if at != coded and is_column("service", head))
        named = next(others, grid.column("service"))
        if coded is not None:
            named = coded - 1 if named is None else named
            yield from ((row.line(), row.text(named)) for row in grid.rows if coded in row.cells)


def rights_rows(letter: Letter) -> Iterator[Sentence]:
    """What each row of a table of rights says of its time: the step as a label, and until when it may be asked for."""
    for grid in letter.grids:
        step, due = grid.column("step"), grid.column("due")
        if step is None or due is None or step == due:
            continue
        for row in grid.rows:
            if step in row.cells and due in row.cells and not is_column("due", row.text(due)):
                told = row.sentence(due)
                yield replace(told, text=f"{row.text(step)}: {told.text}", section="rights", heading=row.text(step))


def rights_places(letter: Letter) -> Iterator[tuple[str, Row]]:
    """(the step, its row) of each row of a table of rights."""
    for grid in letter.grids:
        step = grid.column("step")
        if step is not None and (grid.column("where") is not None or grid.column("due") is not None):
            yield from ((row.text(step), row) for row in grid.rows if step in row.cells)


#: A row of services that a scan has lost the lines of: words and their code, before the result.
_SERVICE_ROW = re.compile(r"(?P<what>[A-Z][a-z]+(?:,? [a-z][\w-]*){1,6}),? (?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4})\b")
#: An item of a list of what was asked for, with its code and what was decided: "2. E2298, seat elevation: denied".
DECIDED_ITEM = re.compile(
    r"\W*(?:\(?(?:\d{1,2}|[a-z])[.)] )?(?=[^:]*\b(?:\d{5}|[A-V]\d{4})\b)(?:(?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4}),? (?:[–—-] )?)?"
    r"(?P<what>[A-Za-z][\w/-]+(?:,? [\w/-]+)*?)(?:,? \(?(?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4})\)?)?(?::| [–—-]) "
    r"(?P<result>(?:not )?(?:approved|authorized|certified)|not covered|denied)\b",
    re.I,
)
_GRANTED = ("approved", "authorized", "certified")


def is_granted_item(text: str) -> bool:
    """Whether a text is an item of a list of what was asked for, and it was granted."""
    item = DECIDED_ITEM.match(text)
    return item is not None and item["result"].lower() in _GRANTED


def refused_beside_granted(letter: Letter) -> tuple[Line, str] | None:
    """(row, service) of the first row of services that was refused, where another one was granted."""
    rows = [(line, _SERVICE_ROW.match(line.text), result["result"].lower()) for line, result in letter.results()]
    rows += [(line, item, item["result"].lower()) for line in letter.body if (item := DECIDED_ITEM.match(line.text))]
    if not any(result in _GRANTED for _line, _row, result in rows):
        return None
    return next(((line, row["what"]) for line, row, result in rows if row and refuses(result)), None)
