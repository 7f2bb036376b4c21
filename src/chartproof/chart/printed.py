"""What a page prints about its subject: labelled names, birth dates and record numbers, each as it stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from chartproof.chart.dates import find_dates
from chartproof.model import Page

BIRTH = re.compile(
    r"\b(?:(?:d\.?o\.?b\.?(?: ?/ ?(?:age|sex))*|date of birth|birth ?date|born|birth)\b[\s:/.]*"
    r"|(?<=[\w,;)] )b\. ?(?=\d{1,2}[/-]\d{1,2}[/-](?:19|200)))",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"^\W*(?:patient|pt|name|member(?: name)?|participant|subject|donor|caregiver|client name|patient name|re)\b\s*[:.]?\s+"
    r"(?!id\b|name\b|services?\b|is\b|was\b)([^\n|]{3,60})",
    re.IGNORECASE | re.MULTILINE,
)
#: "Patient: Ferrone, Nadia Date completed: ...": the label tells that it is a name, whatever stands behind it.
PATIENT = re.compile(
    r"^\W*(?i:patient|pt)(?i: name)?\s*[:.]\s+([A-Z][\w'\-]+(?: [A-Z][\w'\-]+)?,\s*[A-Z][\w'\-]+)(?=\s|$)", re.MULTILINE
)
CAPITALS = re.compile(r"\b([A-Z][A-Z'\-]{2,}(?: [A-Z][A-Z'\-]{2,})?),\s*([A-Z][A-Za-z'\-]+)(?:\s+([A-Z])\b)?")
#: The label of the next field on a name's line.
NEXT_LABEL = re.compile(
    r"\s+(?:born|birth(?:date| date)?|date of birth|dob|d\.o\.b\.|sex|gender|chart|mrn|age|acct|account)\b",
    re.IGNORECASE,
)
OTHER_SUBJECT = re.compile(
    r"^\W*(?:donor\b(?! (?:lymphocyte|criteria|cells?|status|search|type|chimerism|engraftment|fraction|t[- ]cells?|source|match|hla))\s*[:.]?\s+(?-i:[A-Z])"
    r"|relation(?:ship)?\b\W+(?:to patient\W+)?(?:brother|sister|sibling|wife|husband|spouse|partner|mother|father|son|daughter|parent)"
    r"|caregiver\s*:[^\n]{3,60}\b(?:born|dob|date of birth))",
    re.IGNORECASE | re.MULTILINE,
)
RECORD_NUMBER = re.compile(r"\b(?:mrn|medical record(?: no| number)?|unit no|chart|pt id|patient id|client (?:pt )?id)\b[.:# ]*([A-Z]{0,4}-?\d[\d-]{3,})", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What a page prints about its subject."""

    births: tuple[date, ...]
    names: tuple[str, ...]
    labelled: tuple[str, ...]
    numbers: tuple[str, ...]
    other_role: bool


def identity(page: Page) -> Identity:
    return printed_identity(page.text)


@lru_cache(maxsize=1 << 13)
def printed_identity(text: str) -> Identity:
    births = []
    for match in BIRTH.finditer(text):
        nearby = text[match.end() : match.end() + 24].split("\n")[0]
        for start, _end, days in find_dates(nearby):
            if start <= 4 and days.exact and days.first.year < date.max.year:
                births.append(days.first)
                break
    labelled = [match[1].strip() for match in SUBJECT.finditer(text)]
    names = list(labelled)
    names += [match[0] for match in CAPITALS.finditer(text)]
    numbers = [re.sub(r"\D", "", match[1]) for match in RECORD_NUMBER.finditer(text)]
    return Identity(
        tuple(births), tuple(names), tuple(labelled), tuple(numbers), bool(OTHER_SUBJECT.search(text[:1200]))
    )


def plain_name(printed: str) -> str:
    """ "FERRONE, NADIA Q   DOB ..." as "NADIA Q FERRONE"."""
    surname, _, given = re.split(r"\s{2,}|\d|\(|\||\b(?:DOB|MRN|ID|Sex|Age)\b", printed)[0].partition(",")
    return f"{given.strip()} {surname.strip()}"


def looks_like_name(name: str) -> bool:
    """LAST, First or First M. Last; not a sentence, a place or a form's caption."""
    name = re.split(r"\s{2,}|\d|\(|\||\b(?:DOB|MRN|ID|Sex|Age)\b", name)[0].strip()
    return bool(re.fullmatch(r"[A-Z][\w'\-]+(?: [A-Z][\w'\-]+)?,\s*[A-Z][\w'\-]+(?: [A-Z]\.?)?", name))


def prints_identity(page: Page) -> bool:
    """Whether the page names a subject at all: a birth date, a labelled name, a record number, or a name beside one."""
    one = identity(page)
    for match in CAPITALS.finditer(page.text):
        if re.search(r"\d[\d-]{5,}", page.text[match.end() : match.end() + 40]):
            return True
    labelled = PATIENT.search(page.text) or [name for name in one.labelled if looks_like_name(name)]
    return bool(one.births or one.numbers or labelled)


def differs(page: Page, others: Iterable[Page]) -> bool:
    """Whether the page prints another birth date than the pages before it: it begins another document."""
    births = set(identity(page).births)
    before = {birth for other in others for birth in identity(other).births}
    return bool(births and before and not births & before)
