"""Linters of a policy's logic: what can never be met, contradicts itself, is asked twice or is never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from chartproof.model.policy import Body, Constant, FactTest, Group, Policy, Rule
from chartproof.policy.load import concepts
from chartproof.policy.problem import Problem
from chartproof.policy.reach import reachable

Terms = Mapping[str, float | None]


def never_met(policy: Policy) -> Iterator[Problem]:
    """A criterion whose tree has no way to a yes; one left to judgement, or of a label that is silent, is no such."""
    for rule in policy.rules:
        if isinstance(rule.body, Constant) or {"met", "not_applicable"} & set(reachable(rule)):
            continue
        if any(isinstance(part, Constant) for part in _parts(rule.body)):
            continue
        yield Problem(rule.line, f"{rule.id} can never be met", "Say in 'answers' which value is met.")


def contradictory_all(policy: Policy) -> Iterator[Problem]:
    """Two parts of one `all` that no patient can meet together: exclusive items joined by 'and'."""
    terms = _terms(policy)
    for rule in policy.rules:
        for group in _groups(rule, "all"):
            for one, other in combinations(_tests(group, "all"), 2):
                why = _exclusive(one, other, terms)
                if why:
                    yield Problem(other.line, f"{rule.id} asks for {why} at once", "Join them with 'any', or drop one.")


def repeated(policy: Policy) -> Iterator[Problem]:
    """The same test twice in one group, also where the second stands in a group of the same kind below."""
    for rule in policy.rules:
        for group in _groups(rule):
            seen: list[object] = []
            for part in _flat(group, group.kind):
                same = shape(part)
                if same in seen:
                    what = f"{rule.id} asks the same thing twice in one '{group.kind}': the second is never reached"
                    yield Problem(part.line, what, "Delete it, or say what is different.")
                seen.append(same)


def unreachable(policy: Policy) -> Iterator[Problem]:
    """What stands after an entry that always answers."""
    for rule in policy.rules:
        for group in _groups(rule):
            for position, child in enumerate(group.children[:-1]):
                if isinstance(child, Constant) and (group.kind == "first" or _always(child, group.kind)):
                    what = f"{rule.id} never reaches this: the entry before it always answers"
                    yield Problem(group.children[position + 1].line, what, "Put it first, or delete the constant.")


def swallowed(policy: Policy) -> Iterator[Problem]:
    """An exception that holds whenever the criterion fails."""
    terms = _terms(policy)
    for rule in policy.rules:
        if rule.unless is not None and _swallows(rule.unless, rule.body, terms):
            what = f"the exception of {rule.id} holds whenever the criterion does not: the rule is swallowed"
            yield Problem(rule.unless.line, what, "Narrow 'unless' to what the policy excepts.")


def half_answered(policy: Policy) -> Iterator[Problem]:
    """A state with a value that no answer speaks of, or a silence that counts and means nothing."""
    known = concepts()
    for rule in policy.rules:
        for test in (part for part in _rule_parts(rule) if isinstance(part, FactTest)):
            given = {word for word, _ in test.answers}
            concept = known[test.concept]
            if concept.type == "state" and test.test == "answers" and not test.of and "other" not in given:
                for value in (value for value in concept.values if value not in given):
                    what = f"{rule.id} does not say what '{value}' of {test.concept} means"
                    yield Problem(test.line, what, "Add it to 'answers', or add 'other'.")
            if test.covered and test.test not in ("absent", "present", "older_than") and "absent" not in given:
                what = f"{rule.id} lets silence count as absence of {test.concept} and gives absence no meaning"
                yield Problem(test.line, what, "Add 'absent' to 'answers', or drop 'silence'.")


def shape(body: Body) -> object:
    """The body without its lines, to compare two."""
    if isinstance(body, Group):
        return (body.kind, body.need, tuple(shape(child) for child in body.children))
    if isinstance(body, Constant):
        return (body.kind, body.text)
    return (body.concept, body.of, body.test, body.pick, body.within, body.limit, body.answers, body.covered)


def _exclusive(one: FactTest, other: FactTest, terms: Terms) -> str:
    """What two tests of one concept ask that cannot both be; "" where they can. Only the one latest fact is held against
    itself: any two facts of a chart may differ."""
    if (one.concept, one.of) != (other.concept, other.of) or {one.pick, other.pick} not in ({"latest"}, {"ever"}):
        return ""
    if {one.test, other.test} == {"present", "absent"}:
        return f"{one.concept} present and absent"
    low, high = _limits(one, other, terms)
    if low is not None and high is not None and low > high:
        return f"{one.concept} of at least {low:g} and at most {high:g}"
    wanted, also = _wanted(one), _wanted(other)
    if wanted and also and not wanted & also:
        return f"{one.concept} {' or '.join(sorted(wanted))} and {' or '.join(sorted(also))}"
    return ""


def _limits(one: FactTest, other: FactTest, terms: Terms) -> tuple[float | None, float | None]:
    """The lower and the upper limit of a pair, None where the pair is none or a limit is not defined."""
    found = {test.test: terms.get(test.limit) if isinstance(test.limit, str) else test.limit for test in (one, other)}
    return (found["at_least"], found["at_most"]) if set(found) == {"at_least", "at_most"} else (None, None)


def _wanted(test: FactTest) -> set[str]:
    """The values of a state that an answer counts as met, the rest of them where `other` does."""
    answers = dict(test.answers)
    if test.test != "answers" or concepts()[test.concept].type != "state":
        return set()
    other = answers.get("other", "")
    return {
        value for value in concepts()[test.concept].values if answers.get(value, other) in ("met", "not_applicable")
    }


def _swallows(exception: Body, body: Body, terms: Terms) -> bool:
    if isinstance(exception, Constant):
        return exception.kind == "not_applicable"
    if shape(exception) == shape(body):
        return False  # useless, and harmless: the exception adds nothing
    if isinstance(exception, Group):
        return exception.kind == "any" and any(_swallows(child, body, terms) for child in exception.children)
    if isinstance(body, Group):
        return len(body.children) == 1 and body.kind != "none" and _swallows(exception, body.children[0], terms)
    return isinstance(body, FactTest) and _opposite(exception, body, terms)


def _opposite(one: FactTest, other: FactTest, terms: Terms) -> bool:
    """Whether the one holds wherever the other fails."""
    if (one.concept, one.of) != (other.concept, other.of):
        return False
    if {one.test, other.test} == {"present", "absent"}:
        return True
    low, high = _limits(one, other, terms)
    if low is not None and high is not None:
        return low <= high + 1
    wanted, also = _wanted(one), _wanted(other)
    return bool(wanted) and bool(also) and wanted | also == set(concepts()[one.concept].values)


def _always(child: Constant, kind: str) -> bool:
    return child.kind == "not_applicable" and kind == "any"


def _terms(policy: Policy) -> Terms:
    return {term.name: term.value for term in policy.terms}


def _rule_parts(rule: Rule) -> Iterator[Body]:
    for body in (rule.when, rule.body, rule.unless):
        if body is not None:
            yield from _parts(body)


def _parts(body: Body) -> Iterator[Body]:
    yield body
    if isinstance(body, Group):
        for child in body.children:
            yield from _parts(child)


def _groups(rule: Rule, kind: str = "") -> Iterator[Group]:
    return (part for part in _rule_parts(rule) if isinstance(part, Group) and kind in ("", part.kind))


def _flat(group: Group, kind: str) -> Iterator[Body]:
    """The children, and those of children of the same kind, where the kind lets them stand side by side."""
    for child in group.children:
        if isinstance(child, Group) and child.kind == kind and kind in ("all", "any", "none"):
            yield from _flat(child, kind)
        else:
            yield child


def _tests(group: Group, kind: str) -> Iterator[FactTest]:
    return (part for part in _flat(group, kind) if isinstance(part, FactTest))
