"""Two tellings of one subject that cannot both be right, side by side, with which one stands and why.

When two values contradict each other, over which days, and who settles it, is data: knowledge/vocabulary/
contradictions.yaml. A new kind of contradiction is an entry there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from chartproof.chart.derive.told.telling import Telling, source_of, subjects
from chartproof.chart.derive.told.tellings import tellings
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Fact

#: A statement of a weaker source that is newer than what stands by up to these days still carries the old state on.
CARRIED_DAYS = 400
#: A specimen that was not drawn, or not run, speaks of a result of its own day alone.
UNDONE, UNDONE_DAYS = "not_done", 1


def contradictions(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """At most one conflict for each subject (and drug, meeting ...) and each paper that speaks against what stands."""
    told = tellings(reading, facts, asked)
    for name, rule in subjects().items():
        by_matter: dict[str, list[Telling]] = {}
        for one in told[name]:
            by_matter.setdefault(one.about, []).append(one)
        for about, known in sorted(by_matter.items()):
            yield from _of_subject(rule, about, known)
    yield from _measured(reading, facts, asked)
    yield from retold(reading, facts, asked)


def _measured(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """One concept measured on one day, with two values: the report's stands, else nobody's."""
    rule, documents = load("contradictions.yaml")["measured"], {one.id: one for one in reading.documents}
    by_day: dict[tuple[str, date], list[Fact]] = {}
    for fact in facts:
        exact = fact.when and fact.when.exact and fact.when.last <= asked and fact.assertion == "present"
        if (
            exact
            and fact.when
            and fact.document in documents
            and fact.concept not in rule["never"]
            and number(fact) is not None
        ):
            by_day.setdefault((fact.concept, fact.when.last), []).append(fact)
    for (concept, day), known in sorted(by_day.items()):
        ranked = [(source_of(documents[one.document], one.signed), one) for one in known]
        ranked.sort(key=lambda row: load("contradictions.yaml")["order"].index(row[0]))
        (source, best), *others = ranked
        for other_source, other in others:
            low, high = sorted((number(best) or 0, number(other) or 0))
            same_file = other.evidence[0].file == best.evidence[0].file
            if (
                high - low > rule["of"].get(concept, rule["share"]) * high
                and not same_file
                and not (source == other_source == "report")
                and "stay" not in (source, other_source)
            ):
                says = (
                    f"{number(best):g}: the report of {day}"
                    if source == "report"
                    else "not settled: two values of one day"
                )
                yield Conflict(concept.replace("_", " "), other.evidence[0], best.evidence[0], says)
                break


def retold(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """A number that a clinician's paper tells within days of a report that gives another, and that no report gives."""
    words, documents = load("contradictions.yaml"), {one.id: one for one in reading.documents}
    rule, days = words["measured"], words["retold"]
    by_concept: dict[str, list[tuple[str, Fact]]] = {}
    for fact in facts:
        known = fact.document in documents and fact.when and fact.when.exact and fact.when.last <= asked
        if known and fact.assertion == "present" and number(fact) is not None and fact.concept not in rule["never"]:
            source = source_of(documents[fact.document], fact.signed)
            by_concept.setdefault(fact.concept, []).append((source, fact))
    for concept, told in sorted(by_concept.items()):
        reports = [fact for source, fact in told if source == "report"]
        share = rule["of"].get(concept, rule["share"])
        for source, fact in told:
            near = [one for one in reports if 0 < _days_apart(one.when, fact.when) <= days["days"]]
            around = [one for one in reports if _days_apart(one.when, fact.when) <= days["around"]]
            same = any(not _far(number(one) or 0, number(fact) or 0, share) for one in around)
            if source in ("clinician", "paper", "committee") and near and not same:
                says = f"{number(near[0]):g}: the report of {near[0].when}"
                yield Conflict(concept.replace("_", " "), fact.evidence[0], near[0].evidence[0], says)
                break


def number(fact: Fact) -> float | None:
    """The fact's number where it is a single one."""
    low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
    return low if low is not None and low == high else None


def _of_subject(rule: dict[str, Any], about: str, known: Sequence[Telling]) -> Iterator[Conflict]:
    usable = list(_without_retries(known, rule))
    best = max(
        (one for one in usable if _may_stand(one, rule)), key=lambda one: _weight(one, rule, usable), default=None
    )
    if best is None:
        return
    shown: set[str] = set()
    against = [one for one in usable if _opposed(best, one, rule) and not _told_both(best, one, usable, rule)]
    against.sort(key=lambda one: (_rank(one, rule), _ordinal(one.said)), reverse=True)
    for other in against[: rule.get("most", 2)]:
        if other.document not in shown:
            shown.add(other.document)
            name = rule["name"].format(about=about.replace("_", " "))
            stands = _first_since(best, other, usable, rule) if rule.get("earliest") else best
            yield Conflict(name, other.quote, stands.quote, _right(stands, other, rule))


def _told_both(stands: Telling, other: Telling, known: Sequence[Telling], rule: dict[str, Any]) -> bool:
    """Whether the paper that stands, or of days any paper, tells both: it knows of two events, or of a change."""
    if rule.get("within") or rule.get("grows"):
        return False
    if "day" not in rule:
        return any(one.document == stands.document and one.value == other.value for one in known)
    told = [
        {one.document for one in known if _days_apart(one.when, side.when) <= rule["apart"]} for side in (stands, other)
    ]
    return bool(told[0] & told[1])


def _first_since(best: Telling, other: Telling, known: Sequence[Telling], rule: dict[str, Any]) -> Telling:
    """Of those that say what stands, the first one since the other statement: whoever saw it, before whoever heard of it."""
    same = [
        one for one in known
        if one.value == best.value and _rank(one, rule) == _rank(best, rule) and one.document != other.document
        and _ordinal(one.when) >= _ordinal(other.when)
    ]  # fmt: skip
    return min(same, key=lambda one: _ordinal(one.when), default=best)


def _without_retries(known: Sequence[Telling], rule: dict[str, Any]) -> Iterator[Telling]:
    """The tellings without "not performed" where a report of that year gives a result: another specimen was taken."""
    results = [one for one in known if one.source == "report" and one.value not in ("not_done", "unknown")]
    for one in known:
        near = any(abs(_ordinal(one.when) - _ordinal(other.when)) <= 365 for other in results)
        if not (one.value == "not_done" and near):
            yield one


def _may_stand(one: Telling, rule: dict[str, Any]) -> bool:
    return one.source in rule.get("stands", load("contradictions.yaml")["order"])


def _rank(one: Telling, rule: dict[str, Any]) -> int:
    """How much the source counts for this subject, the most for the first of its order."""
    order = list(rule.get("order", load("contradictions.yaml")["order"]))
    return len(order) - order.index(one.source) if one.source in order else 0


def _weight(one: Telling, rule: dict[str, Any], known: Sequence[Telling]) -> tuple[int, int, int, bool, int]:
    """Source, then for what grows the number, then for lasting things how many papers say so, and in how few words (of an outcome in how many), else
    the newest; of days the earliest. What may have come since it was denied (`earliest`) goes by the newest too."""
    lasting = rule.get("lasting") and not rule.get("earliest")
    papers = len({other.document for other in known if other.value == one.value}) if lasting else 0
    number = int(one.value) if rule.get("grows") else 0
    words = len(one.quote.quote) if rule.get("fullest") else -len(one.quote.quote)
    last = -_ordinal(one.when) if "day" in rule else words if lasting else _ordinal(one.when)
    return _rank(one, rule), number, papers, one.measured, last


def _opposed(stands: Telling, other: Telling, rule: dict[str, Any]) -> bool:
    """Whether the two values exclude each other, and the days leave no room for a change between them."""
    if other.value == stands.value or (other.document == stands.document and not rule.get("within")):
        return False
    if (other.quote.file, other.quote.page, other.quote.start) == (
        stands.quote.file,
        stands.quote.page,
        stands.quote.start,
    ):
        return False
    if "share" in rule and not _far(float(stands.value), float(other.value), rule["share"]):
        return False
    if any({stands.value, other.value} <= {*group} for group in rule.get("same", ())):
        return False
    pairs = rule.get("opposed")
    if pairs and not any({stands.value, other.value} == {*pair} for pair in pairs):
        return False
    if other.source not in rule.get("against", (other.source,)):
        return False
    if other.value == UNDONE and (
        None in (stands.when, other.when) or _days_apart(stands.when, other.when) > UNDONE_DAYS
    ):
        return False  # no specimen of that day: nothing is said of the result of another day
    if "day" in rule:
        after = stands.source != "report" or _ordinal(other.when) > _ordinal(stands.when)
        return after and other.source != "report" and _days_apart(stands.when, other.when) > rule["apart"]
    if rule.get("lasting"):
        return True
    if other.when is None and other.source in ("list", "paper") and _rank(stands, rule) > _rank(other, rule):
        return True  # a list or a draft that gives no day was printed for the request
    if other.when is None or stands.when is None:
        return False
    if rule.get("grows") and int(other.value) > int(stands.value):
        return False
    if rule.get("ends") and _ended(stands, other, rule["ends"]):
        return False
    if _days_apart(stands.when, other.when) <= rule.get("days", 0):
        return True
    if rule.get("passing"):
        return False
    later = other.when.first.toordinal() - stands.when.last.toordinal()
    weaker = _rank(other, rule) < _rank(stands, rule) or bool(rule.get("grows"))
    return weaker and -rule.get("slow", 0) <= later <= CARRIED_DAYS


def _ended(one: Telling, other: Telling, ends: str) -> bool:
    """Whether the end is told of a day after that on which it still was so."""
    end, before = (one, other) if one.value == ends else (other, one)
    return _ordinal(before.when) < _ordinal(end.when)


def _right(stands: Telling, other: Telling, rule: dict[str, Any]) -> str:
    words = load("contradictions.yaml")["right"]
    value = stands.value.replace("_", " ")
    if _rank(stands, rule) > _rank(other, rule):
        says = words[stands.source]
    elif rule.get("grows"):
        says = words["count"]
    else:
        says = words["even"]
    if other.source == "paper":
        says = f"{says}; {words['correct']}"
    return str(rule.get("right") or says).format(
        value=value, other=other.value.replace("_", " "), day=stands.when or "an unknown day"
    )


def _far(one: float, other: float, share: float) -> bool:
    return abs(one - other) > share * max(one, other)


def _days_apart(one: DayRange | None, other: DayRange | None) -> int:
    if one is None or other is None:
        return 0
    return max(0, (other.first - one.last).days, (one.first - other.last).days)


def _ordinal(when: DayRange | None) -> int:
    return when.last.toordinal() if when else 0
