"""What one sentence tells of a subject: a reader for each sort of rule in contradictions.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chartproof.chart.context import assertion, boxed
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import is_paper
from chartproof.chart.derive.told.telling import Telling, pattern, source_of
from chartproof.chart.find.disease.disease import diseases_in
from chartproof.chart.find.drugs import core, mentions
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange

#: "First relapse 02/09/26" counts on that day; "one relapse" counts when it is written.
ORDINAL = re.compile(r"first|second|third|fourth|fifth|\dst|\dnd|\drd|\dth", re.IGNORECASE)
#: A report tells of its own specimen, whatever the history above it says.
REPORTS = ("pathology", "lab_report", "lab_export")
#: Characters of a clause in which a result stands behind the name of its test, or before it.
BEHIND, BEFORE = 48, 24
#: Characters behind a drug's name, or before it, in which its end is told.
REACH = 110
#: A longer sentence without a stop is a line of items, of which those within so many characters belong together.
LONG, NEAR = 140, 60
STOP = re.compile(r"[.;]\s")
STOPPED = re.compile(r"(?:stopped|discontinued|ended|ceased|held|changed|switched)\b", re.IGNORECASE)
#: A sentence that denies what the one before it names: of "it", of her, or without a subject ("Not started.").
OF_IT = re.compile(
    r"\W*(?:(?:it|this|that|they|these|both|s?he|we|i|mrs?|ms|pt|none|no (?:dose|tablet|pill|capsule|fill|infusion|cycle)s?"
    r"|(?:the|his|her) (?:patient|pt|drug|prescription|rx|script|order|course|pills?|tablets?|capsules?|medicine|medication|pack|bottle|kit|therapy|treatment|first|last))\b"
    r"|(?:(?:was|were|has|had|been|and|but|then|so|actually|in fact|ultimately|apparently|later|therapy|treatment|which|who) )*"
    r"(?:never|not|un\w+|stopp\w+|discontinu\w+|given|started|failed|held|taken|picked|ended|cancel\w+)\b)",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"[.;]\s|\|| {3,}(?=[A-Z])")


def of_sentence(sentence: Sentence, rule: dict[str, Any], before: Sentence | None) -> Iterator[Telling]:
    """By every reader that the subject's rule asks for; `before` is the sentence before it, of the same reading."""
    for sort, read in READERS.items():
        if sort in rule and not (sort == "test" and of_the_beginning(sentence, rule, before)):
            yield from read(sentence, rule)
    if "drug" in rule:
        yield from _drug(sentence, rule, before)
    if "classes" in rule:
        yield from _classes(sentence, rule)


def of_the_beginning(sentence: Sentence, rule: dict[str, Any], before: Sentence | None) -> bool:
    """Whether a marker, which treatment may change, is told as it was when the illness began: "Presented with nodes. CD20 positive." """
    changes = not rule.get("lasting") and not rule.get("days")
    same = before is not None and before.segment is sentence.segment and before.document.kind not in REPORTS
    return bool(changes and same and before and pattern(load("contradictions.yaml")["then"]).search(before.text))


def _telling(
    sentence: Sentence, rule: dict[str, Any], value: str, start: int, end: int, when: DayRange | None = None,
    about: str = "",
) -> Iterator[Telling]:  # fmt: skip
    """The telling, unless the words around it bar it."""
    segment = sentence.segment
    source = "paper" if is_paper(segment) else source_of(sentence.document, segment.signed)
    retold = (
        source == "report"
        and rule.get("doubted")
        and pattern(load("contradictions.yaml")["another_report"]).search(sentence.text)
    )
    if not retold and not _barred(sentence, rule, start, end):
        quote = near_quote(sentence, start, end)
        figures = value in rule.get("figures", ())
        yield Telling(value, quote, when or segment.when, segment.when, source, sentence.document.id, about, figures)


def _barred(sentence: Sentence, rule: dict[str, Any], start: int, end: int) -> bool:
    """Whether nobody says there that it is so of this patient: a rule, a question, what may come, another person."""
    words, around = load("contradictions.yaml"), scope(sentence, start, end)
    told = f"{sentence.label} {around}"
    another = not rule.get("others_too") and pattern(words["others"]).search(told)
    unless = "unless" in rule and pattern(rule["unless"]).search(around)
    lacks = "needs" in rule and not pattern(rule["needs"]).search(around)
    repeated = "drug" in rule and pattern(words["repeated"]).search(sentence.text)
    return bool(another or unless or lacks or repeated or pattern(words["unsaid"]).search(told))


def scope(sentence: Sentence, start: int, end: int) -> str:
    """The sentence; of many items of a form that run on without a stop, those near the words."""
    text = sentence.text
    if len(text) <= LONG or sentence.row or STOP.search(text):
        return text
    return text[max(0, start - NEAR) : end + NEAR]


def _says(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`says`: value -> words that by themselves tell it; what the words around deny, plan or tell of others is left."""
    for value, words in rule["says"].items():
        for match in pattern(words).finditer(sentence.text):
            how = "present" if rule.get("plain") else assertion(sentence, *match.span())
            how = "present" if how == "family" and rule.get("others_too") else how
            denied = how == "absent" and value in rule.get("denials", ())
            past = how == "historical" and not rule.get("now_only")
            if how == "present" or past or denied or (how == "planned" and rule.get("doubted")):
                yield from _telling(sentence, rule, value, *match.span())
                break


def _asked(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`asked`: the name of what a form asks; its boxes behind the name answer, "Seizures [ ] Yes [X] No"."""
    for match in pattern(rule["asked"]).finditer(sentence.text):
        told = boxed(sentence, match.end())
        if told in ("yes", "no"):
            yield from _telling(sentence, rule, "has" if told == "yes" else "has_not", *match.span())
            break


def _test(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`test`: the name of a test; its result stands behind it before another test is named, else right before it.

    Two results of one row are those of two days, and neither is told.
    """
    for match in pattern(rule["test"]).finditer(sentence.text):
        right = _until_another(sentence.text[match.end() : match.end() + BEHIND])
        left = re.split(r"[,.;|:]|\band\b", sentence.text[max(0, match.start() - BEFORE) : match.start()])[-1]
        for words, offset in ((right, match.end()), (left, match.start() - len(left))):
            found = _results(words)
            if not found:
                continue
            value, start, end = found[0]
            place = min(match.start(), offset + start), max(match.end(), offset + end)
            if len({one[0] for one in found}) == 1 and assertion(sentence, *place) in ("present", "historical"):
                yield from _telling(sentence, rule, value, *place, _only_day(sentence, *place))
                return
            break


def _until_another(words: str) -> str:
    """The words up to the end of their clause or the next test."""
    return pattern(load("contradictions.yaml")["another_test"]).split(CLAUSE.split(words)[0])[0]


def _results(words: str) -> list[tuple[str, int, int]]:
    """(value, start, end) of each result told, the words of a longer one first."""
    found = [
        (value, *match.span())
        for value, cue in load("contradictions.yaml")["results"].items()
        for match in pattern(cue).finditer(words)
    ]
    found.sort(key=lambda one: (one[1], -one[2]))
    return [one for index, one in enumerate(found) if not any(a <= one[1] < b for _value, a, b in found[:index])]


def _only_day(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day told right behind the words, else the sentence's only one, of the past."""
    limit = sentence.segment.when
    told = find_dates(sentence.text, years=True)
    days = {day for _left, _right, day in told if limit is None or day.first <= limit.last}
    return _day_in(sentence, start, end) or (days.pop() if len(days) == 1 else None)


def _day_in(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day told right behind the words, of the past."""
    limit = sentence.segment.when
    for left, _right, day in find_dates(sentence.text):
        if start <= left <= end + 12 and (limit is None or day.first <= limit.last):
            return day
    return None


def _number(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`number`: words whose group n is a count, in digits or a word."""
    ordinals = load("contradictions.yaml")["ordinals"]
    found = []
    for match in pattern(rule["number"]).finditer(sentence.text):
        word = next(part for name, part in match.groupdict().items() if name.startswith("n") and part).lower()
        found.append((match, int(word) if word.isdigit() else ordinals.get(word)))
    most = max((number for _match, number in found if number), default=0)
    for match, number in found:
        if rule.get("grows") and number != most:
            continue  # "first relapse 2021, second relapse 2024" counts two
        if number and assertion(sentence, *match.span()) in ("present", "historical"):
            event = rule.get("about") == "day" or (rule.get("grows") and ORDINAL.match(match[0]))
            day = _only_day(sentence, *match.span()) if event else None
            about = str(day or sentence.segment.when) if rule.get("about") == "day" else ""
            yield from _telling(sentence, rule, str(number), *match.span(), day, about)


def _day(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`day`: words right before a day; the value is that day, about the one disease of the sentence where it names one."""
    diseases = {one.disease for one in diseases_in(sentence.text)} if rule.get("about") == "value" else {""}
    if len(diseases) != 1:
        return
    for match in pattern(rule["day"]).finditer(sentence.text):
        clause = re.split(r"[,;(]", sentence.text[: match.start()])[-1] + match[0]
        if rule.get("about") == "value" and "," in sentence.text[: match.start()] and not diseases_in(clause):
            continue  # "MCL, probable aspergillosis diagnosed 1/2026" dates the other disease
        for left, right, day in find_dates(sentence.text, years=True):
            if 0 <= left - match.end() <= 14 and assertion(sentence, *match.span()) in ("present", "historical"):
                yield from _telling(sentence, rule, str(day), match.start(), right, day, next(iter(diseases)))
                break


def _own_day(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`own_day`: words right before the day of the procedure on a page that by its other words is the procedure's record."""
    own = rule["own_day"]
    page = sentence.page.text
    if is_paper(sentence.segment) or pattern(own["never"]).search(page):
        return
    if all(pattern(cue).search(page) for cue in own["page"]):
        yield from _day(sentence, {**rule, "day": own["day"]})


#: "Entecavir 0.5 mg tablet daily, active": an entry of its own in a list of medicines.
ANOTHER = re.compile(
    r"\W*(?:\d{1,2}[.)] )?[A-Z][\w-]{3,}(?: [\w-]+){0,2}? \d[\d.,]* ?(?:mg|mcg|g|units?|iu|ml)\b", re.IGNORECASE
)


def _drug(sentence: Sentence, rule: dict[str, Any], before: Sentence | None) -> Iterator[Telling]:
    """`drug`: value -> words behind one anticancer drug, `drug_before` right before it; the telling is about the drug.

    Where the sentence names no drug ("Stopped for diarrhea."), the only one of the sentence before it is meant.
    """
    named = [one for one in mentions(sentence.text) if core(one.drugs)]
    meant = not rule.get("denials") or OF_IT.match(sentence.text) is not None
    meant = meant and not sentence.row and not ANOTHER.match(sentence.text)
    if not named and meant and before and before.document is sentence.document:
        last = {one.drugs for one in mentions(before.text) if core(one.drugs)}
        if len(last) == 1 and len(drugs := last.pop()) == 1:
            yield from _causes(sentence, rule, drugs[0], (0, 0), len(sentence.text), "present")
    for index, one in enumerate(named):
        stop = named[index + 1].start if index + 1 < len(named) else len(sentence.text)
        how = assertion(sentence, one.start, one.end)
        if len(one.drugs) == 1 and how != "family":
            yield from _causes(sentence, rule, one.drugs[0], (one.start, one.end), min(stop, one.end + REACH), how)


def _causes(
    sentence: Sentence, rule: dict[str, Any], drug: str, place: tuple[int, int], stop: int, how: str
) -> Iterator[Telling]:
    start, end = place
    clause, left = sentence.text[end:stop], sentence.text[max(0, start - REACH) : start]
    denials, no = rule.get("denials", ()), pattern(load("contradictions.yaml")["not_cause"])
    if not denials and how == "absent":
        return
    for value, words in rule["drug"].items():
        match = pattern(words).search(clause)
        # "Which was stopped for low counts [please verify]": the doubt beside it makes nothing of it a plan.
        so = how in ("present", "historical") or (how == "planned" and STOPPED.match(match[0] if match else ""))
        if match and (value in denials or (so and not no.search(match[0]))):
            until = end + match.end()
            when = None if value in rule.get("now", ()) else _day_in(sentence, start, until)
            yield from _telling(sentence, rule, value, start, until, when, drug)
            return
    for value, words in rule.get("drug_before", {}).items():
        if how == "planned" and not denials:
            return
        match = pattern(words).search(left) if start else None
        if match and (value in denials or not no.search(left[: match.start()][-14:])):
            yield from _telling(sentence, rule, value, start - len(left) + match.start(), end, None, drug)
            return


def _classes(sentence: Sentence, rule: dict[str, Any]) -> Iterator[Telling]:
    """`classes`: class of drugs -> its name in words; value -> words that stand right before it, or right behind."""
    for name, words in rule["classes"].items():
        for match in pattern(words).finditer(sentence.text):
            left, right = sentence.text[max(0, match.start() - REACH) : match.start()], sentence.text[match.end() :]
            for value, cues in rule["given"].items():
                found = pattern(cues["before"]).search(left) or pattern(cues["behind"]).match(right)
                if found:
                    yield from _telling(sentence, rule, value, *match.span(), None, name)
                    break


#: Key of a rule -> what reads a sentence by it.
READERS = {"says": _says, "asked": _asked, "test": _test, "number": _number, "day": _day, "own_day": _own_day}
