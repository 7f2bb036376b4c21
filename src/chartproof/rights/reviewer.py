"""Who decided: the clinician that a letter names beside words of deciding, or who signs what is told in the first person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.model import Span
from chartproof.rights.grammar import grammar
from chartproof.rights.text import Letter

_WORD = r"[A-Z][a-zà-ÿ]+(?:['’][A-Z]?[a-zà-ÿ]+)?(?:-[A-Z][a-zà-ÿ]+)*"
_NAME = rf"(?:{_WORD}|[A-Z]\.)(?: (?:{_WORD}|[A-Z]\.|de|van|von|la))*? {_WORD}"
_CREDENTIAL = r", (?:MD|DO|M\.D\.|D\.O\.|PharmD|Pharm\.D\.|PhD|PsyD|DPM|DDS|DMD|RPh|MBBS)\b"
_CLINICIAN = re.compile(rf"(?:(?P<named>{_NAME}{_CREDENTIAL})|(?P<doctor>Dr\. (?:{_NAME}|{_WORD})))")


@dataclass(frozen=True, slots=True)
class _Named:
    score: int
    name: str
    span: Span


def reviewer(letter: Letter) -> tuple[str, Span] | None:
    """The person who decided, as printed, where the letter names one; who asked, prepared or answers the phone is none."""
    every = [*_beside_deciding(letter), *_signing(letter)]
    best = max(every, key=lambda one: one.score, default=None)
    return (best.name, best.span) if best else None


def _has(name: str, text: str) -> bool:
    return grammar("decisions").has(name, text)


def _beside_deciding(letter: Letter) -> list[_Named]:
    found: list[_Named] = []
    label = ""
    for sentence in letter.sentences:
        led, label = label, sentence.text if sentence.text.endswith(":") else ""
        for match in _CLINICIAN.finditer(sentence.text):
            before = f"{led} {sentence.text[: match.start()]}"[-70:]
            after = sentence.text[match.end() :][:70]
            score = 2 * _has("decider_before", before) + 2 * _has("decider_after", after) + _has("decider", before)
            if score and not _has("no_decider", f"{before[-45:]} ¦ {after[:30]}"):
                whole = letter.span(sentence.page, sentence.start, sentence.end)
                found.append(_Named(score, match.group(), letter.within(whole, match.group())))
    return found


def _signing(letter: Letter) -> list[_Named]:
    """Who signs a letter that says "I have declined", or signs as the chair or the medical director on the same line."""
    first_person = any(_has("i_decide", sentence.text) for sentence in letter.sentences)
    found: list[_Named] = []
    for line in letter.body[-8:]:
        match = re.match(rf"(?:\S+ (?:\([a-z.]+\) )?)?(?P<name>{_NAME}{_CREDENTIAL})", line.text)
        if match and (first_person or _has("signs_as", line.text[match.end() :])):
            found.append(_Named(1, match["name"], letter.find(line, match, "name")))
    return found
