"""The review on a terminal: a table that fits 100 columns, reads without colour, and survives a pipe."""

from __future__ import annotations

import re

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chartproof.model import Finding, Review, SourceFile
from chartproof.model.page import LEFT_OUT
from chartproof.model.route import KIND_OF_PLAN
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.governs import governs_words
from chartproof.packet.look import (
    STATUS,
    counted,
    dated,
    day_of,
    event_words,
    groups,
    marks,
    prose_day,
    sentence,
    stop,
    table_day,
    tidy,
    unconfirmed,
)  # fmt: skip
from chartproof.packet.proposed import print_proposals
from chartproof.packet.table import drug_name, passed, patient_name, policy_name

WIDTH = 100
#: Characters of a day, and of all that stands between five columns.
_DAY, _BETWEEN = 10, 8
#: A space at which no line breaks.
_TIED = "\u00a0"

#: For terminals whose encoding lacks the shapes.
_PLAIN = {"◇": "?", "■": "X", "●": "+", "–": "-"}


def print_review(review: Review, console: Console) -> None:
    """Prints heading, criteria table, counts, deadlines, unread files, the number of conflicts, and what a model proposed."""
    width = min(console.width, WIDTH)
    plain = not (console.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    patient = patient_name(review) or "Patient not named"
    console.print(Text(f"{patient}: {drug_name(review)} under {policy_name(review)}", style="bold"), width=width)
    console.print(f"Chart read as of {prose_day(review.case.as_of)}.", width=width)
    for line in governs_words(review):
        console.print(Text(line), width=width)
    if review.route and KIND_OF_PLAN in review.route.ask:
        console.print("Add a line 'plan_type: ...' to case.yaml.", width=width)
    for title, found in groups(review):
        console.print()
        console.print(Text(title, style="bold"), width=width)
        console.print(_table(review, found, plain=plain, width=width), width=width)
    told = (
        f"Policy: {counted(review.criteria)}." if review.criteria else "No policy was given: no criterion was checked."
    )
    console.print(told, width=width)
    if review.label:
        console.print(f"FDA label: {counted(review.label)}.", width=width)
    _rest(review, console, width)


def _table(review: Review, found: tuple[Finding, ...], *, plain: bool, width: int) -> Table:
    table = Table(
        box=box.ASCII2 if plain else box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )  # fmt: skip
    row = max(3, *(len(marks(review)[f.layer, f.id]) for f in found))
    status = 11 if width < WIDTH else 16
    free = width - row - status - _DAY - _BETWEEN
    asked = free * 6 // 13
    table.add_column("Row", width=row, no_wrap=True)
    table.add_column("What is asked", width=asked)
    table.add_column("Status", width=status)
    table.add_column("Evidence; or what is missing, whom to ask", width=free - asked, overflow="fold")
    table.add_column("Date", width=_DAY, no_wrap=True)
    for finding in found:
        look = STATUS[finding.status]
        shape = _PLAIN[look.shape] if plain else look.shape
        parts = filter(None, (_evidence(finding), _open(finding)))
        shown = [line for part in parts for line in _broken(part, free - asked)]
        table.add_row(
            marks(review)[finding.layer, finding.id],
            Text(sentence(finding.says) + (" (confirm)" if unconfirmed(review, finding) else "")),
            Text(f"{shape} {look.word}", style=f"bold {look.colour}"),
            Text("\n".join(shown)),
            _date(review, finding),
        )
    return table


def _broken(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters; a file name too long for the line breaks after a hyphen where it has one."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for piece in re.findall(r"[^-_]*[-_]|[^-_]+", word):
            if len(lines[-1]) + len(piece) > width and lines[-1]:
                lines.append("")
            lines[-1] += piece
    return [line.replace(_TIED, " ") for line in lines]


def _evidence(finding: Finding) -> str:
    if not finding.evidence:
        return ""
    first, more = finding.evidence[0], len(finding.evidence) - 1
    return f"{first.file} p.{_TIED}{first.page}" + (f"{_TIED}(+{more})" if more else "")


def _date(review: Review, finding: Finding) -> str:
    when = dated(review, finding.evidence[0], finding.facts) if finding.evidence else None
    return "" if when is None else (str(when) if len(str(when)) <= 10 else str(when.last))


def _open(finding: Finding) -> str:
    if finding.status == "not_met":
        return sentence(finding.shows)
    if finding.status != "missing":
        return ""
    needed = sentence(finding.remedy) or sentence(REASON_WORDS.get(finding.reason, ""))
    return " ".join(part for part in (stop(needed), f"Ask:{_TIED}{tidy(finding.ask)}" if finding.ask else "") if part)


def _rest(review: Review, console: Console, width: int) -> None:
    if review.deadlines:
        console.print()
        console.print(Text("Dates", style="bold"), width=width)
        console.print(_dates(review), width=width)
    unread = [source for source in review.chart.files if source.read == "unread" and source.note != LEFT_OUT]
    left_out = sum(source.note == LEFT_OUT for source in review.chart.files)
    for words in (
        "\n".join(("Not read", *(f"  {_reasoned(source)}" for source in unread))) if unread else "",
        f"Left out, files of an earlier package: {left_out}; review.html names them" if left_out else "",
    ):
        if words:
            console.print()
            console.print(Text(words, style="bold"), width=width)
    if review.chart.conflicts:
        n = len(review.chart.conflicts)
        console.print()
        console.print(
            f"{n} place{'s' if n > 1 else ''} where the chart says two things; review.html shows both.", width=width
        )
    print_proposals(review, console, width)


def _reasoned(source: SourceFile) -> str:
    """A file that was not read, with the reason: its own, else the first of its pages."""
    notes = (source.note, *(page.note for page in source.pages))
    return f"{source.name}: {next(filter(None, notes), 'nothing could be read')}"


def _dates(review: Review) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Act by", "The rule says", "What"):
        table.add_column(title, no_wrap=title != "What")
    table.add_column("Where it stands", ratio=1, overflow="fold")
    for due in sorted(review.deadlines, key=lambda d: day_of(d.safe_due)):
        what = f"{event_words(due.what)} ({due.who})"
        late = " (passed)" if passed(review, due) else ""
        table.add_row(table_day(due.safe_due) + late, table_day(due.due), what, Text(due.citation))
    return table
