"""Where a label belongs among the open parts of an outline: what it follows, what stands further left, what announces it."""

from __future__ import annotations

from collections.abc import Sequence

from chartproof.policy.draft.labels import Label, after_lost_stroke, as_roman
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import Node, announces, contains, follows

#: What stands under another begins within so many points of it.
TOUCH = 4.0


def in_sequence(opened: Sequence[Node], label: Label) -> Node | None:
    """The open item that this label follows, innermost first."""
    for node in reversed(opened):
        if contains(node, label):
            return node
        last = next((child for child in reversed(node.children) if child.label is not None), None)
        for one in (last, node):
            if one is not None and one.label is not None and one.label.kind == label.kind and follows(one.label, label):
                return one
    return None


def next_in_place(opened: Sequence[Node], label: Label, line: Line) -> bool:
    """True where the label is the next of an open list and stands where that list's labels stand."""
    above = in_sequence(opened, label)
    if above is None or above.label is None or above.label.kind != label.kind:
        return False
    return not line.height or line.page != above.page or abs(above.left - line.left) < TOUCH


def known_place(opened: Sequence[Node], label: Label, line: Line) -> bool:
    """True where an open label of the same family stands as far to the left."""
    return any(
        node.label is not None and node.label.kind == label.kind and abs(node.left - line.left) < TOUCH
        for node in opened
    )


def mended(opened: Sequence[Node], line: Line, label: Label) -> Label:
    """A scanned Roman numeral that repeats or skips the one above it has lost a stroke; a lone one may be the letter I."""
    capital = Label("letter", "I", 9, label.length)
    counted = in_sequence(opened, capital) if label.text == "i" and line.text[0] in "Il|!" else None
    if counted is not None and counted.kind == "heading":
        return capital  # "I. Revisions" after "H. References"
    roman = label if label.kind in ("roman", "paren_roman") else as_roman(label)
    for node in reversed(opened) if roman else ():
        before = node.label
        if before is None or roman is None or before.kind != roman.kind or abs(node.left - line.left) >= TOUCH:
            continue
        if label.kind == roman.kind or before.text.isupper() == label.text.isupper():
            return after_lost_stroke(before, roman)
    return label


def parent_by_place(opened: Sequence[Node], line: Line, label: Label) -> Node:
    """The innermost open block that stands further left, or that announces a list; bullets beside bullets are sisters."""
    for node in reversed(opened):
        if node.kind in ("document", "heading"):
            return node
        if node.kind == "paragraph" and not announces(node.text):
            continue
        if node.label is not None and node.label.kind == label.kind:
            if line.left > node.left + TOUCH:
                return node
            if abs(line.left - node.left) <= TOUCH and label.rank != 1 and node.parent is not None:
                return node.parent
            continue
        if line.left >= node.left - TOUCH or not line.height or node.text.rstrip().endswith(":"):
            return node
    return opened[0]


def as_numeral(opened: Sequence[Node], label: Label) -> Label:
    """The label, as the Roman numeral that it is where it goes on with numerals, or begins a list with "i"."""
    roman = as_roman(label)
    if roman is None or in_sequence(opened, label) is not None:
        return label
    return roman if roman.rank == 1 or in_sequence(opened, roman) is not None else label
