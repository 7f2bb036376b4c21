"""Which kinds of reason a clause asserts, by the rules of reasons.yaml: a strict rule first, else the clause's subject."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from chartproof.rights.grounds import word
from chartproof.rights.words import table


@dataclass(frozen=True, slots=True)
class Rule:
    kind: str
    says: re.Pattern[str]
    also_needs: re.Pattern[str] | None
    needs_negative: bool
    beside: bool
    bare: bool


@cache
def rules(name: str) -> tuple[Rule, ...]:
    return tuple(_rule(row) for row in table("reasons")[name])


def _rule(row: Mapping[str, Any]) -> Rule:
    extra = row.get("with")
    return Rule(
        kind=row["kind"], says=re.compile(_one_of(row["says"]), re.I), also_needs=re.compile(extra, re.I) if extra else None,
        needs_negative=bool(row.get("needs_negative")), beside=bool(row.get("also")),
        bare=bool(row.get("bare")),
    )  # fmt: skip


def _one_of(says: str | Sequence[str]) -> str:
    return says if isinstance(says, str) else "|".join(f"(?:{way})" for way in says)


def outright(text: str, *, bare: bool = False) -> str:
    """The kind that a clause asserts whatever stands beside it, else nothing. `bare`: only where the rule itself is the ground."""
    text = _spelled_out(text)
    return next((rule.kind for rule in rules("outright") if (rule.bare or not bare) and rule.says.search(text)), "")


def kinds_of(text: str) -> tuple[str, ...]:
    """The kinds that a clause asserts: the first that fits, and others that may stand beside it."""
    said = outright(text)
    if said:
        return (said,)
    text = _spelled_out(text)
    negative = bool(word("negative").search(text))
    fits = [
        rule for rule in rules("kinds")
        if rule.says.search(text) and (rule.also_needs is None or rule.also_needs.search(text))
        and (negative or not rule.needs_negative)
    ]  # fmt: skip
    if not fits:
        return ()
    first = fits[0]
    if (
        {rule.kind for rule in fits} == {"documentation"}
        and word("not_shown").search(text)
        and not word("a_paper").search(re.split(r", so\b| under | per ", text)[0])
    ):
        return ("not_medically_necessary",)
    if not first.beside:
        return (first.kind,)
    named = [rule.kind for rule in fits if rule.beside and rule.kind != "documentation"]
    return tuple(dict.fromkeys(named)) or (first.kind,)


def _spelled_out(text: str) -> str:
    """Short forms in full: "don't" as "do not"."""
    return re.sub(
        r"\b(can|do|does|did|is|are|was|were|has|have|had|could|would|wo)n['’]t\b", r"\1 not", text, flags=re.I
    )


def kinds_in_ground(text: str) -> dict[str, str]:
    """The kinds that a sentence of a ground asserts, clause by clause; a subject is enough where no stricter rule fits.

    Each with the clause that asserts it.
    """
    found: dict[str, str] = {}
    # What trials or papers found is of no one's chart; a treatment given in a trial is.
    others = word("literature").search(text) and not re.search(r"\bcar[- ]?t\b", text, re.I)
    for clause in word("clause").split(text):
        strict, subject = kinds_of(clause), () if others else topics(clause)
        # "No documentation of X" lacks X, where X is a subject of its own; a score or test of an organ even as a paper.
        measured = subject in (("performance_status",), ("organ_function",))
        own = measured or not word("papers").search(clause)
        lacking = strict == ("documentation",) and subject not in ((), ("other",)) and own
        named = subject if lacking else strict
        for kind in named or subject:
            found.setdefault(kind, clause)
    return found or dict.fromkeys(kinds_of(text), text)


def topics(clause: str) -> tuple[str, ...]:
    """The kind of a clause's subject."""
    return next(((rule.kind,) for rule in rules("topics") if rule.says.search(clause)), ())
