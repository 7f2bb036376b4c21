"""Which date of a sentence is the start, the end, the stop or an observation of the treatment that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.find.drugs import Mention
from chartproof.chart.find.said import loosen
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange

RANGE = re.compile(
    r"^\W{0,3}(?:to|thru|through|until|till|and|[-\u2013\u2014])\W{0,3}$|^\W{0,6}[|\t ]\W{0,6}$", re.IGNORECASE
)
YEARS = re.compile(
    r"(?<![\w/.-])((?:19|20)\d\d)\s*[-\u2013]\s*((?:19|20)\d\d|present|now|ongoing|current)\b(?![-/]\d)", re.IGNORECASE
)
SHORT_MONTHS = re.compile(
    r"(?<![\d/.])(0?[1-9]|1[0-2])/(\d\d)\s*(?:-|\u2013|to|thru|through)\s*(0?[1-9]|1[0-2])/(\d\d)(?![\d/])"
)
SHORT_MONTH = re.compile(r"(?<![\d/.])(0?[1-9]|1[0-2])/(\d\d)(?![\d/])")
#: Words that belong to the date behind them.
NEXT_DATE = re.compile(r"(?:until|till|through|thru|to|last)\b", re.IGNORECASE)
#: "complete remission until April 2026": the remission ended then, not the treatment.
HELD_UNTIL = re.compile(
    r"(?:remission|\bs?CR\b|respon\w+|disease[- ]free|well)\W+(?:\w+\W+){0,2}(?:until|till|through|to)\W*$",
    re.IGNORECASE,
)
#: Between a date that opens a line and the treatment: "10/2023: ", "1/2026-present: ", "2021 second relapse: ".
LEADS_IN = re.compile(
    r"\s+(?:[A-Za-z-]+ )?(?i:relapsed?|PD|progress(?:ion|ed)|progressive disease|recurrence|refractory(?: disease)?) ?[:\u2192>-]+ ?|"
    r"[\s:,(\-\u2013|]{0,6}(?:(?:to )?(?:present|now|current|ongoing|date)\b[\s:,)|-]{0,4})?(?:C1 |cycle 1 )?"
)
#: "On March 19, 2024, while she was taking lenalidomide": a day on which it was running.
WHILE = re.compile(
    r"\b(?:while|when|still|as)\b[^.;]{0,24}\b(?:taking|on|receiving|under)\W+(?:the |her |his )?$", re.IGNORECASE
)
#: "Held from January 9 and began again on January 26": a pause, and no first dose.
PAUSE = re.compile(
    r"\b(?:held|paused?|interrupt\w*|suspended|withheld|on hold|(?:a|the) (?:break|rest|holiday|gap)|off (?:treatment|therapy|drug|it))\b"
    r"[^.;,]{0,24}?\b(?:from|since|between|starting|beginning)\W*$"
    r"|\b(?:(?:beg[au]n|start(?:ed)?|given|went) (?:\w+ )?(?:again|back|anew)|back on|re-?(?:start|commenc|initiat|introduc)\w*|re-?challeng\w*|resum\w+)\b[^.;,]{0,24}$",
    re.IGNORECASE,
)
#: "Came back in the fall of 2024, and the last dose was given on November 18, stopped for progression".
LAST_DOSE = re.compile(r"\b(?:and|,|;)\s(?:the |his |her )?(?:last|final)\b", re.IGNORECASE)
#: "Stopped for progression on March 20, 2023": the day is that of the stop.
STOPPED_FOR = re.compile(
    r"\b(?:stopped|discontinued|ended|ceased|halted)(?: (?:because of|due to|for|at|owing to|on account of|with|upon|after))? "
    r"(?:[\w-]+ ){1,4}(?:on|as of|effective)\W*$",
    re.IGNORECASE,
)
#: "(letters of 2024 and June 2026)", "consented for R-CHOP 1/5/2024": the days of papers are no treatment's.
PAPER = re.compile(
    r"\b(?:letters?|notes?|records?|reports?|faxe?s?|summary|account) (?:of|from|dated)\W+(?:[\w/., ]{3,18} and )?$"
    r"|\b(?:printed|print date|exported|generated|scanned|faxed)\W{1,3}(?:on |by )?$"
    r"|\b(?:approved|authori[sz]ed|consented|precertified)\b(?:(?!\b(?:start|beg[au]n|giv|C1|cycle|receiv|infus))[^.;,]){0,24}$",
    re.IGNORECASE,
)
#: "2018-04 FCR -> 2018-09": the course stands between its first and its last month.
ARROW = re.compile(r"^\s*(?:->|\u2192|\u2013|-|to|thru)\s*$", re.IGNORECASE)
BOUNDARY = re.compile(r";|\.\s|\||,? then |, (?:and )?|\band\b|\bto\b")
#: What cuts before all else; the last two cut before the number of the next line.
STRONG = re.compile(
    r";|\.\s|\||,? then |->|(?=\bline\s+\d)|(?=\b\dL\b)|(?=\b(?:first|second|third|fourth|fifth)[- ]line)|(?=\s\d[.)]\s)",
    re.IGNORECASE,
)

#: A day without its year so long before a note is as likely one of the next weeks.
LONG_AGO = 300
#: What came of the treatment "began in May 2021 on ibrutinib", and not the treatment.
HARM_BEGAN = re.compile(
    r"\b(?:rash(?:es)?|headaches?|fevers?|arrhythmias?|(?:fibrillation|flutter|palpitations)|afib|diarrhea|bleed(?:ing|s)?|bruis\w+"
    r"|cough|(?:neuro|myo|arthro)path\w+|infections?|cramps|nausea|edema|swelling|pneumonitis|colitis|hypertension|tachycardia"
    r"|cytopenias?|pain|trouble|troubles|symptoms?|fatigue|aches?)"
    r"(?: \w+)? (?:began|begun|started|starting|appeared|arose|came on|set in)\b[^.;,]{0,12}$",
    re.IGNORECASE,
)
ON_IT = re.compile(r"\W*(?:while |whilst |when )?(?:on|with|under|during|taking) (?:the |her |his )?$", re.IGNORECASE)
#: "13 February and 5 July 2017": the year behind the second day is told of the first one too.
YEAR_BEHIND = re.compile(
    r"\s*(?:and|to|until|through|[-\u2013])\s*(?:\d{1,2} [A-Za-z]{3,9}|[A-Za-z]{3,9} \d{1,2}),? (?:19|20)\d\d\b",
    re.IGNORECASE,
)
#: "Stopped today", or a plan that opens with "stop".
STOPS_TODAY = re.compile(
    r"\b(?:stop\w*|discontinu\w+)\b[^.;]{0,40}\btoday\b|^\W*(?:\d\W+)?(?:stop|discontinue)\b", re.IGNORECASE
)
#: Start and end of a date in the text, and the days that it may be.
Dated = tuple[int, int, DayRange]


@dataclass(frozen=True, slots=True)
class Times:
    """`stopped` is True where a stop verb is bound to a day or to "today"; `past` where any day is before the writing."""

    start: DayRange | None = None
    end: DayRange | None = None
    stop: DayRange | None = None
    observed: DayRange | None = None
    stopped: bool = False
    past: bool = False
    observations: tuple[tuple[int, DayRange], ...] = ()


@cache
def cue(name: str) -> Expression:
    parts = load("treatment.yaml")[name]
    joined = "|".join(rf"(?:{part})" if part.startswith("\\b") else rf"\b(?:{part})" for part in parts)
    return Expression(loosen(joined), re.IGNORECASE)


def territory(text: str, named: list[Mention], index: int) -> tuple[int, int]:
    """The characters that speak of mention `index`: cut between neighbours at the last boundary before the next one."""
    low = turning_point(text, named[0].start) if index == 0 else _cut(text, named[index - 1].end, named[index].start)
    high = len(text) if index + 1 == len(named) else _cut(text, named[index].end, named[index + 1].start)
    return low, high


#: Where the old course ends and the new one begins: "Progressed 11/2024 -> X", "relapsed 10/2023, treated with X".
TURN = re.compile(
    r"->|\u2192|;|,?\s(?:and\s)?then\s|,?\s(?:and\s)?(?:was\s)?(?=(?:treated\s+with|received|started|given|began|switched\s+to|changed\s+to)\b)",
    re.IGNORECASE,
)


def turning_point(text: str, start: int) -> int:
    """Where the words on an earlier course end, before a treatment named at `start`; 0 where there are none."""
    turns = [match.end() for match in TURN.finditer(text[:start])]
    if turns and re.search(r"relaps|progress|\bPD\b|recur", text[: turns[-1]], re.IGNORECASE):
        return turns[-1]
    return 0


def _cut(text: str, left: int, right: int) -> int:
    """A sentence break or a bar cuts first, else the last lighter boundary, else the next mention itself."""
    gap = text[left:right]
    strong = list(STRONG.finditer(gap))
    if strong:
        return left + strong[-1].end()
    light = list(BOUNDARY.finditer(gap))
    return left + light[-1].end() if light else right


def times_in(sentence: Sentence, low: int, high: int, start: int | None, end: int | None, case: Case) -> Times:
    """Sort the dates of text[low:high]. `start`/`end` is where the treatment is named, None where it is not."""
    text = sentence.text
    said = sentence.segment.when
    named = (start, end) if start is not None and end is not None else None
    found = _dates(sentence, low, high, named, case)
    out: dict[str, DayRange] = {}
    used = _ranges(text, low, found, named, out)
    years = YEARS.search(text, low, high)
    if years and start is not None and _of_treatment(text, years.start(), low) and int(years[1]) <= case.as_of.year:
        out.setdefault("start", DayRange.year(int(years[1])))
        if years[2].isdigit() and int(years[1]) <= int(years[2]) <= case.as_of.year:
            out.setdefault("end", DayRange.year(int(years[2])))
    observations: list[tuple[int, DayRange]] = []
    for index, (a, b, day) in enumerate(found):
        if index in used:
            continue
        # what stands behind the last dose or the next day is told of that one
        other = LAST_DOSE.search(text, b, found[index + 1][0]) if index + 1 < len(found) else None
        until = other.start() if other else high
        role = _role(text, a, b, max(low, found[index - 1][1] if index else low), until, start, end)
        if role == "observed":
            observations.append((a, day))
        if role == "end":
            out["end"] = max(out.get("end", day), day, key=lambda one: one.last)
        elif role in ("start", "stop", "observed"):
            known = out.get(role)
            # "In March 2023 it was stopped, on March 20, 2023": the day within the month
            if known is None or (
                role == "stop" and day.exact and known != day and known.first <= day.first <= known.last
            ):
                out[role] = day
    if said and STOPS_TODAY.search(text[low:high]):
        out.setdefault("stop", said)
    limit = said.last if said else case.as_of
    return Times(
        out.get("start"), out.get("end"), out.get("stop"), out.get("observed"),
        stopped="stop" in out, past=any(day.last < limit for day in out.values()), observations=tuple(observations),
    )  # fmt: skip


def _dates(sentence: Sentence, low: int, high: int, named: tuple[int, int] | None, case: Case) -> list[Dated]:
    """The dates of text[low:high] that may be the treatment's, from left to right; no birth date, no paper's."""
    text, said = sentence.text, sentence.segment.when
    found = [
        row
        for row in find_dates(text, years=True, year_hint=said.last if said else None)
        if low <= row[0] < high
        and row[2].first <= case.as_of
        and not _birth(text, row[0])
        and not PAPER.search(text[: row[0]])
        and not _ahead(text, row, said)
    ]
    found = sorted(_short_months(text, (low, high), found, case), key=lambda row: row[0])
    return [row for row in found if named is None or _near(text, row, *named, found)]


def _ahead(text: str, row: Dated, said: DayRange | None) -> bool:
    """Whether a day without a year is soon after the note: "first cycle 15 Apr", on the second of April, is not last year's."""
    start, end, day = row
    bare = not re.search(r"(?:19|20)\d\d|[/.-]\w+[/.-]\d\d$", text[start:end].strip()) and not YEAR_BEHIND.match(
        text, end
    )
    return bool(bare and said and said.exact and day.exact and (said.last - day.last).days > LONG_AGO)


def _ranges(
    text: str, low: int, found: list[Dated], named: tuple[int, int] | None, out: dict[str, DayRange]
) -> set[int]:
    """Puts start and end of "A to B" and of "A: treatment -> B" into `out`; which of `found` are so used."""
    used: set[int] = set()

    def take(index: int) -> None:
        out.setdefault("start", found[index][2])
        out["end"] = found[index + 1][2]
        used.update((index, index + 1))

    pairs = [(index, a, b) for index, (a, b) in enumerate(pairwise(found)) if a[2].first <= b[2].last]
    for index, (a, a_end, _first), (b, _b_end, _last) in pairs:
        if index not in used and RANGE.match(text[a_end:b]) and _of_treatment(text, a, low):
            take(index)
    for index, (_a, a_end, _first), (b, _b_end, _last) in pairs:
        around = named and a_end <= named[0] and named[1] <= b and ARROW.match(text[named[1] : b])
        if named and around and re.fullmatch(r"[\s:,|]*", text[a_end : named[0]]):
            take(index)
    return used


def _short_months(text: str, bounds: tuple[int, int], found: list[Dated], case: Case) -> list[Dated]:
    """ "6/18-11/18" of a treatment: months and short years, where one range shows that the sentence writes them so."""
    pairs = [
        match for match in SHORT_MONTHS.finditer(text)
        if 10 <= int(match[2]) <= int(match[4]) <= min(int(match[2]) + 3, case.as_of.year - 2000)
        and (int(match[2]), int(match[1])) < (int(match[4]), int(match[3]))
    ]  # fmt: skip
    if not pairs:
        return [_month_after(text, row, case) for row in found]
    out = []
    for match in SHORT_MONTH.finditer(text, *bounds):
        longer = any(
            a <= match.start() and match.end() <= b and b - a > match.end() - match.start() for a, b, _day in found
        )
        if not longer and 10 <= int(match[2]) <= case.as_of.year - 2000:
            out.append((match.start(), match.end(), DayRange.month(2000 + int(match[2]), int(match[1]))))
    kept = [row for row in found if not any(a < row[1] and row[0] < b for a, b, _day in out)]
    return [*kept, *out]


def _month_after(text: str, row: Dated, case: Case) -> Dated:
    """ "04/11/22 to 09/02/22 ... until 08/24": behind full dates and "until" it is a month and a year, where that fits."""
    match = SHORT_MONTH.fullmatch(text[row[0] : row[1]].strip())
    earlier = [day for _a, _b, day in find_dates(text[: row[0]])]
    if not match or not earlier or not re.search(r"\b(?:until|till|through|thru)\W*$", text[: row[0]], re.IGNORECASE):
        return row
    day = DayRange.month(2000 + int(match[2]), int(match[1]))
    fits = earlier[-1].last <= day.last and day.first <= case.as_of and day.first.year - earlier[-1].last.year <= 5
    return (row[0], row[1], day) if fits else row


def _near(text: str, row: Dated, start: int, end: int, found: list[Dated]) -> bool:
    """Whether the date can belong to the treatment named: not far off, and no other drug stands between."""
    left, right = (row[1], start) if row[0] < start else (end, row[0])
    if right - left > 140 + 14 * len(found) or (row[0] < start and re.search(r";|[.]\s", text[left:right])):
        return False
    return not cue("other_drugs").search(text[left:right])


def _birth(text: str, at: int) -> bool:
    return bool(re.search(r"\b(?:dob|born|birth)\W*$|printed\W*$", text[max(0, at - 16) : at], re.IGNORECASE))


def _of_treatment(text: str, at: int, low: int) -> bool:
    """Whether a range is of the treatment and not of a scan, a hospital stay or a sample."""
    left = re.split(r"[.;]\s", text[max(low, at - 40) : at])[-1]
    if re.search(r"\bbetween\W*$", left, re.IGNORECASE):
        lead = re.split(r"[.;]\s", text[max(low, at - 100) : at])[-1]
        return bool(
            re.search(r"\b(?:courses|cycles|doses|received|given|treated|infusions|took)\b", lead, re.IGNORECASE)
        )
    return not re.search(r"admi(?:tted|ssion)|hospital|between|interval|PET|scan|observation|held", left, re.IGNORECASE)


def _role(text: str, a: int, b: int, bound: int, high: int, start: int | None, end: int | None) -> str:
    """start, end, stop, observed or "" for the date text[a:b], by the nearest cue to its left, else to its right."""
    left = re.split(r"[.;]\s|\bso\b", text[max(bound, a - 70) : a])[-1]
    if re.search(r"\bcompar\w+\s+(?:with|to)\W*$", left, re.IGNORECASE):
        return ""
    if PAUSE.search(left):
        return "observed"
    hits: list[tuple[int, str]] = []
    for name, role in (("starts", "start"), ("ends", "end"), ("stop_verbs", "stop"), ("observes", "observed")):
        hits.extend((match.end(), role) for match in cue(name).finditer(left))
    if STOPPED_FOR.search(left):
        return "stop"
    if start is not None and HARM_BEGAN.search(left) and ON_IT.fullmatch(text[b : max(b, start)]):
        return "observed"
    if hits:
        place, role = max(hits, key=lambda hit: (hit[0], hit[1] == "stop"))
        if role == "end" and HELD_UNTIL.search(left):
            return "observed"
        if role == "observed" and re.search(r"\b(?:on|started|from|since)\W*$", left) and place < len(left) - 25:
            return ""
        return role
    if start is not None and b <= start and WHILE.search(text[b:start]):
        return "observed"
    if end is not None and a >= end and re.fullmatch(r"[\s:,(|\-\u2013]{0,6}", text[end:a]):
        return "start"
    right = re.split(r"[.;]\s", text[b : min(high, b + 130)])[0]
    ahead = [
        (match.start(), role)
        for name, role in (("stop_verbs", "stop"), ("observes", "observed"), ("starts", "start"), ("ends", "end"))
        if (match := cue(name).search(right))
        and (role != "end" or (match.start() < 25 and not NEXT_DATE.match(match[0])))
    ]
    stopped = bool(ahead) and min(ahead)[1] in ("stop", "end")
    if start is not None and b <= start and LEADS_IN.fullmatch(text[b:start]) and not stopped:
        return "start"
    if ahead:
        return _first_told(right, ahead)
    if end is not None and 0 <= a - end <= 26:
        return "start"
    return ""


def _first_told(right: str, ahead: list[tuple[int, str]]) -> str:
    """What the first cue behind a date says of it; a stop that follows in the same clause is of that day: "PD, stopped"."""
    place, role = min(ahead)
    stop = next((at for at, name in ahead if name == "stop"), None)
    if role == "observed" and stop is not None and not re.search(r"\d|[.;|]", right[place:stop]):
        return "stop"
    return role
