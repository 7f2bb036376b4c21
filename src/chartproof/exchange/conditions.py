"""A criterion's `when` as enableWhen: which answers make its questions appear.

FHIR can say "all of" or "any of" plain comparisons, and a policy more than that. What cannot be said exactly is widened,
never narrowed: a question may appear that the policy would not ask, and none that it asks is hidden. None means that the
questions always appear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chartproof.exchange.elements import coding
from chartproof.exchange.names import STATES
from chartproof.exchange.refusals import Resource
from chartproof.model.policy import Body, FactTest, Group
from chartproof.policy.body import Concept

OPERATORS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}


@dataclass(frozen=True, slots=True)
class Shown:
    """`behavior` is all or any of the `conditions`."""

    behavior: str
    conditions: tuple[Resource, ...]

    def as_item(self) -> Resource:
        """The keys of a Questionnaire item; enableBehavior only where there is more than one condition."""
        keys: Resource = {"enableWhen": list(self.conditions)}
        return keys | ({"enableBehavior": self.behavior} if len(self.conditions) > 1 else {})


@dataclass(frozen=True, slots=True)
class Ask:
    """Where each concept is asked (concept and state -> linkId), the concepts, and the policy's numbers."""

    links: Mapping[tuple[str, str], str]
    concepts: Mapping[str, Concept]
    terms: Mapping[str, float | None]


def shown_when(when: Body | None, ask: Ask) -> Shown | None:
    """The condition under which a criterion's questions appear; None: always."""
    if when is None:
        return None
    if isinstance(when, Group) and when.kind == "all":
        single = [_any(child, ask) for child in when.children]
        if all(one is not None and len(one) == 1 for one in single):
            return Shown("all", tuple(one[0] for one in single if one))
    found = _any(when, ask)
    return Shown("any", tuple(_once(found))) if found else None


def _any(body: Body, ask: Ask) -> list[Resource] | None:
    """Comparisons of which at least one holds wherever the body is a yes; None where nothing so plain can be said."""
    if isinstance(body, FactTest):
        return _test(body, ask)
    if not isinstance(body, Group) or body.kind == "none":
        return None
    below = [_any(child, ask) for child in body.children]
    if body.kind == "all":  # any one part is wider than the whole: the one with the fewest ways
        sayable = [one for one in below if one]
        return min(sayable, key=len) if sayable else None
    if any(one is None for one in below):
        return None
    return [condition for one in below for condition in one or ()]


def _test(test: FactTest, ask: Ask) -> list[Resource] | None:
    concept, link = ask.concepts[test.concept], ask.links.get((test.concept, test.of))
    if link is None:
        return None
    if test.test in OPERATORS:
        limit = ask.terms.get(test.limit) if isinstance(test.limit, str) else test.limit
        return None if limit is None else [_condition(link, OPERATORS[test.test], answerDecimal=limit)]
    met = [word for word, answer in test.answers if answer in ("met", "not_applicable")]
    if concept.type == "state" and not test.of and test.test == "answers" and "other" not in met:
        return [
            _condition(link, "=", answerCoding=coding(f"{STATES}:{concept.id}", word))
            for word in met
            if word in concept.values
        ] or None
    if test.test == "documented":
        return [_condition(link, "exists", answerBoolean=True)]
    if concept.type == "event" and test.test in ("present", "absent"):
        return [_condition(link, "=", answerBoolean=test.test == "present")]
    if concept.type == "event" and met and set(met) <= {"present", "absent"}:
        return [_condition(link, "=", answerBoolean=word == "present") for word in met]
    if concept.type == "event" and not met:
        return []
    return None


def _condition(link: str, operator: str, **answer: object) -> Resource:
    return {"question": link, "operator": operator, **answer}


def _once(conditions: list[Resource]) -> list[Resource]:
    kept: list[Resource] = []
    for one in conditions:
        if one not in kept:
            kept.append(one)
    return kept
