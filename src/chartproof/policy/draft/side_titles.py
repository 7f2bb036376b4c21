"""Titles that stand in the margin beside the text they head: each a line of its own above its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from chartproof.codes.book import ends
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.sections import section_of

#: Left edges within this many points are one column.
_SAME = 4.5
#: The margin is this many text heights wide at least.
_WIDE = 4.0
#: A line set this much larger than most is the document's own title, which may stand over margin and text.
_LARGER = 1.07
#: A title has so many words at the most, and a document that is set so has at least so many titles.
_WORDS, _LEAST = 8, 3
#: Lines of one title are so many text heights apart at the most.
_NEAR = 1.6
#: "Which diseases", "If the date slips": what asks or sets a case names a part, whatever it asks.
_ASKS = re.compile(r"(?:Which|What|Who|Whom|When|Where|Why|How|If)\b")


@dataclass(slots=True)
class _Title:
    """A title with its lines in the margin, and the lines of text that stand before the next one."""

    words: list[Line] = field(default_factory=list)
    text: list[Line] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join(line.text for line in self.words)


def with_side_titles(lines: Sequence[Line]) -> list[Line]:
    """The lines, each title of the margin before the text that begins beside it, where the document is set so."""
    pages = [list(page) for _, page in groupby(lines, key=lambda line: line.page)]
    divided = [_of_page(page) for page in pages]
    titles = [title for page in divided for title in page if title.words]
    telling = [title for title in titles if _ASKS.match(title.name) or section_of(title.name)]
    if len(titles) < _LEAST or len(telling) * 2 < len(titles) or not all(_may_be(title) for title in titles):
        return list(lines)
    return [line for page in divided for title in page for line in (*_joined(title), *title.text)]


def _may_be(title: _Title) -> bool:
    name = title.name
    return len(name.split()) <= _WORDS and name[0].isupper() and re.search(r"[.;:,]$", name) is None


def _joined(title: _Title) -> list[Line]:
    first = title.words[:1]
    return [replace(line, text=title.name, cells=(), titled=True) for line in first]


def _of_page(lines: Sequence[Line]) -> list[_Title]:
    """What stands before the first title of a page, then each title with its text; one part where it has no margin."""
    whole = [_Title(text=list(lines))]
    edge = _edge(lines)
    height = sorted(line.height for line in lines)[len(lines) // 2]
    beside = [line for line in lines if edge and line.left < edge - _WIDE * height and line.height <= height * _LARGER]
    inside = [line for line in beside if _in_margin(line, edge) and not _is_code(line)]
    among = [line for line in beside if inside and line not in inside and inside[0].top < line.top < inside[-1].top]
    if not inside or len(among) * 3 > len(inside):
        return whole  # what goes across is the page's head and foot, or a title that its text all but touches
    across, beside = [line for line in beside if line not in inside], inside
    if not beside or len(across) > len(beside) or any(line.scanned for line in beside):
        return whole
    if any(abs(line.left - beside[0].left) > _SAME for line in beside) or len(beside) * 2 > len(lines):
        return whole
    parts = [_Title()]
    for line in lines:
        if line not in beside:
            parts[-1].text.append(line)
            continue
        words, rest = _apart(line, edge)
        last = parts[-1].words[-1] if parts[-1].words else None
        if last is None or not 0 <= words.top - last.top < _NEAR * height:
            parts.append(_Title())
        parts[-1].words.append(words)
        parts[-1].text += rest
    return parts


def _edge(lines: Sequence[Line]) -> float:
    """Where the page's text begins, 0 where its lines do not share an edge."""
    lefts = Counter(round(left) for line in lines for left, _ in line.cells[:2])
    edge, count = max(lefts.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    return float(edge) if count > 2 else 0.0


def _is_code(line: Line) -> bool:
    """True for a code beside its words: the rows of a list of codes have no titles."""
    first = line.cells[0][1] if line.cells else line.text
    return ends(first)[0] != ""


def _in_margin(line: Line, edge: float) -> bool:
    """True for a line of which the first cell ends before the text's edge and the second, if any, begins at it."""
    if len(line.cells) < 2:
        return line.right < edge
    return edge - _SAME < line.cells[1][0] < edge + _WIDE * line.height


def _apart(line: Line, edge: float) -> tuple[Line, list[Line]]:
    """The words in the margin, and the text beside them as a line of its own."""
    if len(line.cells) < 2:
        return line, []
    (left, words), *cells = line.cells
    begins = line.text.index(cells[0][1], len(words))
    text = line.text[begins:]
    tops = line.tops[1:]
    if label_of(text) is not None and len(cells) > 1:
        cells[:2] = [(cells[0][0], f"{cells[0][1]} {cells[1][1]}")]
        tops = tops[1:]
    title = replace(
        line, text=words, end=line.start + len(words), right=cells[0][0], cells=((left, words),), tops=line.tops[:1]
    )
    rest = replace(
        line, text=text, start=line.start + begins, left=cells[0][0], top=tops[0], cells=tuple(cells), tops=tops
    )
    return title, [rest]
