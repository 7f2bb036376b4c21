"""An item that says what it asks in several sentences: each that asks is a test of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_lowercase

from chartproof.policy.draft.criterion import Criterion, first_words, renamed
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.parts import after_title
from chartproof.policy.draft.sections import is_silent, may_ask, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.units import opens_list
from chartproof.policy.draft.words import pattern

_ASKS = ("test", "necessity", "")


def told(name: str, node: Node, text: str, kind: str) -> Criterion | None:
    """The criterion of several sentences, None where no more than one of them asks for something."""
    if kind == "exclusion" and pattern("guards", "named_exception").search(text):
        return None  # what it excepts is no further refusal
    first, *rest = sentences(after_title(text)) or [""]
    if kind == "definition" or not rest:
        return None
    opens = opens_list(first) or (announcement(first) is not None and sentence_of(first) == kind)
    if opens and kind in ("documentation", "exclusion"):
        return _listed(name, node, text, kind, [one for one in rest if not is_silent(one)])
    pieces = _pieces([first, *rest], guarded(text).unless) if kind != "documentation" else []
    if len(pieces) < 2:
        return None
    parts = [single(f"{name}/s{at}", node, piece, kind, is_made=True) for at, piece in enumerate(pieces, 1)]
    return _joined(name, node, text, kind, parts)


def _pieces(said: Sequence[str], unless: str) -> list[str]:
    """The sentences that ask, each with what follows and only eases or explains it."""
    pieces: list[str] = []
    begun = False  # "Yes, one after the other." asks nothing: it goes with what follows
    for one in said:
        asks = sentence_of(one) in _ASKS and may_ask(one) and not pattern("seams", "eases").search(one)
        if not pieces or (asks and begun and not (unless and unless in one)):
            pieces.append(one)
        else:
            pieces[-1] = f"{pieces[-1]} {one}"
        begun = begun or may_ask(one)
    return pieces


def _listed(name: str, node: Node, text: str, kind: str, rest: Sequence[str]) -> Criterion | None:
    """A sentence that announces a list, and the sentences that are its entries."""
    if len(rest) < 2:
        return None
    parts = [single(f"{name}/{at}", node, one, kind, is_made=True) for at, one in enumerate(rest, 1)]
    return _whole(name, node, text, kind, parts)


def _joined(name: str, node: Node, text: str, kind: str, parts: Sequence[Criterion]) -> Criterion:
    """The sentences together; what one of them only lists stands beside the others."""
    join = "any" if kind == "exclusion" else "all"
    flat = [
        child
        for part in parts
        for child in (part.children if part.join == join and not (part.when or part.unless) else (part,))
    ]
    return _whole(name, node, text, kind, flat)


def _whole(name: str, node: Node, text: str, kind: str, parts: Sequence[Criterion]) -> Criterion:
    join = "any" if kind == "exclusion" else "all"
    children = tuple(renamed(one, one.id, f"{name}/{ascii_lowercase[n % 26]}") for n, one in enumerate(parts))
    whole = Criterion(name, kind, text, node.page, first_words(text), join, children=children)
    return replace(whole, made_id=not node.id)
