"""Of whom a page speaks: the persons whom its head and foot name, with what is printed beside each name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import zip_longest

from chartproof.chart.dates import find_dates
from chartproof.chart.given_names import name_words as words
from chartproof.chart.likeness import SEX, Printed, bare_words, likeness
from chartproof.chart.namesake import BORN_BEFORE, births_beside
from chartproof.chart.printed import (
    NEXT_LABEL,
    PATIENT,
    RECORD_NUMBER,
    Identity,
    identity,
    looks_like_name,
    plain_name,
    printed_identity,
)
from chartproof.chart.vocabulary import load
from chartproof.model import Page, Patient

#: A name as a record heads its pages with it, "Last, First M" or, after a label, "First M. Last"; what follows tells.
HEADED = re.compile(
    r"(?:^|(?<= {2})|(?<=\t))\W*([A-Z][\w'\-]+(?: [A-Z][\w'\-]+)?, ?(?:[A-Z][\w'\-]{2,}(?: [A-Z]\b\.?)?|[A-Z]\b\.?(?: [A-Z]\b\.?){0,2}))",
    re.M,
)
GIVEN_FIRST = re.compile(r"([A-Z][\w'\-]+ (?:[A-Z][\w'\-]*\.? ){0,2}[A-Z][\w'\-]+)(?=[ ,;(|])")
#: "Ada M. Roe  DOB 05/23/1971" at the head of a line.
BORN_BEHIND = re.compile(
    r"^\W*([A-Z][\w'’-]+(?: [A-Z]\.?)?(?: [A-Z][\w'’-]+){1,2}),? +(?:DOB|D\.O\.B\.|[Bb]orn)\b", re.M
)
#: A record's number; not a specimen's, a telephone's or an address's.
NUMBER = r"(?<![\w-])(?![A-Z]{1,3}\d\d-)(?!\d{3}-\d{3}-\d{4})(?!\d{5}-\d{4}\b)([A-Z]?-?\d[\d-]{4,}\d)\b(?![/\d])"
#: Any number with its letters and dashes.
UNLABELLED = re.compile(r"(?<![\w-])[A-Z]{0,4}-?\d[\d-]*\d(?![\w-])")
#: Beside a subject's name stand a record number, a sex, an age or a birth date; beside a signer's, a title and a day.
SUBJECT_MARK = re.compile(
    NUMBER
    + r"|^\s*(?:[A-Z]{2,4}[ -])?\d{3,}(?: \d{2,})+|^[\s,;|(]*(?:M|F|Male|Female|MALE|FEMALE)\b(?!\s*\d+\.\d)|\b(?:DOB|MRN|ID|born|b\.|age|aged)(?![a-z])"
)
#: "WENDELL, T., 2209-41-876" anywhere on a line; a telephone's or a specimen's number is not a person's.
NUMBERED = re.compile(
    r"\b([A-Z][\w'\-]{2,}, ?(?:(?:[A-Z]\.?){1,2}(?![a-zA-Z])|[A-Z][A-Za-z'\-]{2,}(?: [A-Z]\b\.?)?))[\s,(|#\-]{1,6}(?:MRN\W{1,3})?"
    + NUMBER
)
#: A footer's "WENDELL T 2209-41-876", "WENDELL TOBIAS R | 2209-41-876": a surname, an initial and a number, no comma.
UNPOINTED = re.compile(
    r"\b([A-Z][A-Z'\-]{2,}(?: [A-Z][A-Z'\-]+)? [A-Z]|[A-Z][a-z]+(?:[-'][A-Z][a-z]+)* [A-Z])\b\.?[\s,/|#]{1,6}(?:MRN\W{1,3})?"
    + NUMBER
)
#: "Tobias Wendell, 54, referred by ...", "T. Wendell, 54 M", "T. Wendell, seen 10 July".
AGED = re.compile(
    r"(?:^|[:;#\d]\W{1,3})((?:[A-Z][a-z][\w'\-]+|[A-Z]\.) (?:[A-Z]\.? )?[A-Z][\w'\-]+), "
    r"(?:(?:aged? )?\d{1,3}(?:,| ?[MFmf]\b| ?y|-year)|seen\b)",
    re.MULTILINE,
)
TITLE_AFTER = re.compile(r"[,\s]*\b(?:MD|DO|PhD|RN|NP|PA|PA-C|ANP|CNP|PharmD|LMSW|LCSW|LISW|LSW|MSW)\b")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss)\.? ([A-Z][\w'\-]{2,})(?:,| is an?) (?=\d{1,3}\b)")
MONTH = re.compile(r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]{3,6})?$", re.IGNORECASE)
#: Records of a chart that is under review are younger; a person who is treated in it was born before.
LONG_PAST = 2010
#: Pages of a chart that tell the patient's sex; a large one need not be searched to its end.
ENOUGH = 120


def persons_of(page: Page, patient: Patient) -> list[Printed]:
    """The persons whom lines of the page's head and foot name with a birth date or a record number beside the name."""
    lines = edges(page.text).split("\n")
    found = []
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        names = sorted((plain_name(name) for name in _subjects_of_line(line)), key=lambda name: -len(bare_words(name)))
        if not names or any(set(bare_words(name)) - set(bare_words(names[0])) for name in names):
            continue  # nobody, or two persons on one line
        place = line if _subjects_of_line(below) else f"{line}\n{below}"
        births = printed_identity(place).births or tuple(
            unlabelled_births(replace(page, text=place, words=()), patient)
        )
        numbers = tuple(_written_as(patient.mrn, place))
        sex = next((match[0] for match in SEX.finditer(line) if match[0] not in names[0].split()), "")
        if births or numbers:
            found.append(Printed(names[0], births, numbers, sex))
    return found


def with_sex(patient: Patient, pages: Sequence[Page]) -> Patient:
    """The patient with the sex that pages print beside the name and birth date, where it was not typed in and all agree."""
    if patient.sex or not patient.name or patient.born is None:
        return patient
    printed = (one for page in pages[:ENOUGH] for one in persons_of(page, patient) if one.sex)
    sure = Counter(one.sex[:1].upper() for one in printed if {"name", "birth date"} <= {*likeness(one, patient).agrees})
    common = sure.most_common(1)
    return replace(patient, sex=common[0][0]) if common and common[0][1] == sure.total() > 1 else patient


@lru_cache(maxsize=1 << 12)
def _subjects_of_line(line: str) -> tuple[str, ...]:
    """Each line is asked about as the one below another, too, and its page more than once."""
    page = Page("", 1, line)
    return tuple(subjects(page, identity(page)))


def _written_as(ours: str, text: str) -> Iterator[str]:
    """The numbers of a text that are written as the patient's is: with its letters and dashes, or under its label."""
    yield from (match[1] for match in RECORD_NUMBER.finditer(text) if _shape(match[1]) == _shape(ours))
    if re.search(r"\D", ours):
        yield from (number for number in UNLABELLED.findall(text) if _shape(number) == _shape(ours))


def _shape(number: str) -> str:
    return re.sub(r"\d", "#", number)


def subjects(page: Page, one: Identity) -> list[str]:
    """Names of whom the page is about: labelled ones, those with a number, sex or birth date beside, "Mr. X, 52"."""
    named = [NEXT_LABEL.split(name)[0] for name in one.labelled]
    found = [name for name in named if len(words(name)) >= 2 and looks_like_name(name)]
    found += [m[1] for name in one.labelled if (m := GIVEN_FIRST.match(name)) and marked(name[m.end() :])]
    found += [match[1] for match in PATIENT.finditer(page.text) if not TITLE_AFTER.match(page.text[match.end() :])]
    shown = edges(page.text)
    for match in HEADED.finditer(shown):
        after = shown[match.end() : match.end() + 48].split("\n")[0]
        if marked(after) and not TITLE_AFTER.match(after) and not _month(match[1]):
            found.append(match[1])
    numbered = (*NUMBERED.finditer(shown), *(match for match in UNPOINTED.finditer(shown) if not _thing(match[1])))
    found += [match[1] for match in numbered if not find_dates(match[2]) and not _month(match[1])]
    found += [match[1] for match in (*AGED.finditer(shown), *BORN_BEHIND.finditer(shown))]
    return found + [match[1] for match in TITLED.finditer(page.text)]


def _thing(name: str) -> bool:
    """ "Hepatitis B", "Suite A": a word before a letter that names no person."""
    return any(word in load("documents.yaml")["no_names"] for word in words(name))


def _month(name: str) -> bool:
    return bool(MONTH.match(words(name)[-1]))


def edges(text: str) -> str:
    """The first and last lines, where a record names its subject: between them "Creatinine, Serum" is no name."""
    lines = [line for line in text.split("\n") if line.strip()]
    return "\n".join(lines[:8] + lines[8:][-4:])


def marked(after: str) -> bool:
    """Whether what follows a name on its line shows that it is a subject's. A day long past is a birth date."""
    days = find_dates(after)
    if any(day.exact and day.first.year < LONG_PAST for _start, _end, day in days):
        return True
    bare = list(after)
    for start, end, _day in days:
        bare[start:end] = " " * (end - start)
    return bool(SUBJECT_MARK.search("".join(bare)))


def unlabelled_births(page: Page, patient: Patient) -> list[date]:
    """Birth dates without a label beside the patient's surname, the patient's own name or a namesake's."""
    surname = surname_parts(patient)
    if not surname:
        return []
    later = any(day.exact and day.first.year >= BORN_BEFORE for _start, _end, day in find_dates(page.text[:2500]))
    return [birth for part in surname for birth in births_beside(edges(page.text), part, later)]


def surname_parts(patient: Patient) -> list[str]:
    """The surname whole, and each part of one that has two: records, and relatives, print either."""
    parts = [word for word in patient.name.split()[1:] if len(word.strip(".")) > 1]
    if not parts:
        return []
    whole = parts[-1]
    return [whole, *(part for part in whole.split("-") if part != whole and len(part) > 1)]
