"""A measure that stands behind the last of several names and holds for each: "methotrexate or acitretin for 12 weeks"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.leaf import read_test

#: A name of a few words, then how long, or how much on a scale: "acitretin for 12 weeks or longer", "Lansky 50 or above".
_MEASURED = re.compile(
    r"(?P<name>(?:an?\s)?(?:[\w-]+\s){0,2}?(?!aged?\b|older\b|younger\b)[\w-]+(?<!ed))\s"
    r"(?P<tail>for\s(?:at least\s|a minimum of\s|more than\s)?[\w-]+\s(?:consecutive\s)?(?:days?|weeks?|months?)\b.*"
    r"|\d[\d.]*\s(?:or|and)\s(?:above|higher|more|greater|better)\b.*)$",
    re.IGNORECASE,
)

#: A refusal that is measured by less refuses more, so only what is asked shares a measure.
_ASKED = ("necessity", "continuation")


def with_shared_measure(children: Sequence[Criterion], whole: str) -> tuple[Criterion, ...]:
    """The ways of one sentence, each with the measure behind the last where no comma sets that way apart.

    Without it a way that is only named would ask for less than the words do.
    """
    *others, last = children
    measured = _MEASURED.match(last.text.rstrip("."))
    bare = all(one.leaf is not None and one.leaf.op == "present" and not re.search(r"\d", one.text) for one in others)
    beside = others and f"{others[-1].text.split()[-1]} or {last.text}" in whole
    if measured is None or not bare or not beside or not all(one.kind in _ASKED for one in children):
        return tuple(children)
    return (*(_measured(one, measured["tail"]) for one in others), last)


def _measured(one: Criterion, tail: str) -> Criterion:
    test = read_test(f"{one.text} {tail}")
    return replace(one, text=f"{one.text} {tail}", leaf=test)
