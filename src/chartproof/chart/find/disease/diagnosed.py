"""The day of a diagnosis where the words beside the disease give it: "DLBCL, dx 05/2021"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Sentence
from chartproof.model import DayRange

#: What makes the date behind it the day of a diagnosis.
DIAGNOSED = re.compile(r"\b(?:dx(?:'?d|ed)?|diagnos(?:ed|is))(?: date)?\W{0,3}(?:(?:on|in) )?$", re.IGNORECASE)
#: How far behind the disease its date may stand: "B-ALL, Ph positive, p190, dx 03/11/2024".
REACH = 60


def diagnosed_on(sentence: Sentence, name: tuple[int, int], named: Sequence[tuple[int, int]]) -> DayRange | None:
    """The day told with the disease at `name`; none where another disease, or the end of a clause, lies between."""
    text, seen = sentence.text, sentence.segment.when
    for start, end, days in find_dates(text, year_hint=seen.last if seen else None):
        gap = (name[1], start) if name[1] <= start else (end, name[0])
        between = text[slice(*gap)]
        reached = len(between) <= REACH if gap[1] == start else re.fullmatch(r"[\s:,|-]{1,6}", between)
        others = any(gap[0] <= one < gap[1] for one, _end in named)
        if not reached or others or not DIAGNOSED.search(text[:start]) or re.search(r"[.;]\s", between):
            continue
        if seen is None or days.first <= seen.last:
            return days
    return None
