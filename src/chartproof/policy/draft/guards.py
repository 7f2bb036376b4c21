"""Exceptions and conditions of a criterion: what stands after "unless" and after "if"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.words import drafting, pattern, patterns

#: A condition of so few words is said of what stands before it, if that is no longer than this.
_SAID, _SUBJECT = 2, 6


@dataclass(frozen=True, slots=True)
class Guarded:
    """A sentence without its guards. `when` and `unless` are the document's own words, "" where there are none."""

    text: str
    when: str = ""
    unless: str = ""


def _conditions(text: str, *, of_paper: bool) -> tuple[re.Pattern[str], ...]:
    return (*patterns("guards", "paper"), *patterns("guards", "when")) if of_paper else patterns("guards", "when")


@cache
def _exceptions() -> tuple[re.Pattern[str], ...]:
    pardon = drafting()["guards"]["pardon"]
    return tuple(re.compile(one.replace("PARDON", pardon), re.IGNORECASE) for one in drafting()["guards"]["unless"])


def _of_subject(before: str, guard: str) -> str:
    """ "latent infection found" of "latent infection, if found, is treated": a word or two are said of what stands before."""
    if re.match(r"(?:§\s?)?[A-Z]?\d", guard):
        return guard  # "where 6c applies": an entry's label is a subject
    return f"{before} {guard}" if before and len(guard.split()) <= _SAID and len(before.split()) <= _SUBJECT else guard


def guard_of_part(heading: str) -> str:
    """When a part is read, by its name: "box 2c was checked" of "Section 4. Required if box 2c was checked"."""
    matches = (one.search(heading) for one in patterns("guards", "heading"))
    said = next((match["guard"].strip() for match in matches if match is not None), "")
    return "" if pattern("guards", "every").match(said) else said


def part_read(lead: str) -> str:
    """When the table is filled in at all: "a member who has an implant" of "Answer only for a member who has an implant."."""
    told = (pattern("guards", "read_only").match(said) for said in sentences(lead))
    return next((match["guard"].strip(" .") for match in told if match is not None), "")


def guarded(text: str, *, of_paper: bool = False, conditions: bool = True) -> Guarded:
    """Takes an exception and a condition out of a criterion's text. `of_paper` for a paper that must be sent."""
    unless = when = ""
    for one in _exceptions():
        match = one.search(text)
        if match is not None:
            unless = re.sub(r"[\s,;]+(?:and|or)?$", "", match["guard"].strip())
            text = f"{text[: match.start()]}{text[match.end() :]}"
            break
    for one in _conditions(text, of_paper=of_paper) if conditions else ():
        match = one.search(text)
        if (
            match is not None
            and not match["guard"].rstrip().endswith((":", " who", " whose", " with"))
            and not pattern("guards", "grants").search(text[: match.start()])
        ):
            when = _of_subject(text[: match.start()], match["guard"].strip())
            rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
            text = rest or text
            break
    return Guarded(text.strip(), when, unless)
