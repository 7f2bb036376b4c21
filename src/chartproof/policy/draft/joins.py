"""How the items of a list join, by the sentence that announces it or by the words between its items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chartproof.policy.draft.words import number, pattern

#: "every one of these", "not more than one of these".
_EVERY = re.compile(r"(?i)\b(?:every|each|more than|at most|fewer than|less than)\s+$")
#: "..., unless all of these classes are contraindicated:" says nothing of how the list joins.
_EXCEPTS = re.compile(r"(?i)\b(?:unless|except)\b[^.;:]*$")


@dataclass(frozen=True, slots=True)
class Announcement:
    """The words of a lead that announce a list: join is all, any, none or at_least(n); [start, end) in the lead."""

    join: str
    start: int
    end: int


def announcement(lead: str) -> Announcement | None:
    """The last phrase of the lead that says how its items join, or None where it does not say."""
    lead = pattern("joins", "ticks").sub(lambda match: " " * len(match.group()), lead)
    found: list[Announcement] = []
    for match in pattern("joins", "at_least").finditer(lead):
        word = next((value for value in match.groupdict().values() if value), "")
        if pattern("joins", "measure").match(lead[match.start() :]):
            continue  # "at least 3 consecutive months" counts no items
        found.append(Announcement(f"at_least({number(word)})", match.start(), match.end()))
    found += [Announcement("any", match.start(), match.end()) for match in pattern("joins", "tick_one").finditer(lead)]
    for join in ("none", "any", "all"):
        for match in pattern("joins", join).finditer(lead):
            if join == "any" and _EVERY.search(lead[: match.start()]):
                continue
            if not any(other.start <= match.start() < other.end for other in found):
                found.append(Announcement(join, match.start(), match.end()))
    near = [one for one in found if _names_the_list(lead, one)]
    plain = [one for one in near if not _EXCEPTS.search(lead[: one.start])]
    near = plain or near
    return max(near, key=lambda one: one.start, default=None)


def _names_the_list(lead: str, one: Announcement) -> bool:
    """True where the phrase points at what follows ("of these", "the following", "A1 through A5") or ends the lead."""
    if re.search(
        r"(?i)\b(?:following|these|those|below|follows?|listed|numbered|through)\b|[A-Z]?\d\s+(?:to|through)\s+(?:[A-Z]+-)?[A-Z]?\d|\b[A-Z]{1,5}-[\d.]+\s+(?:to|through|,|and|or)\s",
        lead[one.start : one.end + 45],
    ):
        return True
    told = pattern("joins", "entry").search(lead[one.start : one.end + 30])
    return told is not None or bool(pattern("joins", "announces").search(lead[one.start :]))


def by_separators(texts: Sequence[str]) -> str:
    """The join that stands at the items' own ends: 'any' where they end in "or", else 'all'."""
    ends = [text.rstrip(" ;,.").lower() for text in texts[:-1]]
    if any(re.search(r"\bor$", end) for end in ends):
        return "any"
    return "all"


def ways_between(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """The runs of items that "or" parts, where "and" parts others of the same list: "or" binds its neighbours alone."""
    ends = [re.search(r"(?i)\b(and|or)$", text.rstrip(" ;,.")) for text in texts[:-1]]
    words = [end[1].lower() if end is not None else "" for end in ends]
    if not {"and", "or"} <= set(words):
        return []
    groups: list[list[int]] = [[0]]
    for at, word in enumerate(words, 1):
        if word == "or":
            groups[-1].append(at)
        else:
            groups.append([at])
    return [tuple(group) for group in groups if len(group) > 1]


def titled_join(title: str) -> str:
    """How the entries below a part's name join where it says so in brackets, "" for another line: "Refusals (any one bullet)"."""
    named = pattern("joins", "titled").match(title.strip())
    said = announcement(f"{named['said']}:") if named is not None else None
    return said.join if said is not None else ""
