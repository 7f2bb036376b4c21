"""Whose page is this? Names, birth dates and record numbers as printed, against the patient of the case.

A wrong answer in one direction lets another person's result count; in the other it loses a document. So a birth date
that is labelled as one decides; a name or number alone only where no birth date is printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache

from rapidfuzz.distance import Levenshtein

from chartproof.chart.dates import find_dates
from chartproof.chart.given_names import READ_AS, another_given, another_initial
from chartproof.chart.given_names import name_words as words
from chartproof.chart.likeness import likeness, near_birth, turned
from chartproof.chart.namesake import MISREAD, SLIP, number_of_another
from chartproof.chart.printed import RECORD_NUMBER, Identity, identity, looks_like_name, plain_name
from chartproof.chart.subjects import GIVEN_FIRST, edges, marked, persons_of, subjects, surname_parts, unlabelled_births
from chartproof.chart.vocabulary import load
from chartproof.model import Entry, Page, Patient

#: Lines at the top of a page, and letters at a line's start, in which a chart's print names its subject.
HEAD, NAME_WIDTH = 4, 48
ROLE = re.compile(r"\b(?:donors?|recipient|caregiver|sibling|relative)\b", re.IGNORECASE)
#: Words of a line by which a paper disowns itself, at the most.
OWN_WORDS = 24


def same_name(printed: str, patient: str) -> bool:
    """Surname and given name (or its initial) both stand in the printed words; one OCR slip per long word is forgiven."""
    wanted = [word for word in words(patient) if len(word) > 1]
    if len(wanted) < 2:
        return bool(wanted) and wanted[0] in words(printed)
    given, surname = wanted[0], wanted[1:]
    have = words(printed)
    return all(_has(part, have) for part in surname) and (_has(given, have) or any(word == given[0] for word in have))


def _has(word: str, have: list[str]) -> bool:
    slack = 1 if len(word) >= 7 else 0
    return any(Levenshtein.distance(word, other) <= slack for other in have)


def belongs(pages: Iterable[Page], patient: Patient, entries: Iterable[Entry] = ()) -> tuple[bool | None, str]:
    """Whether these pages are the patient's, with the reason where they are not.

    True: birth date or name agrees. False: another birth date, or another person's name. None: nothing is printed.
    """
    seen = [(page, identity(page)) for page in pages]
    if any(disowns(page.text) for page, _one in seen):
        return False, "it says of itself that it came into the wrong chart"
    persons = [likeness(one, patient) for page, _one in seen for one in persons_of(page, patient)]
    if persons and all(one.another for one in persons):
        return False, persons[0].why
    births = [birth for _page, one in seen for birth in one.births] + _entered_births(entries)
    births += [birth for page, _one in seen for birth in unlabelled_births(page, patient)]
    names = [name for _page, one in seen for name in one.names]
    named = any(same_name(name, patient.name) for name in names) if patient.name else False
    mentioned = any(same_name(page.text, patient.name) for page, _one in seen) if patient.name else False
    number = re.sub(r"\D", "", patient.mrn)
    numbered = bool(number) and any(number in one.numbers or _stands_alone(number, page.text) for page, one in seen)
    # A donor's part within the patient's own papers ("Donor section") makes them nobody else's.
    others_role = any(
        one.other_role and not _headed(page, patient) and (not index or not _mentions(page, one, patient))
        for index, (page, one) in enumerate(seen)
    )
    relative = not named and not numbered and _relatives(seen, patient)
    if patient.born and births:
        another_number = (
            bool(number)
            and not numbered
            and any(_numbered_otherwise(page, one, patient, clean=True) for page, one in seen)
        )
        if patient.born in births:
            if relative:
                return False, "the birth date agrees, the given name is another's"
            if another_number and not named:
                return False, "the birth date agrees, the record number is another's"
            return True, ""
        # A birth date that is nearly ours beside a number that is nearly ours is a namesake's, not two slips at once.
        if another_number:
            return False, "another birth date and record number are printed"
        if (named or mentioned or numbered) and not others_role and turned(patient.born) in births:
            return True, "the birth date is written with the day first"
        both = numbered and (named or mentioned)
        slipped = any(near_birth(birth, patient.born) for birth in births)
        if (named or both) and not others_role and slipped and not any(another_initial(n, patient.name) for n in names):
            return True, "the birth date printed differs by one digit"
        if named and numbered and not others_role and any(page.read == "ocr" for page, _one in seen):
            return True, "the birth date was read otherwise; name and record number agree"
        return False, "another birth date is printed"
    if relative:
        return False, "the surname agrees, the given name is another's"
    if patient.born and any(_prints_day(page.text, patient.born) for page, _one in seen):
        told = [] if named or mentioned or numbered else [name for page, one in seen for name in subjects(page, one)]
        if patient.name and told and not any(may_be(name, patient) for name in told):
            return False, "the birth date agrees, the name is another's"
        return True, ""
    if others_role and not (named and numbered):
        return False, "the subject is a donor or caregiver"
    if patient.mrn and not numbered and any(_numbered_otherwise(page, one, patient) for page, one in seen):
        return False, "the name agrees, the record number is another's"
    if named or mentioned or numbered:
        return True, ""
    if patient.name and any(not may_be(name, patient) for page, one in seen for name in subjects(page, one)):
        return False, "another name is printed"
    if any(of_same_house(other, patient.mrn) for page, _one in seen for other in RECORD_NUMBER.findall(page.text)):
        return False, "another record number is printed"
    return None, ""


def _relatives(seen: list[tuple[Page, Identity]], patient: Patient) -> bool:
    """Whether every subject that the pages name with the patient's surname has a given name of another."""
    named = [name for page, one in seen for name in subjects(page, one) if may_be(name, patient)]
    return bool(named) and all(another_given(name, patient.name) for name in named)


def _numbered_otherwise(page: Page, one: Identity, patient: Patient, *, clean: bool = False) -> bool:
    """Whether a page of the patient's name has the number of another patient of the same hospital; `clean`: whatever a
    scan may have misread."""
    scanned = page.read == "ocr" and not clean
    labelled = [number for number in RECORD_NUMBER.findall(page.text) if of_same_house(number, patient.mrn, scanned)]
    shown = edges(page.text)
    beside = any(number_of_another(shown, part, patient.mrn, scanned=scanned) for part in surname_parts(patient))
    return bool(labelled) or beside


@cache
def _wrong_chart() -> re.Pattern[str]:
    lines = "|".join(f"(?:{line})" for line in load("documents.yaml")["wrong_chart"])
    return re.compile(
        rf"[^\w(]*(?:(?:addendum|amendment|correction|late entry|error|retract(?:ed|ion)|void(?:ed)?|note|alert|attention|stamp(?:ed)?|disregard|do not use)\b[\s\d/:.,*-]*)*(?:{lines})",
        re.IGNORECASE,
    )


def disowns(text: str) -> bool:
    """Whether a line at the head or foot of the page says of the paper itself that it is in the wrong chart."""
    return any(_wrong_chart().match(line) for line in edges(text).split("\n") if len(line.split()) <= OWN_WORDS)


def of_same_house(number: str, ours: str, scanned: bool = False) -> bool:
    """Whether a labelled number, not the patient's, is written as the patient's is: the same hospital's, of another.

    A hospital elsewhere has its own way of numbering, and one digit may be a slip of the pen.
    """
    shape = re.sub(r"\d", "#", number)
    slack = MISREAD if scanned else SLIP
    return bool(ours) and shape == re.sub(r"\d", "#", ours) and Levenshtein.distance(number, ours) > slack


def _mentions(page: Page, one: Identity, patient: Patient) -> bool:
    number = re.sub(r"\D", "", patient.mrn)
    named = bool(patient.name) and same_name(page.text, patient.name)
    return named or (bool(number) and (number in one.numbers or _stands_alone(number, page.text)))


def _headed(page: Page, patient: Patient) -> bool:
    """Whether the page's first lines print the patient's name with the record number, as a chart's print heads each page.

    A donor's page in the same chart says so in its head: "Related donor work-up".
    """
    head = [line for line in page.text.split("\n") if line.strip()][:HEAD]
    if not patient.name or any(ROLE.search(line) for line in head):
        return False
    number = re.sub(r"\D", "", patient.mrn)
    return any(same_name(line[:NAME_WIDTH], patient.name) and _stands_alone(number, line) for line in head)


def _entered_births(entries: Iterable[Entry]) -> list[date]:
    """Birth dates of the persons of whom a structured file says that they are its patients."""
    whole = [entry.when for entry in entries if entry.kind == "patient" and entry.extra.get("birth_date")]
    return [day.first for day in whole if day and day.exact]


def may_be(name: str, patient: Patient) -> bool:
    """Whether the printed name may be the patient's: a part of the surname, as a bad scan gives it."""
    wanted = [word for word in words(patient.name)[1:] if len(word) > 1] or words(patient.name)
    have = words(name.translate(READ_AS))
    return any(Levenshtein.distance(part, other) <= max(1, len(part) // 4) for part in wanted for other in have)


def _prints_day(text: str, day: date) -> bool:
    return any(days.exact and days.first == day for _start, _end, days in find_dates(text[:2500]))


def _stands_alone(number: str, text: str) -> bool:
    pattern = r"(?<!\d)" + r"-?".join(number) + r"(?!\d)"
    return len(number) >= 5 and bool(re.search(pattern, text))


def guess_patient(pages: Iterable[Page]) -> Patient:
    """The person whom most pages name, for a folder without case.yaml. Empty where nothing is printed."""
    births: Counter[date] = Counter()
    names: Counter[str] = Counter()
    given_first: Counter[str] = Counter()
    for page in pages:
        one = identity(page)
        # Each once, in the order of the page: of two that are named as often the first counts, at every run.
        births.update(dict.fromkeys(one.births, 1))
        names.update(dict.fromkeys((plain_name(name) for name in one.names if looks_like_name(name)), 1))
        behind = [m[1] for n in one.labelled if (m := GIVEN_FIRST.match(n)) and marked(n[m.end() :])]
        given_first.update(dict.fromkeys(behind, 1))
    # "Patient: Rosa Q Invented  DOB: ..." is read where no page has the name as records write it, the surname first.
    names = names or given_first
    born = births.most_common(1)[0][0] if births else None
    name = names.most_common(1)[0][0] if names else ""
    return Patient(name=name.title(), born=born)
