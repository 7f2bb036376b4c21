"""Of which day a document speaks: by a label, by a line of its head, by its signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.encounter_line import encounter_line
from chartproof.chart.find.drugs import mentions
from chartproof.chart.kinds import title_kind
from chartproof.model import DayRange

#: Labels of the day that a document speaks of, best first; the print, receipt and birth dates are never that day.
_LABELS = (
    r"(?:date of (?:service|visit|exam(?:ination)?|study|consultation|procedure|encounter|evaluation|test)|dos"
    r"|visit date|encounter date|encounter|study date|ex(?:a)?m date|exam|test date|procedure date|date performed|performed"
    r"|acquired|acquisition|collected|collection date|interview|meeting|meeting date|session date|visit|seen|consultation"
    r"|study|date/time|procedure|(?-i:Obtained)|result date|service date|(?:adm/)?ser(?:vice)? dt|dict(?:ated)?|taken|coll|performed on|held|answer(?:ed)?|replied|reply|opinion|(?-i:A)(?= ?\()|specimen collected|drawn)",
    r"(?:date|submitted|reported|signed out|discharged|final)",
)
#: "Date Event" over a table's first row heads its columns: no word stands between a label and the line below.
LABELS = [re.compile(rf"\b{label}\b\W{{0,8}}(?:\w+,?[^\w\n]{{1,3}})?$", re.IGNORECASE) for label in _LABELS]
#: How far before a day its label may stand.
LABEL_REACH = 120
#: "Procedure  core biopsy, left axilla, JUL 29, 2026" in the head of a pathologist's report: the tissue's day, not the report's.
TISSUE_TAKEN = re.compile(
    r"^\W*(?:procedure|operation|surgery|biopsy)\b(?![^\n]*\b(?:outside|prior|previous\w*|review\w*|slides?|report\w*|signed|received)\b)"
    r"[^\n]*\Z",
    re.IGNORECASE | re.MULTILINE,
)
SKIP = re.compile(
    r"(?:on file|d\.?o\.?b\.?|born|birth|(?:printed|print|run|report|faxed?|received|opened|case opened)(?: (?:date|time|on|at|out|from|the|electronic|medical|health|record|chart|emr|ehr)){0,6}|received|rcvd|admitted|fax(?:ed)?|from \d|expires?|effective|rev(?:ised)?"
    r"|(?:next|upcoming|following|return|future)(?: \w+){0,2}|due|comparison|compare|prior|through|until|range|approved|ordered|requested|planned|day (?:0|zero)|(?:leuk)?apheresis|version|report(?:ed)?|diagnos(?:is|ed)|dx|onset|relapsed?"
    r"|(?:slot|bed|chair|room|place|appointment|date)s? (?:is |was |are |being )?(?:held|reserved|booked|taken)(?: (?:for|on))?)\W{0,12}$",
    re.IGNORECASE,
)
#: "Comparison was made with BM26-0388 (04/06/2026)", "Compared to the study of April 6": an earlier one's day.
COMPARED = re.compile(
    r"\b(?:comparison|compar(?:ed?|ing)|correlat\w+)\b[^.;:]{0,60}\b(?:with|to)\b[^.;]{0,40}$", re.IGNORECASE
)
#: "Planned infusion: week of November 2, 2026": a day to come.
TO_COME = re.compile(
    r"\b(?:re-?)?(?:booked|scheduled|arranged|rescheduled|reserved)\b (?:for|on|to)\b[^\n]{0,12}$|"
    r"\b(?:planned|anticipated|proposed|expected|estimated|tentative|intended|target(?:ed)?|scheduled|requested)\b[ \w/-]{0,24}"
    r"\b(?:infusions?|admission|(?:leuk)?apheresis|collection|lymphodepletion|treatment|procedure|start|service|date|day (?:0|zero))\b[^\n]{0,20}$",
    re.IGNORECASE,
)
#: A test's day, told in brackets within a line of the patient's state: "Disease: ALL, MRD negative (flow, 01/06/2026)".
TOLD_BESIDE = re.compile(r"^[^\n(]*:[^\n(]*\((?=[^()\n]*[A-Za-z])[^()\n]*$")
#: "(JUN 01,2026 progression)", below a drug that was stopped: a line in brackets is of the one above it.
REASON = re.compile(r"\s*\([^()\n]*[a-z]{3,}[^()\n]*\)\s*$", re.IGNORECASE)
#: "27 August 2026 - Agenda and outcome of the session": a line that opens with its day and sets it off.
DAY_FIRST = re.compile(
    r"\W*(?:\d{1,2} [A-Z][a-z]{2,8}|[A-Z][a-z]{2,8} \d{1,2},|\d{1,2}[/-]\d{1,2}[/-]) ?(?:19|20)\d\d ?[-–—|:]"
)
#: Behind a signer's name, or "signed by": the day of the paper.
AUTHORED = re.compile(
    r"(?:\b(?:signed|finali[sz]ed|dictated|reported|read|completed|prepared|entered|pended|saved|verified|approved)\b[^\n]{0,50}"
    r"|\b(?:MD|DO|PhD|RN|NP|PA-?C|ANP|ARNP|CNP|PharmD|RPh|LMSW|LCSW|LISW|LICSW|MSW|RDN|DPT)\b)[\s,:|(]*(?:(?:on|at)\s)?$",
    re.IGNORECASE,
)
#: The head of a table of a course: its rows' days are those of history.
COURSE = re.compile(
    r"^[^\n.;:]{0,60}(?:\b(?:From|FROM|Start(?:ed)?|START(?:ED)?|Begun)\b[^\n.;:]{0,24}\b(?:To|TO|Through|Stop(?:ped)?|STOP(?:PED)?|End(?:ed)?|END(?:ED)?|Last dose)\b"
    r"[^\n.;:]{0,24}\b(?i:outcome|response|result|reason|comments?|notes?|why|best)|\b(?:Date|DATE|When|WHEN)\b[^\n.;:]{0,16}\b(?:Event|EVENT))\b[^\n]{0,40}$",
    re.MULTILINE,
)
#: Characters in which a head says of what day it is; lower-case words that make a line prose.
HEAD, HEAD_WIDTH = 1800, 300
PROSE_WORDS = 6
SMALL_WORD = r"(?<![\w.])[a-z]{2,}\b"
LISTS = ("preventive_care",)
PRINTED = re.compile(
    r"\b(?:print(?:ed|out)?|export(?:ed)?|run|as of|updated|generated|current (?:to|as of)|prepared|report(?:ed)?|reviewed)\b(?: (?:on|date|day))?\W{0,4}$",
    re.IGNORECASE,
)


def document_day(texts: Sequence[str], kind: str = "", born: date | None = None) -> DayRange | None:
    """The day of which the document speaks: by its label, else by a line of its head, else by its signature.

    A day on which a drug was given, that stands in the midst of prose, or on which the patient was `born`, is never the
    document's. A list of tests over years is of the day on which it was printed. A line that heads an encounter tells its day.
    """
    encounter = encounter_line(texts[0]) if texts else None
    if encounter:
        return encounter.day
    for text in texts[:2]:
        dated = find_dates(text) if kind in LISTS else ()
        printed = [days for start, _end, days in dated if days.exact and PRINTED.search(text[:start])]
        if printed:
            return max(printed, key=lambda days: days.last)
        head = text[:HEAD]
        found = [
            (s, e, d)
            for s, e, d in find_dates(head)
            if d.exact
            and d.first != born
            and not SKIP.search(head[max(0, s - 24) : s])
            and not COMPARED.search(head[max(0, s - 90) : s])
            and not TO_COME.search(head[max(0, s - 90) : s])
            and not is_due_before_done(line_of(head, s))
        ]
        lettered = next((d for s, e, d in found if heads_a_letter(head, s, e)), None)
        if lettered:
            return lettered
        visit = [(s, d) for s, e, d in found if heads_a_visit(head, s, e)]
        for label in (LABELS[0], *([TISSUE_TAKEN] if kind == "pathology" else []), LABELS[1]):
            for start, _end, days in found:
                if label.search(head[max(0, start - LABEL_REACH) : start]):
                    return next((day for at, day in visit if at < start and start - at > HEAD_WIDTH), days)
        for start, end, days in found:
            line, behind = line_of(head, start), head[end:].partition("\n")[0]
            if COURSE.search(head[:start]):
                break  # a table of what was when
            if (mentions(line) or in_period(line)) and not title_kind(behind.strip()):
                break  # a list of treatments: what stands below is history
            if days.first.year > 1990 and (titles(head, start) or title_kind(behind.strip())):
                return days
    return next(filter(None, map(signed_day, reversed(texts))), None)


#: What follows the day of a letter, at most so many lines below it.
SALUTATION = re.compile(r"^[ \t]*(?:dear\b|to whom|to the\b|attn\b|attention\b)", re.IGNORECASE | re.MULTILINE)
LINES_TO_SALUTATION = 9


def heads_a_letter(text: str, start: int, end: int) -> bool:
    """Whether the day stands alone on its line, above a letter's salutation: no visit that the letter names is its day."""
    if not re.fullmatch(r"\W*(?:date\W*)?", text[text.rfind("\n", 0, start) + 1 : start], re.IGNORECASE):
        return False
    rest, _, below = text[end:].partition("\n")
    return not rest.strip() and bool(SALUTATION.search("\n".join(below.split("\n")[:LINES_TO_SALUTATION])))


def heads_a_visit(text: str, start: int, end: int) -> bool:
    """Whether the day stands behind a name in the head, with the hour: "Nadia Ferrone 5/4/2026 10:20 AM Lymphoma Clinic".

    A label far below it ("Eye exam 2/3/2026", in a list) is of something else than the visit.
    """
    before = text[text.rfind("\n", 0, start) + 1 : start]
    named = re.fullmatch(r"\W*[A-Z][\w'.-]*(?:,? [A-Z][\w'.-]*){1,3}\W{1,3}", before)
    return bool(named and start < HEAD_WIDTH and re.match(r"[ ,]{1,3}(?:at )?\d{1,2}:\d\d\b", text[end:]))


def titles(text: str, start: int) -> bool:
    """Whether the date at `start` stands on a line of a head, not amid prose, or right behind a title."""
    line, before = line_of(text, start), text[text.rfind("\n", 0, start) + 1 : start]
    if is_birth_date(before[-40:]) or TOLD_BESIDE.match(before) or REASON.match(line):
        return False
    if len(re.findall(SMALL_WORD, line)) < PROSE_WORDS or DAY_FIRST.match(line):
        return True
    return len(re.findall(SMALL_WORD, before)) < PROSE_WORDS and bool(title_kind(before))


def in_period(line: str) -> bool:
    """Whether the line tells from what day to what day something went on: two days with nothing between them."""
    days = [(start, end) for start, end, day in find_dates(line) if day.exact]
    return any(not line[end:start].strip(" |-\u2013") for (_, end), (start, _) in pairwise(days))


def is_due_before_done(line: str) -> bool:
    """Whether two days stand side by side, the later first: a row of when a test is due again and when it was last done."""
    days = [(start, end, day) for start, end, day in find_dates(line) if day.exact]
    return any(
        one.first > other.first and not line[end:start].strip(" |-\u2013")
        for (_, end, one), (start, _, other) in pairwise(days)
    )


def line_of(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0]


def signed_day(text: str) -> DayRange | None:
    """The last day on which somebody put his name to the text: behind "signed" or behind a name with its degree."""
    found = [
        days
        for start, _end, days in find_dates(text)
        if days.exact and AUTHORED.search(text[max(0, start - 60) : start])
    ]
    return found[-1] if found else None


def is_birth_date(before: str) -> bool:
    """Whether the date after these words is the one that a "DOB" or "born" among them announces."""
    announced = list(re.finditer(r"\bDOB\b|\bborn\b|\bbirth\b", before, re.IGNORECASE))
    return bool(announced) and not find_dates(before[announced[-1].end() :])
