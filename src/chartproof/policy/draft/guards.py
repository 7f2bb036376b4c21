"""Exceptions and conditions of a criterion: what stands after "unless" and after "if"."""

from __future__ import annotations

from dataclasses import dataclass

from chartproof.policy.draft.words import patterns


@dataclass(frozen=True, slots=True)
class Guarded:
    """A sentence without its guards. `when` and `unless` are the document's own words, "" where there are none."""

    text: str
    when: str = ""
    unless: str = ""


def guarded(text: str) -> Guarded:
    """Takes an exception and a condition out of a criterion's text."""
    unless = when = ""
    for one in patterns("guards", "unless"):
        match = one.search(text)
        if match is not None:
            unless = match["guard"].strip()
            text = f"{text[: match.start()]}{text[match.end() :]}"
            break
    for one in patterns("guards", "when"):
        match = one.search(text)
        if match is not None:
            when = match["guard"].strip()
            rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
            text = rest or text
            break
    return Guarded(text.strip(), when, unless)
