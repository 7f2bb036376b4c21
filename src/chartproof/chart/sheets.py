"""Sheets of another person within the patient's own record: scanned in under its running head, or a part of a shared page.

A release prints the patient's name at the top of every page; what stands below may be a sheet that was filed by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from chartproof.chart.dates import find_dates
from chartproof.chart.given_names import WHOLE, another_given, may_be_same, name_words
from chartproof.chart.identity import belongs, may_be
from chartproof.chart.numbering import counter, fax_counter
from chartproof.chart.printed import printed_identity
from chartproof.chart.split import Piece, own_text
from chartproof.chart.subjects import persons_of, subjects
from chartproof.chart.vocabulary import load
from chartproof.model import Page, Patient

#: Lines at the top of a sheet in which it names its person.
OWN_HEAD = 8
#: Lines at the top and at the foot of a page in which a print job names the person of the page.
EDGE = 3
#: "0915 DOE, J", "Chair 4  Doe-Roe, T", "08:40 lab Roe, H": a row that opens with a count, an hour or a place, or two of
#: them, and goes on with a person.
PERSON_ROW = re.compile(
    r"^\W*(?:[A-Za-z]{2,8}\.? ?)?#?\d[\d:.-]{0,6} ?(?:[ap]m?\b)?[ |.)\]]*(?:(?:\d[\d:]{0,4}|[a-z]{2,8})[ |]+)?"
    r"(?P<surname>[A-Z][A-Za-z'’-]+), ?(?P<given>[A-Z][A-Za-z'’-]*)"
)
#: "0830 HAUGEN (O.T.) follow-up", "1100 Vang M New": under an hour a surname with an initial needs no comma.
HOUR_ROW = re.compile(
    r"^\W*(?:[01]?\d|2[0-3]):?[0-5]\d ?(?:[ap]m?\b)?[ |]*(?P<surname>[A-Z][A-Za-z'’-]+) (?:(?P<given>[A-Z])(?= |\.|$)|\((?P<initials>[A-Z]\.(?: ?[A-Z]\.)?)\))"
)
#: "ROE JANE 50F", "Roe, Jane  01/01/1970": a whole name opens the row, with an age and a sex or a birth date behind it;
#: no "COAGULATION Collected 01/01/1970".
NAMED_ROW = re.compile(
    r"^\W*(?P<surname>[A-Z][A-Za-z'’-]+),? {1,2}(?!(?i:collect\w*|coll|drawn|received|report\w*|result\w*|order\w*|request\w*|perform\w*|final|prev\w*|prior|dated?|panel|specimen|taken|sent|done|last|next)\b)(?P<given>[A-Z][A-Za-z'’-]+)[ ,|]+(?:\d{1,3} ?[MF]\b|\d{1,2}[/-]\d{1,2}[/-](?:19|20)\d\d\b)"
)
#: "Slot Name Visit Remarks": under such a head every row that opens with an hour is a person's, by surname alone.
SCHEDULE_HEAD = re.compile(
    r"^\W*(?:slot|time|hour|appt\w*|start|chair|bed|room)\b[^\n]{0,40}\b(?:name|patient|pt|person)\b",
    re.IGNORECASE | re.MULTILINE,
)
SCHEDULE_ROW = re.compile(r"^\W*(?:[01]?\d|2[0-3]):?[0-5]\d ?(?:[ap]m?\b)?[ |]+(?P<surname>[A-Z][A-Za-z'’-]{2,})\b")
CLINICIAN = re.compile(r"\b(?:MD|DO|MBBS|PhD|RN|NP|PA|APRN|PharmD|LCSW|MSW)\b")
#: Rows of different persons that make a list of it.
PERSONS = 3
#: A number with its dashes, and the fewest figures of a record number.
FIGURES, FEWEST = re.compile(r"(?<![\w/-])\d[\d-]{3,}\d(?![\w/-])"), 5
#: How a line begins that names the person of the sheet, not a donor or a relative on it.
SUBJECT = re.compile(r"\W*(?:patient|pt|name|client|subject)\b", re.IGNORECASE)


def pages_by_which(pieces: Sequence[Piece], patient: Patient) -> list[Page]:
    """The pages that tell whose the document is: of a page shared with others its own part, where that opens with a person."""
    if len(pieces) == 1 and pieces[0].start:
        opened = "\n".join(pieces[0].text.strip().split("\n")[:EDGE])
        head = replace(pieces[0].page, text=opened, words=())
        one = printed_identity(opened)
        if one.births or persons_of(head, patient) or subjects(head, one):
            return [replace(head, text=pieces[0].text)]
    return [piece.page for piece in pieces]


def names_another(text: str, patient: Patient) -> bool:
    """Whether a line near the top gives, by its label, another name with another birth date. `text` is the sheet's own,
    without the running head of the record."""
    if patient.born is None:
        return False
    for line in [line for line in text.split("\n") if line.strip()][:OWN_HEAD]:
        one = printed_identity(line)
        if SUBJECT.match(line) and one.labelled and one.births:
            return patient.born not in one.births and all(_anothers(name, patient) for name in one.labelled)
        if one.names and one.births and patient.born not in one.births and _numbered_otherwise(line, patient):
            return True
    return False


def _numbered_otherwise(line: str, patient: Patient) -> bool:
    """Whether a line prints a number of as many figures as the patient's record number, and not that number."""
    ours = re.sub(r"\D", "", patient.mrn)
    days = [line[start:end] for start, end, _day in find_dates(line)]
    numbers = {re.sub(r"\D", "", found) for found in FIGURES.findall(line) if found not in days}
    return len(ours) >= FEWEST and ours not in numbers and any(len(number) == len(ours) for number in numbers)


def _anothers(name: str, patient: Patient) -> bool:
    """Whether a printed name cannot be the patient's, a like surname with another given name included: a near namesake."""
    if another_given(name, patient.name) or not may_be(name, patient):
        return True
    surname, given = patient.surname.lower(), name_words(patient.name)[:1]
    rest = [
        word
        for word in name_words(name)
        if len(word) >= WHOLE
        and Levenshtein.distance(word, surname) > len(surname) // 4
        and word not in load("documents.yaml")["beside_a_name"]
    ]
    return bool(rest and given) and not may_be_same(rest[0], given[0])


def by_person(
    pieces: Sequence[Piece], patient: Patient, repeated: frozenset[str], *, listed: bool = False
) -> list[list[Piece]]:
    """The pieces of what was taken for one document, cut where a page is of another person or of several.

    "Page 2 of 2" of a release counts on across sheets that were put together by mistake. `listed`: the document is the
    record of a meeting, which lists several persons by its nature.
    """
    groups: list[tuple[str, list[Piece]]] = []
    for piece in pieces:
        strange = strangers(own_text(piece, repeated), piece.page, patient, listed=listed) if len(pieces) > 1 else ""
        if not strange and groups and goes_on(groups[-1], piece.page, patient):
            strange = groups[-1][0]
        if groups and groups[-1][0] == strange:
            groups[-1][1].append(piece)
        else:
            groups.append((strange, [piece]))
    return [group for _strange, group in groups]


def goes_on(group: tuple[str, list[Piece]], page: Page, patient: Patient) -> bool:
    """Whether a page that names nobody is counted on from the first page of another person's sheet: "002/002"."""
    strange, pieces = group
    if not strange or len(pieces) != 1 or persons_of(page, patient) or printed_identity(page.text).labelled:
        return False
    return any(
        count(pieces[0].page)[0] == 1 and count(page) == (2, count(pieces[0].page)[1])
        for count in (fax_counter, counter)
    )


def strangers(text: str, page: Page, patient: Patient, *, listed: bool) -> str:
    """Why a page is not one about the patient, by its head or foot or by its rows; "" where nothing says so."""
    if not listed and lists_persons(text):
        return "a list of several persons"
    lines = [line for line in text.split("\n") if line.strip()]
    edges = "\n".join([*lines[:EDGE], *lines[EDGE:][-EDGE:]])
    edge = replace(page, text=edges, words=())
    one = printed_identity(edges)
    if any(another_given(name, patient.name) for name in one.labelled):
        return "another given name is printed by its label"
    if not (one.births or one.numbers or persons_of(edge, patient)):
        return ""
    mine, why = belongs([edge], patient)
    return why if mine is False else ""


def lists_persons(text: str) -> bool:
    """Whether the text is a schedule or a list of beds: rows that begin with an hour, a place or a name, and
    each with another person."""
    forms = (PERSON_ROW, HOUR_ROW, NAMED_ROW, *((SCHEDULE_ROW,) if SCHEDULE_HEAD.search(text) else ()))
    rows = [
        found
        for line in text.split("\n")
        if (found := next(filter(None, (form.match(line) for form in forms)), None)) and not CLINICIAN.search(line)
    ]
    named = {(found["surname"].lower(), "".join(filter(None, found.groups()[1:])).lower()) for found in rows}
    return len(named) >= PERSONS
