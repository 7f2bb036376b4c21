"""One conflict for each disagreement, however many papers repeat it: the pair from which a reader learns the most.

The rule of the pair, everywhere in `derive`: on one side the plan's letter, our own paper, or whoever is alone with what he
says; on the other the paper that is nearest to the fact and counts the most: the report of a test, for the state of a day
the treating centre's signed note nearest to it, for a history of treatment the record of whoever gave it. A table or a
nurse's row that bears out the same stands behind them (`standing.nearest` for a state, `second_hand.weight` for a history, the orders of contradictions.yaml for all the rest).

A disagreement is shown once for the plan's letter, once for each paper of ours (each must be corrected), and once for the
chart itself; of the chart's the pair of two files before that of one, and a log, which mostly repeats what others wrote,
only where nobody else disagrees. Where the plan's letter gives the very score of another paper, the letter's conflict names
that paper, and the paper has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from chartproof.chart.derive.standing import pattern
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span


def one_each(reading: Reading, found: Iterable[Conflict], compared: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """`found` by the particular comparisons, then `compared` by that of every concept, each disagreement once."""
    whose = sides(reading)
    kept: list[Conflict] = []
    for one in found:
        if not any(again(one, other) for other in kept if matter(other) == matter(one)):
            kept.append(one)
    for one in compared:
        if not any(
            again(one, other) or (matter(other) == matter(one) and pages(other) == pages(one)) for other in kept
        ):
            kept.append(one)
    best: dict[tuple[str, str], Conflict] = {}
    for one in sorted(kept, key=lambda one: (says(one, whose) == "log", one.a.file == one.b.file)):
        best.setdefault(disagreement(one, whose), one)
    shown: list[Conflict] = []
    for one in kept:
        if best[disagreement(one, whose)] is one and not any(one_answer(one, other, whose) for other in shown):
            shown.append(one)
    return tuple(without_sources(reading, shown))


def without_sources(reading: Reading, shown: Sequence[Conflict]) -> Iterator[Conflict]:
    """The conflicts, a paper's score left out where the plan's letter took it over, and named there."""
    whose, letter = sides(reading), pages_of(reading, "plan")
    by_plan = {number(one): one for one in shown if (one.a.file, one.a.page) in letter}
    sources = {number(one): one for one in shown if says(one, whose) == "chart" and number(one) in by_plan}
    for one in shown:
        source = sources.get(number(one)) if number(one) else None
        if source and by_plan[number(one)] is one:
            where = f"{source.a.file}, page {source.a.page}"
            yield replace(one, right=f"{one.right}; the letter's score is that of {where}")
        elif one is not source:
            yield one


def number(one: Conflict) -> str:
    """The score that the first side gives, on its scale; "" where the conflict is about no score."""
    score = pattern(load("compared.yaml")["matter"]["score"]).search(one.a.quote)
    return f"{score['scale'].lower()} {score['number']}" if score else ""


def one_answer(one: Conflict, other: Conflict, whose: dict[tuple[str, int], str]) -> bool:
    """Whether two disagreements are answered by the same words: "no active infection today" of each list's infection."""
    alike = pattern(load("compared.yaml")["matter"]["one_answer"])
    both = alike.search(matter(one)) and alike.search(matter(other))
    return bool(both) and meet(one.b, other.b) and says(one, whose) == says(other, whose)


def matter(conflict: Conflict) -> str:
    """What the conflict is about, without who says it: "smoking: the request form", "hepatitis b in a list"."""
    words = load("compared.yaml")["matter"]
    name = pattern(words["beside"]).sub("", conflict.what).strip().lower()
    return next((one for one, cue in matters().items() if pattern(cue).search(name)), name)


@cache
def matters() -> dict[str, str]:
    return dict(load("compared.yaml")["matter"]["alike"])


def disagreement(conflict: Conflict, whose: dict[tuple[str, int], str]) -> tuple[str, str]:
    """Its matter and the paper that has to be answered or corrected; of the chart's own papers none by itself."""
    side = says(conflict, whose)
    if pattern(load("compared.yaml")["matter"]["own"]).search(conflict.what):
        return matter(conflict), f"{conflict.a.file} {conflict.a.page} {conflict.a.start}"
    return matter(conflict), side if side not in ("chart", "log") else "chart"


def says(conflict: Conflict, whose: dict[tuple[str, int], str]) -> str:
    """The file of the plan's letter or of our paper that one side is, else "log", else "chart"."""
    found = [whose.get((side.file, side.page), "chart") for side in (conflict.a, conflict.b)]
    return next((one for one in found if one not in ("chart", "log")), "log" if "log" in found else "chart")


def sides(reading: Reading) -> dict[tuple[str, int], str]:
    """Each page of the plan's, of our papers and of the office's logs -> its file, or "log"."""
    found = {place: place[0] for source in ("plan", "paper") for place in pages_of(reading, source)}
    return found | dict.fromkeys(pages_of(reading, "log"), "log")


def pages_of(reading: Reading, source: str) -> frozenset[tuple[str, int]]:
    """The pages, as file and number, of the papers of one source of contradictions.yaml."""
    kinds = load("contradictions.yaml")["sources"][source]
    papers = [one for one in reading.documents if one.kind in kinds]
    return frozenset((one.file, page) for one in papers for page in range(one.first, one.last + 1))


def pages(one: Conflict) -> set[tuple[str, int]]:
    return {(side.file, side.page) for side in (one.a, one.b)}


def again(one: Conflict, other: Conflict) -> bool:
    """Whether the two show the same two places, in either order, the one in more words than the other."""
    return (meet(one.a, other.a) and meet(one.b, other.b)) or (meet(one.a, other.b) and meet(one.b, other.a))


def meet(one: Span, other: Span) -> bool:
    return (one.file, one.page) == (other.file, other.page) and one.start < other.end and other.start < one.end
