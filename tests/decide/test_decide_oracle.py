"""The SQL and the fold against the slow definition, on charts that no one wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import oracle
from chartproof.decide import tables
from chartproof.decide.fold import fold_node, tree_of
from chartproof.decide.resolve import statement
from chartproof.model.chart import Coverage
from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Quantity
from chartproof.model.rows import Answer, Edge, Leaf, LeafResult, Node, Rows
from chartproof.model.truth import REASONS
from handmade import ASSERTIONS, span

AS_OF = date(2026, 5, 4)
CONCEPTS = ("alpha", "beta")
WORDS = ("good", "bad", "unsure")
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# few days, so that ties, window ends and overlaps are common
Plan = tuple[Leaf, tuple[Answer, ...]]

days = st.sampled_from((-45, -31, -30, -29, -11, -10, -9, -1, 0, 1)).map(lambda offset: AS_OF + timedelta(days=offset))


@st.composite
def ranges(draw: st.DrawFn) -> DayRange:
    first = draw(days)
    return DayRange(first, first + timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 7, 31)))))


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    low = draw(st.none() | st.integers(0, 6))
    high = draw(st.none() | st.integers(low or 0, 8))
    return Quantity(low, high, draw(st.sampled_from(("", "u", "u", "other"))))


@st.composite
def facts(draw: st.DrawFn) -> tuple[Fact, ...]:
    found = []
    for number in range(draw(st.integers(0, 7))):
        evidence = () if draw(st.integers(0, 9)) == 0 else (span(page=number + 1),)
        found.append(
            Fact(
                id=f"f{number}",
                concept=draw(st.sampled_from((*CONCEPTS, "alpha", "alpha"))),
                assertion=draw(st.sampled_from((*ASSERTIONS, "present", "present", "absent"))),
                evidence=evidence,
                value=draw(st.none() | st.sampled_from(WORDS)),
                quantity=draw(st.none() | quantities()),
                when=draw(st.none() | ranges() | ranges()),
                known=draw(st.none() | ranges()),
                signed=draw(st.integers(0, 5)) > 0,
                rank=draw(st.sampled_from((0, 1, 1, 1, 2))),
            )
        )
    return tuple(found)


@st.composite
def leaves(draw: st.DrawFn) -> tuple[Leaf, tuple[Answer, ...]]:
    measure = draw(st.sampled_from(("event", "state", "quantity", "recorded", "days_ago", "constant")))
    unknown = measure == "constant" and draw(st.booleans())
    leaf = Leaf(
        id="leaf",
        concept="" if measure == "constant" else draw(st.sampled_from((*CONCEPTS, "alpha", "alpha"))),
        of=draw(st.sampled_from(("", "", "good"))) if measure == "event" else "",
        window_days=draw(st.none() | st.sampled_from((0, 10, 30))),
        pick=draw(st.sampled_from(("latest", "any", "ever"))),
        measure=measure,
        operator=draw(st.sampled_from(("at_least", "at_most"))) if measure in ("quantity", "days_ago") else "",
        limit=float(draw(st.integers(1, 30))) if measure in ("quantity", "days_ago") else None,
        unit="u",
        covered=draw(st.booleans()),
        truth=0 if unknown else 1 if measure == "constant" else 0,
        reason="" if measure != "constant" else "untranslated" if unknown else "not_applicable",
    )
    answers = []
    if measure != "constant":
        words = ("present", "absent", "other", "holds", "fails", "unclear", "unusable", "imprecise", *WORDS)
        for word in draw(st.lists(st.sampled_from(words), unique=True, min_size=3)):
            truth = draw(st.sampled_from((-1, 0, 1)))
            reason = (
                draw(st.sampled_from(REASONS[:10])) if truth == 0 else "stated_absent" if word == "absent" else "value"
            )
            answers.append(Answer("leaf", word, truth, reason))
    return leaf, tuple(answers)


coverages = st.lists(
    st.builds(
        lambda concept, when: Coverage((concept,), (span(),), when), st.sampled_from(CONCEPTS), st.none() | ranges()
    ),
    max_size=2,
)


def by_sql(
    charts: list[tuple[Fact, ...]], plans: list[Plan], *, known_by: date | None = None, coverage: list[Coverage]
) -> dict[tuple[int, int], LeafResult]:
    """Every chart (a subject) against every leaf, in one run of the two statements; keys are (chart, leaf)."""
    named = [replace(leaf, id=f"leaf{number}") for number, (leaf, _) in enumerate(plans)]
    meanings = [replace(a, leaf=f"leaf{number}") for number, (_, answers) in enumerate(plans) for a in answers]
    with duckdb.connect(":memory:") as connection:
        tables.create(connection)
        for number, facts_of_one in enumerate(charts):
            subject = f"s{number}"
            tables.insert(connection, "subject", [tables.subject_row(subject, AS_OF, known_by)])
            tables.insert(connection, "fact", tables.fact_rows(subject, facts_of_one))
            tables.insert(connection, "coverage", tables.coverage_rows(subject, coverage))
        tables.insert(connection, "leaf", tables.leaf_rows(named))
        tables.insert(connection, "answer", tables.answer_rows(meanings))
        connection.execute(f"create table considered as {statement('consider')}")
        rows = connection.execute(statement("resolve")).fetchall()
    return {(int(row[0][1:]), int(row[1][4:])): LeafResult("leaf", row[2], row[3], row[4]) for row in rows}


def slowly(chart: tuple[Fact, ...], plan: Plan, known_by: date | None, coverage: list[Coverage]) -> LeafResult:
    leaf, answers = plan
    return oracle.resolve_leaf(leaf, answers, chart, as_of=AS_OF, known_by=known_by, coverage=coverage)


many_plans = st.lists(leaves(), min_size=8, max_size=16)


@FEW
@given(st.lists(facts(), min_size=2, max_size=5), many_plans, st.none() | days, coverages)
def test_sql_and_oracle_agree(
    charts: list[tuple[Fact, ...]], plans: list[Plan], known_by: date | None, coverage: list[Coverage]
) -> None:
    """Several charts beside each other, so that no answer leaks from one patient to another."""
    for (chart, plan), got in by_sql(charts, plans, known_by=known_by, coverage=coverage).items():
        assert got == slowly(charts[chart], plans[plan], known_by, coverage)


@FEW
@given(facts(), many_plans, coverages, st.randoms(use_true_random=False))
def test_the_order_of_facts_is_irrelevant(
    chart: tuple[Fact, ...], plans: list[Plan], coverage: list[Coverage], random: Random
) -> None:
    shuffled = list(chart)
    random.shuffle(shuffled)
    got = by_sql([chart, tuple(shuffled)], plans, coverage=coverage)
    assert all(got[0, number] == got[1, number] for number in range(len(plans)))


@FEW
@given(facts(), many_plans, coverages, ranges(), st.sampled_from(CONCEPTS))
def test_what_does_not_count_never_moves_an_answer(
    chart: tuple[Fact, ...], plans: list[Plan], coverage: list[Coverage], when: DayRange, concept: str
) -> None:
    """One exception is the point of it: an unsigned word that something was so takes away a covered absence."""
    tomorrow = DayRange.day(AS_OF + timedelta(days=1))
    extra = Fact("extra", concept, "present", (span(),), "good", Quantity(3, 3, "u"), when)
    noise = [
        replace(extra, assertion="planned"),
        replace(extra, assertion="family"),
        replace(extra, when=tomorrow),
        replace(extra, known=tomorrow),
        replace(extra, signed=False),
    ]
    got = by_sql([chart, *((*chart, fact) for fact in noise)], plans, known_by=AS_OF, coverage=coverage)
    for number in range(len(plans)):
        before = got[0, number]
        for changed, fact in enumerate(noise, start=1):
            after = got[changed, number].truth
            assert after == before.truth or (not fact.signed and before.reason == "absent_and_covered" and after == 0)


@FEW
@given(facts(), many_plans)
def test_taking_a_document_away_never_helps_where_one_yes_is_enough(chart: tuple[Fact, ...], plans: list[Plan]) -> None:
    """And with no fact at all nothing is ever a yes."""
    equal_rank = tuple(replace(fact, rank=1) for fact in chart)
    fewer = [(*equal_rank[:index], *equal_rank[index + 1 :]) for index in range(len(chart))]
    any_plans = [(replace(leaf, pick="any"), answers) for leaf, answers in plans]
    got = by_sql([(), equal_rank, *fewer], any_plans, coverage=[])
    for number, (leaf, _) in enumerate(any_plans):
        if leaf.measure != "constant":
            assert got[0, number] == LeafResult("leaf", 0, "no_evidence")
        for index in range(len(fewer)):
            assert got[index + 2, number].truth <= max(got[1, number].truth, 0)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Rows, dict[str, LeafResult]]:
    nodes: list[Node] = []
    edges: list[Edge] = []
    results: dict[str, LeafResult] = {}

    def grow(name: str, depth: int) -> None:
        kind = draw(st.sampled_from(("leaf", "all", "any", "none", "at_least", "first"))) if depth < 3 else "leaf"
        if kind == "leaf":
            nodes.append(Node(name, "leaf"))
            truth = draw(st.sampled_from((-1, 0, 1)))
            reason = draw(st.sampled_from(REASONS[:10] if truth == 0 else ("value", "stated_absent", "not_applicable")))
            results[name] = LeafResult(name, truth, reason)
            return
        count = draw(st.integers(1, 3))
        nodes.append(Node(name, kind, draw(st.integers(1, count)) if kind == "at_least" else 0))
        for position in range(1, count + 1):
            edges.append(Edge(name, f"{name}.{position}", position))
            grow(f"{name}.{position}", depth + 1)

    grow("root", 0)
    return Rows("r", "", "", "policy", (), tuple(nodes), tuple(edges), (), (), ()), results


@settings(max_examples=300, deadline=None)
@given(trees())
def test_fold_and_oracle_agree(plan: tuple[Rows, dict[str, LeafResult]]) -> None:
    rows, results = plan
    folded = fold_node("root", tree_of(rows), results)
    assert (folded.truth, folded.reason) == oracle.fold(rows, "root", results)
    assert folded.carriers
    assert folded.silent == oracle.silent(rows, "root", results)
