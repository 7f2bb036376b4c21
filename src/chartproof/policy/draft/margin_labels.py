"""Labels that stand in a column of their own beside their text, under no name: the document's outline, and no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import label_of, printed_label
from chartproof.policy.draft.lines import Line

#: Left edges within this many points are one column.
_SAME = 4.5
#: A document that is set so has at least so many labels in its margin.
_LEAST = 3


def with_margin_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines, each label with the text beside it as one line, where no name stands over the labels' column."""
    marked = [at for at, line in enumerate(lines) if _is_marked(line)]
    if len(marked) < _LEAST or any(_is_named(lines, at) for at in marked) or not _run_on(lines, marked):
        return list(lines)
    places = set(marked)
    return [_joined(line) if at in places else line for at, line in enumerate(lines)]


def _is_marked(line: Line) -> bool:
    """True for a bare label and one text beside it."""
    if len(line.cells) != 2 or line.scanned or not printed_label(line.cells[0][1]):
        return False
    return len(line.cells[1][1].split()) > 1 and label_of(line.cells[1][1]) is None


def _is_named(lines: Sequence[Line], at: int) -> bool:
    """True where the line above has a name over the text's column, as a table has."""
    if at == 0 or lines[at - 1].page != lines[at].page:
        return False
    edges = [left for left, _ in lines[at - 1].cells]
    return len(edges) > 1 and abs(edges[-1] - lines[at].cells[-1][0]) < _SAME and not _is_marked(lines[at - 1])


def _run_on(lines: Sequence[Line], marked: Sequence[int]) -> bool:
    """True where some text goes on below its first line, in its own column and alone there."""
    below = [(lines[at], lines[at + 1]) for at in marked if at + 1 < len(lines)]
    return any(
        len(after.cells) == 1 and abs(after.left - line.cells[1][0]) < _SAME and after.page == line.page
        for line, after in below
    )


def _joined(line: Line) -> Line:
    (left, label), (hang, text) = line.cells
    whole = f"{label.rstrip('.:)')}. {text}" if label_of(f"{label} {text}") is None else f"{label} {text}"
    return replace(line, text=whole, cells=((left, whole),), tops=line.tops[:1], hang=hang)
