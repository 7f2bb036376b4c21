"""How long a treatment was used, beside how long a rule asks that it be used: "a trial of three months", "for five weeks"."""

from __future__ import annotations

import re

from chartproof.rights.grammar import finding_words
from chartproof.rights.periods import Period, periods_in

_DAYS = {"day": 1.0, "month": 30.4, "hour": 1 / 24, "business_day": 1.4}
#: What makes a length of time the age of something, or how often it is done, and not how long it was done.
_RECENT = re.compile(r"\b(?:within|in|past|last|previous|every|each|per|next|first)(?: (?:the|a|an))?(?: \w+)? $", re.I)
#: What stands before or after the length of a use.
_LASTED = re.compile(r"\b(?:for|after|only|just|lasted|covers?|shows?|of) $", re.I)
_AGO = re.compile(r"\s*(?:ago|old|earlier|later|before|apart)\b", re.I)


def falls_short(asked: str, fact: str) -> bool:
    """Whether every length of use that a fact tells is shorter than each that a rule on a treatment asks for."""
    if not finding_words().has("course", asked):
        return False
    wanted = [_days(one) for one in periods_in(asked) if not _is_time(asked, one)]
    had = [_days(one) for one in periods_in(fact) if not _is_time(fact, one) and _LASTED.search(fact[: one.start])]
    return bool(wanted and had) and max(had) < min(wanted)


def is_shorter(asked: str, fact: str) -> bool | None:
    """Whether every length of time of a fact is shorter than each that is asked for; None where one tells none."""
    wanted, had = ([_days(one) for one in periods_in(text)] for text in (asked, fact))
    return max(had) < min(wanted) if wanted and had else None


def _days(period: Period) -> float:
    return period.amount * _DAYS[period.unit]


def _is_time(text: str, period: Period) -> bool:
    """Whether a length of time says when, or how often."""
    return _RECENT.search(text[: period.start]) is not None or _AGO.match(text, period.end) is not None
