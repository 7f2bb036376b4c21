"""Left ventricular ejection fraction: values with their own day and method, from reports, tables, notes and entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from chartproof.chart.context import listed_as_history
from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import TODAY, dates_of, day_of, hint_of, row_day
from chartproof.chart.find.entries import printed
from chartproof.chart.find.labs.grid import Line, lines
from chartproof.chart.find.mention import says
from chartproof.chart.find.studies import Study
from chartproof.chart.numbers import in_figures
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, DayRange, Document, Span

VALUE = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d)?)(?:\s?%)?(?:\s?(?:-|\u2013|to)\s?(\d{1,2}(?:\.\d)?))?(?:\s?%)?(?![\d/]|\.\d|\s?(?:cm|mm|mg|ml|bpm|mmhg)\b)",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"between (\d{1,2}(?:\.\d)?)(?:\s?%)? and (\d{1,2}(?:\.\d)?)(?:\s?%)?(?![\d/]|\.\d)", re.IGNORECASE
)
LINK = re.compile(
    r"(?:\s|\((?![^()]*\d\s?%)[^()]{1,30}\)|[,:=~(|\u201c\"]|\.{2,}|\)(?!\s*(?:;|\.(?!\.)))|\b(?:is|was|of|at|now|today|currently|about|around|approximately|approx\.?|estimated|est\.?|visually?|by|biplane"
    r"|simpson'?s?|3d|2d|in|the|grossly|with|on|contrast|method|discs?|calculated|measured|quantitative|again|still|remains?|preserved|normal|reduced"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?(?: ?per ?cent)?|mildly|moderately|severely|low|low-normal|settled|has|(?:transthoracic |formal |resting )?echo(?:cardiogra\w+)?|tte|muga|mri|cmr|gated|blood pool|radionuclide|ventriculogra\w+|scan|study|rest(?:ing)?|appear(?:s|ed)|look(?:s|ed)|(?:improved|increased|decreased|dropped|fell|rose|fallen|risen)(?= (?:to|from))|to(?= (?:about|approximately|around|\d))|volumes?|mod|bp|to be|reads?|read|as|showed|shows|estimation|estimate|calculation|teichholz|eye|value|outside(?: lab| study| hospital)?|(?:before|prior to|on|at) (?:admission|arrival|treatment|therapy|chemotherapy|transplant)|this study|comes? back|came back)\b){0,16}",
    re.IGNORECASE,
)
BOUND = re.compile(
    r"\W{0,3}(?:(?:were|was|is|be|must be|must|comes? back|should|were to|to|falls?|drops?|drop|fall|goes|confirmed|remains?|of)\s+){0,4}"
    r"(?P<sign>under|below|less than|above|over|greater than|at least|more than|<=?|>=?|\u2264|\u2265)\s*(?P<value>\d{1,2})",
    re.IGNORECASE,
)
OR_MORE = re.compile(
    r"\s?%?\s*(?:or (?:more|higher|greater|above|less|lower|below)|and (?:above|over)|\+)", re.IGNORECASE
)
LIMITED = re.compile(
    r"\b(?:bedside|limited(?! (?:2d )?(?:transthoracic )?(?:echo(?!\s?lab)|tte))|grossly|eyeball|point[- ]of[- ]care|pocus|not a formal)\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:carried out|performed|done|obtained|completed|undertaken|underwent|had|repeated|took place)\b", re.IGNORECASE
)
#: "now 52% by MUGA on 08/05/2026": a further value of the same sentence, which gives its own day behind it.
FURTHER = re.compile(
    r"(?:\b(?:now|and|then|to|down to|up to|currently|later|again|repeat|was|is|vs)|->|\u2192|,)\s+(?:is |was |at )?(\d{2}(?:\.\d)?)(?:\s?%)?(?:\s?(?:-|\u2013|to)\s?(\d{1,2}(?:\.\d)?))?\s?%",
    re.IGNORECASE,
)
#: "LVEF 58 % by echo on 2026-03-28", "EF 60% (TTE, 5/2/26)": what may stand between a value and its study's day.
BY_METHOD = re.compile(
    r"\s?%?[\s,(;-]*(?:(?:by|on|per|via|from|in|with|as measured by|measured by|on the|latest|last|most recent|recent|formal|a|an|the|his|her"
    r"|biplane|simpson'?s?|3d|2d|echo\w*|tte|to?ee|muga|mri|cmr|cardiac|heart|scan|study|transthoracic|radionuclide|nuclear|gated|blood|pool|rest(?:ing)?|ultrasound|imaging|ventriculogra\w+|done|performed"
    r"|obtained|dated|of|dtd|taken)\b[\s,(:]*)+",
    re.IGNORECASE,
)
COPIED = re.compile(r"\b(?:imported|carried forward|copied|history of)\b", re.IGNORECASE)
#: The head of a list of studies with an EF column.
STUDY_LIST = re.compile(
    r"\b(?:date|performed)\b.*\b(?:lv ?)?ef\b|\b(?:lv ?)?ef\b.*\b(?:date|performed)\b", re.IGNORECASE
)
#: "Prior EF: 62%" names the value itself as an older one.
EARLIER = re.compile(r"\b(?:prior|previous|earlier|last known|old)\s+(?:lv\s?)?$", re.IGNORECASE)
#: "57% (May 2025, outside)" in a report's own list of earlier values.
SERIES = re.compile(r"(\d{1,2})\s?%\s*\(([^()]{4,40})\)")
SERIES_LEAD = re.compile(r"^\W*(?:series|prior|previous|trend|comparison|serial)\b", re.IGNORECASE)
#: "Prior MUGA of 08/05/2025: 63 percent", "Previous study: 61% on 11/01/2025": one earlier value with its day.
EARLIER_STUDY = re.compile(
    r"^\W*(?:prior|previous|comparison|compared (?:with|to)|last)\b(?: (?:study|exam(?:ination)?|echo\w*|tte|muga|mri|cmr|scan|lv ?ef|ef|of|on|from|dated))*"
    r"[\s,:(]*(?P<before>[\w/ ,.-]{4,20}?\d)?[\s,:)]*(?:(?:lv ?ef|ef|was|of)\W*)*(?P<value>\d{2})\s?(?:%|percent\b)(?:\W{0,3}(?:on|of|in|dated)?\s?(?P<after>[\w/ ,.-]{4,20}))?\W*$",
    re.IGNORECASE,
)
METHODS = (
    ("muga", r"\bmuga|blood pool|radionuclide"),
    ("mri", r"\bcmr\b|\bmri\b"),
    ("echo", r"echo|\btte\b|transthoracic|biplane"),
)
#: What gives a fraction too and is no echo, MUGA or MRI; it counts where none of these is named.
OTHER_METHODS = (
    ("spect", r"\bspect\b|perfusion|\bnuclear (?:stress|stud)|stress nuclear|myoview|sestamibi|\bpet\b"),
    ("ct", r"\bc?cta?\b|tomogra"),
    ("cath", r"\bcath(?:eteri[sz]ation)?\b|ventriculogra|angiogra"),
)


@dataclass(frozen=True, slots=True)
class Ejection:
    """One value in percent. `study` is the report that it stands in; `tied` says that its sentence gives the day."""

    low: float | None
    high: float | None
    when: DayRange | None
    evidence: Span
    document: Document
    assertion: Assertion = "present"
    method: str = ""
    tied: bool = False
    study: Study | None = None
    signed: bool = True
    rank: int = 1
    note: str = ""
    earlier: bool = False


@cache
def names() -> Expression:
    rule = load("tests.yaml")["lvef"]
    before = "".join(rf"(?<!{word} )" for word in rule["not_before"])
    return Expression(rf"(?<![\w\-]){before}(?:{'|'.join(rule['names'])})(?![\w])(?:\s?\(%\))?", re.IGNORECASE)


def ejections(reading: Reading, studies: Iterable[Study], as_of: date) -> list[Ejection]:
    """Every printed value: reports, then notes; a line or sentence is read once. coded_reports.py has the entries'."""
    found: list[Ejection] = []
    by_segment: dict[int, list[Study]] = {}
    for study in studies:
        if study.kind in ("echo", "muga", "cardiac_mri", "spect"):
            by_segment.setdefault(id(study.segment), []).append(study)
    seen: set[int] = set()
    taken: dict[str, list[tuple[int, int]]] = {}
    sentences = printed(reading)
    before: Sentence | None = None
    for sentence in sentences:
        if id(sentence.segment) in seen:
            continue
        seen.add(id(sentence.segment))
        rows = list(lines(sentence.segment))
        own = by_segment.get(id(sentence.segment), [])
        for value, start, end in [
            *(hit for line in rows for hit in from_line(line, own)),
            *under_heading(rows, bool(own)),
        ]:
            taken.setdefault(f"{sentence.page.file}#{sentence.page.number}", []).append((start, end))
            if value:
                found.append(value)
    for sentence in sentences:
        covered = taken.get(f"{sentence.page.file}#{sentence.page.number}", ())
        values = from_sentence(sentence, by_segment.get(id(sentence.segment), []), covered, as_of)
        day = day_before(before, sentence, as_of)
        found.extend(
            replace(one, when=day, tied=True) if day and not one.tied and not one.when else one for one in values
        )
        before = sentence
    return found


def day_before(before: Sentence | None, sentence: Sentence, as_of: date) -> DayRange | None:
    """The day of "A MUGA was carried out on 18 August 2026." for the sentence that follows it in its paragraph."""
    if before is None or before.segment is not sentence.segment or not 0 <= sentence.start - before.end <= 2:
        return None
    done = DONE.search(before.text)
    dates = dates_of(before, as_of)
    if not done or not method_of(before.text) or len(dates) != 1 or says(before, done.start()) != "present":
        return None
    return dates[0][2] if dates[0][2].exact else None


def from_line(line: Line, studies: list[Study]) -> Iterator[tuple[Ejection, int, int]]:
    """Values of a table row that begins with the name, each in its dated, prior or result column."""
    match = names().search(line.text)
    if not match or re.search(r"\w", line.text[: match.start()]) or not line.columns:
        return
    first, last = whole(line)
    study = next((s for s in studies if s.start <= first < s.end), None)
    for value in VALUE.finditer(line.text, match.end()):
        column = line.column(value.start(), value.end())
        if not column or column.kind not in ("result", "date", "prior") or inside_brackets(line.text, value.start()):
            continue
        low, high = float(value[1]), float(value[2] or value[1])
        if not 5 <= low <= high <= 90:
            continue
        when = column.when or line.own_day() or (study.when if study else line.segment.when)
        if column.kind == "prior" and not column.when:
            when = None
        yield (
            Ejection(
                low, high, when, line.span(match.start(), value.end()), line.segment.document,
                assertion="historical" if column.kind == "prior" and not column.when else "present",
                method=method_of(line.text) or (study.kind if study else ""), tied=True,
                study=study if column.kind != "prior" else None, signed=line.segment.signed is not False,
                earlier=column.kind == "prior",
            ),
            first, last,
        )  # fmt: skip


def under_heading(rows: Sequence[Line], own: bool) -> Iterator[tuple[Ejection | None, int, int]]:
    """Values of a list of studies: rows with a day of their own under a line such as "Date  Study  EF" (itself None).

    Below a report of its `own` they are the earlier studies.
    """
    place: tuple[float, float] | None = None
    for line in rows:
        title = line.text.replace("_", " ")
        if len(title) <= 90 and STUDY_LIST.search(title) and not re.search(r"\d", title):
            name = names().search(title)
            place = line.extent(name.start(), name.end()) if name else None
            yield None, *whole(line)
            continue
        hint = hint_of(line.segment)
        dates = find_dates(line.text, year_hint=hint)
        if place is None or len(dates) != 1 or names().search(line.text):
            continue
        values = [m for m in VALUE.finditer(line.text) if m.start() >= dates[0][1] or m.end() <= dates[0][0]]
        near = min(values, key=lambda m: gap(line.extent(m.start(), m.end()), place or (0, 0)), default=None)
        if near is None or gap(line.extent(near.start(), near.end()), place) > 40:
            continue
        low, high = float(near[1]), float(near[2] or near[1])
        if not 5 <= low <= high <= 90:
            continue
        begin, end = min(dates[0][0], near.start()), max(dates[0][1], near.end())
        yield (
            Ejection(low, high, dates[0][2], line.span(begin, end), line.segment.document, method=method_of(line.text),
                     tied=True, signed=line.segment.signed is not False, earlier=own),
            *whole(line),
        )  # fmt: skip


def whole(line: Line) -> tuple[int, int]:
    """Where the line's words stand in the page, first to last."""
    places = line.places(0, len(line.text))
    return min(a for a, _ in places), max(b for _, b in places)


def gap(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two extents are apart; 0 where they overlap."""
    return max(0.0, one[0] - other[1], other[0] - one[1])


def inside_brackets(text: str, at: int) -> bool:
    return text.rfind("(", 0, at) > text.rfind(")", 0, at)


def from_sentence(
    sentence: Sentence, studies: list[Study], covered: Iterable[tuple[int, int]], as_of: date
) -> Iterator[Ejection]:
    """Values of a sentence: "LVEF 58% on 03/17/2026", "Echo 26-MAY: EF 48% biplane", a report's list of earlier ones."""
    text = in_figures(sentence.text)
    study = next((s for s in studies if s.start <= sentence.start < s.end), None)
    if study and SERIES_LEAD.match(text):
        yield from series(sentence, study, as_of)
        yield from earlier_study(sentence, study, as_of)
    for match in names().finditer(text):
        if any(a <= sentence.start + match.start() < b for a, b in covered):
            continue
        bound = BOUND.match(text, match.end())
        if bound:
            number = float(bound["value"])
            low, high = (None, number) if bound["sign"][0] in "ulb<\u2264" else (number, None)
            how: Assertion = "family" if says(sentence, match.start()) == "family" else "planned"
            yield Ejection(
                low,
                high,
                None,
                sentence.span(match.start(), bound.end()),
                sentence.document,
                how,
                note="a threshold, no result",
            )
            continue
        value = after_links(text, match.end())
        if value:
            yield from stated(sentence, match.start(), value, study, as_of)
            for further in FURTHER.finditer(text, value.end()):
                if named_day(text, further.end(), dates_of(sentence, as_of)) and not names().search(
                    text, value.end(), further.end()
                ):
                    yield from stated(sentence, further.start(), further, study, as_of)


def after_links(text: str, at: int) -> re.Match[str] | None:
    """The value after linking words, or after a day among them: "EF by echo on May 2, 2026 was 60%"."""
    link = LINK.match(text, at)
    at = link.end() if link else at
    day = next((end for start, end, _ in find_dates(text) if start - at in (0, 1, 2, 3)), None)
    if day:
        link = LINK.match(text, day)
        at = link.end() if link else day
    return BETWEEN.match(text, at) or VALUE.match(text, at)


def stated(
    sentence: Sentence, start: int, value: re.Match[str], study: Study | None, as_of: date
) -> Iterator[Ejection]:
    text = sentence.text
    low, high = float(value[1]), float(value[2] or value[1])
    if ("%" not in value[0] and not 20 <= low <= 80) or not 5 <= low <= high <= 90:
        return
    how = "planned" if OR_MORE.match(text[value.end() :]) else says(sentence, start)
    when, tied = day_of(sentence, start, value.end(), as_of)
    between = find_dates(text[start : value.start()], year_hint=hint_of(sentence.segment, as_of))
    dates = dates_of(sentence, as_of)
    clause = re.split(r"[;.]\s", text[: value.start()])[-1]
    opened = any(
        value.start() - len(clause) <= at < start for at, _end, _day in dates
    )  # "Echo 5/6: EF 36%; echo 6/9 ..."
    by_method = (
        None
        if opened and text[value.end() : value.end() + 3].strip(" %").startswith(";")
        else named_day(text, value.end(), dates)
    )
    if by_method:
        when, tied = by_method, True
    if between:
        when, tied = between[-1][2], True
    limited = bool(LIMITED.search(text))
    earlier = bool(re.search(r"\b(?:comparison|prior|previous|earlier|outside|before)\b", text[:start], re.IGNORECASE))
    if study and not earlier and not (tied and when != study.when):
        when, tied = study.when, True
    elif not tied and TODAY.search(f"{sentence.label} {sentence.heading}"):
        when, tied = sentence.segment.when, True
    elif not tied and study is None:
        when = row_day(sentence, start)[1]
        tied = when is not None
    if how == "present" and (
        COPIED.search(f"{sentence.heading} {sentence.label}")
        or listed_as_history(sentence)
        or (study and earlier and not tied)
        or EARLIER.search(text[:start])
    ):
        how = "historical"
    yield Ejection(
        low, high, when, sentence.span(start, value.end()), sentence.document, how,
        method=method_at(text, start, study), tied=tied,
        study=study if study and when == study.when else None, earlier=bool(study and when != study.when), signed=sentence.segment.signed is not False,
        rank=0 if limited else 2 if sentence.segment.addendum else 1,
        note="a limited bedside look, no formal study" if limited else "",
    )  # fmt: skip


def named_day(text: str, end: int, dates: Iterable[tuple[int, int, DayRange]]) -> DayRange | None:
    """The day right behind a value that ends at `end`, with its method between: "by echo on 2026-03-28"."""
    return next((days for at, _, days in dates if at >= end and BY_METHOD.fullmatch(text[end:at])), None)


def series(sentence: Sentence, study: Study, as_of: date) -> Iterator[Ejection]:
    how: Assertion = "historical" if re.match(r"\W*(?:prior|previous)", sentence.text, re.IGNORECASE) else "present"
    for match in SERIES.finditer(sentence.text):
        dates = find_dates(match[2], year_hint=hint_of(sentence.segment, as_of))
        if dates and 5 <= float(match[1]) <= 90:
            yield Ejection(float(match[1]), float(match[1]), dates[0][2], sentence.span(match.start(), match.end()),
                           sentence.document, how, method=study.kind, tied=True, signed=sentence.segment.signed is not False, earlier=True)  # fmt: skip


def earlier_study(sentence: Sentence, study: Study, as_of: date) -> Iterator[Ejection]:
    """The one earlier value with its day that a report compares with, where it does not name the measure again."""
    match = EARLIER_STUDY.match(sentence.text)
    dates = find_dates(sentence.text, year_hint=hint_of(sentence.segment, as_of)) if match else []
    if match and len(dates) == 1 and 5 <= float(match["value"]) <= 90 and not names().search(sentence.text):
        value = float(match["value"])
        yield Ejection(value, value, dates[0][2], sentence.span(match.start(), match.end()), sentence.document,
                       method=method_of(sentence.text) or study.kind, tied=True, signed=sentence.segment.signed is not False, earlier=True)  # fmt: skip


def method_at(text: str, start: int, study: Study | None) -> str:
    """The method of the value at `start`: what the words before it name, what report it stands in, what the sentence names."""
    told = (method_of(text[:start]), study.kind if study else "", method_of(text))
    known = [name for name, _words in METHODS]
    return next((one for one in told if one in known), next(filter(None, told), ""))


def method_of(text: str) -> str:
    """echo, muga or mri, whichever is named last in the words before a value; else what other study they name."""
    for methods in (METHODS, OTHER_METHODS):
        found = [(match.end(), name) for name, words in methods for match in re.finditer(words, text, re.IGNORECASE)]
        if found:
            return max(found)[1]
    return ""
