"""Lists of a scanned page whose bullets its reader lost or took for other signs: where their lines are set in tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import scanned_label
from chartproof.policy.draft.lines import Line

#: What a picture's reader makes of a bullet, a small square or a dash.
_SIGN = re.compile(r"(?:[+*~«»®©°¢•◦·«>=-]|[—–-]{1,2}|[eo](?=\s[A-Z])|[®©]?[munsw](?=\s[A-Za-z]))\s+(?=\S)")
#: A list is set in by at least this many text heights, and the left edges of one level differ by less.
_SET_IN, _SAME = 0.9, 0.75
#: A line is full where the next word would have gone so many letters less beyond the text's edge; one that leaves this
#: share of its own width free has ended.
_FULL, _SHORT = -1, 0.5


def with_bullets(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, those of a list that a scanned line announces with a bullet before each of its items."""
    edge = max((line.right for line in lines if line.scanned), default=0.0)
    at = 0
    while at < len(lines):
        yield lines[at]
        at += 1
        if not _announces(lines, at):
            continue
        size = _listed(lines, at)
        below = lines[at : at + size]
        if any(not _is_marked(line) for line in below) and not _is_labelled(below):
            yield from _marked(below, edge)
            at += size


def _announces(lines: Sequence[Line], at: int) -> bool:
    """True where the line before `at` announces the list that begins there, set in from it."""
    lead = lines[at - 1]
    if not lead.scanned or at >= len(lines) or not lead.text.rstrip().endswith(":"):
        return False
    return _is_in(lines[at], _start(lead)) and (announcement(lead.text) is not None or len(lead.text.split()) <= 8)


def _start(lead: Line) -> float:
    """Where an announcing line stands: an entry's list is set in from its words, not from its bullet."""
    words, said = hanging(lead)
    return words - _SAME * lead.height if said != lead.text else lead.left


def _is_in(line: Line, left: float) -> bool:
    return hanging(line)[0] > left + _SET_IN * line.height


def _listed(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` stand in the list."""
    lead, size = lines[at - 1], 0
    while at + size < len(lines):
        line = lines[at + size]
        if not line.scanned or line.page != lead.page or not _is_in(line, _start(lead)) or line.top < lead.top:
            break
        size += 1
    return size


def hanging(line: Line) -> tuple[float, str]:
    """Where a line's words begin behind its sign, and those words."""
    sign = _SIGN.match(line.text)
    if sign is None:
        return line.left, line.text
    letter = (line.right - line.left) / max(1, len(line.text))
    apart = line.cells[1][0] if len(line.cells) > 1 and sign.end() >= len(line.cells[0][1]) else 0.0
    return line.hang or apart or line.left + letter * sign.end(), line.text[sign.end() :]


def _is_marked(line: Line) -> bool:
    label = scanned_label(line.text)
    return label is not None and label.kind == "bullet"


def _is_labelled(lines: Sequence[Line]) -> bool:
    """True for items that carry letters or numbers: what they lost is mended where labels are read."""
    labels = [label for line in lines if (label := scanned_label(line.text)) is not None]
    return any(label.kind != "bullet" for label in labels)


def _marked(lines: Sequence[Line], edge: float) -> Iterator[Line]:
    """Each line of a list as an item with its bullet, or as what its item's sentence runs on to."""
    levels: list[float] = []
    last: Line | None = None
    for line in lines:
        left, words = hanging(line)
        near = _SAME * line.height
        if last is not None and _runs_on(last, line, words, edge):
            yield replace(line, left=levels[-1] if levels else line.left)
            last = line
            continue
        while len(levels) > 1 and left < levels[-1] - near:
            levels.pop()
        if not levels or (last is not None and left > levels[-1] + near and last.text.rstrip().endswith(":")):
            levels.append(left)
        text = f"• {words}"
        yield replace(
            line,
            text=text,
            left=levels[-1] - line.height,
            hang=levels[-1],
            cells=((levels[-1], text),),
            tops=(line.top,),
        )
        last = line


def _runs_on(last: Line, line: Line, words: str, edge: float) -> bool:
    """True where the line before had no room for this line's first word, or this line begins in mid-sentence."""
    if _SIGN.match(line.text):
        return False
    width = last.right - last.left
    letter = width / max(1, len(last.text))
    full = last.right + (len(words.split()[0]) - _FULL) * letter > edge
    if full or not words[0].islower() or re.search(r"[.;:]\s*$", last.text):
        return full
    # An entry that begins small itself, and ends long before the edge, has others like it below.
    began = hanging(last)[1]
    small = (
        _SIGN.match(last.text) is not None and began[:1].islower() and abs(hanging(last)[0] - line.left) < line.height
    )
    return not (small and last.right + _SHORT * width < edge)
