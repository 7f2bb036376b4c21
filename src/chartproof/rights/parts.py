"""The parts of a letter that no known heading opens, told by what the sentences of a paragraph do.

A paragraph that only bids, allows or promises the reader something tells no reason, wherever it stands: where it speaks of
an appeal it belongs to the rights, else to what would help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from chartproof.rights.grammar import grammar
from chartproof.rights.words import table

if TYPE_CHECKING:
    from chartproof.rights.lines import Sentence

#: The part that tells what would help, or to whom to turn.
HELP = "help"
#: Parts in which a paragraph may turn to the reader without a heading.
_OPEN = ("", "reasons")
_APPEAL = re.compile(
    r"\b(?:appeal|grievance|reconsider|external|independent|hearing|dispute|peer|expedited|sue\b|suit\b|court)", re.I
)


def in_parts(blocks: list[list[Sentence]]) -> list[list[Sentence]]:
    """The blocks, those that are directed to the reader in the part on rights or on help."""
    return list(_before_rights([_placed(block) if _is_directed(block) else block for block in blocks]))


def _before_rights(blocks: list[list[Sentence]]) -> Iterator[list[Sentence]]:
    """The blocks; what follows the rights under the heading of the reasons that came before them is none of those."""
    heading, spent = "", set[str]()
    for block in blocks:
        section = block[0].section if block else ""
        if section == "rights" and heading and any(_APPEAL.search(one.text) for one in block):
            spent.add(heading)
        if section == "reasons" and block[0].heading in spent:
            block = [replace(one, section=HELP) for one in block]
        elif section == "reasons":
            heading = block[0].heading
        yield block


def _placed(block: list[Sentence]) -> list[Sentence]:
    part = "rights" if any(_APPEAL.search(one.text) for one in block) else HELP
    return [replace(one, section=part) for one in block]


def _is_directed(block: list[Sentence]) -> bool:
    """Whether a paragraph bids or allows something, and every other sentence of it goes with that."""
    told = [one.text for one in block if len(one.text.split()) > 3]
    if not told or block[0].section not in _OPEN:
        return False
    directed = [text for text in told if _fits("direct", text)]
    return bool(directed) and all(text in directed or _fits("beside", text) for text in told)


def _fits(forms: str, text: str) -> bool:
    return any(grammar("parts").fits(form, text) for form in table("parts")[forms])
