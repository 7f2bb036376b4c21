"""The line with which a record's print heads each encounter: what it is, by whom, and when.

"Progress Notes by Doe, Jane, MD at 10/6/2026 9:00 AM" opens a document of that day, whatever counts the pages and whatever
day the record was printed. So does a title in capitals with its day and its author, in one line or two: "KIDNEY CLINIC, RETURN
VISIT" above "6 October 2026 Jane Doe, MD".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

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
#: A title of one; in capitals it may stand anywhere in the head, else only at the very top or right below the running head.
TITLE = re.compile(
    r"^\W*(?P<what>(?=[A-Z ,&/()'’-]*\b(?:NOTE|CONSULT(?:ATION)?|VISIT|CLINIC|(?:RE)?ASSESSMENT|(?:RE)?EVALUATION|SUMMARY|H ?& ?P)\b)"
    r"[A-Z][A-Z ,&/()'’-]{5,80}?)\W*$"
)
PLAIN_TITLE, PLAIN_LINES = re.compile(TITLE.pattern, re.IGNORECASE), 2
WHO = re.compile(
    r"(?:[A-Z][\w.'’-]* ){1,4}?[A-Z][\w'’-]+, ?(?:MD|DO|MBBS|NP|PA(?:-C)?|APRN|RN|PharmD|L[CI]?[SC]?SW|LICSW|LMSW|MSW)\b"
    r"|\b[Aa]uthor:? [A-Z][\w.'’ -]{2,40}"
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
    lines = [line for line in text.split("\n") if line.strip()][:HEAD_LINES]
    for number, (line, below) in enumerate(zip_longest(lines, lines[1:], fillvalue="")):
        title = PLAIN_TITLE if number < PLAIN_LINES and line.strip()[:1].isupper() else TITLE
        if CONTINUED.search(line):
            continue
        for start, end, day in find_dates(line):
            match = LINE.match(line[:start]) if day.exact else None
            if match:
                return EncounterLine(match["what"].lower(), match["who"].lower(), day)
            found = _titled(title, line[:start], day, f"{line[end:]} {below}")
            if found:
                return found
        for start, end, day in find_dates(below)[:1] if title.match(line) else ():
            found = _titled(title, line, day, below[end:]) if not below[:start].strip() else None
            if found:
                return found
    return None


def _titled(title: re.Pattern[str], text: str, day: DayRange, behind: str) -> EncounterLine | None:
    """The encounter that a title, its day and the author behind it head."""
    what, who = title.match(text), WHO.search(behind)
    return EncounterLine(what["what"].lower(), who[0].lower(), day) if what and who and day.exact else None
