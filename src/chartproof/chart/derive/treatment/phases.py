"""A treatment printed by its phases: "Phase | Given | From | To", a row each for induction, consolidation, maintenance.

The phases of one such table are one course from the first day to the last, whatever drugs each of them has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.derive.treatment.outcomes import intrathecal, stop_reason
from chartproof.chart.find.drugs import core, mentions
from chartproof.chart.layout import Cell, Row, rows
from chartproof.chart.view import Reading, Segment, span
from chartproof.model import Case, DayRange, Span

HEADS = {
    "phase": re.compile(r"(?:treatment |therapy )?(?:phase|block|element)s?", re.IGNORECASE),
    "from": re.compile(r"(?:date )?(?:from|start(?:ed)?|beg[aiu]n|first (?:day|dose))(?: date)?", re.IGNORECASE),
    "to": re.compile(r"(?:date )?(?:to|through|thru|until|end(?:ed)?|stop(?:ped)?|last (?:day|dose))(?: date)?", re.IGNORECASE),
}  # fmt: skip
SPINAL = re.compile(r",+\s*(?:triple )?(?:IT|intrathecals?)\b(?=\s*(?:,|$|\d))")
#: How far to the side of its heading a cell may begin, in points.
BESIDE = 6.0
#: Fewer rows are no course of phases.
PHASES = 2
#: What is asked for, and what the plan writes of it, is not the record of what was given.
NO_RECORD = ("prior_auth_form", "lab_report", "lab_export", "order_set")


@dataclass(slots=True)
class Phase:
    first: DayRange
    last: DayRange
    cells: list[Cell] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All that the row says; intrathecal drugs that a list names as an item of their own say nothing of the one before."""
        return SPINAL.sub("", ", ".join(cell.text for cell in self.cells))


def phases(reading: Reading, case: Case) -> list[Event]:
    """Two events of each table: its first day by the first row, its last day and why it ended by the last row."""
    events: list[Event] = []
    for segment, _ in groupby(reading.sentences, key=lambda sentence: sentence.segment):
        if segment.document.kind not in NO_RECORD:
            for table in _tables(segment, case):
                events.extend(_events(segment, table))
    return events


def _tables(segment: Segment, case: Case) -> Iterator[list[Phase]]:
    head: Row | None = None
    table: list[Phase] = []
    for row in rows(segment.page):
        if not all(segment.start <= cell.start < segment.end for cell in row.cells):
            continue
        if _is_head(row):
            yield table
            head, table = row, []
        elif head and (phase := _phase(head, row, case)):
            table.append(phase)
        elif head and table and _goes_on(head, row):
            table[-1].cells.extend(row.cells)
        else:
            yield table
            head, table = None, []
    yield table


def _is_head(row: Row) -> bool:
    found = [kind for cell in row.cells for kind, words in HEADS.items() if words.fullmatch(cell.text.strip())]
    return sorted(found) == sorted(HEADS)


def _columns(head: Row, row: Row) -> list[str]:
    """The heading above each cell, "" where it stands under none: by place, else cell for cell where none is empty."""
    if all(cell.box is None for cell in row.cells):
        same = len(row.cells) == len(head.cells)
        return [cell.text.strip() for cell in head.cells] if same else [""] * len(row.cells)
    return [next((one.text.strip() for one in head.cells if _beside(one, cell)), "") for cell in row.cells]


def _beside(one: Cell, cell: Cell) -> bool:
    return bool(one.box and cell.box and abs(one.box.left - cell.box.left) <= BESIDE)


def _phase(head: Row, row: Row, case: Case) -> Phase | None:
    """The row with its first and its last day, both past; None for another row."""
    days: dict[str, DayRange] = {}
    for column, cell in zip(_columns(head, row), row.cells, strict=True):
        kind = next((kind for kind in ("from", "to") if HEADS[kind].fullmatch(column)), "")
        found = find_dates(cell.text) if kind else []
        if found:
            days[kind] = found[0][2]
    if len(days) < 2 or days["to"].last > case.as_of or days["to"].last < days["from"].first:
        return None
    return Phase(days["from"], days["to"], list(row.cells))


def _goes_on(head: Row, row: Row) -> bool:
    """Whether the row is a further line of the cells above it: under the headings, and under the first of them nothing."""
    columns = _columns(head, row)
    return "" not in columns and head.cells[0].text.strip() not in columns


def _events(segment: Segment, table: list[Phase]) -> Iterator[Event]:
    drugs = tuple(
        dict.fromkeys(
            drug
            for phase in table
            for one in mentions(phase.words)
            if not intrathecal(phase.words, one)
            for drug in one.drugs
        )
    )
    if len(table) < PHASES or not core(drugs):
        return
    first, last = table[0], max(table, key=lambda phase: phase.last.last)
    base = Event(
        drugs=drugs, status="given", span=_span(segment, first), start=first.first, end=None, said=segment.when, rank=3,
        kind=segment.document.kind, document=segment.document.id, counted=True,
    )  # fmt: skip
    stop, by_verb = stop_reason(last.words)
    if not stop and re.search(r"\b(?:complet|finish)\w*", last.words, re.IGNORECASE):
        stop = "completed"
    yield base
    yield Event(
        drugs=drugs, status="given", span=_span(segment, last), end=last.last, said=segment.when, rank=3,
        kind=segment.document.kind, document=segment.document.id, counted=True, stop=stop,
        stop_when=last.last if stop else None, firm=(3 if by_verb else 2) if stop else 0,
    )  # fmt: skip


def _span(segment: Segment, phase: Phase) -> Span:
    return span(segment.page, min(cell.start for cell in phase.cells), max(cell.end for cell in phase.cells))
