"""Sentences of other parts that tell how a labelled part's table is read: "every row of Table B must hold", "class X refuses"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import PARTS, heading_label
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import section_of, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.words import pattern

#: One row that is true is enough to refuse.
_REFUSES_ONE = re.compile(
    r"\b(?:one|any|each|every|single)\b[^.;]*\b(?:stops?|bars?|refuse[sd]?|den(?:y|ies)|denials?)\b", re.IGNORECASE
)
#: Parts whose sentences only report on the others.
_REPORTS = ("history", "references", "background", "codes")


def said_of(part: Node | None, tables: Sequence[Node] = ()) -> list[Node]:
    """The sentences of other parts that name this one, or the classes of its table's entries, and say how its rows join."""
    if part is None:
        return []
    names = _names(part)
    return [
        replace(node, text=said, children=[])
        for node in _paragraphs(root_of(part), part)
        for said in parted_sentences(node.text)
        if (_names_one(said, names) and _tells(said)) or any(names_classes(said, table) for table in tables)
    ]


def named_by(part: Node) -> list[str]:
    """The sentences of other parts that name this one and say when or how it is read."""
    names = _names(part)
    return [
        said
        for node in _paragraphs(root_of(part), part)
        for said in parted_sentences(node.text)
        if _names_one(said, names) and (_tells(said) or pattern("grids", "part_read").search(said))
    ]


def case_of(part: Node) -> str:
    """The case in which a part's rows are asked: "a second graft" of "A second graft needs every row of Part B"."""
    for said in named_by(part):
        match = pattern("grids", "part_of_case").search(said)
        if match is not None and any(match["part"].lower() == name.lower() for name in _names(part)):
            return match["case"]
    return ""


def without_told(node: Node) -> Node:
    """The paragraph without its sentences that tell how the tables of other parts are read: they stand with those."""
    if node.kind != "paragraph":
        return node
    others = [part for part in _headings(root_of(node)) if not _holds(part, node)]
    parts = [(part, tables) for part in others if (tables := [one for one in part.children if one.kind == "table"])]
    if node.children:  # a legend that stands as a list of classes
        legend = (
            any(names_classes(one.text, table) for _, tables in parts for table in tables) for one in node.children
        )
        return replace(node, text="", children=[]) if all(legend) else node
    names = [name for part, _ in parts for name in _names(part)]
    kept = [
        said
        for said in parted_sentences(node.text)
        if not (_names_one(said, names) and _tells(said))
        and not any(names_classes(said, table) for _, tables in parts for table in tables)
    ]
    return replace(node, text=" ".join(kept))


def names_classes(said: str, table: Node) -> bool:
    """True for a sentence that speaks of a class of the table's entries: "no line of class X is true"."""
    named = {one["class"] for name in ("of_class", "class_entries") for one in pattern("grids", name).finditer(said)}
    at = next((n for n, cell in enumerate(table.children[0].cells) if pattern("columns", "type").search(cell)), -1)
    return at >= 0 and any(row.cells[at] in named for row in table.children if at < len(row.cells))


def _tells(said: str) -> bool:
    return sentence_of(said) not in _REPORTS and (
        announcement(said) is not None
        or _REFUSES_ONE.search(said) is not None
        or any(pattern("grids", name).search(said) for name in ("rows_of", "row_fits", "rows_join", "in_column"))
    )


def _names(part: Node) -> list[str]:
    """The names by which sentences speak of a part: "Table B" of "Table B. Renewal" and of "3. Table B: renewal"."""
    label = part.label
    if label is None:
        return []
    inner = heading_label(part.text[label.length :].strip()) if label.kind != "word" else label
    return [inner.text] if inner is not None and (PARTS.match(inner.text) or inner.kind == "word") else []


def parted_sentences(text: str) -> list[str]:
    """The sentences; a part's letter before a stop ends one: "every line of Table B. After that ..."."""
    return [one for said in sentences(text) for one in re.split(r"(?<=\b[A-Z]\.)\s+(?=[A-Z](?:[a-z]|\s[a-z]))", said)]


def _names_one(said: str, names: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b(?![.]\d)", said, re.IGNORECASE) for name in names)


def _paragraphs(root: Node, part: Node) -> Iterator[Node]:
    for one in (root, *_headings(root)):
        if one is part or (one is not root and section_of(one.text) in _REPORTS):
            continue
        yield from _texts(one)


def all_paragraphs(root: Node) -> Iterator[Node]:
    """The paragraphs and entries of a document, but for those of parts that only report."""
    for one in (root, *_headings(root)):
        if one is root or section_of(one.text) not in _REPORTS:
            yield from _texts(one)


def _texts(node: Node) -> Iterator[Node]:
    """Paragraphs and the entries of their lists: a legend may stand as a list, with a class in each entry."""
    for child in node.children:
        if child.kind in ("paragraph", "item"):
            yield child
            yield from _texts(child)


def _headings(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.kind == "heading":
            yield child
            yield from _headings(child)


def _holds(part: Node, node: Node) -> bool:
    return any(child.lines and node.lines and child.lines[0] is node.lines[0] for child in part.children)


def root_of(node: Node) -> Node:
    """The document in which a node stands."""
    while node.parent is not None:
        node = node.parent
    return node
