"""A code that states a number or a numeral which the criteria leave out: a body mass index, a clotting factor, a type."""

from __future__ import annotations

import re

from chartproof.codes.book import ends, find
from chartproof.policy.draft.coded import Listed, PolicyText, pattern, supports
from chartproof.policy.draft.leaf import read_test

#: How a criterion sets a limit.
_LIMITS = ("lt", "le", "gt", "ge")


def other_index(one: Listed, policy: PolicyText) -> str:
    """A body mass index that no criterion allows: 38 to 38.9 where it has to be less than 38."""
    if one.system != "ICD-10-CM" or not supports(one, policy.refused):
        return ""
    bands = [band for code in ends(one.code) if (band := _band(code)) is not None]
    limits = _limits(policy)
    if len(bands) < 2 or not limits or any(_meets(limit, bands) for limit in limits):
        return ""
    where, op, value = limits[0]
    return f"{one.code} is a body mass index that {where} does not allow ({op} {value:g})"


def _band(code: str) -> tuple[float, float] | None:
    """The lowest and the highest index of a code."""
    known = find("ICD-10-CM", code)
    if known is None or not known.title.startswith("Body mass index"):
        return None
    found = [float(number) for number in re.findall(r"\d+(?:\.\d)?", known.title)]
    low = 0.0 if "or less" in known.title else found[0] if found else 0.0
    high = 999.0 if "greater" in known.title else found[-1] if found else 999.0
    return low, high


def _limits(policy: PolicyText) -> list[tuple[str, str, float]]:
    """The limits that criteria set to a body mass index, each with where it stands; none where one cannot be read."""
    found: list[tuple[str, str, float]] = []
    for where, text in policy.asks:
        if not pattern("body_mass").search(text) or not pattern("index_said").search(text):
            continue  # "the BMI, recorded within 30 days"
        clauses = [one for one in re.split(r";|\.\s|,\s(?:and|or)\s", text) if pattern("body_mass").search(one)]
        test = read_test(clauses[0])
        plain = len(pattern("index_said").findall(text)) == 1
        if not plain or test is None or not isinstance(test.value, int | float) or test.op not in _LIMITS:
            return []  # "40 or more, or at least 35 with a disease beside it": another way
        found.append((where, test.op, float(test.value)))
    return found


def _meets(limit: tuple[str, str, float], bands: list[tuple[float, float]]) -> bool:
    """True where some index of the codes is allowed."""
    _, op, value = limit
    low, high = min(band[0] for band in bands), max(band[1] for band in bands)
    return {"lt": low < value, "le": low <= value, "gt": high > value, "ge": high >= value}[op]


def other_numeral(one: Listed, policy: PolicyText) -> str:
    """The lack of factor IX where the criteria ask for that of factor VIII alone, and whatever else is told by its numeral."""
    known = find("ICD-10-CM", one.code) if one.system == "ICD-10-CM" and supports(one, policy.refused) else None
    own = pattern("numbered").search(known.title.lower()) if known is not None else None
    if known is None or own is None:
        return ""
    asked = [(where, match) for where, text in policy.asks for match in pattern("numbered").finditer(text.lower())]
    same = [(where, match) for where, match in asked if match["what"] == own["what"]]
    if not same or any(own["number"] in re.findall(r"\w+", match["numbers"]) for _, match in same):
        return ""
    where, match = same[0]
    return f"{one.code} is {known.title[0].lower()}{known.title[1:]}: {where} asks for {match.group()}"
