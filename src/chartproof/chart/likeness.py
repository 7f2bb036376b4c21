"""How a person whom a page prints is like the patient: part by part, what agrees, what is a slip away, what is another's.

No single part tells two people apart. A twin has the birth date, a cousin the surname, a stranger with a like name may
have both. So every part that is printed counts: one that is another's decides unless two others agree to the letter, and
of two that are each a slip away no scan and no typist is the cause.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import Levenshtein

from chartproof.chart.given_names import READ_AS, WHOLE, another_initial, may_be_same, name_words
from chartproof.chart.namesake import SLIP
from chartproof.chart.vocabulary import load
from chartproof.model import Patient

#: Parts that may each be a slip away, where another agrees.
SLIPS = 1
#: Parts that must agree where one is another's.
OUTWEIGH = 2
SEX = re.compile(r"(?<![\w/])(?:(M|male)|(F|female))(?![\w/.'’-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Printed:
    """A person as one place of a page prints one; what is not printed is empty. `numbers` are labelled record numbers."""

    name: str = ""
    births: tuple[date, ...] = ()
    numbers: tuple[str, ...] = ()
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    agrees: tuple[str, ...]
    slips: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def another(self) -> bool:
        """Whether the person cannot be the patient. The patient's own number beside another name may be the next row's."""
        if "record number" in self.agrees and "birth date" not in self.differs:
            return False
        if "sex" in self.slips and not {"name", "given name"} & {*self.agrees}:
            return True  # a twin, of whom initials alone are printed
        if self.differs:
            return len(self.agrees) < OUTWEIGH or len(self.differs) > 1
        return len(self.slips) > SLIPS and len(self.agrees) < OUTWEIGH

    @property
    def why(self) -> str:
        """What agrees and what is another's, for the ledger."""
        if self.differs == ("birth date",):
            return "another birth date is printed"
        apart = _counted((*self.differs, *self.slips), "is another's", "are another's")
        return f"{_counted(self.agrees, 'agrees', 'agree')}, {apart}" if self.agrees else apart


def _counted(parts: Sequence[str], one: str, more: str) -> str:
    """ "the surname, given name and sex are another's"."""
    *first, last = parts
    return f"the {', '.join(first)} and {last} {more}" if first else f"the {last} {one}"


def likeness(printed: Printed, patient: Patient) -> Likeness:
    """What of the printed person agrees with the patient, part by part. Parts that either side leaves out say nothing."""
    found: dict[str, list[str]] = {"agrees": [], "slips": [], "differs": []}
    for part, how in (
        *_name(printed.name, patient),
        ("birth date", _birth(printed.births, patient)),
        ("record number", _number(printed.numbers, patient.mrn)),
        ("sex", _sex(printed.sex, patient.sex)),
    ):
        if how:
            found[how].append(part)
    return Likeness(*(tuple(found[how]) for how in ("agrees", "slips", "differs")))


def _name(printed: str, patient: Patient) -> list[tuple[str, str]]:
    """Surname, given name and initial apart; "name" agrees where both names do. A surname alone that is another's, over the
    patient's own given name, may be the one from before a marriage: a slip."""
    have = [
        word for word in name_words(printed.translate(READ_AS)) if word not in load("documents.yaml")["beside_a_name"]
    ]
    wanted = [word for word in name_words(patient.name) if len(word) > 1]
    if len(have) < 2 or len(wanted) < 2:
        return []
    given, surnames = wanted[0], wanted[1:]
    surname = _nearest(have, surnames[-1:] if len(surnames) == 1 else surnames)
    rest = [word for word in have if word not in surname[1]]
    whole = [word for word in rest if len(word) >= WHOLE]
    first = (
        ""
        if not whole
        else "agrees"
        if given in whole
        else "slips"
        if any(_near(word, given) for word in whole)
        else "differs"
    )
    if first == "slips" and any(may_be_same(word, given) and not _spelt_otherwise(word, given) for word in whole):
        first = "agrees"
    if first == "differs" and (any(may_be_same(word, given) for word in whole) or given[0] in rest):
        first = ""
    last = "slips" if surname[0] == "differs" and first == "agrees" else surname[0]
    if last == first == "agrees":
        parts = [("name", "agrees")]
    else:
        parts = [(part, how) for part, how in (("surname", last), ("given name", first)) if how in ("slips", "differs")]
    return [*parts, ("initial", "slips" if another_initial(printed, patient.name) else "")]


def bare_words(printed: str) -> list[str]:
    """The words of a printed name without the labels about it ("NAME DOE, ADA ID"), figures read as letters."""
    labels = load("documents.yaml")["beside_a_name"]
    return [word for word in name_words(printed.translate(READ_AS)) if word not in labels]


def _nearest(have: Collection[str], surnames: Collection[str]) -> tuple[str, list[str]]:
    """How the nearest printed word is like one of the surname's parts, and the words that are."""
    same = [word for word in have if word in surnames]
    if same:
        return "agrees", same
    near = [word for word in have if any(_near(word, part) for part in surnames)]
    return ("slips", near) if near else ("differs", [])


def _near(one: str, other: str) -> bool:
    return 0 < Levenshtein.distance(one, other) <= max(1, min(len(one), len(other)) // 4)


def _spelt_otherwise(one: str, other: str) -> bool:
    """Whether two spellings differ and neither is the other cut short."""
    return not (one.startswith(other) or other.startswith(one)) and _near(one, other)


def _birth(births: Collection[date], patient: Patient) -> str:
    if not births or patient.born is None:
        return ""
    if patient.born in births:
        return "agrees"
    return "slips" if any(near_birth(one, patient.born) for one in births) else "differs"


def _number(numbers: Collection[str], ours: str) -> str:
    """A number that is written as ours is; one of another form is another hospital's and says nothing."""
    digits = re.sub(r"\D", "", ours)
    if not digits or not numbers:
        return ""
    if any(re.sub(r"\D", "", one) == digits for one in numbers):
        return "agrees"
    house = [one for one in numbers if re.sub(r"\d", "#", one) == re.sub(r"\d", "#", ours)]
    if not house:
        return ""
    return "slips" if any(Levenshtein.distance(one, ours) <= SLIP for one in house) else "differs"


def _sex(printed: str, ours: str) -> str:
    known = {"m": "m", "male": "m", "f": "f", "female": "f"}
    one, other = known.get(printed.lower(), ""), known.get(ours.lower(), "")
    return "slips" if one and other and one != other else ""


def near_birth(printed: date, born: date) -> bool:
    """Whether a printed birth date may be the patient's: a digit apart, or with day and month changed about."""
    return Levenshtein.distance(printed.isoformat(), born.isoformat()) <= 1 or printed == turned(born)


def turned(day: date) -> date | None:
    """The day with its day and month changed about, where that is another day."""
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None
