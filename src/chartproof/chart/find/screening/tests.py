"""Cancer screening tests with their days and results: from preventive-care tables, prose, reports and structured records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from chartproof.chart.context import assertion, listed_as_plan
from chartproof.chart.dates import find_dates
from chartproof.chart.find.ago import relative_dates
from chartproof.chart.find.dating import said_on
from chartproof.chart.find.person import of_another
from chartproof.chart.find.screening.pieces import Piece, pieces
from chartproof.chart.find.screening.records import Tested, of_records
from chartproof.chart.find.screening.rules import (
    cervix_gone,
    concept_of,
    later,
    methods,
    pattern,
    pattern_of,
    rules,
)
from chartproof.chart.find.screening.tables import HEADER_LINES, due_dates
from chartproof.chart.view import Reading, Sentence, span
from chartproof.model import Assertion, Case, DayRange, Fact, Quantity, Span

#: Documents whose low-dose CT or marker is no screening test, and structured text that its entries repeat.
OTHER_KINDS = frozenset(
    ["pet_ct", "pathology", "fhir_bundle", "lab_export", "mar_export", "order_set", "echo", "muga", "ecg", "rehab"]
)
#: What stands between the days of a list: "2021, 2023 and 2025".
LISTED = re.compile(r"\s*(?:,|;|&|and|, and)\s*", re.IGNORECASE)
NEXT = re.compile(r"\b(?:next|repeat|recall|again|not due)\b", re.IGNORECASE)
WORD_NUMBERS = {"one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "a": 1}
REPEAT = re.compile(
    r"\b(?:repeat|again|next|recall|return|rescreen)\w*\b[^.;]{0,24}?\b(?P<count>\d{1,2}|one|two|three|five|ten|a)[- ]?(?P<unit>y(?:ea)?rs?|months?)\b",
    re.IGNORECASE,
)
#: "3-year recall", "5 yr follow-up".
RECALL = re.compile(
    r"\b(?P<count>\d{1,2}|one|two|three|five|ten|a)[- ]?(?P<unit>y(?:ea)?rs?|months?)\b[- ](?:recall|follow-?up|interval|surveillance|repeat)\b",
    re.IGNORECASE,
)
#: "3/26": a month and a year of two digits, as far back as a screening may count.
SHORT_MONTH = re.compile(r"(?<![\d/.])(\d{1,2})/(\d\d)(?![\d/]|\.\d)")
MEMORY = 12
#: "Colon cancer screening": what a row is of, apart from an illness of that organ.
SCREENED_FOR = re.compile(r"\b(?:breast|cervi\w+|colo\w+|CRC|bowel)(?: ca(?:ncer)?\.?)? screen", re.IGNORECASE)
SAID_CURRENT = re.compile(r"\b(?:up[- ]to[- ]date|UTD|current|satisfied|met)\b", re.IGNORECASE)
OVERDUE_SINCE = re.compile(r"\b(?:over)?due since\W*$", re.IGNORECASE)
#: "OVERDUE (no result in this system)": it says only what the system holds.
OWN_SYSTEM = re.compile(
    r"\bno (?:results?|records?|report) (?:in|on|within) (?:this|our|the) (?:system|record|emr|ehr|chart)\b",
    re.IGNORECASE,
)
REMINDER = re.compile(
    r"\b(?:reminders?|automatic(?:ally)?|care gaps?|gaps? in care|best practice advisor\w+)\b", re.IGNORECASE
)
QUOTE_WORDS = 20
#: Tests that answer with a word, where others give a category.
ANSWERED = ("cervical_screening", "stool_dna_test", "fecal_immunochemical_test")
OPENING_WORDS = 2


def tests_found(reading: Reading, case: Case, sex: str) -> list[Tested]:
    """Every mention of a screening test that says when it was done, that it is planned, or that it is not due."""
    found: list[Tested] = []
    for index, sentence in enumerate(reading.sentences):
        if sentence.document.kind in OTHER_KINDS:
            continue
        following = reading.sentences[index + 1 : index + 3]
        for piece in pieces(sentence.text):
            above = reading.sentences[max(0, index - HEADER_LINES) : index]
            tested = read_piece(sentence, piece, (above, following), case, sex)
            if tested:
                found.append(tested)
    found.extend(of_records(reading, case))
    return found


def read_piece(
    sentence: Sentence, piece: Piece, around: tuple[Sequence[Sentence], Sequence[Sentence]], case: Case, sex: str
) -> Tested | None:
    """The test of one stretch of a sentence; `around` are the sentences above it and below it."""
    above, following = around
    piece = with_its_day(sentence.text, piece)
    text = sentence.text[piece.start : piece.end]
    end = piece.end
    dates = dates_in(text, sentence)
    if not dates and piece.end == len(sentence.text):
        end = goes_on(sentence, following)
        text = sentence.page.text[sentence.start + piece.start : sentence.start + end].replace("\n", " ")
        dates = dates_in(text, sentence)
    if of_another(sentence, piece.start, piece.start + 1, sex=sex):
        return None
    in_due = due_dates(sentence, piece.start, [date[:2] for date in dates], above)
    done, due = days_of(text, dates, sentence, case.as_of, in_due)
    words_before = text[: done[0]] if done else text
    if done and (pattern("not_due").search(text[: done[0]]) or OVERDUE_SINCE.search(text[: done[0]])):
        done = None  # "not eligible, quit 1994": the year is of something else
    planned = bool(pattern("planned").search(words_before)) or bool(done and done[2].first > case.as_of)
    planned = (
        planned or listed_as_plan(sentence) or bool(pattern("ordered_before").search(sentence.text[: piece.start]))
    )
    not_due = bool(pattern("not_due").search(text)) and not done
    if piece.method == "hysterectomy":
        return removed(sentence, piece, text, dates)
    overdue = is_overdue(sentence.text[: piece.start], text)
    method = piece.method or (piece.site if not_due or overdue else by_default(piece.site, text, done, due))
    if due is not None and done is None and not planned:
        overdue = overdue or due <= case.as_of
    next_only = done is None and due is not None and due > case.as_of and (any(in_due) or bool(NEXT.search(text)))
    if not method or not (done or not_due or planned or overdue or next_only or pattern("not_done").search(text)):
        return None
    says: Assertion = "present" if done and not planned else "planned" if planned and not not_due else "absent"
    if done and (pattern("not_done").search(words_before) or failed(text, done)):
        says = "absent"
    if next_only and not overdue:
        says = "planned"
    quote = clipped(sentence, piece.start, end)
    if done and (done[:2] == (0, 0) or titles_report(sentence, text)):
        text, quote = reported(sentence, text, quote)
    fact = fact_of(sentence, method, text, says, done[2] if done else None, quote, note_of(text, says, not_due))
    more = method in ("fit", "stool_dna") and bool(pattern_of("positive").search(text))
    reminder = sentence.document.kind == "after_visit" or REMINDER.search(f"{sentence.heading} | {sentence.label}")
    reminder = reminder or OWN_SYSTEM.search(sentence.text, piece.start, end + 60)
    unsure = done is not None and is_unsure(sentence, piece, text, done)
    return Tested(
        method,
        fact,
        due,
        not_due,
        overdue,
        next_only=next_only,
        asks_more=more,
        automatic=bool(reminder),
        unsure=unsure,
    )


def is_unsure(sentence: Sentence, piece: Piece, text: str, done: tuple[int, int, DayRange]) -> bool:
    """Whether a test's day is guessed at ("maybe 2021", "she thinks"), or a memory that counts back ("he says, 5 years ago")."""
    before = re.split(r"[.;] ", sentence.text[: piece.start])[-1] + text[: done[1]]
    behind = re.split(r"[.;]", text[done[1] :])[0]
    counted = any(one[:2] == done[:2] for one in relative_dates(text, said_on(sentence.segment)))
    guessed = pattern("unsure").search(before) or pattern("unsure_behind").match(behind)
    return bool(guessed or (counted and pattern("memory").search(before + behind)))


def by_default(site: str, text: str, done: tuple[int, int, DayRange] | None, due: date | None) -> str:
    """The test of a dated row that names only what it screens for: the one that holds for the shortest time, or the one
    that the row's own next day allows ("colon cancer screening 05/2021, next due 05/2031")."""
    if done is None or not SCREENED_FOR.search(text) or SAID_CURRENT.search(text):
        return ""  # what is called up to date stands as it is said
    for rule in rules()["unnamed"].get(site, ()):
        longer = rule.get("next_after_months")
        if longer is None or (due is not None and due >= later(done[2].first, int(longer))):
            return str(rule["test"])
    return ""


def dates_in(text: str, sentence: Sentence) -> list[tuple[int, int, DayRange]]:
    """Dates, years, and days that count back from the note: "three years ago", "this February"."""
    printed = find_dates(text, years=True)
    told = [*relative_dates(text, said_on(sentence.segment)), *months_and_years(text, sentence.segment.when)]
    return sorted(
        [*printed, *(one for one in told if not any(one[0] < b and a < one[1] for a, b, _ in printed))],
        key=lambda one: one[:2],
    )


def months_and_years(text: str, written: DayRange | None) -> Iterator[tuple[int, int, DayRange]]:
    """ "Mammo 3/26", as lists of screening have it: a month and a year up to the note's own. Where a day of this year was
    meant the month of that year is the older reading, which proves no more than is so."""
    for match in SHORT_MONTH.finditer(text) if written else ():
        month, year = int(match[1]), 2000 + int(match[2])
        if written and 1 <= month <= 12 and written.last.year - MEMORY <= year <= written.last.year:
            days = DayRange.month(year, month)
            if days.first <= written.last:
                yield match.start(), match.end(), days


def with_its_day(text: str, piece: Piece) -> Piece:
    """ "10/14/2021 Colonoscopy: normal": a piece that opens its line behind a day begins with it."""
    before = find_dates(text[: piece.start])
    opens = before and not text[: before[-1][0]].strip(" -*|") and not text[before[-1][1] : piece.start].strip(" :|-")
    if opens and not find_dates(text[piece.start : piece.end], years=True):
        return replace(piece, start=before[-1][0])
    return piece


def failed(text: str, done: tuple[int, int, DayRange]) -> bool:
    """A test that was begun or arranged and gave no result."""
    return bool(pattern("no_result").search(text) or pattern("missed").match(text[done[1] :].lstrip(" :,;-–|(")))


def is_overdue(before: str, text: str) -> bool:
    """Whether the chart itself says that the test is due: "overdue", "due now", "due for a colonoscopy"."""
    plain = pattern_of("never_overdue").sub("", text)
    if pattern("overdue").search(plain):
        return True
    return bool(pattern("overdue_before").search(before)) and not re.search(
        r"\bnot \w{0,4}\W?due", before, re.IGNORECASE
    )


def removed(sentence: Sentence, piece: Piece, text: str, dates: list[tuple[int, int, DayRange]]) -> Tested | None:
    """A hysterectomy counts with or without its year."""
    at = next(
        ((m.start(), m.end()) for name, p in methods() if name == "hysterectomy" for m in p.finditer(text)), (0, 1)
    )
    says = assertion(sentence, piece.start + at[0], piece.start + at[1])
    if says in ("planned", "family"):
        return None
    says = (
        "absent"
        if says == "absent"
        and not re.search(r"\bn/?a\b|\bnot (?:needed|due)|\bno pap (?:needed|due|indicated)", text, re.IGNORECASE)
        else "present"
    )
    not_due = bool(pattern("not_due").search(text)) and not pattern("keeps_cervix").search(text)
    gone = says == "present" and (cervix_gone(text) or not_due)
    note = (
        "" if says == "absent" else "the cervix was removed" if gone else "whether the cervix was removed is not stated"
    )
    when = next((days for start, _end, days in dates if start >= at[0]), None)
    fact = fact_of(
        sentence, "hysterectomy", text, says, when, clipped(sentence, piece.start, piece.start + len(text)), note
    )
    return Tested("hysterectomy", fact, cervix_gone=gone)


def goes_on(sentence: Sentence, following: Sequence[Sentence]) -> int:
    """Where the row ends, counted from the sentence's start: a cell that wraps leaves its date on a line below."""
    last = sentence
    for later_one in following:
        if later_one.segment != sentence.segment or later_one.start - last.end > 4:
            break
        dates = find_dates(later_one.text, years=True)
        if dates and dates[0][0] <= 3:
            other = pieces(later_one.text)
            return later_one.start - sentence.start + (other[0].start if other else len(later_one.text))
        if len(later_one.text.split()) > 3 or pieces(later_one.text):
            break
        last = later_one
    return len(sentence.text)


def days_of(
    text: str, dates: list[tuple[int, int, DayRange]], sentence: Sentence, as_of: date, in_due: Sequence[bool]
) -> tuple[tuple[int, int, DayRange] | None, date | None]:
    """(the day on which it was done, the day by which the next is due); a date behind "next" or "due" is the latter."""
    due_words = re.compile(rules()["due_words"], re.IGNORECASE)
    done: tuple[int, int, DayRange] | None = None
    due: date | None = None
    for index, (start, end, days) in enumerate(dates):
        if in_due[index]:
            due = due or days.last
        elif done is not None and days.first <= as_of and LISTED.fullmatch(text[done[1] : start]):
            done = (start, end, days) if days.last > done[2].last else done
        elif due_words.search(text[:start][-40:]) and not re.search(
            r"\blast\W+(?:\w+\W+)?$", text[:start], re.IGNORECASE
        ):
            due = due or days.last
        elif done is None and days.first <= as_of:
            done = (start, end, days)
        elif days.first > as_of and done is not None:
            due = due or days.last
        elif days.first > as_of:
            done = done or (start, end, days)
    when = sentence.segment.when
    if done is None and when is not None and re.search(r"\btoday\b|\bthis visit\b", text, re.IGNORECASE):
        at = re.search(r"\btoday\b|\bthis visit\b", text, re.IGNORECASE)
        done = (at.start(), at.end(), when) if at else None
    if done is None and due is None and is_report(sentence):
        done = (0, 0, when) if when else None
    repeat = REPEAT.search(text) or RECALL.search(text)
    if repeat and done is not None and due is None:
        count = WORD_NUMBERS.get(repeat["count"].lower()) or int(repeat["count"])
        due = later(done[2].first, count * (1 if repeat["unit"].lower().startswith("m") else 12))
    return done, due


def is_report(sentence: Sentence) -> bool:
    """The title line of a screening study's own report: its day is the study's."""
    text = sentence.page.text
    short = sentence.start < 700 and len(sentence.text.split()) <= 40
    body = re.search(r"\b(?:findings|impression|technique)\b", text, re.IGNORECASE)
    return short and body is not None and bool(re.search(r"\bscreen", text[:900], re.IGNORECASE))


def titles_report(sentence: Sentence, text: str) -> bool:
    """Whether the dated words head a radiologist's own report, whose category stands in its impression."""
    return (
        sentence.document.kind in ("ct", "imaging") and pattern("result").search(text) is None and is_report(sentence)
    )


def reported(sentence: Sentence, text: str, quote: Span) -> tuple[str, Span]:
    """The line of a study's report that gives its category, where it has one."""
    page = sentence.page
    result = pattern("result").search(page.text[: sentence.segment.end], sentence.end)
    if result is None:
        return text, quote
    start = page.text.rfind("\n", 0, result.start()) + 1
    line = page.text[start:].split("\n", 1)[0]
    tokens = list(re.finditer(r"\S+", line))[:QUOTE_WORDS]
    return line, span(page, start, start + tokens[-1].end())


def note_of(text: str, says: Assertion, not_due: bool) -> str:
    if says == "planned":
        return "planned or advised, not shown to be done"
    if not_due:
        return "the chart says that it is not due"
    declined = re.search(r"declin\w+|refus\w+", text, re.IGNORECASE)
    return declined[0].lower() if declined else ""


def fact_of(
    sentence: Sentence, method: str, text: str, says: Assertion, when: DayRange | None, quote: Span, note: str
) -> Fact:  # fmt: skip
    segment = sentence.segment
    result = pattern("result").search(text)
    concept = concept_of(method)
    quantity = None
    if concept == "psa":
        value = re.search(r"(?<![\d/])(\d{1,4}\.\d{1,3})(?![\d/])(?: ?ng/ml)?|\b(\d{1,4}) ?ng/ml", text, re.IGNORECASE)
        if value:
            quantity = Quantity(float(value[1] or value[2]), float(value[1] or value[2]), "ng/mL")
        if pattern("discussed").search(text):
            concept = "psa_discussion"
    value_word = category(result[0]) if result else None
    if (
        says == "present"
        and concept in ANSWERED
        and pattern("answers_negative").search(text)
        and not pattern_of("positive").search(text)
    ):
        value_word = "negative"
    return Fact(
        id="", concept=concept, assertion=says, evidence=(quote,), value=value_word, quantity=quantity,
        when=when, known=segment.when, signed=segment.signed is not False, rank=2 if segment.addendum else 1,
        document=segment.document.id, note=note,
    )  # fmt: skip


def category(text: str) -> str:
    """ "Lung-RADS category 2S" as "Lung-RADS 2S"."""
    return re.sub(r":?(?: category)? ?(?=[0-6])", " ", text, count=1, flags=re.IGNORECASE)


def clipped(sentence: Sentence, start: int, end: int) -> Span:
    """The piece's words, some twenty at the most, with a word or two that open its sentence ("His colonoscopy")."""
    if 0 < len(sentence.text[:start].split()) <= OPENING_WORDS and not re.search(r"[.:;|]", sentence.text[:start]):
        start = 0
    text = sentence.page.text[sentence.start + start : sentence.start + end]
    tokens = list(re.finditer(r"\S+", text))[:QUOTE_WORDS]
    return span(sentence.page, sentence.start + start, sentence.start + start + tokens[-1].end())
