"""Numbered titles that wrap in a narrow column: both lines are one title, where entries hang and titles do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import Label, label_of, scanned_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import UNENDED, states
from chartproof.policy.draft.placing import TOUCH

#: A title has so many words at the most, and its second line so many.
_WORDS, _REST = 12, 5
#: A column is set in by so many text heights at the most.
_INDENT = 6
_STOP = re.compile(r"[.;:,?!]\W*$")


def with_wrapped_titles(lines: Sequence[Line]) -> list[Line]:
    """The lines, the two of a wrapped title as one.

    "3. Change from another" and "enzyme" below its number stand over a sentence; an entry's second line stands
    below its words, where most entries of the document are set so.
    """
    labels = [_label(line) for line in lines]
    if not _entries_hang(lines, labels):
        return list(lines)
    found: list[Line] = []
    at = 0
    while at < len(lines):
        wraps = at + 2 < len(lines) and _wraps(lines, labels, at)
        found.append(_joined(lines[at], lines[at + 1]) if wraps else lines[at])
        at += 2 if wraps else 1
    return found


def _label(line: Line) -> Label | None:
    return scanned_label(line.text) if line.scanned else label_of(line.text)


def _below(lines: Sequence[Line], labels: Sequence[Label | None], at: int) -> float | None:
    """How far in from a labelled line the unlabelled one below it stands, None where none does."""
    if at + 1 >= len(lines) or labels[at] is None or labels[at + 1] is not None:
        return None
    line, after = lines[at], lines[at + 1]
    return after.left - line.left if line.height and after.page == line.page and after.top > line.top else None


def _entries_hang(lines: Sequence[Line], labels: Sequence[Label | None]) -> bool:
    """True where most labelled lines that run on do so further in than their label."""
    run_on = [
        inset for at, line in enumerate(lines)
        if (inset := _below(lines, labels, at)) is not None and not _STOP.search(line.text)
    ]  # fmt: skip
    hung = sum(1 for inset in run_on if inset > TOUCH)
    return hung > 2 and hung * 2 > len(run_on)


def _wraps(lines: Sequence[Line], labels: Sequence[Label | None], at: int) -> bool:
    line, rest, after = lines[at : at + 3]
    label, inset = labels[at], _below(lines, labels, at)
    if label is None or inset is None or abs(inset) > TOUCH or label.kind not in ("number", "roman", "letter", "word"):
        return False
    name = line.text[label.length :]
    whole = f"{name} {rest.text}".split()
    if len(whole) > _WORDS or len(rest.text.split()) > _REST or not name[:1].isupper():
        return False
    if _STOP.search(name) or _STOP.search(rest.text) or states(" ".join(whole)):
        return False
    goes_on = rest.text[0].islower() or UNENDED.search(line.text) is not None
    begins = after.page == line.page and abs(after.left - line.left) <= TOUCH and after.text[0].isupper()
    first = labels[at + 2]
    begins = begins or (first is not None and first.rank == 1 and after.page == line.page)
    return goes_on and begins and _has_room(lines, rest, after)


def _has_room(lines: Sequence[Line], rest: Line, after: Line) -> bool:
    """True where the next line's first word had room in the title's second line."""
    column = (
        line.right for line in lines
        if line.page == rest.page and rest.left - TOUCH < line.left < rest.left + _INDENT * rest.height
    )  # fmt: skip
    letter = (after.right - after.left) / max(1, len(after.text))
    return rest.right + (len(after.text.split()[0]) + 1) * letter < max(column, default=0.0)


def _joined(line: Line, rest: Line) -> Line:
    text = f"{line.text} {rest.text}"
    return replace(
        line, text=text, end=rest.end, right=rest.right, last_top=rest.top, cells=((line.left, text),), tops=(line.top,)
    )
