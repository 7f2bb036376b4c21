"""Lists that run on in a paragraph's own lines: "when (11) this, (12) that, and (13) the other"."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.nodes import Node, follows

_MARK = re.compile(r"(?:^|(?<=[\s:;,]))\((?:\d{1,2}|[A-Z]{1,2}-?\d{1,2}|[IVX]{1,4}-[A-Z])\)\s+(?=\S)")
#: Words before a bracket that only point at it: "criteria (1) and (2)".
_POINTS = re.compile(
    r"(?i)\b(?:criteri\w+|conditions?|items?|sections?|under|of|through|to|limitations?|statements?)\s*$|\bin\s*$(?<!investigational in )(?<!necessary in )(?<!covered in )(?<!contraindicated in )"
)


def with_enumerated(node: Node) -> None:
    """Makes the items of each paragraph that lists them in its own lines its children."""
    for child in list(node.children):
        if child.kind in ("paragraph", "item") and not child.children:
            _divide(child)
        with_enumerated(child)


def _divide(paragraph: Node) -> None:
    text = paragraph.text
    marks = [mark for mark in _MARK.finditer(text) if not _POINTS.search(text[: mark.start()])]
    if paragraph.kind == "item":  # its own sentence, unless each mark carries the item's name: "(B-1)"
        marks = [mark for mark in marks if "-" in mark.group()]
    labels = [label for mark in marks if (label := _label(text[mark.start() :])) is not None]
    if len(marks) < 2 or len(labels) != len(marks) or not _is_run(labels) or not text[: marks[0].start()].strip():
        return
    stop = re.search(r"[.;]\s+(?=[A-Z])", text[marks[-1].end() :])
    end_of_last = marks[-1].end() + stop.start() + 1 if stop else len(text)
    ends = [*(mark.start() for mark in marks[1:]), end_of_last]
    for mark, label, end in zip(marks, labels, ends, strict=True):
        words = re.sub(r"[\s;,]+(?:and|or)?\s*$", "", text[mark.end() : end])
        node = Node("item", words, paragraph.page, list(paragraph.lines), label, label.text, paragraph.left)
        node.parent = paragraph
        paragraph.children.append(node)
    paragraph.text = text[: marks[0].start()].strip()
    rest = text[end_of_last:].strip()
    if rest and paragraph.parent is not None:
        beside = paragraph.parent.children
        after = Node(
            "paragraph", rest, paragraph.page, list(paragraph.lines), left=paragraph.left, parent=paragraph.parent
        )
        beside.insert(beside.index(paragraph) + 1, after)


def _label(text: str) -> Label | None:
    """The label in brackets that begins this text, whatever its family: "(3)", "(A2)", "(B-1)"."""
    inner = re.match(r"\(([^()]+)\)\s+", text)
    found = label_of(text) or (label_of(f"{inner[1]} {text[inner.end() :]}") if inner else None)
    return replace(found, length=inner.end()) if found is not None and inner is not None else found


def _is_run(labels: list[Label]) -> bool:
    return all(follows(one, other) for one, other in itertools.pairwise(labels))
