"""A cell or a note as its parts: what semicolons set apart, and what the words before a colon say of them."""

from __future__ import annotations

import re
from dataclasses import replace
from string import ascii_lowercase

from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.naming import NOT_A_NAME, commas
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern

_LEAD = re.compile(r"(?P<lead>[^:;()]{3,90}):\s+(?P<rest>\S.*)$", re.DOTALL)
_JOINT = re.compile(r"^(?:and|or|but|plus)\b[,:]?\s+", re.IGNORECASE)
#: The label of a part within a cell: "(a)", "2)", and what a scan makes of "(c)".
_MARK = re.compile(r"^(?:\((?:[a-z]|\d{1,2}|[ivx]{1,4}|[^\w\s]|[a-z][^\w\s)])\)|\d{1,2}\)|[•▪●◦])\s*")
_OR = re.compile(r"^or\b", re.IGNORECASE)
_APART = re.compile(r";\s+(?![^()]*\))")
_OR_ELSE = re.compile(r",\s+or\s+(?!until\b)(?![^()]*\))")
#: An "or" that belongs to a limit ("7 cm or more") parts nothing.
_COMMA = re.compile(
    r",\s+(?:(?:and|or)\s+)?(?![^()]*\))"
    r"|\s+or\s+(?!(?:more|less|fewer|older|younger|higher|lower|greater|above|below|better|worse|longer|later|farther|further|heavier)\b)"
)


def series(name: str, node: Node, text: str, kind: str) -> Criterion | None:
    """The criterion of a text whose parts stand apart by semicolons, or that a lead counts; None for any other."""
    match = _LEAD.match(text)
    lead, rest = (match["lead"], match["rest"]) if match else ("", text)
    said = announcement(f"{lead}:") if lead and pattern("grids", "counts").search(lead) else None
    if lead and said is None and not _APART.search(rest):
        lead, rest = "", text
    pieces = _APART.split(rest)
    if len(pieces) < 2 and said is None:
        pieces = _ways(rest)
    if len(pieces) < 2 and said is not None:
        pieces = _COMMA.split(rest)
    pieces = [piece.strip(" ;") for piece in pieces if piece.strip(" ;.")]
    if len(pieces) < 2:
        return None
    marked = all(_MARK.match(piece) for piece in pieces[::2])
    names = [_printed(piece) if marked else "" for piece in pieces]
    pieces = [_MARK.sub("", piece) for piece in pieces] if marked else pieces
    either = any(_OR.match(piece) for piece in pieces[1:]) or _eases(pieces)
    absent = bool(said and said.join == "none")
    kind = "exclusion" if absent and kind == "necessity" else kind
    join = "none" if absent else "any" if kind == "exclusion" else said.join if said else "any" if either else "all"
    children = tuple(
        single(f"{name}/{ascii_lowercase[(at - 1) % 26]}", node, _JOINT.sub("", piece), kind, is_made=True)
        for at, piece in enumerate(pieces, 1)
    )
    children = tuple(
        replace(child, text=piece, find=first_words(_JOINT.sub("", piece)), id=f"{name}{own}" if own else child.id,
                made_id=not own)
        for child, piece, own in zip(children, pieces, names, strict=True)
    )  # fmt: skip
    return replace(
        grouped(name, node, text, kind, join=join, children=children), when=guarded(lead).when if lead else ""
    )


def _printed(piece: str) -> str:
    """The bracketed letter or number that is printed before a part, "" for any other mark."""
    mark = re.match(r"\((?:[a-z]|\d{1,2}|[ivx]{1,4})\)", piece)
    return mark.group() if mark else ""


def _ways(text: str) -> list[str]:
    """ "A, B, or C" and "A, or B" as what each says; the text alone where its commas part something else."""
    *before, last = _OR_ELSE.split(text)
    if not before:
        return [text]
    listed = [piece for part in before for piece in commas(part)]
    if ": " in listed[0]:
        return [text]  # what stands before the colon is said of all: it is no part of the first
    if (
        any(NOT_A_NAME.match(piece) or _JOINT.match(piece) for piece in (*listed[1:], last))
        or " and " in f" {listed[-1]} "
    ):
        listed = before
    if any(len(piece.split()) < 2 for piece in listed[:1]) or any(NOT_A_NAME.match(piece) and not re.match(r"(?i)(?:of|below|if)\b", piece) for piece in (*listed[1:], last)):  # fmt: skip
        return [text]
    return [*listed, f"or {last}"]


def _eases(pieces: list[str]) -> bool:
    """True where the last part accepts what the parts before it do not."""
    return len(pieces) == 2 and pattern("seams", "eases").search(pieces[-1]) is not None
