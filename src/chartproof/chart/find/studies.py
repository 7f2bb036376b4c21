"""Reports of tests within documents: an echo and a tracing on one page are two studies, each with its own day.

A study is known by its title or by its document's kind, and counts only where its text holds a reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import hint_of
from chartproof.chart.find.entries import printed
from chartproof.chart.view import READINGS, Reading, Segment, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import DayRange, Span

LABELLED = re.compile(
    r"(?<!print )(?<!printed )(?<!report )(?<!fax )(?<!order )\b(?:study|exam(?:ination)?|performed|test|acquired|acquisition|date of (?:study|exam(?:ination)?|service|test)|study date|exam date"
    r"|test date|date performed|date|dos|recorded|acq|done|procedure)\s*(?:date|on)?[\s:.]*(?:tte|to?ee|echo\w*|muga|cmr|ecg|ekg|cxr|pfts?)?[\s:.]*$",
    re.IGNORECASE,
)
#: Lines below a title in which a bare label gives its day.
LABELS_BELOW = 4
OWN_LABEL = re.compile(
    r"\W*(?:(?:study|exam(?:ination)?|test) )?date(?: (?:of (?:study|exam(?:ination)?|test)|performed|done))?\s*[:=|]\s*|\W*performed(?: on)?\s*[:=|]\s*",
    re.IGNORECASE,
)
#: How a line of a report on several films opens, and what stands between its day and the reading.
VIEW = re.compile(
    r"^[ \t*-]*(?:(?:(?:portable|supine|upright|erect|repeat|follow-?up|initial|first|second|later|single|two|one|[12]|ap|pa|frontal|lateral|lat|views?|and|with|film|cxr|chest|x-?ray|radiograph|on|of)\b|[/&,()])[ \t]*){1,8}(?=\d|[A-Z][a-z]{2,8}\b)",
    re.IGNORECASE | re.MULTILINE,
)
VIEW_ENDS = re.compile(r"[ ,@(]*(?:at )?(?:\d{1,2}:?\d\d ?(?:[ap]m|h(?:rs)?)?)?[)]?\s*[:.\u2013-]\s", re.IGNORECASE)
#: A line with the day of the study right below its bare title, or one line further down.
BELOW = re.compile(
    r"[^\n]*\n(?:[^\n]*\n)?[^\n]*\b(?:study|exam|test) date ?[:=|] ?(?=[\dA-Z])|[^\n]*\n(?:[^\n]*\n)?[^\n]*\bdate of (?:study|exam(?:ination)?|test) ?[:=|]",
    re.IGNORECASE,
)
NOT_STUDY_DAY = re.compile(
    r"\b(?:d\.?o\.?b\.?|born|birth|print(?:ed)?|received|faxed|comparison|compared?(?: with| to)?|prior|previous|since|from|ordered|signed|final"
    r"|dictated|confirmed|addendum|amended|rpt|released|faxe?d?|read|reported|verified|reviewed|next|due|before|after|ecg of|with|records)\b[^\n]{0,24}$",
    re.IGNORECASE,
)
FAX_LINE = re.compile(
    r"\b\d{10,11}\b|\bfrom\b.*\d{7}|\bP(?:G|AGE)?\.? ?\d{1,3} ?/ ?\d{1,3}|\b\d{3}/\d{3}\b", re.IGNORECASE
)
SENTENCE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}|[.;] [A-Z][a-z]+ [a-z]|\?")
#: "A. Transthoracic echocardiography", "2) CHEST XRAY".
NUMBERED = re.compile(r"^\W*(?:[A-Z]|\d{1,2}|[IVX]{1,4})[.)]\s+(?=[A-Z])")
#: "Echocardiogram, 25 June 2026. Good biventricular function": a letter's report opens with its title.
OPENING = re.compile(r"(?:[^.:]|(?<=\d):(?=\d\d)){6,60}\.(?= [A-Z])")
#: "Chest radiograph, 2 views, 05/26/2026: hyperinflation. No infiltrate": a title that ends with its day, then the reading.
TITLE_AND_DAY = re.compile(r"[A-Z][^.:;]{5,60}\d(?=: )")
#: "CHEST PA/LAT: Right lower lobe infiltrate consistent with pneumonia": a title in capitals, then the reading.
CAPITALS = re.compile(r"[A-Z][A-Z0-9 ,/()&-]{5,48}(?=: [A-Za-z][a-z])")
BARE_TITLE = re.compile(
    r"\W*(?:\w+ ){0,2}(?:spect|mpi|\w*echo\w*|tte|to?ee|muga|cmr|mri?|ecg|ekg|electrocardiogram|cxr|x-?ray|chest|pfts?|spirometry|function)"
    r"(?:[ :\u2013-]{1,3}(?:report|final|corrected|amended|study|scan|result|addendum|tests?|limited|complete|portable)){0,3}(?: ?\([^()\n]{3,40}\))?\W*",
    re.IGNORECASE,
)
#: "CXR 2V | done 08/29/2026 | clear": a row of a list of tests titles no report.
LIST_ROW = re.compile(r"^\W{0,3}\w[^|]{0,24}\|[^|]+\||^\W{0,3}\w[^,]{0,24},[^\s,][^,]*,\S")
#: "Exam: CHEST, 2 VIEWS   Exam date: ...": what the title is of stands behind its caption.
CAPTION = re.compile(
    r"^\W*(?:exam(?:ination)?|study|procedure|test|report|(?:department of |division of )?(?:imaging|(?:diagnostic )?radiology|nuclear (?:medicine|cardiology)|cardiology|pulmonary medicine|electrophysiology))(?: (?:name|type|performed|description))?\s*:\s+(?=\S)",
    re.IGNORECASE,
)
#: "Echo will be repeated": a verb behind the name makes a sentence of the line.
TOLD_OF = re.compile(
    r"(?: (?:scan|study|report|film|tracing))?s? (?:will|was|were|is|are|has|had|have|must|should|to be|needs?|not|shows?|showed|due|pending|ordered|requested|scheduled|booked)\b",
    re.IGNORECASE,
)
LEAD_IN = re.compile(
    r"^\W*(?:indication|reason|history|hx|plan|prior|comparison|compare[d]?|clinical|referr\w*|order\w*|request\w*|for|re|cc|impression|findings"
    r"|conclusion|comment|technique|pending|planned|scheduled|awaiting|no(?![.:#])|outstanding|recommend|repeat|next|to do|provide|submit|attach|needs?|needed|requir\w+|must|please|send|item|note|\[[ x]?\]|data|results?|series|previous"
    r"|exam[:. ]*chest(?!\s*,?\s*(?:pa|ap|two|2|1|x|xr|portable)))\b",
    re.IGNORECASE,
)


#: Kinds of documents that speak of many tests, their own and others'.
NOTES = frozenset(
    [
        "clinic_note",
        "consult_note",
        "provider_letter",
        "primary_care",
        "nursing_note",
        "committee",
        "discharge_summary",
        "after_visit",
        "treatment_summary",
        "psychosocial",
        "attestation",
        "nutrition",
        "rehab",
        "flowsheet",
        "face_sheet",
        "preventive_care",
    ]
)


@dataclass(frozen=True, slots=True)
class Study:
    """One report: `kind` of tests.yaml, its characters [start, end) of the segment's page, its own day."""

    kind: str
    segment: Segment
    start: int
    end: int
    when: DayRange | None
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return self.segment.page.text[self.start : self.end]


@lru_cache(maxsize=READINGS)
def studies(reading: Reading) -> tuple[Study, ...]:
    """Every study that holds a reading, in the order of the pages."""
    found: list[Study] = []
    groups: dict[int, list[Sentence]] = {}
    for sentence in printed(reading):
        groups.setdefault(id(sentence.segment), []).append(sentence)
    for sentences in groups.values():
        found.extend(of_segment(sentences[0].segment, sentences, found[-1] if found else None))
    return tuple(found)


def of_segment(segment: Segment, sentences: list[Sentence], before: Study | None) -> Iterator[Study]:
    marks = titles(segment)
    titled = {*marks, *((segment.start, kind) for _, kind in marks[:1])}
    head = marks[0][0] if marks else segment.start
    own = load("tests.yaml")["kinds"].get(segment.document.kind, "")
    if own and not any(kind == own for _, kind in marks) and (not marks or segment.start == 0):
        marks = [(segment.start, own), *marks]
    elif marks and segment.document.kind not in NOTES:
        marks[0] = (segment.start, marks[0][1])
    for index, (start, kind) in enumerate(marks):
        end = marks[index + 1][0] if index + 1 < len(marks) else segment.end
        rule = rules()[kind]
        text = segment.page.text[start:end]
        # A short report says little more than its value; a title with its day vouches for the rest.
        if (
            "need" not in rule
            or without_result().search(text)
            or not holds_reading(kind, text, (start, kind) in titled)
        ):
            continue
        titled_by_day = find_dates(text.split("\n", 1)[0]) or BELOW.match(text)
        if segment.document.kind in NOTES and not (titled_by_day or heads(segment, start)):
            continue  # a note speaks of tests; only a title with its own day, or the page's, is a report within it
        line = segment.page.text.find("\n", head) if index == 0 else -1
        day = (day_of_lines(segment, head, line) if line > 0 else None) or labelled_below(segment, head)
        day = day or study_day(segment, start, end, head)
        if before and before.segment.document.id == segment.document.id and before.kind == kind and not titles(segment):
            day = before.when
        for first, last, own_day in views(segment, start, end) if kind == "chest_xray" else [(start, end, day)]:
            inside = tuple(s for s in sentences if s.start < last and s.end > first)
            yield Study(kind, segment, first, last, own_day or day, inside)


def views(segment: Segment, start: int, end: int) -> list[tuple[int, int, DayRange | None]]:
    """The films of a report that gives several, each in a line that opens with its view and its day: "Portable 06 Jul 2026
    23:10: ..."; what closes the report is of the last. One film without a day of its own where there are no such lines."""
    text = segment.page.text[start:end]
    opened = []
    for match in VIEW.finditer(text):
        line = text[match.start() :].partition("\n")[0]
        dates = [row for row in find_dates(line, year_hint=hint_of(segment)) if row[2].exact]
        if dates and dates[0][0] <= match.end() - match.start() + 3 and VIEW_ENDS.match(line, dates[0][1]):
            opened.append((start + match.start(), dates[0][2]))
    if len({day for _at, day in opened}) < 2:
        return [(start, end, None)]
    ends = [*(at for at, _day in opened[1:]), end]
    return [
        (start if number == 0 else at, last, day)
        for number, ((at, day), last) in enumerate(zip(opened, ends, strict=True))
    ]


def head_line(study: Study) -> list[Span]:
    """The line that names the examination, as a reader would cite it; none where it is long or misread."""
    for sentence in study.sentences:
        for match in re.finditer(r"[^\n]+", sentence.page.text[sentence.start : sentence.end]):
            if title_kind(match[0]) == study.kind and len(match[0].split()) <= 16:
                return [sentence.span(match.start(), match.end())]
    return []


def holds_reading(kind: str, text: str, titled: bool) -> bool:
    """A short report says little more than its value; a title with its day, or the value itself, vouches for the rest."""
    rule = rules()[kind]
    dated = any(
        title_kind(line) == kind and find_dates(line) and not still_open().search(line) for line in text.split("\n")[:8]
    )
    needed = 1 if titled and "decisive" in rule and rule["decisive"].search(text) else rule["need"] - 2 * dated
    return features(kind, text) >= max(1, needed)


@cache
def without_result() -> Expression:
    """What a report says of a test that gave nothing: then it is none."""
    return Expression("|".join(load("tests.yaml")["without_result"]), re.IGNORECASE)


@cache
def still_open() -> Expression:
    """What says that a test is still to come, or was not done."""
    return Expression(r"\b(?:" + "|".join(load("tests.yaml")["open"]) + r")\b", re.IGNORECASE)


def heads(segment: Segment, start: int) -> bool:
    """Whether the line at `start` is the bare title of the whole page, below a letterhead at most: "Echo report"."""
    line = segment.page.text[start : segment.end].split("\n", 1)[0]
    return len(segment.page.text[:start].splitlines()) <= 4 and bool(BARE_TITLE.fullmatch(line))


@cache
def rules() -> dict[str, dict[str, Any]]:
    """tests.yaml's studies with their expressions compiled."""
    flags = re.IGNORECASE
    compiled: dict[str, dict[str, Any]] = {}
    for kind, rule in load("tests.yaml")["studies"].items():
        compiled[kind] = {
            key: [re.compile(p, flags) for p in value] if key in ("title", "not_title", "body", "result") else value
            for key, value in rule.items()
        }
        if "decisive" in rule:
            compiled[kind]["decisive"] = re.compile(rule["decisive"], flags)
        if "note" in rule:
            compiled[kind]["note"] = Expression(r"(?<![\w/])(?:" + "|".join(rule["note"]) + r")(?![\w])", flags)
    return compiled


def features(kind: str, text: str) -> int:
    return sum(1 for pattern in rules()[kind]["body"] if pattern.search(text))


def titles(segment: Segment) -> list[tuple[int, str]]:
    """(offset, kind) of the lines that title a study; the same kind again at once is the same study."""
    found: list[tuple[int, str]] = []
    for match in re.finditer(r"[^\n]+", segment.page.text[segment.start : segment.end]):
        kind = title_kind(match[0])
        if kind and not (found and found[-1][1] == kind):
            found.append((segment.start + match.start(), kind))
    return found


@lru_cache(maxsize=1 << 14)
def title_kind(line: str) -> str:
    """The study that a line titles, or "". A sentence, an indication or a plan titles nothing."""
    line = NUMBERED.sub("", line)
    opening = OPENING.match(line)
    if opening and (find_dates(opening[0]) or dated_next(line[opening.end() :])):
        line = opening[0]
    named = TITLE_AND_DAY.match(line)
    if named and len(find_dates(named[0])) == 1:
        line = named[0]
    capitals = CAPITALS.match(line)
    line = capitals[0] if capitals else line
    if len(line) > 150 or SENTENCE.search(line) or LEAD_IN.match(line) or LIST_ROW.match(line):
        return ""
    line = CAPTION.sub("", line)
    if ";" in line and sum(1 for rule in rules().values() if "note" in rule and rule["note"].search(line)) > 1:
        return ""
    colon = line.find(": ")
    head = line if colon < 0 or not re.search(r"[a-z]{3,} [a-z]{3,}", line[colon:]) else line[:colon]
    best, at = "", len(head)
    for kind, rule in rules().items():
        if any(pattern.search(head) for pattern in rule.get("not_title", ())):
            continue
        for pattern in rule.get("title", ()):
            match = pattern.search(head)
            if match and match.start() < at and match.start() < 60 and not TOLD_OF.match(head[match.end() :]):
                best, at = kind, match.start()
    return best


def dated_next(rest: str) -> bool:
    """ "12-lead ECG. November 3, 2026, 14:20. Sinus rhythm": the title is followed by its day."""
    found = find_dates(rest[:48])
    return (
        bool(found)
        and re.fullmatch(r"\W*(?:(?:study|exam|performed|done)(?: date| on)?\W*)?", rest[: found[0][0]], re.I)
        is not None
    )


def study_day(segment: Segment, start: int, end: int, head: int) -> DayRange | None:
    """The day on which the study was done: its own, else the one in the page's head, else the segment's.

    `head` is where the first title of the segment stands: what is above it holds for every study below.
    """
    own = day_of_lines(segment, start, min(end, start + 900))
    title = segment.page.text[start:end].split("\n", 1)[0]
    named = find_dates(title, year_hint=hint_of(segment))
    if own is None and len(named) == 1 and not named[0][2].exact and not born_long_ago(named[0][2], segment):
        return named[0][2]  # "Echo 12/2025": no day of the page's is its own
    return own or day_of_lines(segment, segment.start, head) or segment.when


def labelled_below(segment: Segment, head: int) -> DayRange | None:
    """The day of a line such as "Date: 11/28/2024" right below the title."""
    for line in segment.page.text[head : segment.end].split("\n")[1 : 1 + LABELS_BELOW]:
        for start, _end, days in find_dates(line, year_hint=hint_of(segment)):
            if days.exact and OWN_LABEL.fullmatch(line[:start]):
                return days
    return None


def day_of_lines(segment: Segment, start: int, end: int) -> DayRange | None:
    """By its label, else the first date that is no other day."""
    text = segment.page.text[start:end]
    first = None
    for line in text.split("\n")[:12]:
        if not FAX_LINE.search(line):
            last = 0
            for a, b, days in find_dates(line, year_hint=hint_of(segment)):
                left, last = line[last:a], b
                if not days.exact or born_long_ago(days, segment):
                    continue
                if LABELLED.search(left):
                    return days
                if first is None and not NOT_STUDY_DAY.search(left):
                    first = days
    return first


def born_long_ago(days: DayRange, segment: Segment) -> bool:
    """Whether the day lies so far before the page's own, or its last, that it is a birth date without its label."""
    hint = hint_of(segment) or _last_day(segment.page.text[segment.start : segment.end])
    return hint is not None and days.first.year < hint.year - 15


@lru_cache(maxsize=1 << 8)
def _last_day(text: str) -> date | None:
    return max((days.last for _start, _end, days in find_dates(text) if days.exact), default=None)
