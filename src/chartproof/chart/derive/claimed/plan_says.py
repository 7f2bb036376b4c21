"""What the plan's letter says was not received, beside the report of the chart that shows it.

Reasons that a criterion decides (organ function, prior therapy, site of care) are answered from the findings, in
`rights`; here are the documents, whose report is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.standing import last_day, pattern, standing, within
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact

#: An appeal is filed within half a year of the letter; twice as long is enough for any.
LETTER_DAYS = 365


def plan_says(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each kind of document that the newest letter of denial misses."""
    letter = list(newest_letter(reading, asked))
    for rule in load("claims.yaml")["plan_says"].values():
        for sentence in letter:
            found = pattern(rule["words"]).finditer(sentence.text)
            named = next((one for one in found if _missed(sentence, one.start(), one.end())), None)
            if named is None:
                continue
            proof = _proof(reading, facts, rule, asked)
            if proof:
                right = f"in the chart, {proof.when}; send it with the appeal"
                quote = near_quote(sentence, named.start(), named.end())
                yield Conflict(f"{rule['name']}: the plan's letter", quote, proof.evidence[0], right)
                break
    yield from _line_of_use(reading, letter, facts)


def newest_letter(reading: Reading, asked: date) -> Iterator[Sentence]:
    """The newest letter that denies, of the months before the request: an older one is about something else."""
    segments = [
        segment
        for segment in reading.segments
        if segment.document.kind == "denial_letter" and segment.document.belongs is not False
    ]
    days = [one.document.when.last for one in segments if one.document.when]
    newest = max((day for day in days if 0 <= (asked - day).days <= LETTER_DAYS), default=None)
    for segment in segments:
        if segment.document.when and segment.document.when.last == newest:
            yield from sentences(segment)


def _missed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the clause that names the document says that it is not there; a rule ("must be shown") is no such clause."""
    text = sentence.text
    left = max(text.rfind(mark, 0, start) for mark in (",", ";", ".", " and "))
    stops = [place for mark in (",", ";", ".") if (place := text.find(mark, end)) >= 0]
    clause = text[left + 1 : min(stops, default=len(text))]
    return bool(pattern(load("claims.yaml")["plan_absent"]).search(clause))


def _proof(reading: Reading, facts: Sequence[Fact], rule: dict[str, object], asked: date) -> Fact | None:
    """The report itself before an excerpt of it, then the newest."""
    kinds = {document.id: document.kind for document in reading.documents}
    concepts, days = rule["concepts"], rule["days"]
    wanted = rule.get("values", [rule["value"]] if "value" in rule else [])
    assert isinstance(concepts, list) and isinstance(wanted, list) and isinstance(days, int)
    known = [
        fact
        for concept in concepts
        for fact in standing(facts, concept, asked)
        if within(fact, asked, days) and (not wanted or fact.value in wanted)
    ]
    best = rule["from"]
    assert isinstance(best, list)
    return max(known, key=lambda fact: (kinds.get(fact.document) in best, last_day(fact), fact.rank), default=None)


def _line_of_use(reading: Reading, letter: Sequence[Sentence], facts: Sequence[Fact]) -> Iterator[Conflict]:
    """The letter denies for the number of lines what the plan's own pharmacy approved for this use."""
    if not any(fact.concept == "pharmacy_approval" and fact.value == "approved" for fact in facts):
        return
    for sentence in letter:
        denied = pattern(load("claims.yaml")["line_of_use"]).search(sentence.text)
        if not denied:
            continue
        for segment in reading.segments:
            if segment.document.kind != "pharmacy_determination" or segment.document.belongs is False:
                continue
            for other in sentences(segment):
                allowed = pattern(load("claims.yaml")["approved_for"]).search(other.text)
                if allowed:
                    yield Conflict(
                        "line of therapy at which the drug may be used: the plan's letter",
                        near_quote(sentence, denied.start(), denied.end()),
                        near_quote(other, allowed.start(), allowed.end()),
                        "the plan's own pharmacy approved the drug for this use",
                    )
                    return
