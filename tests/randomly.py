"""Random charts and policies from a seed, for the population against the single case: few days, concepts and words, so
that ties, window ends, partial days, conflicts and silences are common."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from chartproof.model.chart import Coverage
from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Quantity
from chartproof.model.rows import Answer, Criterion, Edge, Leaf, Node, Rows
from chartproof.model.truth import REASONS
from chartproof.screen.schema import Vocabulary
from handmade import ASSERTIONS, span

AS_OF = date(2026, 5, 4)
CONCEPTS = ("alpha", "beta", "gamma")
WORDS = ("good", "bad", "unsure")
OFFSETS = (-45, -31, -30, -29, -11, -10, -9, -1, 0, 1)
VOCABULARY = tuple(Vocabulary(concept, "event") for concept in CONCEPTS)
COLUMNS = (
    "kind", "subject", "concept", "assertion", "value", "low", "high", "unit", "first_day", "last_day", "known_by",
    "source", "signed", "rank",
)  # fmt: skip

Person = tuple[list[Fact], list[Coverage]]


def days(random: Random) -> DayRange:
    first = AS_OF + timedelta(days=random.choice(OFFSETS))
    return DayRange(first, first + timedelta(days=random.choice((0, 0, 0, 1, 7, 31))))


def quantity(random: Random) -> Quantity:
    low = random.choice((None, *range(7)))
    high = random.choice((None, *range(low or 0, 9)))
    return Quantity(low, high, random.choice(("", "u", "u", "other")))


def fact(random: Random, number: int) -> Fact:
    """Its id is its row in the table, so that ties end alike."""
    return Fact(
        id=f"{number:012}",
        concept=random.choice((*CONCEPTS, "alpha")),
        assertion=random.choice((*ASSERTIONS, "present", "present", "absent")),
        evidence=() if random.random() < 0.1 else (span(page=number),),
        value=random.choice((None, *WORDS)),
        quantity=quantity(random) if random.random() < 0.7 else None,
        when=days(random) if random.random() < 0.8 else None,
        known=DayRange.day(days(random).last) if random.random() < 0.6 else None,
        signed=random.random() > 0.15,
        rank=random.choice((0, 1, 1, 1, 2)),
    )


def people(random: Random, count: int) -> dict[str, Person]:
    """Subjects by name. Rows are numbered from 1 in this order: a subject row, the facts, the coverage rows."""
    found: dict[str, Person] = {}
    row = 0
    for number in range(count):
        row += 1
        facts = []
        for _ in range(random.randint(0, 8)):
            row += 1
            facts.append(fact(random, row))
        coverage = [
            Coverage((random.choice(CONCEPTS),), (span(),), days(random) if random.random() < 0.7 else None)
            for _ in range(random.randint(0, 2))
        ]
        row += len(coverage)
        found[f"p{number}"] = (facts, coverage)
    return found


def leaf(random: Random, name: str) -> tuple[Leaf, list[Answer]]:
    measure = random.choice(("event", "event", "state", "quantity", "recorded", "days_ago", "constant"))
    constant, unknown = measure == "constant", random.random() < 0.5
    limited = measure in ("quantity", "days_ago")
    asked = Leaf(
        id=name,
        concept="" if constant else random.choice(CONCEPTS),
        of=random.choice(("", "", "good")) if measure == "event" else "",
        window_days=random.choice((None, None, 0, 10, 30)),
        pick=random.choice(("latest", "any", "ever")),
        measure=measure,
        operator=random.choice(("at_least", "at_most")) if limited else "",
        limit=float(random.randint(1, 30)) if limited else None,
        unit="u",
        covered=random.random() < 0.5,
        truth=1 if constant and not unknown else 0,
        reason=("untranslated" if unknown else "not_applicable") if constant else "",
    )
    words = ("present", "absent", "other", "holds", "fails", "unclear", "unusable", "imprecise", *WORDS)
    answers = []
    for word in () if constant else random.sample(words, random.randint(3, len(words))):
        truth = random.choice((-1, 0, 1, 1))
        reason = random.choice(REASONS[:10]) if truth == 0 else "stated_absent" if word == "absent" else "value"
        answers.append(Answer(name, word, truth, reason))
    return asked, answers


def policy(random: Random, name: str, criteria: int) -> Rows:
    """Criteria with groups of every kind up to three deep, conditions and exceptions."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    leaves: list[Leaf] = []
    answers: list[Answer] = []

    def grow(at: str, depth: int) -> str:
        kind = random.choice(("leaf", "all", "any", "none", "at_least", "first")) if depth < 3 else "leaf"
        if kind == "leaf":
            nodes.append(Node(at, "leaf"))
            asked, meaning = leaf(random, at)
            leaves.append(asked)
            answers.extend(meaning)
            return at
        count = random.randint(1, 3)
        nodes.append(Node(at, kind, random.randint(1, count) if kind == "at_least" else 0))
        for position in range(1, count + 1):
            edges.append(Edge(at, grow(f"{at}.{position}", depth + 1), position))
        return at

    made = tuple(
        Criterion(
            id=f"C{number}",
            kind="necessity",
            says="",
            body=grow(f"policy:C{number}", 0),
            when=grow(f"policy:C{number}?when", 1) if random.random() < 0.4 else "",
            unless=grow(f"policy:C{number}?unless", 1) if random.random() < 0.4 else "",
        )
        for number in range(criteria)
    )
    return Rows(name, "", "2026-01-01", "policy", made, tuple(nodes), tuple(edges), tuple(leaves), tuple(answers), ())


def write_table(everyone: Mapping[str, Person], path: Path) -> None:
    """The people as a facts table of version 1, as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for name, (facts, coverage) in everyone.items():
            out.writerow(["subject", name, *[""] * (len(COLUMNS) - 2)])
            out.writerows(fact_row(name, one) for one in facts)
            out.writerows(coverage_row(name, one) for one in coverage)


def fact_row(name: str, one: Fact) -> Sequence[object]:
    amount, when = one.quantity, one.when
    return [
        "fact", name, one.concept, one.assertion, one.value or "", text(amount and amount.low),
        text(amount and amount.high), amount.unit if amount else "", when.first if when else "",
        when.last if when else "", one.known.last if one.known else "", one.evidence[0].file if one.evidence else "",
        "true" if one.signed else "false", one.rank,
    ]  # fmt: skip


def coverage_row(name: str, one: Coverage) -> Sequence[object]:
    first, last = (one.when.first, one.when.last) if one.when else ("", "")
    return ["coverage", name, one.concepts[0], "present", "", "", "", "", first, last, "", "table", "", ""]


def text(number: object) -> str:
    return "" if number is None else str(number)
