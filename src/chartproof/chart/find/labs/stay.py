"""Values of a hospital stay in its summary: the first one, the worst one and the one at discharge, each of its own day."""

from __future__ import annotations

import re

from chartproof.chart.find.dating import admitted_on, last_day_of_stay
from chartproof.chart.find.labs.analytes import NUMBER, number
from chartproof.chart.view import Sentence
from chartproof.model import DayRange

ON_LEAVING = re.compile(
    r"\b(?:at|on|by|upon|(?:on )?the day of|day of)\s(?:the )?(?:time of )?(?:discharge|d/c|dc|dismissal)(?!\w)",
    re.IGNORECASE,
)
ON_ARRIVAL = re.compile(r"\b(?:on (?:admission|arrival|presentation)|at (?:admission|presentation))\b", re.IGNORECASE)
#: "Admitted with epistaxis, WBC 58", "Presentation. In the emergency department lactate 3.1".
CAME_WITH = re.compile(
    r"^\W*(?:(?:he|she|patient|pt|they) (?:was )?|(?:hospital )?course\W+)?(?:admitted|presented|presents|came in|brought in|arrived) (?:(?:to|at|via) [^.;]{2,40} )?(?:with|for|after)\b"
    r"|\b(?:in|at) the (?:emergency (?:room|department)|ED|ER)\b",
    re.IGNORECASE,
)
PRESENTATION = re.compile(
    r"\W*(?:presentation|presenting|reason for admission|why (?:s?he|they) came|on (?:arrival|admission))\b",
    re.IGNORECASE,
)
#: Some day of the stay.
WITHIN = re.compile(
    r"\bat (?:its |the |his |her )?(?:very )?(?:worst|peak|highest|lowest|maximum|max|nadir)\b|\b(?:peak(?:ed|ing)?|nadir|worst)\b",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\b(?:day \d|later|then|rose|fell|by the|after which|discharge\w*|improved|recovered)\b", re.IGNORECASE
)
#: What ends the words that belong to a value.
NEXT = re.compile(r"[,;.](?:\s|$)|\b(?:and|then|but)\b", re.IGNORECASE)
#: "1.92 at worst, 1.01 at discharge": the value at discharge behind another one of the stay.
AND_THEN = re.compile(
    rf"\s*(?:\([^()]{{0,24}}\)\s*)?(?:mg/dl |[kgux]/[ud]?l )?(?:{WITHIN.pattern}|{ON_ARRIVAL.pattern}|initially)\s*[,;]?\s*"
    rf"(?:(?:and|then|but|was|down to|up to|back to|improved to|recovered to|to)\s+){{0,3}}(?P<value>{NUMBER})(?=\s{ON_LEAVING.pattern})",
    re.IGNORECASE,
)
#: Letters behind a value in which the words of its day stand.
REACH = 44


def day_of_stay(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day, or the days, that the words of a discharge summary give to the value told at [start, end)."""
    if sentence.document.kind != "discharge_summary":
        return None
    admitted = admitted_on(sentence.page.text)
    if admitted is None:
        return None
    left = last_day_of_stay(sentence.page.text, admitted.last)
    behind = NEXT.split(sentence.text[end : end + REACH])[0]
    for told in (f"{sentence.text[end : end + 1]}{behind[1:]}", sentence.text[start:end]):
        if ON_LEAVING.search(told):
            return DayRange.day(left) if left > admitted.last else None
        if ON_ARRIVAL.search(told):
            return admitted
        if WITHIN.search(told):
            return DayRange(admitted.first, left)
    lead = sentence.text[:start]
    came = CAME_WITH.search(lead) or PRESENTATION.match(sentence.label) or PRESENTATION.match(sentence.heading)
    return admitted if came and not LATER.search(lead) else None


def then_at_discharge(text: str, at: int, stop: int) -> tuple[float, int, int] | None:
    """(value, start, end) of the value at discharge that follows the one that ends at `at`."""
    match = AND_THEN.match(text, at, stop)
    return (number(match["value"]), match.start("value"), match.end("value")) if match else None
