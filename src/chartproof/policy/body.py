"""The body of a criterion: fact tests, groups and constants, from marked YAML to the tree of model.policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import yaml

from chartproof.model.policy import LABEL_ROWS, Body, Constant, FactTest, Group
from chartproof.model.rows import Pick, Term
from chartproof.model.truth import REASONS
from chartproof.policy.marked import Marked, bad, choice, entries, mapping, nearest, number, sequence, text, whole

FACT_KEYS = (
    "fact", "of", "pick", "within", "is", "at_least", "at_most", "more_than", "less_than", "older_than", "answers",
    "silence", "name",
)  # fmt: skip
GROUP_KEYS = ("all", "any", "none", "first", "from")
MEASURES = ("at_least", "at_most", "more_than", "less_than")
CONSTANT_KEYS = ("untranslated", "not_applicable", "label")
BODY_KEYS = (*FACT_KEYS, *GROUP_KEYS, *CONSTANT_KEYS)
TESTS = ("is", *MEASURES, "older_than")
UNKNOWN_REASONS = REASONS[:10]
ANSWERS = ("met", "not_met", "not_applicable", *UNKNOWN_REASONS)
FALLBACKS = ("present", "absent", "other", "holds", "fails")


@dataclass(frozen=True, slots=True)
class Concept:
    """type is event, state or number; `values` the words of a state; `name` as printed; `range` what a number can be."""

    id: str
    type: str
    values: tuple[str, ...]
    unit: str
    name: str
    range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What a body may refer to."""

    concepts: Mapping[str, Concept]
    terms: Mapping[str, Term]


def read_body(item: Marked, names: Names) -> Body:
    """One entry of a group. Raises PolicyError with file and line."""
    return body_of(mapping(item, (*BODY_KEYS,)), item, names)


def body_of(keys: Mapping[str, Marked], item: Marked, names: Names) -> Body:
    """The body among the keys of a mapping (a criterion has others beside it). Exactly one body is allowed."""
    starts = [key for key in ("fact", *GROUP_KEYS, *CONSTANT_KEYS) if key in keys]
    if not starts:
        raise bad(
            item,
            f"'{item.key}' has no test",
            code="CP-POL-04",
            then="Give fact, all, any, none, first, label or untranslated.",
        )
    if len(starts) > 1:
        raise bad(keys[starts[1]], f"'{starts[0]}' and '{starts[1]}' cannot stand side by side", then="Use all or any.")
    start = starts[0]
    if start == "fact":
        return _fact_test(keys, names)
    stray = [key for key in FACT_KEYS if key in keys and not (start == "from" and key == "at_least")]
    if stray:
        raise bad(keys[stray[0]], f"'{stray[0]}' belongs to a fact, not to '{start}'")
    if start in CONSTANT_KEYS:
        said = _label_rows(keys[start]) if start == "label" else text(keys[start])
        return Constant(start, said, keys[start].line)
    children = tuple(read_body(child, names) for child in sequence(keys[start]))
    if start != "from":
        return Group(start, children, keys[start].line)
    if "at_least" not in keys:
        raise bad(keys["from"], "'from' needs 'at_least' beside it", code="CP-POL-04")
    need = whole(keys["at_least"])
    if not 1 <= need <= len(children):
        raise bad(keys["at_least"], f"'at_least' must be between 1 and {len(children)}")
    return Group("at_least", children, keys["from"].line, need)


def _label_rows(item: Marked) -> str:
    """'all', or a list of label rows, as the names joined with commas."""
    if isinstance(item.node, yaml.ScalarNode):
        choice(item, ("all",))
        return ", ".join(LABEL_ROWS)
    return ", ".join(choice(one, LABEL_ROWS) for one in sequence(item))


def _fact_test(keys: Mapping[str, Marked], names: Names) -> FactTest:
    item = keys["fact"]
    concept = names.concepts.get(text(item))
    if concept is None:
        raise bad(item, f"unknown concept '{text(item)}'", code="CP-POL-08", then=nearest(text(item), names.concepts))
    given = [key for key in TESTS if key in keys]
    if len(given) > 1:
        raise bad(keys[given[1]], f"'{given[0]}' and '{given[1]}' cannot both be asked of one fact")
    if not given and "answers" not in keys:
        raise bad(
            item, f"'{concept.id}' is not tested", code="CP-POL-04", then=f"Give is, {', '.join(MEASURES)} or answers."
        )
    of = choice(keys["of"], concept.values) if "of" in keys else ""
    test, limit = ("answers", None) if not given else _test(keys[given[0]], concept, of, names)
    pick = cast(Pick, choice(keys["pick"], ("latest", "any", "ever")) if "pick" in keys else "latest")
    if "silence" in keys:
        choice(keys["silence"], ("absent_if_covered",))
    return FactTest(
        concept=concept.id,
        test=test,
        line=item.line,
        of=of,
        pick=pick,
        within=_days(keys["within"], names) if "within" in keys else None,
        limit=limit,
        answers=_answers(keys["answers"], concept) if "answers" in keys else (),
        covered="silence" in keys,
        name=text(keys["name"]) if "name" in keys else "",
    )


def _test(item: Marked, concept: Concept, of: str, names: Names) -> tuple[str, str | float | None]:
    if item.key == "is":
        word = choice(item, ("present", "absent", "documented"))
        if concept.type != "event" and not of and word != "documented":
            raise bad(item, f"'{concept.id}' is a {concept.type}: '{word}' says nothing about its value")
        return word, None
    if item.key in MEASURES and concept.type != "number":
        raise bad(item, f"'{concept.id}' is a {concept.type} and has no number")
    return item.key, _days(item, names) if item.key == "older_than" else _amount(item, names)


def _amount(item: Marked, names: Names) -> str | float:
    if isinstance(item.node, yaml.ScalarNode) and item.node.tag.endswith((":int", ":float")):
        return number(item)
    return _term(item, names)


def _days(item: Marked, names: Names) -> str | int:
    """'30d', 30 or a term's name."""
    word = text(item)
    digits = word.removesuffix("d")
    if digits.isascii() and digits.isdigit():
        return int(digits)
    return _term(item, names)


def _term(item: Marked, names: Names) -> str:
    word = text(item)
    if word not in names.terms:
        raise bad(item, f"the term '{word}' is not defined", code="CP-POL-07", then=nearest(word, names.terms))
    return word


def _answers(item: Marked, concept: Concept) -> tuple[tuple[str, str], ...]:
    allowed = (*concept.values, *FALLBACKS)
    pairs = []
    for word, value in entries(item).items():
        if word not in allowed:
            raise bad(value, f"'{concept.id}' has no value '{word}'", code="CP-POL-03", then=nearest(word, allowed))
        pairs.append((word, choice(value, ANSWERS)))
    return tuple(pairs)
