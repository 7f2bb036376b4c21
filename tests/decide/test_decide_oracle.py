"""The SQL and the fold against the slow definition, on charts that no one wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import oracle
from handmade import ASSERTIONS, span
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chartproof.decide.fold import fold_node, tree_of
from chartproof.decide.resolve import resolve
from chartproof.model.chart import Coverage
from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Quantity
from chartproof.model.rows import Answer, Edge, Leaf, LeafResult, Node, Rows
from chartproof.model.truth import REASONS

AS_OF = date(2026, 5, 4)
CONCEPTS = ("alpha", "beta")
WORDS = ("good", "bad", "unsure")
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

days = st.integers(-70, 20).map(lambda offset: AS_OF + timedelta(days=offset))


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
                concept=draw(st.sampled_from(CONCEPTS)),
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
        concept="" if measure == "constant" else draw(st.sampled_from(CONCEPTS)),
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
            reason = draw(st.sampled_from(REASONS[:10])) if truth == 0 else "stated_absent" if word == "absent" else "value"
            answers.append(Answer("leaf", word, truth, reason))
    return leaf, tuple(answers)


coverages = st.lists(
    st.builds(lambda concept, when: Coverage((concept,), (span(),), when), st.sampled_from(CONCEPTS), st.none() | ranges()),
    max_size=2,
)


def by_sql(
    chart: tuple[Fact, ...], leaf: Leaf, answers: tuple[Answer, ...], known_by: date | None, coverage: list[Coverage]
) -> LeafResult:
    return resolve(chart, [leaf], answers, as_of=AS_OF, known_by=known_by, coverage=coverage).results["leaf"]


@FEW
@given(facts(), leaves(), st.none() | days, coverages)
def test_sql_and_oracle_agree(
    chart: tuple[Fact, ...], plan: tuple[Leaf, tuple[Answer, ...]], known_by: date | None, coverage: list[Coverage]
) -> None:
    leaf, answers = plan
    slow = oracle.resolve_leaf(leaf, answers, chart, as_of=AS_OF, known_by=known_by, coverage=coverage)
    assert by_sql(chart, leaf, answers, known_by, coverage) == slow


@FEW
@given(facts(), leaves(), coverages, st.randoms(use_true_random=False))
def test_the_order_of_facts_is_irrelevant(
    chart: tuple[Fact, ...], plan: tuple[Leaf, tuple[Answer, ...]], coverage: list[Coverage], random: object
) -> None:
    shuffled = list(chart)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    leaf, answers = plan
    assert by_sql(tuple(shuffled), leaf, answers, None, coverage) == by_sql(chart, leaf, answers, None, coverage)


@FEW
@given(facts(), leaves(), coverages, ranges(), st.sampled_from(("planned", "family", "unsigned", "future", "late")))
def test_what_does_not_count_never_moves_an_answer(
    chart: tuple[Fact, ...],
    plan: tuple[Leaf, tuple[Answer, ...]],
    coverage: list[Coverage],
    when: DayRange,
    kind: str,
) -> None:
    """One exception is the point of it: an unsigned word that something was so takes away a covered absence."""
    leaf, answers = plan
    extra = Fact("extra", leaf.concept, "present", (span(),), "good", Quantity(3, 3, "u"), when)
    if kind in ("planned", "family"):
        extra = replace(extra, assertion=kind)
    elif kind == "unsigned":
        extra = replace(extra, signed=False)
    elif kind == "future":
        extra = replace(extra, when=DayRange.day(AS_OF + timedelta(days=1)))
    else:
        extra = replace(extra, known=DayRange.day(AS_OF + timedelta(days=1)))
    known_by = AS_OF if kind == "late" else None
    before = by_sql(chart, leaf, answers, known_by, coverage)
    after = by_sql((*chart, extra), leaf, answers, known_by, coverage)
    if kind == "unsigned" and before.reason == "absent_and_covered":
        assert after.truth in (before.truth, 0)
    else:
        assert after.truth == before.truth


@FEW
@given(facts(), leaves())
def test_no_fact_at_all_is_never_a_yes(chart: tuple[Fact, ...], plan: tuple[Leaf, tuple[Answer, ...]]) -> None:
    leaf, answers = plan
    if leaf.measure != "constant":
        assert by_sql((), leaf, answers, None, []) == LeafResult("leaf", 0, "no_evidence")
        others = tuple(fact for fact in chart if fact.concept != leaf.concept)
        assert by_sql(others, leaf, answers, None, []).truth == 0


@FEW
@given(facts(), leaves())
def test_taking_a_needed_document_away_never_helps(
    chart: tuple[Fact, ...], plan: tuple[Leaf, tuple[Answer, ...]]
) -> None:
    """For a leaf of pick `any` (one that says yes is enough) fewer facts never answer more than before."""
    leaf, answers = plan
    leaf = replace(leaf, pick="any")
    everyone_counts = tuple(replace(fact, rank=1) for fact in chart)
    before = by_sql(everyone_counts, leaf, answers, None, [])
    for index in range(len(everyone_counts)):
        fewer = (*everyone_counts[:index], *everyone_counts[index + 1 :])
        after = by_sql(fewer, leaf, answers, None, [])
        assert not (before.truth <= 0 and after.truth > 0)


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


@FEW
@given(trees())
def test_fold_and_oracle_agree(plan: tuple[Rows, dict[str, LeafResult]]) -> None:
    rows, results = plan
    folded = fold_node("root", tree_of(rows), results)
    assert (folded.truth, folded.reason) == oracle.fold(rows, "root", results)
    assert folded.carriers
    assert folded.silent == oracle.silent(rows, "root", results)
