"""Compiled policies as one numbered set of questions: a question that several criteria or editions ask is asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chartproof.decide.fold import TELLING
from chartproof.model.rows import Answer, Leaf, Rows
from chartproof.model.truth import REASONS

#: A reason by its number: those of an unknown first, the most telling first, so that a minimum finds it.
REASON_CODES: tuple[str, ...] = (*TELLING, *(reason for reason in REASONS if reason not in TELLING))
#: From here on an unknown is silent: unsigned, stale, no_evidence.
SILENT_FROM = TELLING.index("unsigned")
NOT_APPLICABLE = REASON_CODES.index("not_applicable")
EXCEPTION = REASON_CODES.index("exception_applies")


@dataclass(frozen=True, slots=True)
class Plan:
    """`rows` by policy; `questions` and `answers` with numbers for ids, as text; `numbers` from (policy, leaf) to them."""

    rows: tuple[Rows, ...]
    questions: tuple[Leaf, ...]
    answers: tuple[Answer, ...]
    numbers: Mapping[tuple[int, str], int]

    @property
    def concepts(self) -> frozenset[str]:
        """What is asked for: facts about anything else move no answer."""
        return frozenset(question.concept for question in self.questions if question.concept)

    @property
    def words(self) -> frozenset[str]:
        """Words that some answer depends on: every other word is one."""
        return frozenset((*(answer.outcome for answer in self.answers), *(question.of for question in self.questions)))

    @property
    def units(self) -> frozenset[str]:
        """Units that are asked for: every other unit is one."""
        return frozenset(question.unit for question in self.questions)


def plan_of(policies: Sequence[Rows]) -> Plan:
    """Numbers every distinct question, in the order in which they first stand."""
    questions: dict[object, int] = {}
    kept: list[Leaf] = []
    answers: list[Answer] = []
    numbers: dict[tuple[int, str], int] = {}
    for policy, rows in enumerate(policies):
        meanings: dict[str, set[tuple[str, int, str]]] = {}
        for answer in rows.answers:
            meanings.setdefault(answer.leaf, set()).add((answer.outcome, answer.truth, answer.reason))
        for leaf in rows.leaves:
            meaning = frozenset(meanings.get(leaf.id, ()))
            plain = replace(leaf, id="", label="", terms=(), text="")
            number = questions.setdefault((plain, meaning), len(questions))
            numbers[policy, leaf.id] = number
            if number == len(kept):
                kept.append(replace(plain, id=str(number)))
                answers += [Answer(str(number), *one) for one in sorted(meaning)]
    return Plan(tuple(policies), tuple(kept), tuple(answers), numbers)
