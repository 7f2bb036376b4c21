"""How a document is set: the size of its text, the pitch of its lines, where its columns end, and what stands out from that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from statistics import median

from chartproof.codes.book import ends
from chartproof.policy.draft.joins import titled_join
from chartproof.policy.draft.labels import Label, label_of, scanned_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import UNENDED, Node, run_in
from chartproof.policy.draft.placing import TOUCH
from chartproof.policy.draft.sections import CRITERIA, section_of, sentence_of
from chartproof.policy.draft.titles import is_question

#: Bold lines stand out where they are less than this share of all.
_STANDS_OUT = 0.3
#: A scanned line that begins in mid-sentence may stand so many text heights below the one before.
_TORN = 2.4
#: A heading is set this much larger than the text.
_LARGER = 1.07
#: The height of a scanned line depends on its letters: only a much larger one is a heading.
_LARGER_SCANNED = 1.45
#: Letters of room more than a word needs before a line is said to have ended early.
_SURE = 6
#: A name that ends in a stop has so many words at the most: any more are a sentence.
_NAMES = 6
#: The last word of a sentence that goes on in the entries below it, and how many words the name of a list has at the most.
_OPENS, _LISTED = re.compile(r",\s+(?:where|when|if|either|namely)$"), 12
#: A line is full that ends beyond this share of its column's edge.
_FULL = 0.93
_INDENT = 6  # a list is indented in its column by so many text heights at the most


@dataclass(frozen=True, slots=True)
class Setting:
    """`body` is the height of the text, `pitch` the usual distance of two lines, 0 where the pages have no geometry.

    `edges` is where the lines end that begin at a page's left edge, and `columns` are those at which several begin. `bold` where bold type stands out from the text,
    and `asks` where the document answers the questions that it sets in bold.
    """

    body: float
    pitch: float
    edges: Mapping[tuple[int, int], float]
    columns: Set[tuple[int, int]]
    bold: bool = False
    titles: frozenset[tuple[int, int]] = frozenset()
    asks: bool = False

    @property
    def width(self) -> float:
        """Where the widest line ends."""
        return max(self.edges.values(), default=0.0)

    def is_heading(self, line: Line, label: Label | None) -> bool:
        if line.titled or line.styled or (label is None and len(line.cells) <= 1 and titled_join(line.text)):
            return True
        words = line.text.split()
        if len(words) > 14 or (line.text.rstrip().endswith((".", ";", ",")) and label is None):
            return False
        larger = _LARGER_SCANNED if line.scanned else _LARGER
        if self.body and line.height > self.body * larger and line.height < self.body * 3:
            return not re.search(r"(?:\d\s*|^)[x×]\s*10|^10\d{1,2}\b", line.text)  # a power of ten is set higher
        if self.stands_out(line, label):
            return True
        if label is not None and (label.kind == "bullet" or label.kind.startswith("paren") or label.text.islower()):
            return False  # the short name of a test is an entry: "☐ ECOG", "(a) LVEF"
        letters = [letter for letter in line.text[label.length if label else 0 :] if letter.isalpha()]
        return len(letters) > 3 and all(letter.isupper() for letter in letters) and len(words) <= 10

    def stands_out(self, line: Line, label: Label | None) -> bool:
        """True for a line that is bold to its end, where most of the text is not: it names what stands below it.

        A labelled question that is put to the prescriber, and a labelled line that is full, is an entry that was set in bold;
        where the document answers its questions itself, a full one heads its answer as the others do.
        """
        if not self.bold or line.bold < len(line.text) or len(line.cells) != 1:
            return False
        sentence = line.text.endswith(".") and (label is not None or len(line.text.split()) > _NAMES)
        if label is None:
            return line.text[0].isupper() and not sentence
        question = line.text.endswith("?")
        entry = sentence or (question and not self.asks)
        edge = self.width if (line.page, round(line.left)) in self.titles else self.edge(line)
        return not entry and ((question and self.asks) or line.right < edge * _FULL)

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

    def is_torn(self, block: Node, line: Line, gap: float) -> bool:
        """True for a scanned line that goes on with a sentence and stands further below it than lines of one paragraph do."""
        goes_on = block.kind == "paragraph" and line.scanned and line.text[0].islower()
        ended = re.search(r"[.;:?!]\W*$", block.text) is not None
        return goes_on and not ended and gap < self.body * _TORN and scanned_label(line.text) is None

    def has_room(self, line: Line, after: Line, by: Line) -> bool:
        """True where the next line's first word had room in this line, and more, in letters as wide as those of `by`."""
        letter = (by.right - by.left) / max(1, len(by.text))
        return line.right + (len(after.text.split()[0]) + _SURE) * letter < self.edge(line)

    def begins_below(self, block: Node, last: Line | None, line: Line, label: Label) -> bool:
        """True for the first entry of a list: below a sentence that goes on in it ("failure or intolerance, where"), or below
        a few words that ended early in their line, which name it.
        """
        if label.rank != 1 or label.kind == "bullet" or last is None:
            return False
        if _OPENS.search(block.text) and line.left > block.left + TOUCH:
            return True
        named = block.kind == "paragraph" and len(block.lines) == 1 and len(block.text.split()) <= _LISTED
        begins = line.text[label.length :][:1].isupper() and bool(last.cells) and not last.scanned
        return named and begins and self.has_room(last, line, line)

    def edge(self, line: Line) -> float:
        """Where the column's text ends: lists that are indented in it end there too."""
        near = line.left - self.body * _INDENT
        at = [place for place in self.edges if place[0] == line.page and near <= place[1] <= line.left + 1]
        own = [place for place in at if place in self.columns]  # a title that goes across says nothing of a column
        return max(self.edges[place] for place in own or at)


def is_bold(line: Line, label: Label) -> bool:
    """True for a label that is set in bold before text that is not."""
    return 0 < line.bold < len(line.text) and line.text[: line.bold].strip(" .:)(") == label.text.strip("()")


def heading_end(line: Line, label: Label, before: Node | None) -> int:
    """Where the heading of this line's own text ends, 0 where it has none; `before` is the part that its label follows."""
    return run_in(line, label, before) or _bold_title(line, label, before)


def _bold_title(line: Line, label: Label, before: Node | None) -> int:
    """Where the bold name of a part ends that its text goes on behind in the same line, after a part of the same count; else 0."""
    follows = before is not None and before.kind == "heading" and before.label is not None
    alike = follows and before is not None and before.label is not None and before.label.kind == label.kind
    named = line.text[label.length : line.bold].strip()
    whole = line.bold < len(line.text) and line.text[line.bold :][:1] == " "
    return line.bold if alike and whole and section_of(named) not in ("", *CRITERIA) else 0


def is_labelled_box(line: Line) -> bool:
    """True for a box to tick with a printed label behind it: an entry, whatever it says."""
    label = label_of(line.text)
    return label is not None and label.boxed and label.kind != "bullet"


def asks_in_bold(lines: Sequence[Line]) -> bool:
    """True where most of the labelled questions that are set in bold are of the kind that a document answers itself."""
    asked = [
        line.text[label.length :] for line in lines
        if line.bold >= len(line.text) and line.text.endswith("?") and (label := label_of(line.text)) is not None
    ]  # fmt: skip
    return sum(1 for text in asked if is_question(text)) * 2 > len(asked)


def setting_of(lines: Sequence[Line], pitch: float) -> Setting:
    """How a document of these lines is set; `pitch` is the usual distance of two."""
    edges = {(line.page, round(line.left)): line.right for line in sorted(lines, key=lambda line: line.right)}
    begun = Counter((line.page, round(line.left)) for line in lines)
    plain = {(line.page, round(line.left)) for line in lines if line.bold < len(line.text)}
    return Setting(
        median(line.height for line in lines) if lines else 0.0, pitch, edges,
        columns={at for at, count in begun.items() if count > 1},
        bold=0 < sum(1 for line in lines if line.bold >= len(line.text)) < _STANDS_OUT * len(lines),
        asks=asks_in_bold(lines), titles=frozenset(at for at, count in begun.items() if count > 1 and at not in plain),
    )  # fmt: skip


def is_set_like(line: Line, nodes: Sequence[Node]) -> bool:
    """True for a line that ends, apart from its name, in the words of an earlier heading: "Step 3 product", "Step 2 product"."""
    heads = [node.lines[0] for node in nodes if node.kind == "heading" and len(node.lines[0].cells) > 1]
    return len(line.cells) > 1 and any(
        len(head.cells) == len(line.cells)
        and abs(head.left - line.left) < TOUCH
        and _numberless(head.cells[-1][1]) == _numberless(line.cells[-1][1])
        for head in heads
    )


def _numberless(text: str) -> str:
    return re.sub(r"\d+|s\b", "", text)
