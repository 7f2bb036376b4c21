"""What the words of a label say that its value is (labels.yaml): the member's number, the service, the letter's date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from chartproof.model import Span
from chartproof.rights.words import table


@dataclass(frozen=True, slots=True)
class Pair:
    """`field` as labels.yaml names it; `rank` from 0, lower is more telling; `value` without what follows in its line."""

    field: str
    rank: int
    value: str
    span: Span
    order: int


@cache
def _labels() -> tuple[tuple[str, int, re.Pattern[str]], ...]:
    return tuple(
        (field, rank, re.compile(rf"(?:{says})", re.I))
        for field, says_all in table("labels")["labels"].items()
        for rank, says in enumerate(says_all)
    )


@lru_cache(maxsize=1 << 12)
def label_of(words: str) -> tuple[str, int] | None:
    """(field, rank) of a whole label, or None."""
    plain = _plain(words)
    if not plain or len(plain) > 48:
        return None
    number = " #" if words.rstrip(" :").endswith("#") else ""
    for field, rank, pattern in _labels():
        if pattern.fullmatch(plain) or (number and pattern.fullmatch(plain + number)):
            return field, rank
    either = [label_of(part) for part in plain.split("/")] if plain.count("/") == 1 else []
    fields = {one[0] for one in either if one} if all(either) else set()
    return min(one for one in either if one) if len(fields) == 1 else None


def _plain(words: str) -> str:
    """A label without case, marks and an owner; "I.D." and what OCR makes of "ID" as "id"."""
    plain = re.sub(r"\s+", " ", re.sub(r"\([^()]*\)\s*$", "", words)).strip(" .:#|?*_-").lower()
    plain = re.sub(r"^(?:your|the) |['’]s\b", "", plain)
    return re.sub(r"(?<= )(?:i\.[l1]?d\b\.?|[1il|!/\\({]{1,2}d$)", "id", plain)


def qualified(words: str) -> tuple[str, int] | None:
    """The field of a label, perhaps with one or two words before it ("Harbor case number") that do not change it."""
    known = label_of(words)
    terms = [] if known else words.split()
    for lead in (1, 2):
        found = label_of(" ".join(terms[lead:])) if len(terms) > lead else None
        if found and found[0] in table("labels")["shapes"]:
            blocked = re.search(table("labels")["other_number"], " ".join(terms[:lead]), re.I)
            numbered = found[0] == "reference" or re.search(r"\b(?:id|number|no|group)\b|#", words, re.I)
            return None if blocked or not numbered else (found[0], found[1] + (found[0] != "reference"))
    return known


def segments(text: str) -> list[tuple[str, tuple[str, int]]]:
    """A line that consists of labels alone, cut into them; empty for every other line."""
    words, found, at = text.replace("|", " ").split(), [], 0
    while at < len(words):
        for size in range(min(5, len(words) - at), 0, -1):
            known = label_of(" ".join(words[at : at + size]))
            if known and words[at][:1].isupper():
                found.append((" ".join(words[at : at + size]), known))
                at += size
                break
        else:
            return []
    return found
