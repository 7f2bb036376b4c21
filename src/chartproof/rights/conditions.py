"""Sentences that break off at a word of condition and go on in a list: "... only for a member with", "... a day when:".

What they and the items below them say is asked for. Nothing is found by them, whatever words they hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.rights.grammar import finding_words
from chartproof.rights.lines import Sentence

#: The condition itself, or no more of it than whom it is of ("... if the child").
_BREAKS_OFF = re.compile(
    r"\b(?:(?:when|if|where|unless|who|whose|with)(?: (?:the|an?|your|this|that) (?:\w+ )?\w+| (?:you|he|she|it|they))?"
    r"|(?:must|needs? to|ha(?:s|ve) to|should) (?:have|be|show))\W*$",
    re.I,
)
#: What joins an item to the next one, cut off as a sentence of its own.
_JOINT = re.compile(r"(?:and|or)\W*$", re.I)
#: What joins an item to the next one, at its end.
_OR = re.compile(r"[,;]? or$", re.I)


def breaks_off(text: str) -> bool:
    """Whether a sentence ends at a word of condition, and denies nothing."""
    unended = not text.endswith((".", "?", "!", ";"))
    return unended and _BREAKS_OFF.search(text) is not None and not finding_words().has("neg", text)


def is_joined(items: Sequence[Sentence]) -> bool:
    """Whether a list's items say of themselves that one of them would do."""
    return any(_OR.search(item.text) for item in items[:-1])


def conditions(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Each sentence that breaks off before a list, and the items of that list, where no item goes on with what was found."""
    for order, lead in enumerate(sentences):
        items = list(_below(sentences, order)) if breaks_off(lead.text) and not lead.bullet else []
        if items and len({one.block for one in items}) == len(items):
            yield lead
            yield from items


def _below(sentences: Sequence[Sentence], order: int) -> Iterator[Sentence]:
    """The items right below a sentence; where numbers end and bare bullets begin, another list does."""
    numbered = None
    for one in sentences[order + 1 :]:
        if _JOINT.match(one.text):
            continue
        if not one.bullet or (numbered is not None and (one.item > 0) != numbered):
            return
        numbered = one.item > 0
        yield one
