"""Lists that run on in a paragraph's own lines: "when (11) this, (12) that, and (13) the other".

A list may begin in its sentence's line and go on as items below: "Coverage is refused for (a) this;", then "(b) that".
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.nodes import Node, follows, path

_MARK = re.compile(r"(?:^|(?<=[\s:;,]))\((?:\d{1,2}|[A-Z]{1,2}-?\d{1,2}|[IVX]{1,4}-[A-Z])\)\s+(?=\S)")
#: The first mark of a list of letters or numerals, and any of them.
_FIRST = re.compile(r"(?<=[\s:;,])\((?:a|A|i|1)\)\s+(?=\S)")
_ANY = re.compile(r"(?<=[\s:;,])\((?:[a-z]|[A-H]|[ivx]{1,4}|\d{1,2})\)\s+(?=\S)")
#: Words before a bracket that only point at it: "criteria (1) and (2)".
_POINTS = re.compile(
    r"(?i)\b(?:criteri\w+|conditions?|items?|sections?|under|of|through|to|limitations?|statements?)\s*$|\bin\s*$(?<!investigational in )(?<!necessary in )(?<!covered in )(?<!contraindicated in )"
)
#: Families of labels that count their items, and the end of the item before the next.
_COUNTED = ("number", "decimal", "code", "nested", "digit_letter", "word", "number_word")
_STOP = re.compile(r"[.;]\s+")
#: What a list within an item's sentence stands behind.
_OPENS = re.compile(
    r"(?:[:?]|\b(?:are|were|be|includes?|included|(?:shown|proven|documented|demonstrated|confirmed|supported) by))$"
)


def with_enumerated(node: Node) -> None:
    """Makes the items of each paragraph that lists them in its own lines its children."""
    _unrolled(node)
    for child in list(node.children):
        if child.kind in ("paragraph", "item") and not child.children:
            _divide(child)
            _gather(child)
        with_enumerated(child)


def _unrolled(node: Node) -> None:
    """Items that run on in one line, "4.1 The notes. 4.2 The report.", as the items that they are."""
    found: list[Node] = []
    for child in node.children:
        found.append(child)
        while (cut := _next_within(found[-1])) is not None:
            last = found[-1]
            start, label = cut
            more = Node("item", last.text[start + label.length :].strip(), last.page, last.lines, label, left=last.left)
            more.parent, more.id = node, path(node, label)
            last.text, more.children, last.children = last.text[:start].strip(), last.children, []
            found.append(more)
    node.children = found


def _next_within(item: Node) -> tuple[int, Label] | None:
    """Where the label that follows the item's own stands behind a stop in its text, with words of its own."""
    if item.kind != "item" or item.label is None or item.label.kind not in _COUNTED:
        return None
    for stop in _STOP.finditer(item.text):
        label = label_of(item.text[stop.end() :])
        if label is not None and label.kind == item.label.kind and follows(item.label, label):
            return stop.end(), label
    return None


def divided(item: Node) -> Node:
    """The item with the items that its own sentence lists as its children."""
    _divide(item)
    return item


def _gather(lead: Node) -> None:
    """Puts the items that go on with a list under the sentence in which it begins, its first item among them."""
    above = lead.parent
    marks = [mark for mark in _FIRST.finditer(lead.text) if not _POINTS.search(lead.text[: mark.start()])]
    if above is None or not marks or not lead.text[: marks[0].start()].strip():
        return
    first = label_of(lead.text[marks[0].start() :])
    at = above.children.index(lead) + 1
    listed: list[Node] = []
    while at + len(listed) < len(above.children):
        one = above.children[at + len(listed)]
        before = listed[-1].label if listed else _last_of(lead.text, marks[0].start())
        if one.kind != "item" or one.label is None or before is None or one.label.kind != before.kind:
            break
        if not follows(before, one.label):
            break
        listed.append(one)
    if first is None or not listed:
        return
    starts = [mark.start() for mark in _ANY.finditer(lead.text) if mark.start() >= marks[0].start()]
    begun = []
    for start, end in itertools.pairwise([*starts, len(lead.text)]):
        label = label_of(lead.text[start:])
        words = lead.text[start + label.length if label else start : end].strip()
        begun.append(Node("item", words, lead.page, list(lead.lines), label, left=lead.left))
    lead.text = lead.text[: starts[0]].strip()
    del above.children[at : at + len(listed)]
    for one in (*begun, *listed):
        one.parent = lead
        one.id = path(lead, one.label) if one.label else one.id
        lead.children.append(one)


def _last_of(text: str, first: int) -> Label | None:
    """The label of the last item that the sentence itself holds."""
    marks = [mark for mark in _ANY.finditer(text) if mark.start() >= first]
    labels = [label for mark in marks if (label := label_of(text[mark.start() :])) is not None]
    return labels[-1] if len(labels) == len(marks) and _is_run(labels) else None


def _divide(paragraph: Node) -> None:
    text = paragraph.text
    marks = _marks(paragraph)
    labels = [label for mark in marks if (label := _label(text[mark.start() :])) is not None]
    if len(marks) < 2 or len(labels) != len(marks) or not _is_run(labels) or not text[: marks[0].start()].strip():
        return
    stop = re.search(r"[.;]\s+(?=[A-Z])", text[marks[-1].end() :])
    end_of_last = marks[-1].end() + stop.start() + 1 if stop else len(text)
    ends = [*(mark.start() for mark in marks[1:]), end_of_last]
    for mark, label, end in zip(marks, labels, ends, strict=True):
        words = re.sub(
            r"[\s;,]+(?:and|or)?\s*$" if paragraph.kind != "item" else r"[\s;,]+(?:and)?\s*$",
            "",
            text[mark.end() : end],
        )
        node = Node("item", words, paragraph.page, list(paragraph.lines), label, label.text, paragraph.left)
        node.id = path(paragraph, label) if paragraph.kind == "item" else label.text
        node.parent = paragraph
        paragraph.children.append(node)
    rest = text[end_of_last:].strip()
    paragraph.text = text[: marks[0].start()].strip()
    if rest and paragraph.kind == "item":
        paragraph.text = f"{rest} {paragraph.text}"
    elif rest and paragraph.parent is not None:
        beside = paragraph.parent.children
        after = Node(
            "paragraph", rest, paragraph.page, list(paragraph.lines), left=paragraph.left, parent=paragraph.parent
        )
        beside.insert(beside.index(paragraph) + 1, after)


def _marks(node: Node) -> list[re.Match[str]]:
    """The marks of a list in a node's own lines.

    An item's are those that carry its name ("(B-1)"), else a run from the first letter behind a colon, or from any letter
    behind a question: a table's lists may count on from row to row.
    """
    found = [mark for mark in _MARK.finditer(node.text) if not _POINTS.search(node.text[: mark.start()])]
    if node.kind != "item":
        return found
    named = [mark for mark in found if "-" in mark.group()]
    opened = (mark for mark in _FIRST.finditer(node.text) if _OPENS.search(node.text[: mark.start()].rstrip()))
    put = (mark for mark in _ANY.finditer(node.text) if node.text[: mark.start()].rstrip().endswith("?"))
    first = next(opened, None) or next(put, None)
    if named or first is None:
        return named
    return [mark for mark in _ANY.finditer(node.text) if mark.start() >= first.start()]


def _label(text: str) -> Label | None:
    """The label in brackets that begins this text, whatever its family: "(3)", "(A2)", "(B-1)"."""
    inner = re.match(r"\(([^()]+)\)\s+", text)
    found = label_of(text) or (label_of(f"{inner[1]} {text[inner.end() :]}") if inner else None)
    return replace(found, length=inner.end()) if found is not None and inner is not None else found


def _is_run(labels: list[Label]) -> bool:
    return all(follows(one, other) for one, other in itertools.pairwise(labels))
