"""What a policy document says in sentences: which of them ask for something and which refuse, whatever its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartproof.codes.book import ends
from chartproof.policy.draft.code_text import misread
from chartproof.policy.draft.coded import every, pattern
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import section_of

#: Sections that ask for nothing: their sentences are not held against a code.
_SILENT = ("history", "references", "codes", "background", "definitions", "reading", "scope", "documentation")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the document. `where` is its printed id, else its page; `refuses` where it says what is not covered.

    `typed` is True for a criterion of the draft, False for any other sentence.
    """

    where: str
    text: str
    refuses: bool
    typed: bool = False


def statements(root: Node, criteria: Sequence[Criterion]) -> tuple[Statement, ...]:
    """Every criterion that the draft has typed, then the sentences of the document's own sections of criteria."""
    typed = [
        Statement(f"page {one.page}" if one.made_id else one.id, one.text, one.kind == "exclusion", typed=True)
        for one in every(criteria)
        if one.kind in ("necessity", "exclusion")
    ]
    return (*typed, *_under(root, refuses=False))


def _under(node: Node, *, refuses: bool) -> Iterator[Statement]:
    listing = False
    for child in node.children:
        if child.kind == "heading":
            if section_of(child.text) not in _SILENT or len(re.split(r",\s|\sand\s", child.text)) > 2:
                yield from _under(child, refuses=bool(pattern("refuses").search(child.text)))
            continue
        if child.kind == "row":
            if any(ends(cell)[0] or misread(cell) for part in child.cells for cell in re.split(r"[,;]\s", part)):
                continue  # a code and its words
            first = child.cells[0] if child.cells else ""
            yield from _sentences(
                child,
                first,
                text=" ".join(child.cells[1:]) or child.text,
                refuses=refuses or bool(pattern("bar").search(first)),
            )
            continue
        opens = bool(pattern("refuses").search(child.text))
        if child.kind == "paragraph" or opens:
            listing = opens and bool(pattern("announces").search(child.text))
        yield from _sentences(child, child.id, refuses=refuses or listing)
        yield from _under(child, refuses=refuses or listing)


def _sentences(node: Node, name: str, *, refuses: bool, text: str = "") -> Iterator[Statement]:
    where = name if 0 < len(name) < 16 else f"page {node.page}"
    for sentence in re.split(r"(?<=[.;?])\s+(?=[A-Z(])", text or node.text):
        yield Statement(where, sentence, refuses or bool(pattern("refuses").search(sentence)))
