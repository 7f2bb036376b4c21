"""Lists that run on in a paragraph's own lines: "when (11) this, (12) that, and (13) the other"."""

from __future__ import annotations

import itertools
import re

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.nodes import Node, follows

_MARK = re.compile(r"(?:^|(?<=[\s:;,]))\((?:\d{1,2}|[A-Z]{1,2}\d{1,2})\)\s+(?=\S)")
#: Words before a bracket that only point at it: "criteria (1) and (2)".
_POINTS = re.compile(
    r"(?i)\b(?:criteri\w+|conditions?|items?|sections?|in|under|of|through|to|limitations?|statements?)\s*$"
)


def with_enumerated(node: Node) -> None:
    """Makes the items of each paragraph that lists them in its own lines its children."""
    for child in node.children:
        if child.kind == "paragraph" and not child.children:
            _divide(child)
        with_enumerated(child)


def _divide(paragraph: Node) -> None:
    text = paragraph.text
    marks = [mark for mark in _MARK.finditer(text) if not _POINTS.search(text[: mark.start()])]
    labels = [label for mark in marks if (label := label_of(text[mark.start() :])) is not None]
    if len(marks) < 2 or len(labels) != len(marks) or not _is_run(labels) or not text[: marks[0].start()].strip():
        return
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, label, end in zip(marks, labels, ends, strict=True):
        words = re.sub(r"[\s;,]+(?:and|or)?\s*$", "", text[mark.end() : end])
        node = Node("item", words, paragraph.page, list(paragraph.lines), label, label.text, paragraph.left)
        node.parent = paragraph
        paragraph.children.append(node)
    paragraph.text = text[: marks[0].start()].strip()


def _is_run(labels: list[Label]) -> bool:
    return all(follows(one, other) for one, other in itertools.pairwise(labels))
