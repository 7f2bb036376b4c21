"""Whose row is it? A batch of messages or an export of a worklist may hold several people's results in one file.

The file is then the patient's, and a row of it need not be. The row's own birth date decides; where it has none, its
own name, or a record number of the same hospital.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from chartproof.chart.dates import find_dates, parse_stamp
from chartproof.chart.given_names import WHOLE, another_given, name_words
from chartproof.chart.identity import may_be, of_same_house
from chartproof.chart.likeness import near_birth
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Entry, Patient

#: Columns in which a row prints its person, by their heads.
NAMES = ("subject", "patient", "patient_name", "pt_name", "patientname", "name")
BIRTHS = ("subject_birth", "dob", "birth_date", "birthdate", "date_of_birth", "patient_dob")
NUMBERS = ("subject_number", "mrn", "patient_id", "pt_id", "medical_record_number", "patient_mrn")

#: Characters of a cell that may name the row's person; longer ones are remarks.
CELL = 80

#: What `subject` holds where the row is not the patient's own.
OTHERS = ("other", "family", "donor")


def is_anothers(entry: Entry) -> bool:
    return entry.extra.get("subject", "") in OTHERS


def owned(entries: Iterable[Entry], patient: Patient) -> Iterator[Entry]:
    """The entries; one that prints another person is marked as another's."""
    for entry in entries:
        yield replace(entry, extra={**entry.extra, "subject": OTHERS[0]}) if another(entry, patient) else entry


def another(entry: Entry, patient: Patient) -> bool:
    """Whether the row prints a birth date, a name or a record number that cannot be the patient's, or names a relative."""
    if any(_relative().search(cell) for cell in entry.extra.values() if len(cell) < CELL):
        return True
    name, number = _first(entry, NAMES), _first(entry, NUMBERS)
    if patient.name and name and another_given(name, patient.name):
        return True
    born = _day(_first(entry, BIRTHS))
    if patient.born and born and born.exact:
        # One slip of the pen is forgiven: with another record number a second one makes another person.
        slipped = born.first != patient.born or _given_otherwise(name, patient)
        apart = of_same_house(_bare(number), _bare(patient.mrn))
        return not near_birth(born.first, patient.born) or (slipped and apart)
    if patient.name and len(name.split()) >= 2 and not may_be(name, patient):
        return True
    return bool(number) and of_same_house(number, patient.mrn)


def _bare(number: str) -> str:
    """A record number without its dashes and blanks, as interfaces send it."""
    return re.sub(r"[^A-Za-z0-9]", "", number).upper()


def _given_otherwise(name: str, patient: Patient) -> bool:
    """Whether whole names are printed beside the surname and none is spelt as the patient's given name is."""
    ours = name_words(patient.name)
    beside = [word for word in name_words(name) if len(word) >= WHOLE and word not in ours[1:]]
    return bool(ours and beside) and ours[0] not in beside


@cache
def _relative() -> re.Pattern[str]:
    """A cell that gives the row to a relative: "sister Annelise", "(husband)", "donor's", "for his wife"."""
    who = "|".join(
        word for word in load("context.yaml")["family"] if re.fullmatch(r"[a-z]+", word) and word != "family"
    )
    return re.compile(
        rf"^\W*(?:(?:the |his |her )?(?:{who})(?:['’]s(?: \w+){{0,2}})?)\W*$|\b(?:{who}) (?-i:[A-Z][a-z]+)\b(?! (?:MD|RN|NP|at))"
        rf"|\b(?:{who})['’]s (?:result|test|sample|specimen|blood|lab)|\b(?:for|of|belongs to) (?:the |his |her |their )?(?:{who})\b",
        re.IGNORECASE,
    )


def _first(entry: Entry, columns: Iterable[str]) -> str:
    return next((entry.extra[column] for column in columns if entry.extra.get(column)), "")


def _day(cell: str) -> DayRange | None:
    found = find_dates(cell)
    return found[0][2] if found else parse_stamp(cell)
