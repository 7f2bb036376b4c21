"""Headings and the sections that they open: a line of its own, or the first words of a paragraph. What each word opens is data."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from chartproof.rights.grammar import grammar
from chartproof.rights.words import patterns, table

if TYPE_CHECKING:
    from chartproof.rights.lines import Sentence

#: A short first sentence that tells something is no heading.
SPOKEN = re.compile(
    r"we\b|"
    r"(?:we|the|your|our|this|on|it|these)\b.*\b(?:ha[sv]e?|is|are|was|were|do|does|did|cannot|will|uph[eo]ld|reviewed|decided|met|heard|held|voted|found|considered|looked|reached|came|arrived|agree[sd]?)\b",
    re.I,
)
FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|does|did) (?:not|been|no)\b", re.I)


def is_heading(text: str) -> bool:
    """A short line without a sentence's end, or a question."""
    if len(text) > 70 or re.search(r"\d{3}-\d{4}|\d{5}|@|[,;]$", text) or text[:1].islower():
        return False
    words = text.split()
    if re.search(
        r"\b(?:with(?:in)?|to|of|for|by|and|or|the|an?|in|from|at|on|under|after|before|that|which|not|is|are|your|our)$",
        text,
    ):
        return False
    if text.endswith("?"):
        return len(words) <= 12
    if re.search(r"\b[A-Z]{2,}[A-Z-]*-?\d[\w-]*\d{2}", text):
        return False  # a number of the case: a field of the head
    if text.endswith(".") or re.match(r"[•*-]", text):
        return False
    if re.match(r"(?:why|how|what|who|where|when)\b", text, re.I):
        return len(words) <= 12
    return 1 <= len(words) <= 13 and not re.search(r"\b(?:is|was|were|are|has|been)\b.*[^:]$", text)


def in_capitals(text: str) -> bool:
    """Words in capitals; a row of amounts and codes is none."""
    return text.isupper() and len(re.findall(r"[A-Z]{2,}", text)) >= len(re.findall(r"\S*\d\S*", text)) + 1


@cache
def _section_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(expression, re.I)) for name, expression in patterns("sections").items())


VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|we|you|need|must|can|may|will|did|do|does|not|lacks?|shows?|states?)\b", re.I
)


#: The label of a day, and a verdict by itself, head nothing.
_LABEL = re.compile(r"(?:date|day)\b[^:?]*:|(?:not )?(?:met|satisfied|shown|found)(?:\W*$|[.,;:] )", re.I)


def section_of(heading: str) -> str:
    """The section that a heading opens, or empty. A title or a department's name opens none; of a field, its label counts."""
    label, colon, value = heading.partition(": ")
    heading = f"{label}:" if colon else heading
    if re.search(table("words")["no_section"], heading, re.I) or _LABEL.match(heading):
        return ""
    opened = next((name for name, pattern in _section_patterns() if pattern.search(heading)), "")
    return "" if opened == "rights" and colon and _is_decision(value) else opened


def _is_decision(value: str) -> bool:
    """Whether the few words beside a label say what was decided ("Your appeal: decision overturned")."""
    words = grammar("decisions")
    return len(value.split()) <= 6 and any(words.has(name, value) for name in ("succeeds", "refuse", "approves"))


def in_sections(blocks: list[list[Sentence]]) -> list[list[Sentence]]:
    """Each block in the section that a heading of its own ("External review.") opens, and those after it that have none.

    Such a heading holds until another stands in its place: a line of its own, a run-in of any kind, or the letter's end.
    """
    placed: list[list[Sentence]] = []
    section = title = above = ""
    for block in blocks:
        opened, heading = _opened_by_run_in(block), block[0].heading if block else ""
        if opened:
            section, title, above = opened, block[0].runin, heading
        elif (
            not block
            or heading != above
            or (block[0].section and section != "rights")
            or _ends_section(block[0], section)
        ):
            section = ""
        order, opens = (None, "") if section or (block and block[0].section) else _opens_within(block)
        if order is not None:
            section, title, above = opens, block[order].text, heading
            placed.append([*block[:order], *(replace(one, section=section, heading=title) for one in block[order:])])
            continue
        placed.append([replace(sentence, section=section, heading=title) for sentence in block] if section else block)
        told = opened == "reasons" and any(VERB.search(sentence.text) for sentence in block[1:])
        if opened and title.endswith(":") and not told and not re.search(table("words")["rights_title"], title, re.I):
            section = ""  # a field, which heads nothing below it
    return placed


def _ends_section(first: Sentence, section: str) -> bool:
    """Whether a paragraph speaks of something else than the one before it: a heading of no section, the close, rights."""
    if section not in ("rights", "reasons"):
        return True
    titled = (
        bool(first.runin)
        and len(first.runin.split()) <= 6
        and not (_is_spoken(first.runin) or VERB.search(first.runin))
    )
    pattern = table("words")["not_reasons" if section == "reasons" else "close"]
    return (titled and not first.bullet) or bool(re.search(pattern, first.text, re.I))


def _opens_within(block: list[Sentence]) -> tuple[int | None, str]:
    """(which sentence, section) where a paragraph without a heading begins to tell the rights, or after "Reason:" why."""
    for section, words in (("rights", table("words")["rights_opens"]), ("reasons", table("reasons")["reasons_open"])):
        opens = re.compile(words, re.I)
        order = next((order for order, one in enumerate(block) if not one.bullet and opens.search(one.text)), None)
        if order is not None:
            return order, section
    return None, ""


def _is_spoken(runin: str) -> bool:
    return not runin.endswith((":", "?")) and bool(SPOKEN.match(runin) or FINITE.search(runin))


def _opened_by_run_in(block: list[Sentence]) -> str:
    """The section that a paragraph's own heading opens; a numbered reason's title opens none."""
    runin = block[0].runin if block else ""
    if not runin or (_is_spoken(runin) and not re.search(table("words")["rights_title"], runin, re.I)):
        return ""
    numbered_reason = block[0].item > 0 and block[0].section in ("", "reasons")
    if numbered_reason:
        titled = "rights" if re.search(table("words")["rights_title"], runin, re.I) else section_of(runin)
        return titled if titled in ("rights", "reviewer") and len(runin.split()) <= 6 else ""
    beside = block[1].text if runin.endswith(":") and len(block) > 1 else ""
    return section_of(f"{runin} {beside}" if _is_decision(beside) else runin)
