"""The state whose law a letter follows, with the words that show it; None where the letter names none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from chartproof.model import Span
from chartproof.rights.cells import head_of
from chartproof.rights.lines import Line
from chartproof.rights.text import Letter
from chartproof.rights.words import table


def state(letter: Letter) -> tuple[str, Span] | None:
    """The state whose law or agency the letter names; else the patient's address, else the payer's; else the only one named."""
    return _invoked(letter) or _addressed(letter) or _headed(letter) or _only_named(letter)


@cache
def _names() -> Mapping[str, str]:
    """Names and abbreviations of states with their codes."""
    return {**table("plans")["states"], **table("plans")["states_short"]}


@cache
def _any() -> str:
    return "|".join(re.escape(name) for name in sorted(_names(), key=len, reverse=True))


def _code(said: str) -> str:
    """The code of a name in any case, or of a code."""
    return next((code for name, code in _names().items() if name.lower() == said.lower()), said.upper())


def _invoked(letter: Letter) -> tuple[str, Span] | None:
    invoked = re.compile(
        rf"\b(?P<state>{_any()})(?: State)?(?:\W+(?:Department|Commissioner|Health (?:Plan|Authority)|Office|Bureau|Insurance|Administrative|Medicaid|Division|law\b|SHINE|Health Insurance))"
        rf"|(?:contract issued in|insured in|regulated by|state of|laws? of|state\s*:) (?P<state2>{_any()})(?=\W|$)"
    )
    # A letter in capitals names its state in capitals too.
    match = invoked.search(letter.flat) or re.compile(invoked.pattern, re.I).search(letter.flat)
    if match is None:
        program = re.search(rf"\b(?:{'|'.join(table('plans')['states'].values())})(?= Medicaid\b)", letter.flat)
        return (program.group(), letter.locate(program.group())) if program else None
    return _code(match["state"] or match["state2"]), letter.locate(match.group())


def _addressed(letter: Letter) -> tuple[str, Span] | None:
    """The state before a ZIP code: the patient's, else the payer's."""
    names: dict[str, str] = table("plans")["states"]
    addressed = re.compile(
        rf"(?:,? (?P<code>{'|'.join(names.values())})|, (?P<name>{_any()}))\.? \d{{5}}(?:-\d{{4}})?\b"
    )
    # A ZIP code may open the line below its state.
    joined = (
        (line, f"{line.text} {below}" if re.match(r"(?:[A-Z]{2} )?\d{5}\b", below) else line.text)
        for line, below in zip(letter.body, [*(line.text for line in letter.body[1:]), ""], strict=True)
    )
    found = [(line, match) for line, text in joined for match in [addressed.search(text)] if match]
    head = head_of(letter)
    found = [one for one in found if one[0] in head] or found  # an office of the State stands further down
    named = [(line, match) for line, match in found if _names_member(line)]
    # A letterhead's address stands first; the patient's comes after it, or after "cc:" where the provider is addressed.
    copied = next(((line, m) for line, m in found if re.match(r"cc:", line.text, re.I)), None)
    chosen = copied or (named[0] if named else None) or (found[1] if len(found) > 1 else found[0] if found else None)
    return (_code(chosen[1]["code"] or chosen[1]["name"]), letter.find(*chosen)) if chosen else None


def _names_member(line: Line) -> bool:
    """Whether an address line opens with "To:" or stands after a name in the same line."""
    return bool(re.match(r"(?:To|For)\b:?\s*[A-Z]", line.text))


def _headed(letter: Letter) -> tuple[str, Span] | None:
    """A town with its state at the end of a line or cell of the head or foot, without a ZIP code; a plan named for a state."""
    town = re.compile(
        rf"[A-Z][\w.'’-]+, (?:(?P<code>{'|'.join(table('plans')['states'].values())})|(?P<name>{_any()}))(?=\s*(?:$|[;|)]|\s{{2,}}|[—–-] ))"
    )
    named_for = re.search(
        rf"\b(?:Plan|Company|Insurance|Mutual|Health|Care|Cross|Shield) of (?P<state>{_any()})(?=\W|$)", letter.flat
    )
    if named_for:
        return _code(named_for["state"]), letter.locate(named_for.group())
    for line in (*head_of(letter), *letter.body[-6:]):
        match = town.search(letter.raw(line))
        if match and not (match["code"] == "MD" and re.search(_CLINICIAN, line.text, re.I)):  # a doctor's letters
            return _code(match["code"] or match["name"]), letter.span(line.page, line.start, line.end)
    return None


_CLINICIAN = r"\b(?:physician|doctor|dr|reviewer|director|decided|reviewed|requested|by|nurse)\b"


def _only_named(letter: Letter) -> tuple[str, Span] | None:
    """A state that the letter names in any place, where it names no other: not a part of a longer name."""
    named = re.compile(rf"(?<![\w'’-])(?<![A-Z][a-z] )(?P<name>{_any()})(?![\w'’-]| [A-Z]|, D\.)")
    shouted = re.compile(rf"(?<![\w'’-])(?P<name>{_any().upper()})(?![\w'’-])")
    found = list(named.finditer(letter.flat)) or list(shouted.finditer(letter.flat))
    codes = {_code(match["name"]) for match in found}
    return (codes.pop(), letter.locate(found[0].group())) if len(codes) == 1 else None
