"""Drugs that a letter names twice: the brand and, in brackets beside it, the generic name."""

from __future__ import annotations

import re

from chartproof.rights.cells import head_of
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_STRENGTH = r"(?: \d[\d.,]* ?(?i:mg|mcg|g|ml|units?|%)(?:/(?:\d+ ?)?\w+)?)?"
_BRAND_FIRST = re.compile(
    r"(?P<brand>[A-Z]{4,}(?: [A-Z]{3,})?|[A-Z][\w-]+(?: [A-Z]{2,3})?)"
    + _STRENGTH
    + r" \((?P<generic>[A-Z]{6,}(?: [A-Z]{5,})?(?:-[A-Z]{4})?|[a-z][\w-]+(?: [\w-]+%?){0,4}(?:, \w+)?|[A-Z][a-z]+(?:abtagene|leucel)[\w ]*)\)"
)
_GENERIC_FIRST = re.compile(
    r"(?P<generic>[A-Za-z][a-z]{4,}(?: [a-z]{4,})?) \((?P<brand>[A-Z][A-Za-z]{3,})\b(?:, [A-Z]\d{4})?\)", re.I
)


def named_twice(text: str) -> list[re.Match[str]]:
    """Every drug of a text that is named by its brand and its generic name."""
    return [match for pattern in (_BRAND_FIRST, _GENERIC_FIRST) for match in pattern.finditer(text) if _drugs(match)]


#: A brand and one word in small letters beside it, whatever that word ends in.
_PLAIN_PAIR = re.compile(
    r"\b(?P<brand>[A-Z][a-z]{3,}(?: [A-Z]{2,3})?) \((?P<generic>[a-z]{6,}(?:[/-][a-z]{4,})*)(?:[,;][^()]*)?\)"
)


def unstemmed(letter: Letter) -> list[re.Match[str]]:
    """A brand with one word beside it that has no known stem: in the head, or where the brand is named again."""
    head = " ".join(line.text for line in head_of(letter))
    return [
        match for match in _PLAIN_PAIR.finditer(letter.flat)
        if not re.search(table("drugs")["plain_words"], match["generic"])
        and match["brand"].lower() not in table("drugs")["not_brands"]
        and re.search(table("drugs")["before_drug"], letter.flat[: match.start()], re.I)
        and (match.group() in head or letter.flat.count(match["brand"]) > 1)
    ]  # fmt: skip


def _drugs(match: re.Match[str]) -> bool:
    """A pair of drug names: a drug's code follows it, or the generic has a stem that drugs have or a biologic's ending."""
    generic = match.group("generic").lower()
    plain = match["brand"][:1].isupper() and generic == match["generic"]
    coded = plain and re.match(r",? (?:HCPCS )?(?:code )?[A-V]\d{4}\b", match.string[match.end() :])
    return (
        bool(coded or re.search(table("drugs")["stems"], generic))
        and match.group("brand").lower() not in table("drugs")["not_brands"]
    )
