"""The questions of a plan as a population asks them: by concept, with what a fact can answer to each as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chartproof.decide.fold import TELLING
from chartproof.errors import ChartproofError
from chartproof.model.rows import Leaf
from chartproof.screen.plan import REASON_CODES, Plan

#: What an outcome without an answer means.
OPEN = (0, "needs_judgement")

#: Truth and reason.
Kind = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Look:
    """Which facts of a concept count and which of them decide: one for all questions that are alike in that. `since` is
    the first day of the window, None where there is none."""

    number: int
    of: str
    pick: str
    since: date | None

    @property
    def superseded(self) -> str:
        """The flag of facts that another supersedes: for `ever` a historical one too, where a word is asked for only one
        with the same word."""
        return f"under_{'ever' if self.pick == 'ever' else 'plain'}{'_word' if self.of else ''}"


@dataclass(frozen=True, slots=True)
class Question:
    """`cases` are the answers of a fact: that of the first whose condition holds; the last has none. `silence` is the
    answer where the record is complete and nothing counts, None where completeness is not asked."""

    number: int
    look: Look
    cases: tuple[tuple[str, Kind], ...]
    silence: Kind | None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys(kind for _condition, kind in self.cases))


@dataclass(frozen=True, slots=True)
class Questions:
    """`by_concept` are those that facts answer; `constants` those that no fact is asked for."""

    by_concept: Mapping[str, Sequence[Question]]
    constants: Sequence[Leaf]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Of every question, as its columns are named."""
        asked = [str(one.number) for concept in self.by_concept.values() for one in concept]
        return (*asked, *(leaf.id for leaf in self.constants))


def questions_of(plan: Plan, as_of: date) -> Questions:
    """What the plan asks on this day. Raises ChartproofError CP-DEC-01 where an answer's reason does not go with its truth."""
    meanings: dict[str, dict[str, Kind]] = {}
    for answer in plan.answers:
        meanings.setdefault(answer.leaf, {})[answer.outcome] = _checked(answer.leaf, answer.truth, answer.reason)
    by_concept: dict[str, list[Question]] = {}
    looks: dict[tuple[str, str, str, date | None], Look] = {}
    for leaf in plan.questions:
        if leaf.measure == "constant":
            _checked(leaf.id, leaf.truth, leaf.reason)
            continue
        since = _since(leaf.window_days, as_of)
        look = looks.setdefault((leaf.concept, leaf.of, leaf.pick, since), Look(len(looks), leaf.of, leaf.pick, since))
        meaning = meanings.get(leaf.id, {})
        absent = meaning.get("absent", OPEN)[0]
        silence = (absent, "absent_and_covered" if absent else "no_evidence")
        by_concept.setdefault(leaf.concept, []).append(
            Question(int(leaf.id), look, _cases(leaf, meaning, as_of), silence if leaf.covered else None)
        )
    return Questions(by_concept, [leaf for leaf in plan.questions if leaf.measure == "constant"])


def _checked(leaf: str, truth: int, reason: str) -> Kind:
    if truth not in (-1, 0, 1) or reason not in REASON_CODES or (truth == 0) != (reason in TELLING):
        raise ChartproofError("CP-DEC-01", "a reason does not go with its truth", where=leaf)
    return truth, reason


def _since(window_days: int | None, as_of: date) -> date | None:
    return None if window_days is None else as_of - timedelta(days=min(window_days, (as_of - date.min).days))


def _cases(leaf: Leaf, meaning: Mapping[str, Kind], as_of: date) -> tuple[tuple[str, Kind], ...]:
    """What a fact says, by the leaf's measure, and what that means."""
    none, limit = "low is null and high is null", leaf.limit
    since_first, since_last = (f"date_diff('day', {end}_day, {day(as_of)})" for end in ("first", "last"))
    at_least = leaf.operator == "at_least"
    other = f" and unit <> '{quoted(leaf.unit)}'" if leaf.unit else " and 1 = 0"
    cases = {
        "event": [("", "present")],
        "state": [*((f"word = '{quoted(word)}'", word) for word in meaning), ("", "other")],
        "recorded": [(none, "unusable"), ("", "present")],
        "quantity": [
            (none, "unusable"),
            (f"unit <> ''{other}", "unusable"),
            (f"low >= {limit}" if at_least else f"high <= {limit}", "holds"),
            (f"high < {limit}" if at_least else f"low > {limit}", "fails"),
            ("", "unclear"),
        ],
        "days_ago": [
            ("first_day is null", "imprecise"),
            (f"{since_last} >= {limit}" if at_least else f"{since_first} <= {limit}", "holds"),
            (f"{since_first} < {limit}" if at_least else f"{since_last} > {limit}", "fails"),
            ("", "imprecise"),
        ],
    }[leaf.measure]
    return tuple((test, meaning.get(outcome, OPEN)) for test, outcome in [("says = 0", "absent"), *cases])


def quoted(text: str) -> str:
    return text.replace("'", "''")


def day(value: date) -> str:
    """SQL."""
    return f"date '{value.isoformat()}'"
