"""The letter's sentences, filled from facts: which template is taken, and the words for days, numbers and authors.

The sentences are data (knowledge/vocabulary/prose.yaml). Nothing here adds a word that no fact carries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from chartproof.model import DayRange, Fact, Quantity, Review, Span
from chartproof.packet.data import knowledge
from chartproof.packet.library import references
from chartproof.packet.look import document_at, one_way, plain_quote, prose, prose_day, prose_range, sentence, tidy

#: Units that are not printed after a number, and those that stand close to it.
_SILENT = frozenset(("", "grade", "lines"))
_CLOSE = frozenset(("%",))

#: Longer quotes are cut at a word in prose; the exhibit shows all of it.
_LONG = 300

#: A quote of a heading only: the words under it are what it says, and may run on for longer, to where something else begins.
_HEADING = 80
_UNDER = 560
_ELSE = re.compile(r"\n\s*\n|\s(?=\d{1,2}[.)] )|\n(?=[A-Z][^\n.:]{2,40}:)|\n(?=[^\n]*(?:\b[Ss]igned\b|/ES/|\bPage \d))")

#: What a sentence goes on with: a plain word, and no name such as eGFR that begins the next row of a table.
_GOES_ON = re.compile(r"\s*[a-z]+(?![A-Za-z])")

#: The same in a note that is written in capitals, on the line of the quote or the next: no label and no number of a list.
_ON_IN_CAPITALS = re.compile(r"\s*[A-Z][A-Z'-]+(?![A-Z]|[ \w]{0,30}:)")

#: What ends a sentence that was quoted in part.
_ENDS = re.compile(r"[.;](?=\s)|[.;]$|\n\s*\n")


def words(section: str) -> Mapping[str, Any]:
    """One section of prose.yaml."""
    found: Mapping[str, Any] = knowledge("vocabulary/prose.yaml")[section]
    return found


def concept_words(concept: str) -> str:
    """A concept as it is printed: 'lvef' is LVEF, 'creatinine_clearance' is creatinine clearance."""
    return str(knowledge("vocabulary/names.yaml")["names"].get(concept, concept.replace("_", " ")))


@cache
def _plain_names() -> dict[str, str]:
    """'cmv igg' -> CMV IgG: the names and state words that are not printed as their id."""
    shown = {**knowledge("vocabulary/shows.yaml")["values"], **knowledge("vocabulary/names.yaml")["names"]}
    return {name.replace("_", " "): words for name, words in shown.items()}


def topic(what: str) -> str:
    """What two documents disagree on, as it is printed: 'cmv igg on another person's page' is CMV IgG on ..."""
    found = [name for name in _plain_names() if re.match(rf"{re.escape(name)}\b", what)]
    name = max(found, key=len, default="")
    return (_plain_names()[name] if name else "") + what[len(name) :]


def value_words(value: str) -> str:
    """A state word as it is printed: 'large_b_cell_lymphoma' is large B-cell lymphoma."""
    return str(knowledge("vocabulary/shows.yaml")["values"].get(value, value.replace("_", " ")))


def drop_words(reason: str) -> str:
    """Why a model's proposal was dropped: 'not_on_page' is the quote was not found on the page."""
    return str(knowledge("vocabulary/propose.yaml")["drops"][reason])


def amount(quantity: Quantity) -> str:
    """'58%', '1.02 mg/dL', 'under 5 mg/dL', '50 to 55%'."""
    low, high = quantity.low, quantity.high
    space = "" if quantity.unit in _CLOSE else "\u00a0"
    unit = "" if quantity.unit in _SILENT else space + quantity.unit
    if low is None:
        return f"under {high:g}{unit}" if high is not None else "not stated"
    if high is None:
        return f"over {low:g}{unit}"
    return f"{low:g}{unit}" if low == high else f"{low:g} to {high:g}{unit}"


def on_day(when: DayRange | None) -> str:
    """'on 28 April 2026', 'in March 2025', 'between A and B'; empty for None."""
    if when is None:
        return ""
    text = prose_range(when)
    return f"on {text}" if when.exact else text if text.startswith("between") else f"in {text}"


def of_day(when: DayRange | None) -> str:
    """'of 28 April 2026', 'of March 2025'; empty for None."""
    return f"of {prose_range(when)}" if when and not prose_range(when).startswith("between") else ""


def ago(when: DayRange | None, day: date) -> str:
    """', 14 months before 15 June 2026': whole months that have passed, from two on; empty for None or less."""
    if when is None:
        return ""
    last = when.last
    months = (day.year - last.year) * 12 + day.month - last.month - (day.day < last.day)
    return (
        str(words("ago")["exact" if when.exact else "least"]).format(months=months, day=prose_day(day))
        if months > 1
        else ""
    )


def quoted(review: Review, span: Span, *, on: bool = False, most: int = _LONG) -> str:
    """The chart's words in quotation marks, without the stop that ends them; "..." where the sentence goes on.

    A sentence quoted in part is quoted to its end where that is near.
    `on` takes the words that follow a mere heading with it.
    """
    text, rest = plain_quote(span.quote), _after(review, span)
    heading = on and len(text) < _HEADING and text[-1:] not in ".!?;"
    most = _UNDER if heading else most
    more = _ON_IN_CAPITALS if text.isupper() and len(text) > _HEADING else _GOES_ON
    goes_on = bool(more.match(rest)) and text[-1:] not in ".!?;"
    end = _ENDS.search(rest)
    if heading:
        text = plain_quote(span.quote + _ELSE.split(rest)[0])
    elif goes_on and end and len(text) + end.start() <= most:
        text, goes_on = plain_quote(span.quote + rest[: end.start()]), False
    cut = text if len(text) <= most else text[:most].rsplit(" ", 1)[0]
    goes_on = goes_on or cut != text
    return f"“{cut.rstrip('.;, ')}{' ...' if goes_on else ''}”"


def _after(review: Review, span: Span) -> str:
    pages = (p for s in review.chart.files if s.name == span.file for p in s.pages if p.number == span.page)
    return next((page.text[span.end : span.end + _UNDER] for page in pages), "")


def who_wrote(review: Review, span: Span) -> str:
    """The author of a signed document whose words were read exactly; else the chart, as where the words name their writer."""
    said, document = words("who"), document_at(review, span.file, span.page)
    if document and document.kind in said:
        return str(said[document.kind])
    pages = (p for s in review.chart.files if s.name == span.file for p in s.pages if p.number == span.page)
    unsure = any(page.read == "ocr" for page in pages) or re.search(str(said["entry"]), span.quote)
    if document is None or not document.signed or not document.author or unsure:
        return str(said["default"])
    return re.sub(r"\b([A-Z]) (?=[A-Z][a-z])", r"\1. ", tidy(document.author))  # "I Roe MD" is no "I"


def outcomes(fact: Fact) -> tuple[str, ...]:
    """What the fact says, the most particular first, as prose.yaml names it."""
    if fact.assertion != "present":
        return (fact.assertion, "other")
    if fact.quantity is not None:
        return ("one", "number") if fact.quantity.low == fact.quantity.high == 1 else ("number",)
    return (fact.value, "state") if fact.value else ("present",)


def template_of(fact: Fact, *, values: bool, retold: bool = False) -> str:
    """The sentence for this fact: `values` where numbers of the same day are at hand, `retold` where a note tells of it."""
    own = words("sentences").get(fact.concept, {})
    wanted = (*(("retold",) if retold else ()), *(("values",) if values else ()), *outcomes(fact))
    for source in (own, words("default")):
        for key in wanted:
            if key in source:
                return str(source[key])
    return str(words("default")["other"])


def _retold(review: Review, fact: Fact, span: Span) -> bool:
    """Whether a note tells of a report on the note's own day: the day of the report itself is not known."""
    kinds, document = words("reports").get(fact.concept), document_at(review, span.file, span.page)
    return bool(kinds and document and document.kind not in kinds and document.when == fact.when)


def say(review: Review, fact: Fact, span: Span, values: tuple[Fact, ...] = (), *, quote: bool = True) -> str:
    """One sentence, without its stop: what the fact says, when, and the numbers beside it."""
    listed = one_way([f"{concept_words(v.concept)} {amount(v.quantity)}" for v in values if v.quantity])
    text = template_of(fact, values=bool(values), retold=_retold(review, fact, span)).format(
        on=on_day(fact.when),
        of=of_day(fact.when),
        ago=ago(fact.when, review.case.as_of),
        of_note=f"in the note {of_day(fact.when)}" if of_day(fact.when) else "in the chart",
        value=value_words(fact.value or ""),
        amount=amount(fact.quantity) if fact.quantity else "",
        name=concept_words(fact.concept),
        quote=quoted(review, span, on=fact.concept in words("goes_on")["concepts"]) if quote else "",
        who=who_wrote(review, span),
        values=listed,
    )
    return sentence(text.strip().removesuffix(":"))


def companions(review: Review, fact: Fact) -> tuple[Fact, ...]:
    """The numbers that were measured with a panel or test: same day, same document, one value only."""
    section = words("values")
    kept: list[Fact] = []
    for concept in section.get(fact.concept, ()):
        same = [other for other in review.chart.facts if other.concept == concept and _beside(review, fact, other)]
        if same and len({other.quantity for other in same}) == 1:
            kept.append(same[0])
    return tuple(kept[: int(section["most"])])


def _beside(review: Review, fact: Fact, other: Fact) -> bool:
    if other.assertion != "present" or not other.signed or other.quantity is None or not other.evidence:
        return False
    if fact.when is None or other.when != fact.when or not fact.evidence:
        return False
    here, there = fact.evidence[0], other.evidence[0]
    return here.file == there.file and document_at(review, here.file, here.page) == document_at(
        review, there.file, there.page
    )


def therapy_line(n: int, regimen: str, drugs: tuple[str, ...], start: DayRange | None, end: DayRange | None,
                 response: str | None, reason: str | None) -> str:  # fmt: skip
    """One line of therapy as a sentence without its stop."""
    said = words("history")
    nth = said["nth"][n - 1] if 0 < n <= len(said["nth"]) else said["later"].format(n=n)
    name = tidy(regimen)
    apart = [drug for drug in drugs if drug.lower() not in name.lower()]
    if apart:
        name = said["regimen"].format(regimen=name, drugs=one_way(list(drugs)))
    first, last = prose_range(start), prose_range(end)
    key = "start" if first else "end" if last else "none"
    if first and last:
        key = "once" if first == last else "both"
    text = str(said["line"]).format(
        nth=nth,
        regimen=name,
        dates=said["dates"][key].format(start=first, end=last),
        response=_of(said["response"], response, "response"),
        end=_of(said["end"], reason, "reason"),
    )
    return prose(text)


def _of(table: Mapping[str, str], value: str | None, place: str) -> str:
    if not value:
        return table["none"]
    return table.get(value) or table["other"].format(**{place: value})


def rems_sentence(product: str) -> str:
    """What became of the REMS of this CAR-T product, with its source; empty where no checked reference speaks of it."""
    named = ("rems_ended", "rems_never")
    found = [references()[name] for name in named if product in references()[name].products]
    return " ".join(f"{one.shows} ({prose(one.citation)})." for one in found if one.verified)
