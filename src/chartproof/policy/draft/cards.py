"""Entries that are set as cards: a number and a class over a small table of fields, one of which is what is asked."""

from __future__ import annotations

from dataclasses import replace

from chartproof.policy.draft.labels import label_of, printed_label
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.tags import tag_kind
from chartproof.policy.draft.words import pattern


def with_cards(root: Node) -> None:
    """Makes an item of each card, with its class as the tag of its label; its other fields stay beside it."""
    line: list[Node] = []
    for child in root.children:
        line.append(child)
        if child.kind == "heading":
            line += child.children
            child.children = []
    above, cards = root, 0
    root.children = []
    for at, node in enumerate(line):
        after = line[at + 1] if at + 1 < len(line) else None
        card = _whole(node) or (_card(node, after) if after is not None and after.kind == "table" else None)
        if card is not None:
            cards += 1
            _put(card, above)
        elif node.kind == "heading":
            above, cards = node, 0
            _put(node, root)
        elif not (cards and node.kind == "table" and _is_fields(node)):
            _put(node, above)


def _whole(table: Node) -> Node | None:
    """The card of a table that has its number and its class as its first row."""
    if table.kind != "table" or len(table.children[0].cells) != 2:
        return None
    first = table.children[0]
    label = label_of(f"{first.cells[0]} X")
    if label is None or not printed_label(first.cells[0]):
        return None
    heads = Node("item", first.cells[1], first.page, first.lines, label, label.text, first.left)
    return _card(heads, table)


def _put(node: Node, above: Node) -> None:
    node.parent = above
    above.children.append(node)


def _is_fields(table: Node) -> bool:
    return any(pattern("grids", "says").search(row.cells[0]) for row in table.children if row.cells)


def _card(node: Node, table: Node) -> Node | None:
    """The item of one card, None where the node heads no card."""
    label = node.label
    if label is None or label.kind not in ("code", "nested"):
        return None
    words = node.text.removeprefix(label.text).strip() if node.kind == "heading" else f"{label.tag} {node.text}".strip()
    said = next((row for row in table.children if pattern("grids", "says").search(row.cells[0])), None)
    if said is None or len(words.split()) > 3 or not (tag_kind(words) or not words):
        return None
    card = Node(
        "item", " ".join(said.cells[1:]), said.page, said.lines, replace(label, tag=words), label.text, node.left
    )
    card.children = [
        Node("answers", row.text, row.page, row.lines, left=row.left, parent=card)
        for row in table.children
        if row is not said and not printed_label(row.cells[0])
    ]
    return card
