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


def author_of(text: str) -> str:
    """The writer's name with his degree, empty where none is told. Whom a letter greets did not write it."""
    closings = list(CLOSING.finditer(text))
    greeted = SALUTATION.search(text)
    found = AUTHOR.search(text, closings[-1].end(), closings[-1].end() + NEAR) if closings else None
    found = found or AUTHOR.search(text, greeted.end() if greeted else 0)
    return " ".join(found[0].split()) if found else ""
