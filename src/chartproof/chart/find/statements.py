"""Judgements written in words, found by the rules of knowledge/vocabulary/statements.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from chartproof.chart.context import assertion, conditional, of_another
from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import chosen, put_off, recorded, unfilled
from chartproof.chart.find.said import FEW
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, DayRange, Fact, Span

#: Sentences of which is kept what every finder asks.
REMEMBERED = 1 << 14
#: A quote is some twenty words long at the most.
QUOTE_WORDS = 22
TITLE_WORDS = 4
AS_OF = re.compile(
    r"[\s,(]{0,3}(?:as of|when (?:last )?seen (?:on|in)|at (?:the |his |her )?(?:last )?visit (?:of|on)|back in|on)\s+",
    re.IGNORECASE,
)
#: What ends a clause: words behind it undo nothing before it.
CLAUSE = re.compile(r"[.;](?=\s|$)|,? and (?=(?:there|s?he|I|we|has|is|no)\b)|\n")
#: "[ 1 Defer" is how a scan gives an empty box.
UNCHECKED = re.compile(r"^\s*(?:[•*\-–]\s*)?(?:\[\s*\]|\[\s+[1lIJj|)](?=\s)|\(\s*\)|☐|□)")
#: A row of a table of which only the first cell is filled: "No active infection | |".
UNANSWERED = re.compile(r"[\s?.:]*[^|\s?.:][^|]*\|[\s|]*")
CHECKED = re.compile(r"^\s*(?:\[\s*[xX✓✔]\s*\]|\(\s*[xX]\s*\)|☒|☑|✓|✔)")


@dataclass(frozen=True, slots=True)
class Rule:
    concept: str
    any: Expression
    unless: Expression | None
    where: frozenset[str]
    near: Expression | None
    value: str | None
    fixed: Assertion | None
    filled: bool = False
    topic: bool = False
    titled: bool = False
    in_clause: bool = False


def either(patterns: list[str], words: Mapping[str, str] | None = None) -> Expression:
    """One expression of many; "{name}" in them stands for an entry of `words`."""
    return Expression("|".join(f"(?:{loosen(spell(pattern, words or {}))})" for pattern in patterns), re.IGNORECASE)


def spell(pattern: str, words: Mapping[str, str]) -> str:
    """Put the named words in; twice, for words that are made of words."""
    for _ in range(2):
        pattern = re.sub(r"\{([a-z_]+)\}", lambda m: words.get(m[1], m[0]), pattern)
    return pattern


@cache
def loosen(pattern: str) -> str:
    """Let each blank of a pattern stand for any run of white space: a line end in the text is one or two."""
    out: list[str] = []
    in_class = False
    index = 0
    while index < len(pattern):
        char = pattern[index]
        if char == "\\":
            out.append(pattern[index : index + 2])
            index += 2
            continue
        in_class = char == "[" or (in_class and char != "]")
        if char == " " and not in_class:
            optional = index + 1 < len(pattern) and pattern[index + 1] in "?*"
            out.append(r"\s*" if optional else r"\s+")
            index += 2 if optional else 1
            continue
        out.append(char)
        index += 1
    return "".join(out)


@cache
def rules() -> tuple[Rule, ...]:
    data = load("statements.yaml")
    return tuple(
        Rule(
            concept=row["concept"],
            any=either(row["any"], data["words"]),
            unless=either(row["unless"], data["words"]) if row.get("unless") else None,
            where=frozenset(row.get("where", ())),
            near=about_treatment() if row.get("near") else None,
            value=row.get("value"),
            fixed=row.get("assert"),
            filled=row.get("filled", False),
            topic=row.get("topic", False),
            titled=row.get("titled", False),
            in_clause=row.get("in_clause", False),
        )
        for row in data["statements"]
    )


@cache
def about_treatment() -> Expression:
    """Whether a text speaks of this treatment at all."""
    data = load("statements.yaml")
    return either(data["about_treatment"], data["words"])


@cache
def conditions() -> Expression:
    return either(load("statements.yaml")["conditions"])


@cache
def not_conditions() -> Expression:
    return either(load("statements.yaml")["not_conditions"])


@cache
def asides() -> Expression:
    return either(load("statements.yaml")["asides"])


def depends(text: str) -> bool:
    """Whether the words make what they say depend on something still open."""
    return bool(conditions().search(asides().sub(" ", not_conditions().sub(" ", text))))


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of every rule but those that the other finders build by hand."""
    about = document_texts(reading)
    return [fact for rule in rules() for fact in apply(rule, reading, about)]


def apply(rule: Rule, reading: Reading, about: dict[str, str]) -> Iterator[Fact]:
    for index, whole in enumerate(reading.sentences):
        document = whole.document
        if rule.where and document.kind not in rule.where:
            continue
        sentence = replace(whole, text=chosen(whole.text))
        if says_nothing(sentence):
            continue
        found = place(rule.any, sentence)
        if not found and rule.titled and index:
            sentence = with_title(sentence, reading.sentences[index - 1]) or sentence
            found = place(rule.any, sentence)
        if not found or undone(rule, sentence.text, *found):
            continue
        start, end = found
        if rule.near and not rule.near.search(about[document.id]):
            continue
        if rule.filled and not recorded(sentence, start, end, reading.sentences[index + 1 : index + 7]):
            continue
        if rule.topic and put_off(sentence.text, start, end):
            continue
        says = how_said(sentence, start, end, rule.fixed)
        when = as_of_day(sentence, end)
        yield fact_of(sentence, start, end, concept=rule.concept, says=says, value=rule.value, when=when)


def undone(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether words that undo the rule stand in the sentence, or in the clause of its match."""
    if rule.in_clause:
        left = max((match.end() for match in CLAUSE.finditer(text, 0, start)), default=0)
        stop = CLAUSE.search(text, end)
        text = text[left : stop.start() if stop else len(text)]
    return bool(rule.unless and rule.unless.search(text))


def how_said(sentence: Sentence, start: int, end: int, fixed: Assertion | None) -> Assertion:
    """How the words are asserted: what a rule fixes holds only of this patient, and under no condition."""
    if of_another(sentence, start):
        return "family"
    if fixed and conditional(sentence, start):
        return "planned"
    return fixed or assertion(sentence, start, end)


def as_of_day(sentence: Sentence, end: int) -> DayRange | None:
    """The earlier day of which the words are said: "no active infection as of 2/2026"; None where they are of the note's."""
    said = sentence.segment.when
    behind = AS_OF.match(sentence.text, end)
    found = find_dates(sentence.text[behind.end() : behind.end() + 24], year_hint=said.last) if behind and said else []
    return found[0][2] if found and not found[0][0] and said and found[0][2].last < said.first else None


def place(pattern: re.Pattern[str] | Expression, sentence: Sentence) -> tuple[int, int] | None:
    """Where the pattern stands in the sentence, or in its lead-in and the sentence together ("Setting. Outpatient ...")."""
    match = pattern.search(sentence.text)
    if match:
        return match.start(), match.end()
    if sentence.label and sentence.label not in sentence.text:
        lead = f"{sentence.label}: "
        match = pattern.search(lead + sentence.text)
        if match and match.end() > len(lead):
            return max(0, match.start() - len(lead)), match.end() - len(lead)
    return None


def with_title(sentence: Sentence, previous: Sentence) -> Sentence | None:
    """The sentence together with a title of a few words before it ("Infection check. Nothing going on: ...")."""
    title = previous.text.strip()
    between = sentence.page.text[previous.end : sentence.start]
    if (
        previous.segment is not sentence.segment
        or between.strip()
        or not re.fullmatch(r"[A-Z][\w ,/&-]{1,40}[.:?]", title)
    ):
        return None
    if len(title.split()) > TITLE_WORDS:
        return None
    text = sentence.page.text[previous.start : sentence.end].replace("\n", " ")
    return replace(sentence, start=previous.start, text=text)


def document_texts(reading: Reading) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for segment in reading.segments:
        texts.setdefault(segment.document.id, []).append(segment.page.text[segment.start : segment.end])
    return {key: "\n".join(parts) for key, parts in texts.items()}


def says_nothing(sentence: Sentence) -> bool:
    """Empty boxes, what an earlier note said, what somebody is asked to write, and a template's choices that no one made."""
    text = sentence.text
    empty = UNCHECKED.match(text) or UNANSWERED.fullmatch(text) or only_asked().search(text)
    return bool(empty) or copied_forward(sentence) or unfilled(text)


@cache
def only_asked() -> Expression:
    return either(load("statements.yaml")["only_asked"])


COPIED = re.compile(
    r"\b(?:carried (?:forward|over)|imported from|(?:added|entered|created) by (?:an? )?(?:auto\w*[- ])?import|copied (?:forward|from)|auto-?(?:populated|mapped|filled|defaulted)|mapped from|template)\b"
    r"|\b(?:pulled|brought|carried) (?:in |over |forward )?from (?:\d{1,4}[-/]|(?:the |her |his )?(?:last|prior|previous|earlier|old)\b)",
    re.IGNORECASE,
)


def copied_forward(sentence: Sentence) -> bool:
    """Text that was imported from an earlier note: it does not speak of this visit."""
    return _copied(sentence.heading, sentence.label, sentence.text)


@lru_cache(maxsize=REMEMBERED)
def _copied(heading: str, label: str, text: str) -> bool:
    return bool(COPIED.search(f"{heading} {label} {text}"))


def fact_of(
    sentence: Sentence, start: int, end: int, *, concept: str, says: Assertion, value: str | None = None,
    when: DayRange | None = None, more: tuple[Span, ...] = (), note: str = "",
) -> Fact:  # fmt: skip
    """A fact from one sentence; its day is the segment's unless `when` is given, on a face sheet the row's own."""
    segment = sentence.segment
    when = when or entered(sentence)
    return Fact(
        id="",
        concept=concept,
        assertion=says,
        evidence=(clip(sentence, start, end), *more),
        value=value,
        when=when or segment.when,
        known=segment.when,
        signed=is_signed(segment),
        rank=2 if segment.addendum else 1,
        document=segment.document.id,
        note=note,
    )


def entered(sentence: Sentence) -> DayRange | None:
    """The day on which a row of a face sheet was entered, at its end: the sheet's own day is the day of the print."""
    if sentence.document.kind != "face_sheet":
        return None
    line = sentence.text.rstrip(" .)")
    days = [(end, day) for _start, end, day in find_dates(line) if day.exact]
    return days[0][1] if len(days) == 1 and days[0][0] == len(line) else None


def is_signed(segment: Segment) -> bool:
    return segment.signed is not False


def clip(sentence: Sentence, start: int, end: int, *, limit: int = QUOTE_WORDS) -> Span:
    """The sentence's words around [start, end), at most `limit` and up to `FEW` that begin the sentence, verbatim."""
    words = list(re.finditer(r"\S+", sentence.text))
    if len(words) <= limit:
        return sentence.span()
    first = next(i for i, word in enumerate(words) if word.end() > start)
    last = max(i for i, word in enumerate(words) if word.start() < end)
    spare = max(0, limit - (last - first + 1))
    first = max(0, first - spare // 2)
    last = min(len(words) - 1, max(last, first + limit - 1) if last - first + 1 <= limit else first + limit - 1)
    return sentence.span(words[0 if first <= FEW else first].start(), words[last].end())
