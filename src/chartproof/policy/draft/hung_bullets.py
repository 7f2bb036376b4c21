"""Bullets that a picture's reader lost from a list under a heading: the bullets that it kept tell where their words hang."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.labels import scanned_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.lost_bullets import hanging

#: So many bullets that are kept tell where the document's entries hang.
_LEAST = 3
#: Left edges of one level differ by less than this share of a text height; words hang so many text heights at least.
_SAME, _HANGS = 0.4, 0.9
#: A line that leaves this share of the text's width free has ended.
_SHORT = 0.12


@dataclass(frozen=True, slots=True)
class _Level:
    """Where the bullets of one level stand, where their words begin, and where the widest line of the page ends."""

    mark: float
    words: float
    edge: float
    height: float

    def hangs(self, line: Line) -> bool:
        return abs(line.left - self.words) < _SAME * self.height


def with_hung_bullets(lines: Sequence[Line]) -> list[Line]:
    """The lines; one that begins where the words of the document's bullets do, after what has ended, has its bullet again."""
    level = _level(lines)
    if level is None:
        return list(lines)
    found: list[Line] = []
    for at, line in enumerate(lines):
        lost = _is_lost(lines, at, level)
        found.append(_marked(line, level) if lost else line)
    return found


def _level(lines: Sequence[Line]) -> _Level | None:
    """The outermost level of bullets of a scanned document, None where too few were kept."""
    kept = [line for line in lines if line.scanned and _is_bullet(line)]
    if not kept or not all(line.scanned for line in lines):
        return None
    mark = min(line.left for line in kept)
    height = sorted(line.height for line in kept)[len(kept) // 2]
    own = [line for line in kept if line.left - mark < _SAME * height]
    if len(own) < _LEAST:
        return None
    words = sorted(hanging(line)[0] for line in own)[len(own) // 2]
    hang = words - mark > _HANGS * height
    return _Level(mark, words, max(line.right for line in lines), height) if hang else None


def _is_bullet(line: Line) -> bool:
    label = scanned_label(line.text)
    return (label is not None and label.kind == "bullet") or hanging(line)[1] != line.text


def _is_lost(lines: Sequence[Line], at: int, level: _Level) -> bool:
    """True for a line without a mark at the words' place that goes on with nothing above it."""
    line, last = lines[at], lines[at - 1] if at else None
    if not level.hangs(line) or len(line.cells) > 1 or scanned_label(line.text) or _is_bullet(line):
        return False
    if last is None or not re.match(r"[A-Z\d]", line.text):
        return False
    if re.search(r"[.;:]\s*$", last.text):
        return True
    free = level.edge - last.right > _SHORT * (level.edge - level.mark)
    return free and last.left < level.words - _SAME * level.height and not _is_bullet(last)  # below a heading


def _marked(line: Line, level: _Level) -> Line:
    text = f"• {line.text}"
    return replace(line, text=text, left=level.mark, hang=level.words, cells=((level.mark, text),), tops=(line.top,))
