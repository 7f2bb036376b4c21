"""What stands beside the patient's name in a page's head or foot: the birth date and record number of whoever it names.

Two people of one name are told apart by these alone, and records print them without a label: "FERRONE, NADIA T
11/09/1948 PRM 302-66-19". A day of service or collection beside the name is no birth date: a word says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from rapidfuzz.distance import Levenshtein

from chartproof.chart.dates import find_dates
from chartproof.chart.vocabulary import load

#: A person under review was born in these years; a later day beside a name may as well be a visit's.
BORN_FROM, BORN_BEFORE = 1905, 2010
TOKEN = re.compile(r"[A-Za-z]+|\d[\d-]*")
SEX = re.compile(r"\b(?:[MF]|male|female)\b")
#: Digits by which two numbers of one form may differ through a slip of the pen, and through a bad scan.
SLIP, MISREAD = 1, 3


@cache
def _labels() -> frozenset[str]:
    return frozenset(load("documents.yaml")["beside_a_name"])


def births_beside(edges: str, surname: str, others: bool) -> list[date]:
    """Days long past directly beside the surname, or at the head of the line below it.

    `others`: the page prints a later day too; without one, and without a sex between, the day may be an old paper's.
    """
    found = []
    for rest in _after(edges, surname):
        for start, _end, day in find_dates(rest):
            sure = others or SEX.search(rest[:start])
            if sure and _only_labels(rest[:start]) and day.exact and BORN_FROM <= day.first.year < BORN_BEFORE:
                found.append(day.first)
            break
    return found


def number_of_another(edges: str, surname: str, ours: str, *, scanned: bool) -> bool:
    """Whether beside the surname stands a number written as ours is, with dashes or a letter, that is another's."""
    shape = _shape(ours)
    if not re.search(r"\D", ours):
        return False
    for rest in _after(edges, surname):
        head = rest.split("\n")[0]
        for match in re.finditer(r"(?<![\w-])[A-Z]{0,3}-?\d[\d -]*\d(?![\w/])", head):
            if _shape(match[0]) == shape and _only_labels(head[: match.start()]):
                return Levenshtein.distance(match[0], ours) > (MISREAD if scanned else SLIP)
    return False


def _shape(number: str) -> str:
    return re.sub(r"\d", "#", number)


def _after(edges: str, surname: str) -> Iterator[str]:
    """What follows the surname on its line, the given name behind a comma left out, with the line below."""
    name = r"[\s-]+".join(map(re.escape, surname.split()))
    for match in re.finditer(rf"(?<![\w-])(?:{name})(?:-[A-Z]\w+)?(,\s*[A-Z][\w'\-]*)?", edges, re.IGNORECASE):
        yield "\n".join(edges[match.end() :].split("\n")[:2])


#: A number of which the last figures are shown: "xxx-xx-4419".
MASKED = re.compile(r"(?<!\w)[xX*#]{2,}(?:-[xX*#]{2,})?-?\d{2,4}\b")


def _only_labels(gap: str) -> bool:
    """Whether nothing stands between but initials, a sex, an age, numbers, masked ones too, and their labels."""
    return len(gap) <= 60 and all(
        len(word) == 1 or word[0].isdigit() or word.lower() in _labels() for word in TOKEN.findall(MASKED.sub(" ", gap))
    )
