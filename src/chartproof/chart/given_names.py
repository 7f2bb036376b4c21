"""Relatives in one chart: a page of the patient's surname with a given name that cannot be the patient's.

A husband's blood count or a twin's lung function stands in the chart under the same surname, a twin's under the same
birth date. A given name printed whole that is neither the patient's, nor near it as a bad scan gives it, nor a short
form of it is another person's.
"""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz.distance import Levenshtein

from chartproof.chart.vocabulary import load

#: A given name is known from this many letters on; a shorter one may be initials.
WHOLE = 3
#: Figures that a bad scan gives for letters.
READ_AS = str.maketrans("015", "ols")


def name_words(name: str) -> list[str]:
    """The words of a name in small letters, apostrophes left out."""
    return re.findall(r"[a-z]+", name.lower().replace("'", ""))


@cache
def _rows_of(name: str) -> frozenset[int]:
    return frozenset(at for at, row in enumerate(load("given_names.yaml")["same"]) if name in row)


def may_be_same(one: str, other: str) -> bool:
    """Whether two given names may be one person's: equal, one the other's beginning, a slip apart, or a short form."""
    if one.startswith(other) or other.startswith(one) or _rows_of(one) & _rows_of(other):
        return True
    return Levenshtein.distance(one, other) <= max(1, min(len(one), len(other)) // 4)


def another_given(printed: str, patient: str) -> bool:
    """Whether a printed name has a part of the patient's surname and, beside it, only given names that are not the patient's."""
    wanted = [word for word in name_words(patient) if len(word) > 1]
    given, surnames = wanted[:1], wanted[1:]
    have = name_words(printed.translate(READ_AS))
    apart = [word for word in have if not any(_alike(word, part) for part in surnames)]
    if not given or not surnames or len(apart) == len(have):
        return False
    whole = [word for word in apart if len(word) >= WHOLE and word not in load("documents.yaml")["beside_a_name"]]
    initials = [word for word in apart if len(word) == 1]
    if given[0][0] in initials:  # "FERRONE, MARIA N": the name by which she is called may stand second
        return False
    return bool(whole) and not any(may_be_same(word, given[0]) for word in whole)


def _alike(word: str, part: str) -> bool:
    return Levenshtein.distance(word, part) <= (1 if len(part) >= 7 else 0)


def another_initial(printed: str, patient: str) -> bool:
    """Whether a printed name has the middle initial of another: "ROE, ADA M" beside Ada K. Roe."""
    given, *middle = [word for word in name_words(patient) if word][:-1] or [""]
    ours = {word[0] for word in middle}
    theirs = {word for word in name_words(printed) if len(word) == 1}
    return bool(ours and theirs and given) and not theirs & (ours | {given[0]})
