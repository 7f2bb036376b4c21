"""A document that is typed in capitals throughout, as it would be written: its words are read like any other's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import label_of, scanned_label
from chartproof.policy.draft.lines import Line

#: So large a share of a document's letters is in capitals where it is typed so.
_MOST = 0.8
#: A word in capitals without a number: "CD20" and "C83.10" are names and codes in any type, and one letter is a label.
_WORD = re.compile(r"(?<![\w.-])(?:[A-Z][A-Z’'&/-]+|A(?=\s(?!AND\b|OR\b|TO\b|THRU\b)\w{2}))(?![\w-])(?!\.\d)")
#: Where a sentence begins.
_BEGINS = re.compile(r"(?:^|(?<=[.?!]\s))[a-z]")


def in_capitals(lines: Sequence[Line]) -> bool:
    """True where nearly every letter of the document is a capital."""
    letters = [letter for line in lines for letter in line.text if letter.isalpha()]
    return sum(1 for letter in letters if letter.isupper()) > _MOST * max(1, len(letters))


def written_out(lines: Sequence[Line]) -> list[Line]:
    """The lines in small letters, with their labels and what begins a sentence; what stands before the first label as names."""
    labels = [scanned_label(line.text) if line.scanned else label_of(line.text) for line in lines]
    first = next((at for at, label in enumerate(labels) if label is not None and label.rank == 1), 0)
    found: list[Line] = []
    for at, (line, label) in enumerate(zip(lines, labels, strict=True)):
        begins = not found or label is not None or re.search(r"[.:;?!]$", found[-1].text) is not None
        cut = label.length if label is not None else 0
        write = _as_name if at < first else _as_sentence if begins else _as_words
        text = line.text[:cut] + write(line.text[cut:])
        cells = tuple((left, write(cell)) for left, cell in line.cells) if len(line.cells) > 1 else ()
        found.append(replace(line, text=text, cells=cells or tuple((left, text) for left, _ in line.cells)))
    return found


def _as_words(text: str) -> str:
    small = _WORD.sub(lambda match: match.group().lower(), text)
    return re.sub(r"(?<=[.?!]\s)[a-z]", lambda match: match.group().upper(), small)


def _as_sentence(text: str) -> str:
    return _BEGINS.sub(lambda match: match.group().upper(), _as_words(text))


def _as_name(text: str) -> str:
    return _WORD.sub(lambda match: match.group().capitalize() if len(match.group()) > 3 else match.group(), text)
