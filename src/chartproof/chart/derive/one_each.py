"""One conflict for each disagreement, however many papers repeat it: the pair from which a reader learns the most.

The rule of the pair, everywhere in `derive`: on one side the plan's letter, our own paper, or whoever is alone with what he
says; on the other the paper that is nearest to the fact and counts the most: the report of a test, for the state of a day
the treating centre's signed note nearest to it, for a history of treatment the record of whoever gave it. A table or a
nurse's row that bears out the same stands behind them (`standing.nearest`, the orders of contradictions.yaml).

A disagreement is shown once for the plan's letter, once for each paper of ours (each must be corrected), and once for the
chart itself; of the chart's the pair of two files before that of one, and a log, which mostly repeats what others wrote,
only where nobody else disagrees.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    return tuple(shown)


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
    sources = load("contradictions.yaml")["sources"]
    kinds = {kind: source for source in ("plan", "paper", "log") for kind in sources[source]}
    pages: dict[tuple[str, int], str] = {}
    for document in reading.documents:
        source = kinds.get(document.kind)
        for page in range(document.first, document.last + 1) if source else ():
            pages[document.file, page] = "log" if source == "log" else document.file
    return pages


def pages(one: Conflict) -> set[tuple[str, int]]:
    return {(side.file, side.page) for side in (one.a, one.b)}


def again(one: Conflict, other: Conflict) -> bool:
    """Whether the two show the same two places, in either order, the one in more words than the other."""
    return (meet(one.a, other.a) and meet(one.b, other.b)) or (meet(one.a, other.b) and meet(one.b, other.a))


def meet(one: Span, other: Span) -> bool:
    return (one.file, one.page) == (other.file, other.page) and one.start < other.end and other.start < one.end
