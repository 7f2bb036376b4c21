"""Tests as notes speak of them: done with a result and a day, or still open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import TODAY, dates_of, day_of, hint_of, in_order_list, planned_day
from chartproof.chart.find.entries import entries, printed
from chartproof.chart.find.labs.grid import cells
from chartproof.chart.find.mention import says
from chartproof.chart.find.studies import Study, rules, still_open, studies
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expressions
from chartproof.model import DayRange, Fact, Span

#: A monitor's strip, an echo's gating lead and a telemetry line are no 12-lead.
NOT_A_TEST = re.compile(
    r"\b(?:gating lead|telemetry|monitor(?:ing)?|patch|holter|strip|stress|ct|pet)\W*$", re.IGNORECASE
)
#: A tracing of one lead, or of what a patient wears.
FEW_LEADS = re.compile(
    r"\b(?:single|one|two|three|six|1|2|3|6)[- ]leads?\b|\b(?:smart|apple) ?-?watch|\bkardia\w*|\bwearable|\bfitbit\b|\bphone app\b",
    re.IGNORECASE,
)
#: Read by the writer there and then, or in the note of the arrival itself; a row that opens with the hour is of its page's day.
ON_THE_SPOT = re.compile(
    r"\b(?:by me|my (?:read|interpretation)|shown to dr|done here|performed here)\b", re.IGNORECASE
)
ON_ARRIVAL = re.compile(r"\b(?:on (?:arrival|admission|presentation)|in (?:the )?(?:ed|er)|at triage)\b", re.IGNORECASE)
ARRIVAL_NOTE = re.compile(
    r"\b(?:h&p|h and p|history (?:and|&) physical|admission note|emergency|ed (?:provider |physician |md )?note)\b",
    re.IGNORECASE,
)
#: What an emergency record tells without a day was done at that visit.
EMERGENCY = re.compile(
    r"\b(?:emergency (?:department|dept|room|medicine|record|visit)|urgent care)\b|(?-i:\bED\b) (?:visit|record|course|provider|physician)",
    re.IGNORECASE,
)
#: "PFT not indicated": a test that nobody asks for is not still to come.
UNCALLED_FOR = re.compile(
    r".{0,12}?\b(?:not|no|never|isn't|aren't)\W+(?:\w+\W+){0,1}?(?:need|indicat|requir|warrant|necessar|call)",
    re.IGNORECASE,
)
#: What the patient tells of a test is no result.
BY_PATIENT = re.compile(
    r"\bper (?:the )?(?:patient|pt|family|husband|wife)\b|\b(?:patient|pt|s?he) (?:states|reports|says|tells|believes|recalls)\b|\breportedly\b|\bself[- ]report",
    re.IGNORECASE,
)
#: A look by the bedside, or an echo of another organ, is no echocardiogram.
GLANCED = re.compile(
    r"\b(?:bedside|point[- ]of[- ]care|pocus|focused|limited|carotid|f(?:o)?etal|intracardiac)\W*$", re.IGNORECASE
)
#: "Echo to document [normal function]", "CBC [normal] on 06/09 is required": what the test shall show.
WANTED = re.compile(
    r"\b(?:to (?:document|assess|confirm|evaluate|exclude|rule out|ensure|show|verify|establish)|needs?|needed|goal|requires?|expect\w*|must|should)\b[^:,;]*$",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"[^.;:,]{0,40}\b(?:(?:is|are|was|were) (?:required|needed|mandatory|expected|a requirement)|must be)\b",
    re.IGNORECASE,
)
PAST = re.compile(r"\b(?:history|hx|pmh|past|prior|previous|copied|imported|outside)\b", re.IGNORECASE)
LEAD_LINES = 4
ELSEWHERE = re.compile(
    r"\b(?:outside|prior|previous|old(?! (?:rib|healed|fract|granul|infarct|scar|compress|inferior|anterior|mi\b))|earlier|ago|yesterday|last (?:week|month|year|admission|visit)|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
OPENS_WITH_HOUR = re.compile(r"^\W*(?:[01]\d|2[0-3]):?[0-5]\d\b")
#: "CXR 2V 20:41: no infiltrate": an hour without a day, right behind the test, is of the note's own day.
TIMED = re.compile(
    r"(?: \d?[a-z]{1,3}\b)?(?: (?:was )?(?:completed|done|performed|obtained|taken|recorded|acquired))?\W{0,3}"
    r"(?:(?:at )?(?:[01]?\d|2[0-3]):[0-5]\d\b(?! ?\d)|at (?:[01]\d|2[0-3])[0-5]\d\b(?! ?\d))",
    re.IGNORECASE,
)
#: "CXR 2V | done 08/29/2026 | clear": a row of a work-up's list.
CELLS = re.compile(r"\s\||,(?=\d{4}-\d\d-\d\d)|\d,(?=\S)")
#: "| ECG | NSR | 06/02/2026 |": the day is the row's last cell.
LAST_CELL = re.compile(r"(?:\s\||\s{3,})\s*\S{6,12}\s*\|?\s*$")
#: A list of tests with a column for the day of the order.
ORDERED_COLUMN = re.compile(r"[|,][ \t]*(?:ordered|requested|order date|due)[ \t]*[|,]", re.IGNORECASE)
NOT_DONE_DAY = re.compile(r"\b(?:order|sched|due|request|book|plan)\w*\W*(?:on\s)?$", re.IGNORECASE)
DONE = re.compile(r"\b(?:done|performed|obtained|completed|carried out|taken|undertaken)\b", re.IGNORECASE)
#: Words of a test's name in a list.
NAME_WORDS = 4
#: Characters of the next clause in which the result of a test that was "done" begins.
NEXT_REACH = 24
CLAUSE_END = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)[.;](?:\s|$)")
#: Characters behind a test's name in which its appointment stands; how far ahead one is made.
BOOKED_REACH, BOOKED_DAYS = 48, 120
CALLED_OFF = re.compile(r"\b(?:cancel\w*|refused?|declin\w*|no longer)\b", re.IGNORECASE)
FINAL = ("final", "amended", "corrected", "completed")


def best_sentences(study: Study, patterns: Sequence[str]) -> list[Span]:
    """Sentences of the report that carry its reading, the first pattern's first; "compared with" is no reading of today."""
    found: list[Span] = []
    for pattern in patterns:
        for sentence in study.sentences:
            start = max(0, study.start - sentence.start)
            match = re.search(pattern, sentence.text[start:], re.IGNORECASE)
            if not match or re.match(
                r"\W*(?:compare|comparison|prior|previous|indication|reason|history|clinical)",
                sentence.text,
                re.IGNORECASE,
            ):
                continue
            span = clipped(sentence, start + match.start(), start + match.end())
            if sentence.page.read == "ocr" and len(match[0].split()) >= 2:
                span = sentence.span(start + match.start(), start + match.end())  # the fewer words, the fewer misread
            if span not in found:
                found.append(span)
    return found


def clipped(sentence: Sentence, start: int, end: int, words: int = 20) -> Span:
    """The sentence around [start, end), or its line of print, or its nearest words: whichever is short enough to quote."""
    text, offset = sentence.page.text, sentence.start
    left = max(offset, text.rfind("\n", offset, offset + max(0, start)) + 1)
    stop = text.find("\n", offset + end, sentence.end)
    line = sentence.span(left - offset, (sentence.end if stop < 0 else stop) - offset)
    whole = sentence.span()
    if len(whole.quote.split()) <= words and (sentence.row is False and "\n" not in whole.quote):
        return whole
    if len(line.quote.split()) <= words:
        return line
    begin, finish = max(left - offset, start - 60, 0), min(line.end - offset, end + 60)
    while 0 < begin < start and not sentence.text[begin - 1].isspace():
        begin += 1
    while end < finish < len(sentence.text) and not sentence.text[finish].isspace():
        finish -= 1
    return sentence.span(begin, finish)


@cache
def notes(kinds: tuple[str, ...]) -> Expressions[str]:
    """What notes call each of these kinds of tests."""
    return Expressions((kind, rules()[kind]["note"]) for kind in kinds)


def told_tests(reading: Reading, concept: str, kinds: Sequence[str], as_of: date) -> Iterator[Fact]:
    """Tests of which a note gives both a result and a day: "Chest film 05/28: clear"."""
    reports = {id(study.segment) for study in studies(reading)}
    for sentence in printed(reading):
        own = sentence.document.kind in load("tests.yaml")["kinds"] and not is_note(sentence, reports)
        if own and not is_listed(sentence):
            continue  # a report speaks of other studies only to compare
        for kind, name in notes(tuple(kinds)).to_try(sentence.text):
            for match in name.finditer(sentence.text):
                fact = told(sentence, match, concept, kind, as_of)
                if fact:
                    yield fact


def is_note(sentence: Sentence, reports: set[int]) -> bool:
    """Whether the page only looks like a report: it names a test near its top and holds the reading of none."""
    return id(sentence.segment) not in reports


def is_listed(sentence: Sentence) -> bool:
    """Whether it is a row of a list of tests: a name, a day and more, kept apart by wide gaps."""
    parts = [sentence.text[start:end] for start, end in cells(sentence.text)]
    if len(parts) < 3 or len(parts[0].split()) > NAME_WORDS:
        return False
    return any(day.exact for _start, _end, day in find_dates(parts[1], year_hint=hint_of(sentence.segment)))


def told(sentence: Sentence, match: re.Match[str], concept: str, kind: str, as_of: date) -> Fact | None:
    text = sentence.text
    stop = CLAUSE_END.search(text, match.end())
    end = stop.start() if stop else len(text)
    if (
        NOT_A_TEST.search(text[: match.start()])
        or (kind == "ecg" and FEW_LEADS.search(CLAUSE_END.split(text[: match.start()])[-1] + text[match.start() : end]))
        or says(sentence, match.start()) != "present"
        or (kind == "echo" and GLANCED.search(text[: match.start()]))
        or BY_PATIENT.search(text[match.end() : end])
    ):
        return None
    row = sentence.page.text.rfind("\n", 0, sentence.start + match.start()) + 1 - sentence.start
    result = next((m for p in rules()[kind]["result"] if (m := p.search(text, match.end(), end))), None)
    if result is None and stop and DONE.search(text, match.end(), end):  # "Spirometry was done on May 20; FEV1 78%"
        end = stop.end() + NEXT_REACH
        result = next((m for p in rules()[kind]["result"] if (m := p.search(text, stop.end(), end))), None)
    if result is None or still_open().search(text[max(0, match.start() - 24, row) : result.start()]):
        return None
    if WANTED.search(text[match.end() : result.start()]) or ASKED.match(text[result.end() : end]):
        return None
    when, tied = day_of(sentence, match.end(), match.end(), as_of)
    after, after_tied = day_of(sentence, result.start(), result.end(), as_of)
    if after_tied and not (tied and when):
        when, tied = after, True
    if not (tied and when) and stop and result.start() >= stop.end():
        said = [
            days for first, last, days in dates_of(sentence, as_of) if match.end() <= first and last <= stop.start()
        ]
        when, tied = (said[0], True) if len(said) == 1 else (when, tied)
    if CELLS.search(text[match.end() : result.start()]):
        dates = row_days(sentence, match.start(), result.start())
        if len(dates) == 1 and ORDERED_COLUMN.search(sentence.page.text[: sentence.start + match.start()]):
            return None  # the row's only day is the order's
        when, tied = (dates[-1], True) if dates else (when, tied)
    if not tied and LAST_CELL.search(text, result.end()):
        dates = row_days(sentence, result.end(), len(text))
        when, tied = (dates[0], True) if len(dates) == 1 else (when, tied)
    if not tied and (
        TODAY.search(f"{sentence.label} {sentence.heading}") or on_the_spot(sentence, match, result.end())
    ):
        when, tied = sentence.segment.when, True
    if not (tied and when and when.exact):
        return None
    return Fact("", concept, "present", (clipped(sentence, match.start(), result.end()),), when=when, rank=0,
                signed=sentence.segment.signed is not False, document=sentence.document.id, note="as told in a note")  # fmt: skip


def on_the_spot(sentence: Sentence, match: re.Match[str], end: int) -> bool:
    """Whether the words around a test and its result are of the page's own day, though they do not say "today"."""
    around = sentence.text[max(0, match.start() - 30) : end + 30]
    if ELSEWHERE.search(around):
        return False
    if TIMED.match(sentence.text, match.end()):
        return True
    if OPENS_WITH_HOUR.match(sentence.text) and sentence.document.kind in ("flowsheet", "nursing_note"):
        return True
    arrival = ON_ARRIVAL.search(around) and ARRIVAL_NOTE.search(sentence.page.text[:200])
    emergency = EMERGENCY.search(sentence.page.text[:300]) and not dates_of(sentence) and not of_the_past(sentence)
    return bool(ON_THE_SPOT.search(around) or arrival or emergency)


def of_the_past(sentence: Sentence) -> bool:
    """Whether the paragraph opens as a history, or as text copied from an earlier record."""
    page = sentence.page.text
    lines = page[sentence.segment.start : sentence.start].split("\n")[-LEAD_LINES:]
    opened = next(
        (line for line in reversed([*lines, sentence.text]) if re.match(r"\W*[A-Z][\w /&-]{2,40}[:(]", line)), ""
    )
    return bool(PAST.search(f"{sentence.heading} {sentence.label} {opened[:80]}"))


def row_days(sentence: Sentence, start: int, end: int) -> list[DayRange]:
    """The days in a row between a test's name and its result, those of an order or a plan left out; the last is the test's."""
    dates = find_dates(sentence.text, year_hint=hint_of(sentence.segment))
    return [
        days
        for first, last, days in dates
        if start <= first and last <= end and not NOT_DONE_DAY.search(sentence.text[start:first])
    ]


def open_tests(reading: Reading, concept: str, kinds: Sequence[str], as_of: date) -> Iterator[Fact]:
    """Orders, and sentences that say that the test is to be done, repeated or missing. Never a result."""
    codes = {code for kind in kinds for code in rules()[kind].get("codes", ())}
    for placed in entries(reading, "order", "procedure"):
        entry = placed.entry
        named = any(rules()[kind]["note"].search(entry.label) for kind in kinds)
        coded = any(code.code in codes for code in entry.codes)
        if (coded or named) and placed.standing != "void" and not (entry.kind == "procedure" and entry.status in FINAL):
            yield Fact("", concept, "planned", (placed.span(),), when=entry.when, document=placed.document.id,
                       note=f"order {entry.status}".strip())  # fmt: skip
    for sentence in printed(reading):
        for _kind, match in notes(tuple(kinds)).found(sentence.text):
            cue = nearest_cue(sentence.text, match) or booked(sentence, match)
            if cue and says(sentence, match.start()) != "family":
                days = [day for at, _end, day in find_dates(sentence.text) if at >= match.start()]
                why = "booked" if in_order_list(sentence, days) and not CALLED_OFF.search(cue[0]) else cue[0]
                yield Fact("", concept, "planned", (clipped(sentence, min(match.start(), cue.start()), max(match.end(), cue.end())),),
                           when=planned_day(sentence, match.start(), as_of), document=sentence.document.id, note=why)  # fmt: skip
                break


def booked(sentence: Sentence, match: re.Match[str]) -> re.Match[str] | None:
    """The words up to a day that comes after the note's own, right behind the test: "PFT lab called: 10/15 1300"."""
    written = sentence.segment.when
    stop = CLAUSE_END.search(sentence.text, match.end())
    rest = sentence.text[match.end() : stop.start() if stop else len(sentence.text)][:BOOKED_REACH]
    if written is None or not written.exact:
        return None
    for _start, end, days in find_dates(rest, year_hint=written.last + timedelta(days=BOOKED_DAYS)):
        if days.exact and days.first > written.last:
            return re.compile(f".{{{end}}}", re.DOTALL).match(sentence.text, match.end())
    return None


def nearest_cue(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """The word nearest to the test that says that it is open: within the clause, at most 60 characters away."""
    left = max(0, match.start() - 40, *(m.end() for m in re.finditer(r"[.;]\s", text[: match.start()])))
    stop = re.search(r"[.;](?:\s|$)", text[match.end() :])
    right = min(len(text), match.end() + 60, match.end() + stop.start() if stop else len(text))
    cues = [
        cue
        for cue in still_open().finditer(text, left, right)
        if (cue.end() <= match.start() or cue.start() >= match.end())
        and not UNCALLED_FOR.match(text, max(0, cue.start() - 12))
    ]
    return min(cues, key=lambda cue: min(abs(cue.end() - match.start()), abs(cue.start() - match.end())), default=None)
