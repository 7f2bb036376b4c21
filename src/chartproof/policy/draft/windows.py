"""How long ago something may have been: the window that a criterion prints."""

from __future__ import annotations

import math
import re

from chartproof.policy.draft.words import measured, value_of

_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}


def window_of(text: str) -> tuple[int | None, str, str]:
    """(days, the printed words, the text without them); (None, "", text) where the text has no window.

    A month counts as 30 days, a year as 365, and so do twelve months.
    """
    if measured("window", "apart").search(text):
        return None, "", text
    match = measured("window", "none_for").search(text)
    if match is not None:  # "has used no tobacco for 6 weeks": none in the last six weeks
        cut = match.start("for")
        return (
            _days(value_of(match["n"]), match["unit"]),
            f"{match['n']} {match['unit']}",
            f"{text[:cut]} {text[match.end() :]}",
        )
    match = measured("window", "within").search(text)
    if match is None:
        match = measured("window", "ago").search(text)
        if match is None or (
            "old" in match.group() and measured("window", "age").search(text[match.start() : match.end() + 12])
        ):
            return None, "", text
    named = {name: value for name, value in match.groupdict().items() if value}
    n = named.get("n") or named.get("n2") or "one"
    unit = named.get("unit") or named.get("unit2") or named["unit3"]
    if _is_no_window(match, text):
        return None, "", text
    return _days(value_of(n), unit), f"{n} {unit}", f"{text[: match.start()]} {text[match.end() :]}"


def _days(n: float, unit: str) -> int:
    """So many of a unit in days: 12 months are a year, and 24 are two."""
    unit = unit.lower().rstrip("s")
    if unit == "month" and n >= 12 and n % 12 == 0:
        n, unit = n / 12, "year"
    return math.ceil(n * _DAYS[unit])


def _is_no_window(match: re.Match[str], text: str) -> bool:
    """ "In 3 months" and "under 2 years" ask for something else, unless a paper is that old."""
    first = re.match(r"(?i)in\b|during\b|over\b|less|under|from", match.group())
    if first is None or measured("window", "recent").search(match.group()):
        return False
    of_paper = re.match(r"\s*old\b", text[match.end() :]) and not measured("window", "of_person").search(text)
    paper = of_paper and measured("window", "of_paper").search(
        text
    )  # a device that is less than 5 years old is no record
    return not (paper and first.group().lower() in ("less", "under"))
