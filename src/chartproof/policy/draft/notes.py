"""Notes that small letters of a table's cells lead to: "Below 0.6 BU (a)", and "(a) A value above this is accepted where ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.told_tables import root_of
from chartproof.policy.draft.words import pattern

#: The letters behind what a cell says.
_LETTERS = re.compile(r"(?:\s*\((?P<letter>[a-h])\))+\s*$")
_ONE = re.compile(r"\(([a-h])\)")


def letters_of(cell: str) -> tuple[str, list[str]]:
    """What a cell says, and the letters behind it that lead to notes."""
    match = _LETTERS.search(cell)
    return (cell[: match.start()], _ONE.findall(match.group())) if match is not None else (cell, [])


def noted(one: Criterion, row: Node, letters: Sequence[str]) -> Criterion:
    """A cell's criterion with what its notes say: an exception from it, or what is asked besides of some members."""
    told = [note for letter in letters for note in _notes(row, letter)]
    for note in told:
        eases = pattern("grids", "note_eases").search(note.text)
        of_some = pattern("grids", "note_of_some").match(note.text)
        if of_some is not None:
            besides = single(f"{one.id}/{_letter(note)}", note, of_some["asked"], one.kind, is_made=True)
            besides = replace(besides, when=_lowered(of_some["who"]), text=note.text, find=first_words(note.text))
            own = replace(one, id=f"{one.id}/0", made_id=True)
            one = replace(one, join="all", leaf=None, unless="", children=(own, besides))
        elif eases is not None:
            one = replace(one, unless=one.unless or eases["guard"].strip(" ."))
    return one


def is_note(node: Node) -> bool:
    """True for an entry of a part that is named for a table's notes."""
    heading = node.parent
    return (
        heading is not None and heading.kind == "heading" and pattern("grids", "notes").match(heading.text) is not None
    )


def _notes(row: Node, letter: str) -> Iterator[Node]:
    """The notes of this letter that belong to the table of the row: those of the nearest part of notes below it."""
    table = row.parent
    seen = False
    for node in _in_order(root_of(row)):
        seen = seen or node is table
        if seen and is_note(node) and node.kind == "item" and _letter(node) == letter:
            yield node
            return


def _in_order(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _in_order(child)


def _letter(node: Node) -> str:
    return node.label.text.strip("().") if node.label is not None else ""


def _lowered(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"
