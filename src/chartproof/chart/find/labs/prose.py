"""Results in sentences: "WBC 3.0, ANC 0.9, Hgb 8.4", "creatinine is 1.66 (eGFR 44)", "5.0 / 13.1 / 144; Cr 1.0"."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import TODAY, bare_list_day, day_of, headed_day, hint_of, report_day
from chartproof.chart.find.labs.analytes import NUMBER, UNIT, names_in, number
from chartproof.chart.find.labs.forms import BETWEEN, Told, before_it, of_earlier, of_it, told
from chartproof.chart.find.labs.results import Result
from chartproof.chart.find.labs.stay import ON_ARRIVAL, day_of_stay, then_at_discharge
from chartproof.chart.find.labs.tables import CELLS, JOINT, counted, other_fluid, proper
from chartproof.chart.find.mention import says
from chartproof.chart.view import Sentence
from chartproof.model import DayRange

Covered = set[tuple[str, int, int]]

LINK = re.compile(
    r"(?:\s|[:=,|~]|\(?(?:c-?g|ckd-?epi|serum|total|auto)\)?|\b(?:counts?|levels?|today|now|currently|was|is|are|were|of|at|about|around|approx\.?"
    r"|approximately|normali[sz]ed(?: (?:at|to))?|remains?|remained|stable(?: at)?|rose to|fell to|up to now|down to|back to|improved to|bumped to"
    r"|recovered to|risen to|fallen to|dropped to|climbed to|(?:well )?within normal (?:limits|range)(?: at)?|normal(?: at)?|had|has|came back(?: at)?|measured|value|on (?:admission|arrival|presentation)|at discharge|of the day|(?:has |have )?rang(?:ed|es|ing)|on th(?:is|e) (?:hospitalization|admission)|both"
    r"|(?:(?:was|is|were|are|now|went|came) )?(?:(?:back|slightly|mildly|markedly|significantly|quite|very) )?(?:(?:up|down|decreased|increased|improved) from \d[\d.,]* to|up|down|elevated|increased|decreased|improved|low|high)(?: (?:slightly|mildly|markedly|significantly|only|back))?(?: (?:to|at))?)\b){0,7}",
    re.IGNORECASE,
)
#: A day between a name and its value: "creatinine (06/02) 0.9", "LDH 10/12: 488".
DATED = re.compile(r"\s*\([^()]{3,12}\)\s*|\s*(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?:\s*[:=]\s*|\s+(?=[<>]?\d))")
_BOUND = "|".join(rf"(?<=\b{verb} ){word} than" for verb in ("is", "was", "of") for word in ("less", "greater"))
VALUE = re.compile(
    rf"(?P<sign>[<>\u2264\u2265]=?|{_BOUND})?\s?(?P<low>{NUMBER})(?:\s?(?:-|\u2013|to)\s?(?P<high>{NUMBER}))?(?:(?![\w]|[/:.]\d)|(?={UNIT.pattern}))\s?(?P<slash>(?:\s?/\s?(?:{NUMBER}))*)",
    re.IGNORECASE,
)
#: Values of names that a slash joins: "AST/ALT 22/31".
GROUPED = re.compile(
    rf"(?P<sign>(?!))?(?P<low>{NUMBER})(?P<high>(?!))?(?P<slash>(?:\s?/\s?(?:{NUMBER})){{1,7}})(?![\w/]|\.\d)",
    re.IGNORECASE,
)
NOT_A_RESULT = re.compile(
    r"\s?(?:g(?:m|rams?)?\b(?!\s?[/%])|meq\b(?!\s?/)|ml\b(?!\s?/)|%|x ?(?:uln|baseline|normal)|times|mg\b(?!/d)|mcg|mg/m2|g daily|weeks?|days?|months?|years?|min(?:ute)?s?\b|hours?\b|(?-i:h)\b|units?\b(?!/)|doses?|cycles?"
    r"|kg\b|lbs?\b|of \d|points?|/\s?\d{1,2}/\d|tablets?|grade|percent\b)",
    re.IGNORECASE,
)
THRESHOLD = re.compile(
    r"\b(?:under|below|over|above|exceeds?|passes?|falls?|drops?|reach(?:es)?|less than|greater than|more than|at least|threshold|goal|target"
    r"|transfuse|keep|hold|when|while|until|once|peak(?:ed)?|nadir)\b[^.;]{0,14}$",
    re.IGNORECASE,
)
#: Words that make "> 50" or "< 7" behind them a rule, not a result.
RULE = re.compile(
    r"\b(?:requir\w+|criteri\w+|eligib\w+|exclu\w+|must|call|notify|page|alert\w*|transfus\w+|hold|held|goal|keep|threshold|target|protocol"
    r"|limit|needs?|minimum|provided|as long as|unless|trigger\w*|advisory|parameters?|stop(?:ping)?|contraindicat\w+)\b",
    re.IGNORECASE,
)
TRIPLE = re.compile(
    r"\b(?:labs?|cbc|counts?|blood counts?)\b[^.;:]{0,24}[:.]?\s*(\d{1,3}\.\d)\s?/\s?(\d{1,2}\.\d)(?:\s?/\s?(\d{2}\.\d))?\s?/\s?(\d{1,4})(?![\d/]|\.\d)",
    re.IGNORECASE,
)
#: "139/4.0/103/25/14/0.8<99": the chemistry as everybody draws it.
FISHBONE = re.compile(
    r"(?<![\d./])(1[1-6]\d)\s?[/|]\s?(\d\.\d)\s?[/|]\s?(\d{2,3})\s?[/|]\s?(\d{2})\s?[/|]\s?(\d{1,3})\s?[/|]\s?(\d{1,2}\.\d{1,2})\s?[</|]\s?(\d{2,3})(?![\d/.])"
)
BONES = ("sodium", "potassium", "chloride", "co2", "bun", "creatinine", "glucose")
#: "CBC reference: WBC 4-11": the limits of a laboratory, and nobody's values.
REFERENCE = re.compile(
    r"^\W*(?:[\w-]+ ){0,3}(?:reference|ref\.?|normal)(?: (?:ranges?|intervals?|values?|limits?))?\s*:", re.IGNORECASE
)
#: A year alone between the panel's name and its values.
YEAR_HEAD = re.compile(r"(?<![\d/.-])(?:19|20)\d\d\W{1,3}$")
OWN_RESULTS = re.compile(
    r"^(?:labs?|laborator(?:y|ies)|blood|results?|data|objective|cbc|chemistry|laboratory (?:data|results|values)|lab (?:data|results|values))\b",
    re.IGNORECASE,
)


#: What a writer works out there and then, from values that he has before him.
CALCULATED = ("creatinine_clearance",)
#: What names a value of another time than the list's.
OLDER = re.compile(
    r"\b(?:baseline|usual\w*|prior|previous\w*|last|historical\w*|earlier|peak\w*|nadir|max\w*|before|since|outside|diagnosis"
    r"|admission|arrival|presentation)\b[^.;]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Carried:
    """The day that a run of results goes on with: "Blood 2026-05-19: WBC 2.4 ... 4%. Creatinine 0.58." """

    end: int
    page: int
    file: str
    when: DayRange | None
    earlier: bool = False
    test: str = ""

    def reaches(self, sentence: Sentence) -> bool:
        """Whether the sentence follows right behind on the same page."""
        same = self.file == sentence.page.file and self.page == sentence.page.number
        return same and 0 <= sentence.start - self.end <= 3


def prose_results(sentences: Sequence[Sentence], covered: Covered, as_of: date) -> Iterator[Result]:
    """Results of every sentence that no table row covers."""
    by_page: dict[str, list[tuple[int, int]]] = {}
    for file, start, end in covered:
        by_page.setdefault(file, []).append((start, end))
    carried: Carried | None = None
    for sentence in sentences:
        rows = by_page.get(f"{sentence.page.file}#{sentence.page.number}", [])
        if any(start < sentence.end and end > sentence.start for start, end in rows):
            continue
        before = carried if carried and carried.reaches(sentence) else None
        found = list(sentence_results(sentence, as_of)) or _of_the_one_before(sentence, before, as_of)
        if found:
            carried = yield from _placed(sentence, found, before)


def _of_the_one_before(sentence: Sentence, before: Carried | None, as_of: date) -> list[tuple[Result, bool]]:
    """What a sentence without a test tells of the only one of the sentence before it: "It was 1.1 in May."."""
    if before is None or not before.test:
        return []
    forms = of_it(sentence.text, before.test)
    return [worded(sentence, form, as_of) for form in forms if not NOT_A_RESULT.match(sentence.text, form.end)]


def _placed(
    sentence: Sentence, found: list[tuple[Result, bool]], before: Carried | None
) -> Generator[Result, None, Carried]:
    """The results with their days, and what the sentence hands on to the next one.

    A result that is not tied to a day of its own has that which opens the list, else that of the sentence before.
    """
    day: DayRange | None = None
    earlier = False
    leads = leading_day(sentence, found[0]) or closing_day(sentence, found)
    for result, tied in found:
        when = result.when
        at = result.evidence.start - sentence.start
        if not tied and leads and not OLDER.search(sentence.text[:at]):
            when = leads
        elif not tied:
            stay = day_of_stay(sentence, at, result.evidence.end - sentence.start)
            own = None if ON_ARRIVAL.search(result.evidence.quote) else own_day(sentence, found)
            when = before.when if before and before.when else own
            if stay:
                yield replace(result, when=stay)
                continue  # the next value of the sentence may be of another day
        if when is None and result.test in CALCULATED and result.assertion == "present":
            when = sentence.segment.when
        day = when or day
        if result.assertion == "present" and not tied and not leads:
            goes_on = before and before.earlier and not TODAY.search(sentence.text)
            earlier = of_earlier(sentence.text, at) or bool(goes_on)
            if earlier:
                result = replace(result, assertion="historical")
        yield replace(result, when=when)
    test = found[0][0].test if len(found) == 1 else ""
    return Carried(sentence.end, sentence.page.number, sentence.page.file, day, earlier, test)


def leading_day(sentence: Sentence, first: tuple[Result, bool]) -> DayRange | None:
    """The day that opens a sentence's list of results: "Labs (6/8/26): CBC - WBC 3.3; CMP - Cr 0.77"."""
    result, tied = first
    left = sentence.text[: max(0, result.evidence.start - sentence.start)]
    before = find_dates(left, year_hint=hint_of(sentence.segment))
    return result.when if tied and any(days == result.when for *_, days in before) else None


def closing_day(sentence: Sentence, found: Sequence[tuple[Result, bool]]) -> DayRange | None:
    """The only day of a sentence, where it closes the list of its results: "Hgb 9.8, platelets 74K as of 06/08/2026"."""
    days = find_dates(sentence.text, year_hint=hint_of(sentence.segment))
    *before, (last, tied) = found
    first = found[0][0].evidence.start - sentence.start
    one_list = len(days) == 1 and days[0][0] >= last.evidence.end - sentence.start and bool(before)
    untied = not any(known for _result, known in before) and not TODAY.search(sentence.text)
    plain = not re.search(r"[.;]\s", sentence.text[max(0, first) : days[0][0]]) if one_list else False
    return last.when if tied and one_list and untied and plain else None


def _year_before(sentence: Sentence, first: Result) -> DayRange | None:
    """The year that opens the list, alone: "CBC 2019: WBC 5, Hgb 12"."""
    left = sentence.text[: max(0, first.evidence.start - sentence.start)]
    found = find_dates(left, years=True) if YEAR_HEAD.search(left) else []
    return found[-1][2] if found else None


def own_day(sentence: Sentence, found: Sequence[tuple[Result, bool]]) -> DayRange | None:
    """The day of undated words: the visit's under the note's own results ("Labs: ..."), the specimen's in a report or a
    bare list of results ("Pre: WBC 3.3 Hgb 9.8 Plt 92"), else None."""
    headed = headed_day(sentence) or _year_before(sentence, found[0][0])
    if headed:
        return headed
    if OWN_RESULTS.match(sentence.label) or OWN_RESULTS.match(sentence.heading):
        return sentence.segment.when
    spans = [(result.evidence.start - sentence.start, result.evidence.end - sentence.start) for result, _ in found]
    return report_day(sentence) or bare_list_day(sentence, spans)


def sentence_results(sentence: Sentence, as_of: date) -> Iterator[tuple[Result, bool]]:
    """(result, whether its day is tied by the sentence) for each "name value" pair and each count triple."""
    text = sentence.text
    names = [] if REFERENCE.match(text) else names_in(text)
    units = [match.span() for match in UNIT.finditer(text)] if names else []
    named = [n for n in names if proper(text, n) and not any(a <= n.start < b for a, b in units)]
    forms = list(told(text, named, LINK))
    for form in forms:
        yield worded(sentence, form, as_of)
    index = 0
    while index < len(named):
        group = [named[index]]
        while index + len(group) < len(named) and JOINT.fullmatch(
            text[group[-1].end : named[index + len(group)].start]
        ):
            group.append(named[index + len(group)])
        index += len(group)
        stop = named[index].start if index < len(named) else len(text)
        if other_fluid(sentence.segment, text[max(0, group[0].start - 60) : stop], text):
            continue
        match = value_after(text, group[-1].end, stop, grouped=len(group) > 1)
        if (
            match
            and CELLS.fullmatch(text[group[-1].start : group[-1].end])
            and not counted(text, match.end("low"), match["low"])
        ):
            continue
        if match and any(group[-1].start < one.end and match.end() > one.start for one in forms):
            continue
        if match is None or THRESHOLD.search(text[group[-1].end : match.start()]):
            continue
        if match["sign"] and (THRESHOLD.search(text[: group[0].start]) or RULE.search(text[: group[0].start])):
            continue
        for position, item in enumerate(group):
            result = paired(sentence, match, (group[0].start, item.test, position, len(group)), as_of)
            if result:
                if re.search(r"\branged\b", text[group[-1].end : match.start()]):
                    result = (replace(result[0], assertion="historical"), result[1])
                yield result
                later = then_at_discharge(text, match.end("high") if match["high"] else match.end("low"), stop)
                if later and len(group) == 1:
                    yield worded(sentence, Told(item.test, *later), as_of)
                earlier = before_it(text, match.end("high") if match["high"] else match.end("low"), stop)
                if earlier and len(group) == 1:
                    value, left, right = earlier
                    yield worded(sentence, Told(item.test, value, left, right, earlier=True), as_of)
    yield from triples(sentence, as_of)
    yield from fishbones(sentence, as_of)


def value_after(text: str, at: int, stop: int, *, grouped: bool = False) -> re.Match[str] | None:
    """The value that follows a name at once, or after linking words or a date in brackets."""
    dated = DATED.match(text, at)
    start = LINK.match(text, dated.end() if dated else at)
    at = start.end() if start else at
    unit = UNIT.match(text, at)  # "PLT 10*3/uL 120" gives the unit first
    if unit:
        start = LINK.match(text, unit.end())
        at = start.end() if start else unit.end()
    day = next((right for left, right, _ in find_dates(text[at : at + 40]) if left <= 2), None)
    if day and not dated:  # "creatinine, July 7, 2008 was 2.0"
        start = LINK.match(text, at + day)
        if start and start.end() > start.start():
            at = start.end()
    match = (GROUPED.match(text, at) if grouped else None) or BETWEEN.match(text, at) or VALUE.match(text, at)
    if (
        match is None
        or match.start("low") >= stop
        or NOT_A_RESULT.match(text, match.end("high") if match["high"] else match.end("low"))
    ):
        return None
    return match


def paired(
    sentence: Sentence, match: re.Match[str], name: tuple[int, str, int, int], as_of: date
) -> tuple[Result, bool] | None:
    """One result of a match; `name` is (start of the first name, test, its place in the group, the group's size)."""
    start, test, position, size = name
    numbers = [number(n) for n in re.findall(NUMBER, match[0])]
    end = match.end() if size > 1 else match.end("high") if match["high"] else match.end("low")
    unit = UNIT.match(sentence.text, end + len(sentence.text[end:]) - len(sentence.text[end:].lstrip()))
    if size > 1:
        if not match["slash"] or position >= len(numbers):
            return None
        low: float | None = numbers[position]
        high: float | None = low
    else:
        low, high = numbers[0], number(match["high"]) if match["high"] else numbers[0]
        if match["sign"]:
            low, high = (None, high) if match["sign"][0] in "<\u2264lL" else (low, None)
    if low is not None and high is not None and high < low:
        return None
    end = unit.end() if unit and size == 1 else end
    when, tied = day_of(sentence, start, end, as_of)
    dated = find_dates(sentence.text[start : match.start()], year_hint=hint_of(sentence.segment, as_of))
    if dated:
        when, tied = dated[-1][2], True
    return (
        Result(
            test, low, high, unit[0] if unit and size == 1 else "", when, sentence.span(start, end), sentence.document,
            assertion=says(sentence, start), rank=2 if sentence.segment.addendum else 1,
            signed=sentence.segment.signed is not False,
        ),
        tied,
    )  # fmt: skip


def worded(sentence: Sentence, form: Told, as_of: date) -> tuple[Result, bool]:
    """The result of one of the forms of lab_forms."""
    when, tied = day_of(sentence, form.start, form.end, as_of)
    said = says(sentence, form.start)
    if form.earlier:
        when, tied, said = None, True, "historical" if said == "present" else said
    return (
        Result(form.test, form.value, form.value, form.unit, when, sentence.span(form.start, form.end), sentence.document,
               assertion=said, rank=2 if sentence.segment.addendum else 1, signed=sentence.segment.signed is not False),
        tied,
    )  # fmt: skip


def triples(sentence: Sentence, as_of: date) -> Iterator[tuple[Result, bool]]:
    """ "Labs: 5.0 / 13.1 / 144": white cells, hemoglobin, platelets, by the order in which everybody writes them."""
    for match in TRIPLE.finditer(sentence.text):
        values = [number(match[1]), number(match[2]), number(match[4])]
        if not (0 < values[0] < 200 and 4 <= values[1] <= 22 and values[2] >= 3):
            continue
        when, tied = day_of(sentence, match.start(1), match.end(), as_of)
        for test, value in zip(("wbc", "hemoglobin", "platelets"), values, strict=True):
            yield (
                Result(test, value, value, "", when, sentence.span(match.start(), match.end()), sentence.document,
                       assertion=says(sentence, match.start()), signed=sentence.segment.signed is not False),
                tied,
            )  # fmt: skip


def fishbones(sentence: Sentence, as_of: date) -> Iterator[tuple[Result, bool]]:
    """Sodium, potassium, chloride, bicarbonate, urea, creatinine and glucose in their order, without a name."""
    for match in FISHBONE.finditer(sentence.text):
        when, tied = day_of(sentence, match.start(), match.end(), as_of)
        for test, value in zip(BONES, map(number, match.groups()), strict=True):
            yield (
                Result(test, value, value, "", when, sentence.span(match.start(), match.end()), sentence.document,
                       assertion=says(sentence, match.start()), signed=sentence.segment.signed is not False),
                tied,
            )  # fmt: skip
