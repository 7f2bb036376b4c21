"""The call between physicians that a letter offers: its number and window as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.model import Span
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_PHONE = r"(?:\(\d{3}\)|\d{3}\)?)[-/.~ ]{1,2}\d{3}[-.~ ]{1,2}\d{4}"


@dataclass(frozen=True, slots=True)
class PeerCall:
    """The peer-to-peer number and window as printed; None where the letter gives none."""

    phone: str | None
    window: str | None
    span: Span | None


def peer_call(letter: Letter) -> PeerCall | None:
    """The number to call for a peer-to-peer conversation, and the window as printed."""
    for index, sentence in enumerate(letter.sentences):
        if not re.search(table("deadlines")["peer"], sentence.text, re.I) or re.search(r"\bcc\b", sentence.text):
            continue
        near = " ".join(s.text for s in letter.sentences[index : index + 5] if s.heading == sentence.heading)
        phone = re.search(_PHONE, sentence.text) or re.search(_PHONE, near)
        if not phone:
            continue
        window = re.search(
            r"(?:within )?\d{1,2} (?:calendar |business )?days(?: (?:of|from) (?:the date of )?this (?:letter|notice)| from the date of this (?:letter|notice)| of the date of this (?:letter|notice))?",
            near,
            re.I,
        )
        return PeerCall(
            phone.group().strip(),
            window.group() if window else None,
            letter.span(sentence.page, sentence.start, sentence.end),
        )
    return None
