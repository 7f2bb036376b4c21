"""How a document is set: the size of its text, the pitch of its lines, where its columns end, and what stands out from that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chartproof.codes.book import ends
from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import UNENDED
from chartproof.policy.draft.placing import TOUCH
from chartproof.policy.draft.sections import sentence_of

#: A heading is set this much larger than the text.
_LARGER = 1.07
#: The height of a scanned line depends on its letters: only a much larger one is a heading.
_LARGER_SCANNED = 1.45
#: Letters of room more than a word needs before a line is said to have ended early.
_SURE = 6
_INDENT = 6  # a list is indented in its column by so many text heights at the most


@dataclass(frozen=True, slots=True)
class Setting:
    """`body` is the height of the text, `pitch` the usual distance of two lines, 0 where the pages have no geometry.

    `edges` is where the lines end that begin at a page's left edge.
    """

    body: float
    pitch: float
    edges: Mapping[tuple[int, int], float]

    @property
    def width(self) -> float:
        """Where the widest line ends."""
        return max(self.edges.values(), default=0.0)

    def is_heading(self, line: Line, label: Label | None) -> bool:
        if line.titled:
            return True
        words = line.text.split()
        if len(words) > 14 or (line.text.rstrip().endswith((".", ";", ",")) and label is None):
            return False
        larger = _LARGER_SCANNED if line.scanned else _LARGER
        if self.body and line.height > self.body * larger and line.height < self.body * 3:
            return not re.search(r"\d\s*[x×]\s*10", line.text)
        if label is not None and (label.kind == "bullet" or label.kind.startswith("paren") or label.text.islower()):
            return False  # the short name of a test is an entry: "☐ ECOG", "(a) LVEF"
        letters = [letter for letter in line.text[label.length if label else 0 :] if letter.isalpha()]
        return len(letters) > 3 and all(letter.isupper() for letter in letters) and len(words) <= 10

    def stands_alone(self, line: Line, after: Line) -> bool:
        """True for a line that ends although the next line's first word had room in it: a title over its paragraph."""
        if line.scanned or len(line.cells) != 1 or abs(after.left - line.left) > TOUCH or after.page != line.page:
            return False
        if not (after.text[0].isupper() or label_of(after.text)) or sentence_of(line.text) in ("history", "references"):
            return False
        edge = self.edges.get((line.page, round(line.left)), 0.0)
        letter = (after.right - after.left) / max(1, len(after.text))
        room = (len(after.text.split()[0]) + 2) * letter
        longer = label_of(after.text) is not None or after.right > line.right + room
        return longer and line.right + room < edge

    def broke_off(self, last: Line, line: Line) -> bool:
        """True where a line ended although the next line's first word had room in it: a paragraph or an entry ended there."""
        if last.scanned or not last.cells or line.text[0].islower() or UNENDED.search(last.text):
            return False
        if not re.search(r"[.!?]$", last.text) and ends(line.text.split()[0])[0]:
            return False  # a list of codes, each in its line
        return self.has_room(last, line, line)

    def has_room(self, line: Line, after: Line, by: Line) -> bool:
        """True where the next line's first word had room in this line, and more, in letters as wide as those of `by`."""
        letter = (by.right - by.left) / max(1, len(by.text))
        return line.right + (len(after.text.split()[0]) + _SURE) * letter < self.edge(line)

    def edge(self, line: Line) -> float:
        """Where the column's text ends: lists that are indented in it end there too."""
        ends_at = {left: right for (page, left), right in self.edges.items() if page == line.page}
        near = line.left - self.body * _INDENT
        return max(right for left, right in ends_at.items() if near <= left <= line.left + 1)
