"""The line with which a record's print heads each encounter: what it is, by whom, and when.

"Progress Notes by Doe, Jane, MD at 10/6/2026 9:00 AM" opens a document of that day, whatever counts the pages and whatever
day the record was printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from chartproof.chart.dates import find_dates
from chartproof.model import DayRange

#: Lines at the top of a page in which it stands: below the record's running head.
HEAD_LINES = 6
#: A paper that somebody wrote at an encounter; "Signed by", "Ordered by" and the like head nothing.
LINE = re.compile(
    r"^\W*(?P<what>(?:[A-Z][\w&/.'’-]*(?: [\w&/.'’-]+){0,4} )?"
    r"(?:notes?|h ?& ?p|summary|consult(?:s|ation)?|reports?|encounter|evaluation|assessment|letter|message|visit|procedures?|plan of care))"
    r"(?: note)? (?:by|-) (?P<who>[A-Z][^\n]{2,70}?),? (?:at|on|-) $",
    re.IGNORECASE,
)
CONTINUED = re.compile(r"\bcont(?:inued|['’]d|d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EncounterLine:
    what: str
    who: str
    day: DayRange


@lru_cache(maxsize=1 << 12)
def encounter_line(text: str) -> EncounterLine | None:
    """The encounter's line in the first lines of a text, if it has one."""
    for line in [line for line in text.split("\n") if line.strip()][:HEAD_LINES]:
        for start, _end, day in find_dates(line):
            match = LINE.match(line[:start]) if day.exact and not CONTINUED.search(line) else None
            if match:
                return EncounterLine(match["what"].lower(), match["who"].lower(), day)
    return None
