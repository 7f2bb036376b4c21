"""What the short names over a table's columns stand for, by a sentence of the document: "R2 is the rule for basal insulin"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.told_tables import all_paragraphs, root_of

_WORD = r"(?:rule|column|col|case|path|group|arm)[. ]*"
#: The name of a column that tells nothing by itself: "CD", "R1", "Column B".
_BARE = re.compile(rf"(?:{_WORD})?(?:[A-Z]{{1,5}}-?\d{{0,2}}|(?<=\s)\d{{1,2}})", re.IGNORECASE)
#: What stands between a name and what it stands for.
_STANDS = r"(?:\s*[:=–—]\s|\s(?:is|are|means|covers|stands for|holds|(?=the (?:rule|column|path|case|group) ))\b)"


def legend(name: str, row: Node) -> str:
    """The words that say what a column's short name stands for, "" for a name that tells by itself or is explained nowhere."""
    if not _BARE.fullmatch(name) or name.islower():
        return ""
    found = (match for said in _said(row) if (match := _explains(name).search(said)) is not None)
    return next((match["says"].strip(" ,") for match in found), "")


def tells_legend(said: str, names: Sequence[str]) -> bool:
    """True for a sentence that only says what one of these columns' names stands for."""
    return any(_BARE.fullmatch(name) and _explains(name).match(said) for name in names)


def _explains(name: str) -> re.Pattern[str]:
    """A sentence or a part of one that begins with the name, as far as the next name that is explained."""
    bare = re.escape(re.sub(rf"(?i)^{_WORD}(?=\S)", "", name))
    begins = r"(?:^|(?<=\band )|(?<=\bwhile )|(?<=; ))"
    return re.compile(
        rf"{begins}(?P<says>(?:(?i:{_WORD}))?{bare}{_STANDS}.+?)(?=[,;]?\s+and\s+[A-Z]{{1,5}}-?\d{{0,2}}\s|;|$)"
    )


def _said(row: Node) -> list[str]:
    """The sentences of the document in which the table stands."""
    return [one for node in all_paragraphs(root_of(row)) for one in sentences(node.text)]
