"""Criteria that hold only for what is asked for: a thing beside the policy's own, a paper for one case, a sign that a legend explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.words import drafting, pattern

#: A word is told by its first letters, whatever its ending.
_STEM = 5
#: A sign of a legend has so many letters at the most.
_SIGN = 2


def with_asked_for(criteria: Sequence[Criterion], title: str, text: str) -> list[Criterion]:
    """The trees with such conditions. `title` is the document's, `text` all of its words."""
    return [_conditioned(one, title, text, "") for one in _contrasted(criteria)]


def _conditioned(one: Criterion, title: str, text: str, above: str) -> Criterion:
    """The tree with its conditions; `above` is that of the criterion over it, which holds for all of it."""
    when = one.when
    if len(when) <= _SIGN and when:
        when = _meaning(when, text)
    elif not when and one.kind == "necessity":
        when = _thing(one.text, title) or _besides(one)
        when = "" if when == above else when
    # Under "any" and "none" a condition would be met where it does not hold.
    children = one.children if one.join in ("any", "none") else _contrasted(one.children)
    return replace(
        one, when=when, children=tuple(_conditioned(child, title, text, when or above) for child in children)
    )


def _besides(one: Criterion) -> str:
    """ "permanent generator requested" of "Permanent generator. Rules 201 to 204 hold as well."."""
    named = (
        pattern("guards", "besides").match(one.text) if one.children or one.join != "leaf" or not one.made_id else None
    )
    return f"{named['guard'].lower()} requested" if named is not None else ""


def _meaning(sign: str, text: str) -> str:
    """What a legend says of a sign: "Lyfgenia" of "a rule marked L for Lyfgenia only"; the sign where none does."""
    legend = rf"\b(?:marked|letter|sign|symbol)\s+[“\"']?{re.escape(sign)}[”\"']?\s[^.;]*?\bfor\s+(?P<what>[^.;,]+?)(?:\s+only|\s+alone)?(?=[.;,]|\s+and\s|$)"
    said = re.search(legend, text)
    return said["what"] if said is not None else sign


def _thing(text: str, title: str) -> str:
    """What a sentence grants that is not the document's own subject: a stay, a second device, another place; "" for the subject."""
    asked = pattern("guards", "requested").match(text)
    if asked is not None:
        return f"{asked['thing']} requested"
    grants = pattern("guards", "grants_thing").match(text)
    if grants is None:
        return ""
    thing = re.split(r"\s(?:of|for|to|with)\s", grants["thing"])[0]
    telling = {word[:_STEM] for word in _words(thing)} - {str(word)[:_STEM] for word in drafting()["small"]}
    own = {word[:_STEM] for word in _words(title)}
    general = pattern("guards", "general").search(thing)
    return f"{thing[0].lower()}{thing[1:]} requested" if telling and not telling & own and not general else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]{3,}", text.lower())


def _contrasted(siblings: Sequence[Criterion]) -> Sequence[Criterion]:
    """Papers of which several are each for another case: "the biopsy report for gout; the scan for tophi"."""
    cases = [_case(one) for one in siblings]
    if len({case for case in cases if case}) < 2:
        return siblings
    return [replace(one, when=case) if case else one for one, case in zip(siblings, cases, strict=True)]


def _case(one: Criterion) -> str:
    if one.kind != "documentation" or one.when or one.children:
        return ""
    case = pattern("guards", "case").search(one.text)
    return case["case"] if case is not None else ""
