"""Viral screening: CMV, hepatitis B and C, HIV, each with its own collection day, from entries, tables and prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import (
    dates_of,
    day_of,
    foreign,
    hint_of,
    lead_in,
    planned_day,
    report_day,
    specimen_day,
    year_told,
)
from chartproof.chart.find.entries import Placed, entries, printed, read_by_entries
from chartproof.chart.find.labs.analytes import NUMBER
from chartproof.chart.find.labs.days import rows_of_days
from chartproof.chart.find.labs.grid import Line, lines
from chartproof.chart.find.labs.results import joined, no_result
from chartproof.chart.find.labs.tables import BULLET, DASH, Token, placed, row_quote
from chartproof.chart.find.mention import says
from chartproof.chart.find.others import MISFILED, sentences_of_others
from chartproof.chart.find.viral.prose import Said, statements
from chartproof.chart.find.viral.words import concept_of, found_markers, hearsay, marks, of_codes, state_of, value_of
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.model import Assertion, Case, DayRange, Document, Entry, Fact, Span

#: Statements that name no marker: which concepts a careful reader takes them for, and the note that says so.
UNNAMED = {"hbv_unnamed": ("hbsag",), "hepatitis_panel": ("hbsag", "hcv_ab")}
#: What was carried into the note from an older one.
COPIED = re.compile(
    r"\b(?:copied|carried|pulled|imported)(?: forward)?\b.{0,12}\b(?:forward|from|in from)\b", re.IGNORECASE
)
#: Quantities of virus: their number is no index.
VIRAL_LOAD = re.compile(r"\b(?:dna|rna|pcr|naa?t|viral load|quant\w*)\b", re.IGNORECASE)
#: "Confirm HIV negative before collection": what is to be shown.
WANTED = re.compile(
    r"\b(?:confirm|ensure|verify|make sure|requir(?:e|es|ed|ing)|must|should|needs?|to document|obtain|recheck)\b[^.;:\d]{0,40}$",
    re.IGNORECASE,
)
#: Labels before the name of a test, and how a line begins that gives the result of the name above it.
CAPTION = re.compile(r"^\W*(?:lab(?:oratory)?|test|order|procedure|component|assay|exam)(?: name)?\s*:", re.IGNORECASE)
STACKED = re.compile(r"\W*(?:(?:result|value|interpretation)s?\W{1,3})?(?:[<>]?\s?\d[\d.,]*[^A-Za-z]{0,6}(?:[HLA]\b)?\s*(?:\w{1,5}/\w{1,4}|index|s/co)?\s*)?(?:non|not|neg|pos|react|detect|indet|equiv|target|no )", re.IGNORECASE)  # fmt: skip
LABELLED = re.compile(r"\W*(?:(?:final |test |lab )?(?:result|value|interpretation|finding)s?)\s*[:=]", re.IGNORECASE)
#: Lines below a name in which its labelled result stands.
STACK = 6
SAME_DRAW = re.compile(r"\bsame (?:sample|day|draw|specimen|date)\b")
#: What takes an undated sentence away from the day of the one before it.
OTHER_TIME = re.compile(
    r"\b(?:prior|previous\w*|earlier|last|past|history|years?|months?|before|ago|when|since|repeat\w*|now|today|outside|old)\b|\d",
    re.IGNORECASE,
)
#: Figures that belong to the names of tests: "HIV-1/2", "HIV 1+2 Ab+HIV1 p24 Ag".
OWN_NUMBERS = re.compile(
    r"\bHIV[- ]?(?:I/II|\d(?:(?: ?[/+&,] ?| and )\d)?)|\bp24\b|\bHTLV[- ]?[\dI/+]+|\bIg[GM]\d", re.IGNORECASE
)
#: What stands between a day and the list of that day's results.
LIST_OPENS = re.compile(r"[)\]]?\s*(?:\((?:all|both)[^()]{0,30}\))?\s*[:\u2013-]\s")
#: "Screening on [05/18/2026] was negative for hepatitis B; CMV IgG was positive": the day of the tests themselves.
TESTED_ON = re.compile(
    r"\b(?:screen\w*|serolog\w+|virology|test(?:s|ing)|panel|markers?|studies|labs?|bloods?|samples?) (?:(?:done|performed|obtained|drawn|collected|sent|dated) )?(?:on|of|from|dated)?\s*$",
    re.IGNORECASE,
)
#: Sentences of a list of results that one day may close.
LIST_SENTENCES = 8
#: What a sentence says before the one day of all the results above it.
ALL_OF_THEM = re.compile(
    r"\W*(?:(?:all|both|each|these|they|the above|above|serolog\w+|(?:blood )?samples?|specimens?|tests?|results|labs?|markers) )*(?:of (?:these|them|the above) )?"
    r"(?:(?:were|was|are|is) )?(?:all )?(?:collected|collection date|date collected|drawn|obtained|performed|sampled|taken|tested|dated|done|sent|from|of)\W{0,2}(?:on|from|at)?[\s:]*",
    re.IGNORECASE,
)
LIST_CLOSES = re.compile(
    r"[-\u2013(,;]\s*(?:all|each|both)\b(?: (?:were|of|on|from|tests?|results?|collected|drawn|dated|done))*\s*$",
    re.IGNORECASE,
)
CELL_VALUE = re.compile(rf"[<>]?\s?(?:{NUMBER})\s?(?:[A-Za-z/%\u00b5]{{1,8}}(?:/[A-Za-z]+)?)?[\s,;(]*$")


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of viral markers; a test that was ordered, spoiled or not done is `planned` with the reason in its note."""
    facts: list[Fact] = []
    for placed_entry in entries(reading, "observation", "order"):
        facts.extend(entry_facts(placed_entry))
    covered: set[tuple[str, int, int]] = set()
    sentences, coded = printed(reading), read_by_entries(reading)
    for segment in distinct(one for one in sentences if one.document.file not in coded):
        for fact, lines_ in (*table_facts(segment, "present"), *stacked(segment)):
            covered.add(lines_)
            if fact is not None:
                facts.append(fact)
    facts.extend(prose_facts(sentences, covered, case.as_of))
    facts.extend(facts_of_others(reading, case))
    return joined(antibody_first(facts))


def facts_of_others(reading: Reading, case: Case) -> Iterator[Fact]:
    """What a donor's or caregiver's page says: shown so that nobody takes it for the patient's."""
    others = list(sentences_of_others(reading))
    covered: set[tuple[str, int, int]] = set()
    for segment in distinct(others):
        for fact, place in table_facts(segment, "family"):
            covered.add(place)
            if fact is not None and fact.value:
                yield fact
    for sentence in others:
        for fact in prose_facts([sentence], covered, case.as_of):
            if fact.value:
                yield replace(fact, assertion="family", when=fact.when or sentence.segment.when)


def distinct(sentences: Iterable[Sentence]) -> Iterator[Segment]:
    seen: set[int] = set()
    for sentence in sentences:
        if id(sentence.segment) not in seen:
            seen.add(id(sentence.segment))
            yield sentence.segment


def antibody_first(facts: list[Fact]) -> list[Fact]:
    """An RNA result stands for hepatitis C screening only on a day without an antibody result."""
    days = {fact.when for fact in facts if fact.concept == "hcv_ab" and fact.value}
    words = {"detected": "positive", "not_detected": "negative"}
    extra = [
        replace(fact, concept="hcv_ab", value=words.get(fact.value or "", fact.value), note="by RNA")
        for fact in facts
        if fact.concept == "hcv_rna" and fact.value and fact.when not in days
    ]
    return facts + extra


def make(
    marker: str, state: str, *, span: Span, when: DayRange | None, document: Document, assertion: Assertion = "present",
    note: str = "", signed: bool = True, rank: int = 1,
) -> Iterator[Fact]:  # fmt: skip
    """The facts of one marker's state; `state` "" is a test without a result."""
    for concept in UNNAMED.get(marker, (concept_of(marker),)):
        if not concept:
            continue
        why = "; ".join(part for part in (note, "the marker is not named" if marker in UNNAMED else "") if part)
        value = (value_of(marker, state) if marker not in UNNAMED else state) if state else None
        yield Fact("", concept, assertion if state else "planned", (span,), value=value, when=when, signed=signed,
                   rank=rank, document=document.id, note=why or ("" if state else "no result"))  # fmt: skip


def entry_facts(item: Placed) -> Iterator[Fact]:
    entry = item.entry
    marker = of_codes(entry.codes, entry.label)
    if not marker or item.standing == "void":
        return
    words = " ".join(
        str(part) for part in (entry.value if isinstance(entry.value, str) else "", entry.extra.get("note", "")) if part
    )
    state = ""
    if entry.kind == "observation" and item.standing == "final":
        said = entry.value if isinstance(entry.value, str) else ""
        state = "" if no_result().search(said) else state_of(said) or interpreted(entry.extra.get("interpretation", ""))
        state = state or measured(entry)
        if not state and not no_result().search(words):
            return
    note = "" if state else (words[:80] or entry.status or "ordered")
    yield from make(marker, state, span=item.span(), when=entry.when, document=item.document, note=note)


def measured(entry: Entry) -> str:
    """What an index says against its own laboratory's limit ("6.20, reference <0.60"): at it or above, it is positive.

    An antibody's or antigen's only: a quantity of virus has a limit of detection, and a limit below says nothing here.
    """
    limit, low = entry.extra.get("reference_high", ""), entry.extra.get("reference_low", "")
    if not isinstance(entry.value, (int, float)) or not limit or float(low or 0) > 0 or VIRAL_LOAD.search(entry.label):
        return ""
    return "positive" if entry.value >= float(limit) else "negative"


def interpreted(code: str) -> str:
    """HL7's interpretation codes, where the value itself is a number."""
    return {"POS": "positive", "NEG": "negative", "RR": "positive", "NR": "negative", "IND": "indeterminate"}.get(
        code.upper(), ""
    )


def table_facts(segment: Segment, assertion: Assertion) -> Iterator[tuple[Fact | None, tuple[str, int, int]]]:
    """(fact, place of its line) of the rows that name a marker first and give its results in their columns."""
    for row in rows_of_days(segment, markers_in):
        yield None, row.place
        for heading, start, end in row.found:
            text = row.line.text[start:end]
            state = "" if no_result().search(text) else state_of(text)
            span = row.line.span(0, len(row.line.text))
            if state or no_result().search(text):
                for fact in make(heading.test, state, span=span, when=row.when, document=segment.document, assertion=assertion,
                                 note="" if state else text, signed=segment.signed is not False):  # fmt: skip
                    yield fact, row.place
    for line in lines(segment):
        bullet = BULLET.match(line.text)
        first = found_markers(line.text, segment.title)
        if (
            not first
            or MISFILED.search(line.text)
            or not opens_row(line, bullet.end() if bullet else 0, first[0].start)
        ):
            continue
        structured = bool(line.dated()) or any(column.kind in ("result", "when") for column in line.columns)
        if several_results(line.text):
            continue  # two markers in one row, each with its result, are read as a sentence
        listed = segment.document.kind in ("lab_report", "donor_evaluation") or line.text.startswith("OBX|")
        if not structured and not (listed and bare_row(line, first[0].end)):
            continue
        if find_dates(line.text) and not line.own_day():
            continue  # a line with a date of its own is read as a sentence
        places = line.places(0, len(line.text))
        covered = (f"{line.page.file}#{line.page.number}", min(a for a, _ in places), max(b for _, b in places))
        base = line.own_day() or year_told(line.text) or specimen_day(segment, covered[1])
        found = cells(line, first[0].end)
        results = list(placed(line, found, False, base))
        if not results and any(under_a_flag(line, token) for token in found):
            continue  # no flag is a word of a result: heads and cells do not stand in line, and the words are read
        yield None, covered
        for token, when in results:
            state = "" if token.kind == "none" else state_of(token.text)
            span = row_quote(line, first[0].start, token.end, len(line.text))
            for fact in make(first[0].value, state, span=span, when=when, document=segment.document, assertion=assertion,
                             note=token.text if token.kind == "none" else "", signed=segment.signed is not False):  # fmt: skip
                yield fact, covered


def under_a_flag(line: Line, token: Token) -> bool:
    column = line.column(token.start, token.end)
    return token.kind == "value" and column is not None and column.kind == "flag"


def opens_row(line: Line, start: int, name: int) -> bool:
    """Whether nothing stands before the marker's name but the day and hour of the row's own first cell."""
    before = line.text[start:name]
    if not before.strip():
        return True
    found = find_dates(before) if line.own_day() else []
    return bool(found) and not re.search(r"[A-Za-z]|\d{3}", before[: found[0][0]] + before[found[-1][1] :])


def stacked(segment: Segment) -> Iterator[tuple[Fact | None, tuple[str, int, int]]]:
    """A marker's name on a line of its own and its result on a line below: "HEPATITIS C AB" over "NON-REACTIVE", or
    "Lab: HIV SCREEN  Collected: ..." over "Result: NON-REACTIVE"."""
    rows = list(lines(segment))
    for index, line in enumerate(rows):
        text = CAPTION.sub(lambda label: " " * len(label[0]), line.text)
        found = found_markers(text, segment.title)
        if len(found) != 1 or text[: found[0].start].strip() or state_of(text) or no_result().search(text):
            continue
        alone = not text[found[0].end :].strip(" :.,*")
        for below in rows[index + 1 : index + 1 + (1 if alone else STACK)]:
            if found_markers(below.text):
                break
            said = (STACKED if alone else LABELLED).match(below.text)
            state = state_of(below.text) if said and not no_result().search(below.text) else ""
            if state:
                whole = below.span(0, len(below.text))
                dates = [day for start, _end, day in find_dates(line.text) if not foreign(line.text[:start])]
                when = dates[0] if len(dates) == 1 else specimen_day(segment, whole.start)
                spans = (line.span(0, len(line.text)), whole)
                place = (f"{below.page.file}#{below.page.number}", whole.start, whole.end)
                for fact in make(found[0].value, state, span=whole, when=when, document=segment.document,
                                 signed=segment.signed is not False):  # fmt: skip
                    yield replace(fact, evidence=spans), place
                break


def markers_in(text: str) -> list[tuple[str, int, int]]:
    return [(mark.value, mark.start, mark.end) for mark in found_markers(text)]


def several_results(text: str) -> bool:
    """Whether a marker follows another marker's result: "HBsAg  NEGATIVE   Anti-HBc  NEGATIVE"."""
    kinds = [mark.kind for mark in marks(text) if mark.kind != "none"]
    return any(kinds[at : at + 2] == ["state", "marker"] for at in range(len(kinds))) and kinds[0] == "marker"


def bare_row(line: Line, end: int) -> bool:
    """A marker and its result with no heading above: "HBsAg   NEGATIVE"."""
    found = cells(line, end)
    return bool(found) and not re.search(r"(?:\b[a-z]{3,}\b[ ,]+){3,}", line.text[end:])


def cells(line: Line, start: int) -> list[Token]:
    """States (from the number before them, if any), reasons for none, and dashes; a result that was told is none of them."""
    text = line.text
    if hearsay().search(text):
        return []
    found: list[Token] = []
    for mark in marks(text):
        if mark.start < start or mark.kind == "marker":
            continue
        begin = mark.start
        number = CELL_VALUE.search(text[start:begin])
        if mark.kind == "state" and number and text[start + number.start() : begin].count("  ") == 0:
            begin = start + number.start()
        found.append(Token("value" if mark.kind == "state" else "none", begin, mark.end, text[mark.start : mark.end]))
    for match in DASH.finditer(text, start):
        if not any(token.start < match.end() and token.end > match.start() for token in found):
            found.append(Token("dash", match.start(), match.end(), match[0]))
    found.sort(key=lambda token: token.start)
    reasons = [token for token in found if token.kind == "none"]
    return [t for t in found if t.kind != "none" or t is reasons[0] or t.start - reasons[0].end > 12]


def prose_facts(sentences: Iterable[Sentence], covered: set[tuple[str, int, int]], as_of: date) -> Iterator[Fact]:
    """Facts of sentences that no table row covers."""
    rows: dict[str, list[tuple[int, int]]] = {}
    for file, start, end in covered:
        rows.setdefault(file, []).append((start, end))
    last: tuple[int, DayRange | None, int] = (0, None, 0)
    sentences = list(sentences)
    led = False  # whether the day stands before the list of its results, and so holds for each
    for index, sentence in enumerate(sentences):
        taken = rows.get(f"{sentence.page.file}#{sentence.page.number}", ())
        if any(start < sentence.end and end > sentence.start for start, end in taken):
            continue
        same = last[0] == id(sentence.segment) and SAME_DRAW.search(sentence.text)
        words = OWN_NUMBERS.sub("", sentence.text) if led else sentence.text
        goes_on = 0 <= sentence.start - last[2] <= 2 and not OTHER_TIME.search(words)
        for said in statements(sentence.text, f"{sentence.heading} {sentence.label}"):
            when = day_said(sentence, said, as_of)
            if when is None and said.state:
                when = last[1] if same or goes_on else leading_day(sentence, said)
                when = when or following_day(sentence, sentences[index + 1 : index + 1 + LIST_SENTENCES])
            if said.state and when:
                led = (goes_on and led) or any(end <= said.at for _start, end, _day in find_dates(sentence.text))
                last = (id(sentence.segment), when, sentence.end)
            yield from make(
                said.marker, said.state, span=sentence.span(said.start, said.end), when=when,
                document=sentence.document, assertion=asserted(sentence, said.at), note=said.why,
                signed=sentence.segment.signed is not False, rank=2 if sentence.segment.addendum else 1,
            )  # fmt: skip


def day_said(sentence: Sentence, said: Said, as_of: date) -> DayRange | None:
    """The collection day of a statement; a laboratory's own report gives it once for all its sentences."""
    if not said.state:
        return planned_day(sentence, said.at, as_of)
    within = [
        days
        for start, end, days in dates_of(sentence, as_of)
        if said.at <= start and end <= said.end and end - start > 5
    ]
    if within:  # "CMV IgG  09/15/2026  Positive", not the "1/2" of HIV 1/2
        return within[0]
    when, tied = day_of(sentence, said.at, said.group_end, as_of)
    return when if tied else report_day(sentence)


def leading_day(sentence: Sentence, said: Said) -> DayRange | None:
    """The one day of a sentence, where it opens or closes the list of its results: "Markers, April 28, 2026: HBsAg nonreactive;
    anti-HBc nonreactive", "HBsAg nonreactive, HIV nonreactive - all 04/28/2026"."""
    days = find_dates(sentence.text, year_hint=hint_of(sentence.segment))
    if len(days) != 1 or foreign(sentence.text[: days[0][0]]):
        return None
    start, end, day = days[0]
    if end > said.at:
        return day if LIST_CLOSES.search(sentence.text[said.at : start]) else None
    between = OWN_NUMBERS.sub("", sentence.text[end : said.at])
    opens = LIST_OPENS.match(sentence.text[end:]) or TESTED_ON.search(sentence.text[:start])
    return day if opens and not OTHER_TIME.search(between) else None


def following_day(sentence: Sentence, following: Sequence[Sentence]) -> DayRange | None:
    """The day that a later sentence gives for all of the results before it: "HBsAg neg; HCV Ab neg. All collected 05/18/2026."."""
    if find_dates(sentence.text):
        return None
    for later in following:
        if later.segment is not sentence.segment:
            return None
        days = find_dates(later.text, year_hint=hint_of(later.segment))
        if days:
            alone = len(days) == 1 and not later.text[days[0][1] :].strip(" .)")
            return days[0][2] if alone and ALL_OF_THEM.fullmatch(later.text[: days[0][0]]) else None
        if not found_markers(later.text, later.heading):
            return None
    return None


def asserted(sentence: Sentence, start: int) -> Assertion:
    """As for any value, but a result that was told is none, and "previously negative" is history."""
    how = says(sentence, start)
    if how == "present" and hearsay().search(sentence.text):
        return "planned"
    if how == "present" and WANTED.search(sentence.text[:start]):
        return "planned"
    if how == "present" and COPIED.search(f"{sentence.heading} {lead_in(sentence)} {sentence.text[:start]}"):
        return "historical"
    earlier = r"\b(?:previous(?:ly)?|prior|in the past)\W+(?:\w+\W+){0,2}$"
    if how == "present" and re.search(earlier, sentence.text[:start][-40:], re.IGNORECASE):
        return "historical"
    return how
