"""What a form ticks under its columns "Yes" and "No": each row's words with the answer that its cross stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.claimed.papers import CORRECT, is_paper
from chartproof.chart.derive.claimed.tests_claimed import not_there
from chartproof.chart.derive.standing import CLINICIANS, last_day, pattern, standing, within
from chartproof.chart.find.labs.grid import Line, lines
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span

HEADER = re.compile(
    r"\W*(?:\w+\W+){0,3}?(?P<yes>yes|y)\W+(?P<no>no|n)(?:\W+(?:details?|comments?|notes?|remarks?|explain|dates?))?\W*$",
    re.IGNORECASE,
)
CROSS = re.compile(r"(?<!\w)\[?[xX\u2612\u2611\u2713\u2714]\]?(?!\w)")


def ticked(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """Tests ticked as done that the chart does not hold, and treatments ticked as not given that it documents."""
    kinds = {document.id: document.kind for document in reading.documents}
    for line, at, answer in answers(reading):
        quote, name = line.span(0, at), line.text[:at]
        beside = lacking(reading, facts, name, asked) if answer == "yes" else given(facts, name, asked, kinds)
        if beside:
            what, span, right = beside
            yield Conflict(f"{what}: the request form", quote, span, f"{right}; {CORRECT}")


def answers(reading: Reading) -> Iterator[tuple[Line, int, str]]:
    """(row, where its cross stands, yes or no) of each row with one cross below a line "Yes  No"."""
    for segment in reading.segments:
        if not is_paper(segment) or segment.document.belongs is False:
            continue
        columns: dict[str, float] = {}
        for line in lines(segment):
            header = HEADER.match(line.text)
            if header:
                columns = {name: middle(line, *header.span(name)) for name in ("yes", "no")}
                continue
            crosses = list(CROSS.finditer(line.text))
            if columns and len(crosses) == 1 and crosses[0].start() > 2:
                place = middle(line, *crosses[0].span())
                yield line, crosses[0].end(), min(columns, key=lambda name: abs(columns[name] - place))


def middle(line: Line, start: int, end: int) -> float:
    left, right = line.extent(start, end)
    return (left + right) / 2


def lacking(reading: Reading, facts: Sequence[Fact], name: str, asked: date) -> tuple[str, Span, str] | None:
    """The chart's word that a ticked test was not done, else its newest result, which is too old, else its order."""
    for rule in load("claims.yaml")["tests"].values():
        if not pattern(rule["words"]).search(name):
            continue
        done = [fact for one in rule["concepts"] for fact in standing(facts, one, asked)]
        if any(within(fact, asked, rule["days"]) for fact in done):
            return None
        plain, planned = (not_there(reading, rule, asked, cues=[cue]) for cue in load("claims.yaml")["not_there"])
        old = max(done, key=last_day, default=None)
        quote = plain or (old.evidence[0] if old else planned)
        return (rule["name"], quote, "not in the chart for these weeks") if quote else None
    return None


def given(facts: Sequence[Fact], name: str, asked: date, kinds: dict[str, str]) -> tuple[str, Span, str] | None:
    """What the chart documents of a treatment or a habit that the form denies."""
    for rule in load("claims.yaml")["denials"].values():
        if pattern(rule["says"]).search(f"{CROSS.sub('', name).strip()}: no"):
            done = [fact for one in rule["concepts"] for fact in standing(facts, one, asked)]
            done = [fact for fact in done if "days" not in rule or within(fact, asked, rule["days"])]
            if done:
                best = max(
                    done,
                    key=lambda one: (
                        kinds.get(one.document) in CLINICIANS,
                        one.when is not None and one.when.exact,
                        last_day(one),
                    ),
                )
                return rule["name"], best.evidence[0], f"given ({best.when})"
    return None
