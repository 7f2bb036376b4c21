"""Who wrote a paper: the clinician whose name closes a letter, else the first that the paper names."""

from __future__ import annotations

import re

#: A name before a clinician's letters, on one line; an office or a verb before it ("Provider", "Signed by") is no part of it.
AUTHOR = re.compile(
    r"(?=[A-Z])(?!(?:Provider|Author|Attending|Physician|Doctor|Consultant|Oncologist|Hematologist|Cardiologist|Surgeon|Fellow|Resident|Nurse|From"
    r"|Electronically|E?-?[Ss]igned|Signed|Verified|Dictated|Reviewed|Reported|Interpreted|Read|Ordering|Referring|Performed|By)\b)"
    r"((?:[A-Z][\w'\-]*\.?[ \t]+){1,3}[A-Z][\w'\-]+),?[ \t]+"
    r"(?:MD|DO|MB ?BS|MBBCh|MBChB|PhD|PsyD|RN|NP|PA-?C|ANP|APRN|DNP|CNP|CRNP|PharmD|LMSW|LCSW|LICSW|LISW|MSW|RDN|DPT)\b"
)
SALUTATION = re.compile(r"^\W*dear\b", re.IGNORECASE | re.MULTILINE)
CLOSING = re.compile(
    r"^\W*(?:(?:yours|very truly|most) (?:sincerely|truly|faithfully|yours)|sincerely|respectfully|cordially"
    r"|(?:with )?(?:(?:kind|kindest|best|warm|many) )?(?:regards|wishes|thanks))\b.{0,20}$",
    re.IGNORECASE | re.MULTILINE,
)
#: Characters behind a letter's closing within which its writer's name stands.
NEAR = 160


#: A line that says who put his name to the paper, and one that names somebody for another reason.
SIGNED = re.compile(r"\b(?:signed|authenticated|attested|finali[sz]ed)\b", re.IGNORECASE)
NOT_SIGNED = re.compile(r"\b(?:not|un|await\w*|pending|needs?|requires?|draft|for)\b|\bunsigned", re.IGNORECASE)
NAMED_ELSE = re.compile(
    r"^\W*(?:requested|requesting|referr\w+|ordered|ordering|consult(?:ation)? (?:requested|asked)|asked|pcp|primary care|family"
    r"|cc|copy|copies|to|attn|attention|re|from the office of)\b",
    re.IGNORECASE,
)


def author_of(text: str) -> str:
    """The writer's name with his degree, empty where none is told. Whom a letter greets did not write it, nor did who asked."""
    closings = list(CLOSING.finditer(text))
    greeted = SALUTATION.search(text)
    found = AUTHOR.search(text, closings[-1].end(), closings[-1].end() + NEAR) if closings else None
    found = found or next(filter(None, map(_signer, text.split("\n"))), None)
    found = found or _first(text, greeted.end() if greeted else 0)
    return _as_written(" ".join(found[0].split())) if found else ""


def _as_written(name: str) -> str:
    """A name in capitals as a letter would print it: "IDA MARSH, MD" is Ida Marsh, MD."""
    person, degree = re.match(r"(.*?)(,? [\w-]+(?: BS)?)$", name).groups()  # type: ignore[union-attr]
    return f"{person.title() if person.isupper() else person}{degree}"


def _signer(line: str) -> re.Match[str] | None:
    said = SIGNED.search(line)
    return AUTHOR.search(line, said.end()) if said and not NOT_SIGNED.search(line) else None


def _first(text: str, start: int) -> re.Match[str] | None:
    """The first clinician named who is not the one that asked for the paper or gets it."""
    for match in AUTHOR.finditer(text, start):
        if not NAMED_ELSE.search(text[text.rfind("\n", 0, match.start()) + 1 : match.start()]):
            return match
    return None
