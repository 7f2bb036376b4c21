"""The day of a value: what its sentence ties to it, else the day of the visit where the words say "today", else none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from chartproof.chart.dates import MONTHS, find_dates
from chartproof.chart.find.ago import counts_back, elsewhere, relative_dates
from chartproof.chart.find.labs.grid import MEASURED, lines
from chartproof.chart.find.years import counted_from, of_a_name
from chartproof.chart.line_looks import is_heading
from chartproof.chart.view import Segment, Sentence
from chartproof.model import DayRange

TODAY = re.compile(
    r"\b(?:today|this (?:morning|afternoon|visit|encounter)|at (?:this|today'?s) visit|in (?:the )?(?:clinic|office) today|just now"
    r")\b",
    re.IGNORECASE,
)
#: "... 6/2/2026; HBV DNA was undetectable the same day".
SAME_DAY = re.compile(r"^[^.;]{0,24}\b(?:the )?same (?:day|date|draw)\b", re.IGNORECASE)
COLLECTED = re.compile(
    r"\b(?:(?:date(?:/time)? |specimen |sample |d/t )?coll(?:ected|ect|\.|n)?(?: (?:date(?:/time)?|time|d/?t|on))?|collection (?:date|time|date/time|d/?t)"
    r"|drawn|sampled?|draw (?:date(?:/time)?|time)|(?:specimen|sample) (?:date|taken|drawn)|date of (?:collection|specimen)|taken|(?:procedure|biopsy|surgery) date|(?<!consent )(?<!history )(?<!information )obtained)(?!\w)\s*(?:on|at)?\s*[:.|]?\s*$"
    # "FISH (peripheral blood 08/06/2026, addendum 08/19/2026)"
    r"|\((?:peripheral blood|blood|bone marrow(?: aspirate| biopsy)?|marrow|aspirate|PB|BM|BMA|lymph node|node|tissue|csf)[ ,:]{1,3}(?:of |on |from )?$",
    re.IGNORECASE,
)
DISCHARGED = re.compile(r"\b(?:discharged?|disch|d/c|dc)(?: date| on)?\b[\s:.]*$", re.IGNORECASE)
ADMITTED = re.compile(r"\b(?:admi(?:tted|ssion|t)|adm(?: date)?)\b(?: date| day)?(?: on)?[\s:.|]*$", re.IGNORECASE)
#: "(was 9.6 on 8/27)": the day is the earlier value's.
ASIDE = re.compile(r"\((?:was|from|prior|prev\w*|last|vs\.?|versus|up|down|compared)\b[^()]*\)", re.IGNORECASE)
#: "(66 on June 3)", "(it was 66 on 6/3)": in brackets a value, then its own day.
EARLIER_VALUE = re.compile(
    r"\(\s*(?:(?:it|this|that|which|he|she) )?(?:(?:was|had been|is|from) )?(?:(?:at|still|only|about) )?[<>]?\d+(?:\.\d+)?\s?(?:%|[a-z]{1,5}/[a-z]{1,5})? (?:on|in|at|of|back in|as of) [^()]{3,24}\)",
    re.IGNORECASE,
)
BRACKETS = re.compile(r"\([^()]*\)")
#: Words by which undated results are of another time than the note's.
ANOTHER_TIME = re.compile(
    r"\b(?:prior|previous\w*|last|earlier|outside|history|hpi|diagnosis|admission|initial|baseline|historical|nadir|peak|cycle|week|month"
    r"|since|before|after|post|goal|criteria|required?|if|target|threshold|copied|forward|old|pretreatment|when|c\d+d\d+|donor|sibling|wife"
    r"|husband|spouse)\b|\bday ?[+-]?\d",
    re.IGNORECASE,
)
ORDERED = re.compile(
    r"\b(?:ordered|requested|order(?:ed)? (?:date|on|placed)|date (?:ordered|requested))(?: (?:on|date))?\s*[:.|]?\s*$",
    re.IGNORECASE,
)
#: Years before a note in which no result of it was found.
LIFE = 30
#: Words of a title of tests beside its day, at the most.
TITLE_WORDS = 8
#: How many small words a list of results may hold beside the results themselves.
LIST_WORDS = 4
#: How long a stay may be: days without a year in its summary may come after the day on which it began.
STAY = timedelta(days=45)
#: Labels of a list of results.
OF_TESTS = re.compile(
    r"\b(?:labs?|laborator(?:y|ies)|panel|screen\w*|serolog\w+|stud(?:y|ies)|results?|virology|test(?:s|ing)|bloods?|counts?|idms?|markers?)\b",
    re.IGNORECASE,
)
#: A paragraph that opens with its tests and a day; what begins another part below it.
HEADED = re.compile(
    r"^[ \t]*(?:O: )?((?:recent |latest |outside )?(?:labs?|laborator(?:y|ies)|bloods?|bloodwork|counts?|chemistr(?:y|ies)|results))"
    r"(?: (?:of|from|on|dated|drawn|collected))?[ \t]*[:(]?[ \t]*(?=\d)",
    re.IGNORECASE | re.MULTILINE,
)
NEW_PART = re.compile(r"^[ \t]*(?:\n|$(?=\n)|[A-Z][A-Za-z/&]{0,14}:|\d{1,2}\. )", re.MULTILINE)
#: What may stand between a value and its day: a unit, a method or a range in brackets, a flag, "on".
LEADS = re.compile(
    r"^\W{0,3}\s*(?:\(\s*)?(?:%|[a-z0-9*^]{0,6}/[a-z0-9.]{1,9}|g%|biplane|bp|visual\w*|reported|[hl]{1,2})?(?!\w)(?:\s*\([^()]{0,24}\))?"
    r"\s*(?:[HL]{1,2}\b|\*)?\W{0,3}(?:(?:last )?(?:tested|sampled|sample|specimen|drawn|done|coll(?:ected|ection)?\.?(?: date)?:?|performed|obtained|taken|measured|checked|run)\b ?)?"
    r"(?:on|in|at|of|from|dated|as of)?(?: the| her| his)?\s*\(?\s*$"
    r"|^\s*\((?!donor|sibling|caregiver|partner|spouse|wife|husband|sister|brother|mother|father|daughter|son\b)[A-Za-z/+-]{2,12}, ?$",
    re.IGNORECASE,
)
MONTH_ONLY = re.compile(
    r"\b(?:in|last|since|of|from|this)\s+(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b(?!\s*\d)",
    re.IGNORECASE,
)


def hint_of(segment: Segment, as_of: date | None = None) -> date | None:
    """The day from which dates without a year count back."""
    known = segment.when or segment.document.when
    if known and segment.document.kind == "discharge_summary":
        ended = last_day_of_stay(segment.page.text, known.last)
        return ended if ended > known.last else known.last + STAY
    return counted_from(segment) or as_of


def said_on(segment: Segment) -> date | None:
    """The one day on which the words were written, from which "last week" counts back."""
    when = segment.when
    return when.last if when and when.exact and segment.document.kind != "discharge_summary" else None


def admitted_on(text: str) -> DayRange | None:
    """The day of the admission by its label, or as the start of "07/14/2026 - 07/19/2026"."""
    dates = find_dates(text)
    for first, _, days in dates:
        if days.exact and ADMITTED.search(text[max(0, first - 24) : first]):
            return days
    for (_, end, days), (start, _, later) in pairwise(dates):
        if days.exact and later.exact and re.fullmatch(r"\s*(?:-|\u2013|to|through)\s*", text[end:start]):
            return days
    return None


def last_day_of_stay(text: str, admitted: date) -> date:
    """The day of the discharge, by its label or as the end of "07/14/2026 - 07/19/2026"; else `admitted`."""
    dates = find_dates(text)
    ends = [days.last for first, _, days in dates if DISCHARGED.search(text[max(0, first - 24) : first])]
    ends += [
        later.last
        for (_, end, _), (start, _, later) in pairwise(dates)
        if re.fullmatch(r"\s*(?:-|\u2013|to|through)\s*", text[end:start])
    ]
    return max([admitted, *(day for day in ends if 0 <= (day - admitted).days <= 120)])


def dates_of(sentence: Sentence, as_of: date | None = None) -> list[tuple[int, int, DayRange]]:
    """Dates of the sentence, those without a year and bare months ("in February") counted back from the document's day."""
    hint = hint_of(sentence.segment, as_of)
    found = find_dates(sentence.text, year_hint=hint)
    if hint:
        for match in MONTH_ONLY.finditer(sentence.text):
            if not any(s < match.end() and e > match.start() for s, e, _ in found):
                month = MONTHS[match[1].lower()]
                year = hint.year if month <= hint.month else hint.year - 1
                found.append((match.start(1), match.end(1), DayRange.month(year, month)))
    for start, end, days in relative_dates(sentence.text, said_on(sentence.segment)):
        if not any(s < end and e > start for s, e, _ in found):
            found.append((start, end, days))
    return sorted((row for row in found if not long_past(row[2], hint)), key=lambda row: row[:2])


def long_past(day: DayRange, hint: date | None) -> bool:
    """Whether a day is so long before the note's that it is a birth date, labelled or not, and never a result's."""
    return bool(hint and day.exact and day.first.year < hint.year - LIFE)


def day_of(sentence: Sentence, start: int, end: int, as_of: date | None = None) -> tuple[DayRange | None, bool]:
    """(the day of what stands at [start, end), whether the sentence itself ties it).

    A date right after the value wins, then the nearest one before it in the clause, then "today"; else (None, False).
    """
    dates = dates_of(sentence, as_of)
    text = sentence.text
    for first, _last, days in dates:
        if first >= end and LEADS.match(text[end:first]):
            return days, True
    earlier = [days for _first, last, days in dates if last <= start]
    if SAME_DAY.match(text[end:]):
        return (earlier[-1], True) if earlier else (sentence.segment.when, sentence.segment.when is not None)
    asides = [
        match.span()
        for match in (*ASIDE.finditer(text), *BRACKETS.finditer(text))
        if counts_back(match[0]) or ASIDE.match(match[0]) or EARLIER_VALUE.match(match[0])
    ]
    before = [
        (first, last, days)
        for first, last, days in dates
        if last <= start
        and not re.search(r"[.;]\s", text[last:start])
        and not foreign(text[:first])
        and not any(a < first and last < b <= start for a, b in asides)
    ]
    beside = [row[:2] for row in dates if not any(a < row[0] and row[1] < b for a, b in asides)]
    today = [one for one in TODAY.finditer(text) if sentence.segment.when and reaches(one, start, end, beside)]
    near = [match for match in today if match.end() <= start]
    if before and "\n" in sentence.page.text[sentence.start + before[-1][1] : sentence.start + start]:
        in_table, own = row_day(sentence, start)
        if in_table:
            return own, True  # the date above is another row's
    if before and not (near and near[-1].start() > before[-1][1]):
        return through(text, before), True
    if today or (sentence.segment.when and not dates and TODAY.search(lead_in(sentence))):
        return sentence.segment.when, True
    return None, of_another_time(text, start, end)


def through(text: str, before: Sequence[tuple[int, int, DayRange]]) -> DayRange:
    """The last of the days, or the time from the one before it: "admitted 8/22 to 8/29/2026 with calcium 13.4"."""
    *_, last = before
    if len(before) > 1 and re.fullmatch(r"\s*(?:-|\u2013|to|through|thru|until)\s*", text[before[-2][1] : last[0]]):
        return DayRange(min(before[-2][2].first, last[2].first), last[2].last)
    return last[2]


def reaches(today: re.Match[str], start: int, end: int, dates: Sequence[tuple[int, int]]) -> bool:
    """Whether a "today" is of what stands at [start, end): no other day stands between them, nor, behind it, a clause's end.

    "The tracing I have is of July 2, sinus rhythm; the machine was down today".
    """
    left, right = (today.end(), start) if today.end() <= start else (end, today.start())
    if any(left <= first and last <= right for first, last in dates):
        return False
    return today.end() <= start or not re.search(r"[.;]\s", today.string[left:right])


def of_another_time(text: str, start: int, end: int) -> bool:
    """Whether the words beside [start, end) count from a day that is not the note's: "on POD 3", "at the last visit"."""
    left = re.split(r"[.;,]\s|\b(?:and|now|today|but|then)\b", text[max(0, start - 40) : start])[-1]
    right = re.split(r"[.;,]\s|\b(?:and|now|today|but|then)\b", text[end : end + 40])[0]
    return bool(elsewhere().search(left) or elsewhere().match(right.lstrip(" (,:-%")))


def row_day(sentence: Sentence, at: int = 0) -> tuple[bool, DayRange | None]:
    """(whether the character `at` stands in a row of a table with a "Date" column, that row's own day)."""
    place = sentence.start + at
    for line in lines(sentence.segment):
        if any(a <= place < b for a, b in line.places(0, len(line.text))):
            return any(column.kind == "when" for column in line.columns), line.own_day()
    return False, None


def lead_in(sentence: Sentence) -> str:
    """What opens the line before the sentence: "Tests today. 12-lead ECG: ... Echo: ..." """
    text = sentence.page.text
    line = text.rfind("\n", 0, sentence.start) + 1
    return f"{sentence.label} {text[max(line, sentence.segment.start) : sentence.start]}"


#: "Future order 08-OCT-2026, expected 20-OCT-2026": the day on which it is to be done, behind that of the order.
EXPECTED = re.compile(
    r"\b(?:expected|to be (?:done|drawn|collected)|due|scheduled|target\w*)\b(?: (?:on|for|by|date))?\W*$",
    re.IGNORECASE,
)


#: The head of a list of orders: the day of the order first, then the one for which it is booked.
ORDER_COLUMNS = re.compile(
    r"^[^\n.]*\b(?:ordered|requested|order date|date ordered|placed|entered)\b[^\n.]*\b(?:scheduled|expected|due|appt\w*|appointment|booked|planned|target)\b[^\n.]*$",
    re.IGNORECASE | re.MULTILINE,
)
#: "Chest film in 8 weeks, cardiology, oncology 20 Aug": a day that is counted from the note's.
AHEAD = re.compile(
    r"[^.,;:\d]{0,30}?\bin (?:about |approximately |~)?(?:\d{1,2}|an?|one|two|three|four|five|six|eight|ten|twelve)(?: ?(?:-|\u2013|to) ?\d{1,2})?"
    r"[ -](?:days?|weeks?|wks?|months?|mos?)\b(?! \(?\d)(?=[\s,.;]|$)",
    re.IGNORECASE,
)


#: "The ECG we have is from July 14, ask for another": the day of what was done.
DONE_ON = re.compile(
    r"\b(?:from|of|dated|done(?: on)?|performed(?: on)?|last(?: one)?(?: was)?|was(?: on)?|have is|since|on file)(?: (?:the|it))?\W{0,2}$",
    re.IGNORECASE,
)


def planned_day(sentence: Sentence, at: int, as_of: date | None = None) -> DayRange | None:
    """The day for which something is ordered or planned, where the sentence gives one; it may come after the note's day."""
    if AHEAD.match(sentence.text, at):
        return None  # the days that follow are of what stands behind it in the list
    hint = hint_of(sentence.segment, as_of)
    ahead = hint + timedelta(days=210) if hint else None
    found = find_dates(sentence.text, year_hint=ahead)
    found = [one for one in found if not (hint and one[2].last < hint and DONE_ON.search(sentence.text[: one[0]]))]
    expected = [days for start, _end, days in found if start >= at and EXPECTED.search(sentence.text[:start])]
    later = expected or [days for start, _end, days in found if start >= at]
    if not expected and in_order_list(sentence, later):
        return later[1]
    return later[0] if later else found[-1][2] if found else None


def in_order_list(sentence: Sentence, days: Sequence[DayRange]) -> bool:
    """Whether the days of a row stand under "Ordered" and "Scheduled": the second is the one for which it is booked."""
    above = sentence.page.text[sentence.segment.start : sentence.start]
    return len(days) > 1 and days[0].first <= days[1].first and bool(ORDER_COLUMNS.search(above))


def foreign(left: str) -> bool:
    """Whether the date that follows `left` is of something else: a treatment's start, a planned day, a birth."""
    if re.search(r"\b(?:planned|scheduled|booked|slot|due|appointment)\b[^.;]{0,28}$", left[-50:], re.IGNORECASE):
        return True
    return bool(
        re.search(
            r"\b(?:since|until|through|by|before|after|next|repeat(?:ed)?|scheduled|due|booked|planned|start(?:ed|ing)?|stopped|born|dob"
            r"|given|not later than|print(?:ed)?|reported|rpt|released|received|faxed)\W{0,3}(?:on\s)?$",
            left[-28:],
            re.IGNORECASE,
        )
    )


def report_day(sentence: Sentence) -> DayRange | None:
    """The specimen's day of an undated sentence: of its label or its paragraph's, of the "Collected" line above it on the
    page, or of the laboratory's report. A year that the sentence tells is that of its result ("Hepatitis C 2019 negative")."""
    told, said = year_told(sentence.text), said_on(sentence.segment)
    if told and said and told.last < said:
        return told
    collected = headed_day(sentence) or collected_above(sentence.segment, sentence.end)
    return collected or (sentence.segment.when if sentence.document.kind == "lab_report" else None)


def year_told(text: str) -> DayRange | None:
    """The only year that stands alone in a sentence without dates; a number with a unit or a range is none."""
    found = find_dates(text, years=True)
    alone = len(found) == 1 and found[0][1] - found[0][0] == len("2019") and not of_a_name(text, *found[0][:2])
    return found[0][2] if alone and not MEASURED.match(text, found[0][1]) else None


def headed_day(sentence: Sentence) -> DayRange | None:
    """The day of the label of an undated sentence ("Viral labs from 8/21:"), or the one that opens its paragraph as its
    tests' ("LABS 10/06: see the report. WBC 5.9 ...")."""
    labelled = find_dates(sentence.label, year_hint=hint_of(sentence.segment))
    if len(labelled) == 1 and OF_TESTS.search(sentence.label) and not foreign(sentence.label[: labelled[0][0]]):
        return labelled[0][2]
    if find_dates(sentence.text, year_hint=hint_of(sentence.segment)):
        return None
    return headed_above(sentence.segment, sentence.start)


def headed_above(segment: Segment, at: int) -> DayRange | None:
    """The only day of the paragraph above the place `at`, where it opens with the tests and that day; else titled_above."""
    above = segment.page.text[segment.start : at]
    opened = list(HEADED.finditer(above))
    if not opened:
        return titled_above(segment, above)
    start, label_end = opened[-1].start(), opened[-1].end()
    paragraph = above[start:]
    if NEW_PART.search(paragraph.partition("\n")[2]):
        return titled_above(segment, above)
    dates = find_dates(paragraph, year_hint=hint_of(segment))
    return dates[0][2] if len(dates) == 1 and dates[0][0] <= label_end - start + 1 else None


def titled_above(segment: Segment, above: str) -> DayRange | None:
    """The day of the title of tests over the rows that end `above`: "IDM panel (05/12/2026)". A blank line ends its rows."""
    for line in reversed(above.split("\n")[:-1]):
        if not line.strip():
            return None
        hint = hint_of(segment)
        dates = [row for row in find_dates(line, year_hint=hint) if not long_past(row[2], hint)]
        if dates:
            start, end, day = dates[0]
            bare = f"{line[:start]} {line[end:]}"
            title = len(bare.split()) <= TITLE_WORDS and OF_TESTS.search(line[:start]) and not ANOTHER_TIME.search(bare)
            return day if title and len(dates) == 1 and not foreign(line[:start]) else None
        if is_heading(line):
            return None
    return None


def bare_list_day(sentence: Sentence, spans: Sequence[tuple[int, int]]) -> DayRange | None:
    """The day of a list of at least two results [start, end) that opens its line and holds hardly a word beside them."""
    if len(spans) < 2 or find_dates(sentence.text, year_hint=hint_of(sentence.segment)):
        return None
    around = f"{sentence.heading} {lead_in(sentence)} {sentence.text}"
    first = min(start for start, _ in spans)
    rest = list(sentence.text)
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    words = re.findall(r"\b[a-z]{3,}\b", "".join(rest))
    if ANOTHER_TIME.search(around) or len(words) > LIST_WORDS or len(sentence.text[:first].split()) > LIST_WORDS:
        return None
    return sentence.segment.when


def ordered_above(segment: Segment, at: int) -> DayRange | None:
    """The day of the last "Ordered" above the place `at` of the page, where no specimen was collected below it."""
    best: DayRange | None = None
    text = segment.page.text[:at]
    for start, _end, days in find_dates(text, year_hint=hint_of(segment)):
        left = text[max(0, start - 40) : start].replace("\n", " ")
        best = days if ORDERED.search(left) else None if COLLECTED.search(left) else best
    return best


def collected_above(segment: Segment, at: int) -> DayRange | None:
    """The day of the last "Collected" above the place `at` of the page, within the segment's own head or body."""
    best: DayRange | None = None
    text = segment.page.text[:at]
    for start, _end, days in find_dates(text, year_hint=hint_of(segment)):
        if COLLECTED.search(text[max(0, start - 40) : start].replace("\n", " ")):
            best = days
    return best


def specimen_day(segment: Segment, at: int | None = None) -> DayRange | None:
    """The day of a laboratory report's values: the last "Collected:" above, else the segment's day."""
    return collected_above(segment, at if at is not None else segment.end) or segment.when
