"""The numbers in a letter's head by a small grammar: a piece of a line is a label of a few words, and a number.

Which word of a label names whose number it is, is data (numbers.yaml). A bare number belongs to the person named before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from chartproof.rights.person import NAME, organized
from chartproof.rights.words import table

#: What parts the pieces of a line: bars, runs of blanks, spaced dashes and strokes, commas, brackets, a stop.
_PARTS = re.compile(
    r"\s*[|·•]\s*|\s{2,}|\s+(?:/|--?|—|–)\s+|\s*[,;()\[\]]\s*|(?:(?<=[a-z]{3})|(?<=\d\d))\.\s+(?=[A-Z][a-z])"
)
_TOKEN = r"[A-Z0-9]+(?:[-/.][A-Za-z0-9]{1,12})*"
#: A number as payers write it: a prefix in capitals, groups that each hold a digit, perhaps one letter at the end.
_VALUE = re.compile(
    rf"(?<![\w.$-])(?P<value>(?:[A-Z]{{1,6}} (?=\S*\d))?{_TOKEN}(?:(?: [A-Z]{{2,3}}(?= \d{{3,4}}\b))?(?: (?=\S*\d){_TOKEN}))*(?: [A-Z])?)\W*(?:\sfor\b.*)?$"
)
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d")
_PHONE = re.compile(r"(?:1-)?\(?\d{3}\)?[-. /]\d{3}[-. ]\d{4}")
_AGE = re.compile(r"(?:age|aged) \d{1,3}|\d{1,3} years old|[MF]", re.I)
_ZIPPED = re.compile(r"[A-Z]{2} \d{5}(?:-\d{4})?")
_LABEL_WORDS = 6


def numbers_in(texts: Sequence[str]) -> Iterator[tuple[int, str, int, str]]:
    """(which text, field, rank, number) of each piece of these texts, lines or cells in order, that is a labelled number."""
    texts = _without_others(texts)
    pieces = [(at, piece) for at, text in enumerate(texts) for piece in pieces_of(text) if not _AGE.fullmatch(piece)]
    for (_at, before), (at, piece) in pairwise([(-1, ""), (-1, ""), *pieces][1:]):
        label, value = _parted(piece)
        if not label and value and _label_only(before):
            label = before
        zipped = not label and _ZIPPED.fullmatch(value)
        known = field_of(label, before=before) if value and not zipped else None
        if known:
            yield at, known[0], known[1], value


#: A list of labels, perhaps with as long a list of values behind it: "BIN / PCN / group 610999 / KXR / HN1".
_LISTED = re.compile(
    r"(?P<labels>[A-Za-z]+(?: [A-Za-z]+)?(?: / [A-Za-z]+(?: [A-Za-z]+)?)+)(?P<values>[\s:|]+\S+(?: / \S+)+)?\W*"
)


def _without_others(texts: Sequence[str]) -> list[str]:
    """The texts without lists of labels, and their values, one of which is somebody else's number."""
    kept, listed = [], False
    for text in texts:
        found = None if listed else _LISTED.fullmatch(text)
        others = found is not None and bool(set(_words(found["labels"])) & set(table("numbers")["not_ours"]))
        kept.append("" if listed or others else text)
        listed = others and found is not None and not found["values"]
    return kept


def pieces_of(text: str) -> list[str]:
    """The pieces of a printed line, in order, without the marks around them."""
    return [part.strip(" .:") for part in _PARTS.split(text) if part and part.strip(" .:")]


def _parted(piece: str) -> tuple[str, str]:
    """(label, number) of a piece; the number empty where it ends in none."""
    found = _VALUE.search(piece)
    if not found:
        return piece, ""
    words, value = piece[: found.start()].split(), found["value"].split()
    while len(value) > 1 and set(_words(value[0])) <= _known():  # a label in capitals
        words.append(value.pop(0))
    number = " ".join(value)
    digits = len(re.findall(r"\d", number))
    if (
        digits < (1 if re.match(r"[A-Z]{2,}-[A-Z]{2,}", number) else 2 if re.match(r"[A-Z]{3,}-", number) else 3)
        or len(number) < 4
        or _DAY.fullmatch(number)
        or _PHONE.search(number)
    ):
        return piece, ""
    return " ".join(words), number


@cache
def _nouns() -> dict[str, tuple[str, int]]:
    return {
        word: (field, rank)
        for field, rows in table("numbers")["nouns"].items()
        for rank, row in enumerate(rows)
        for word in row
    }


@cache
def _known() -> frozenset[str]:
    return frozenset(_nouns()) | frozenset(table("numbers")["counts"])


def is_label_word(word: str) -> bool:
    """Whether a word by itself may be a number's label or end one."""
    return set(_words(word)) <= _known()


def _words(label: str) -> list[str]:
    plain = re.sub(r"\bi\.\s?d\b\.?", "id", label.lower())
    plain = re.sub(r"\bprior (?=auth)|\bpre-(?=auth|cert)", "", re.sub(r"['’]s\b", "", plain))
    return re.findall(r"[a-z]+|#", plain)


def _label_only(piece: str) -> bool:
    """Whether a piece is a label whose number stands in the piece after it."""
    words = _words(piece)
    return 0 < len(words) <= 4 and words[-1] in _known() and not re.search(r"\d", piece)


def field_of(label: str, *, before: str = "") -> tuple[str, int] | None:
    """(field, rank) of a number's label; `before` is the piece of the line before it."""
    grammar = table("numbers")
    head, _, tail = label.rpartition(":")
    label = tail if tail.strip() else head
    every = _words(label)
    words = every[-_LABEL_WORDS:]
    counted = bool(set(words) & set(grammar["counts"]))
    if set(words) & set(grammar["not_ours"]) or re.search(grammar["not_ours_said"], label, re.I):
        return None
    nouns = [word for word in words if word in _nouns()]
    if len(every) > _LABEL_WORDS and not (words and words[-1] in _known()):
        return None
    if not nouns:
        return _bare(label, words, counted=counted, before=f"{before} {' '.join(every[:-_LABEL_WORDS])}")
    field, rank = _nouns()[nouns[-1]]
    if not counted and words[-1] != nouns[-1]:
        return None
    if set(words) & set(grammar["group_words"]) and nouns[-1] in grammar["group_owned"]:
        field, rank = "group_number", 1
    return field, rank + 2 * bool(set(words) & set(grammar["others"]))


def _bare(label: str, words: Sequence[str], *, counted: bool, before: str) -> tuple[str, int] | None:
    """The field of a number without a noun: "ID", "our number", or nothing at all after the member's name."""
    grammar = table("numbers")
    if counted:
        if re.search(grammar["of_member"], label, re.I):
            return "member_id", 1
        told = [_nouns()[word] for word in _words(before) if word in _nouns()]
        asked = bool(told) and told[-1][0] == "reference" and "id" not in words
        asked = asked or re.search(grammar["of_payer"], label, re.I) is not None
        return ("reference", 2) if asked else ("member_id", 1)
    named = re.search(rf"(?P<name>{NAME})$", before.strip())
    return ("member_id", 3) if not words and named and not organized(named["name"]) else None
