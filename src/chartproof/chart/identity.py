"""Whose page is this? Names, birth dates and record numbers as printed, against the patient of the case.

A wrong answer in one direction lets another person's result count; in the other it loses a document. So a birth date
that is labelled as one decides; a name or number alone only where no birth date is printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from chartproof.chart.dates import find_dates
from chartproof.chart.given_names import READ_AS, another_given, another_initial
from chartproof.chart.given_names import name_words as words
from chartproof.chart.namesake import BORN_BEFORE, MISREAD, SLIP, births_beside, number_of_another
from chartproof.chart.vocabulary import load
from chartproof.model import Entry, Page, Patient

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
OTHER_SUBJECT = re.compile(
    r"^\W*(?:donor\b(?! (?:lymphocyte|criteria|cells?|status|search|type|chimerism|engraftment|fraction|t[- ]cells?|source|match|hla))\s*[:.]?\s+(?-i:[A-Z])"
    r"|relation(?:ship)?\b\W+(?:to patient\W+)?(?:brother|sister|sibling|wife|husband|spouse|partner|mother|father|son|daughter|parent)"
    r"|caregiver\s*:[^\n]{3,60}\b(?:born|dob|date of birth))",
    re.IGNORECASE | re.MULTILINE,
)
#: A name as a record heads its pages with it, "Last, First M" or, after a label, "First M. Last"; what follows tells.
HEADED = re.compile(
    r"(?:^|(?<= {2})|(?<=\t))\W*([A-Z][\w'\-]+(?: [A-Z][\w'\-]+)?, ?[A-Z][\w'\-]{2,}(?: [A-Z]\b\.?)?)", re.M
)
GIVEN_FIRST = re.compile(r"([A-Z][\w'\-]+ (?:[A-Z][\w'\-]*\.? ){0,2}[A-Z][\w'\-]+)(?=[ ,;(|])")
#: "Ada M. Roe  DOB 05/23/1971" at the head of a line.
BORN_BEHIND = re.compile(
    r"^\W*([A-Z][\w'’-]+(?: [A-Z]\.?)?(?: [A-Z][\w'’-]+){1,2}),? +(?:DOB|D\.O\.B\.|[Bb]orn)\b", re.M
)
#: A record's number; not a specimen's, a telephone's or an address's.
NUMBER = r"(?<![\w-])(?![A-Z]{1,3}\d\d-)(?!\d{3}-\d{3}-\d{4})(?!\d{5}-\d{4}\b)([A-Z]?-?\d[\d-]{4,}\d)\b(?![/\d])"
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
RECORD_NUMBER = re.compile(r"\b(?:mrn|medical record(?: no| number)?|unit no|chart|pt id|patient id|client (?:pt )?id)\b[.:# ]*([A-Z]?-?\d[\d-]{3,})", re.I)  # fmt: skip

#: Records of a chart that is under review are younger; a person who is treated in it was born before.
LONG_PAST = 2010
#: Lines at the top of a page, and letters at a line's start, in which a chart's print names its subject.
HEAD, NAME_WIDTH = 4, 48
ROLE = re.compile(r"\b(?:donors?|recipient|caregiver|sibling|relative)\b", re.IGNORECASE)
#: Words of a line by which a paper disowns itself, at the most.
OWN_WORDS = 24


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
    births = [birth for _page, one in seen for birth in one.births] + _entered_births(entries)
    births += [birth for page, _one in seen for birth in _beside(page, patient)]
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
        if patient.born in births:
            return (False, "the birth date agrees, the given name is another's") if relative else (True, "")
        # A birth date that is nearly ours beside a number that is nearly ours is a namesake's, not two slips at once.
        if (
            patient.mrn
            and not numbered
            and any(_numbered_otherwise(page, one, patient, clean=True) for page, one in seen)
        ):
            return False, "another birth date and record number are printed"
        if (named or mentioned or numbered) and not others_role and turned(patient.born) in births:
            return True, "the birth date is written with the day first"
        both = numbered and (named or mentioned)
        slipped = any(_near(birth, patient.born) for birth in births)
        if (named or both) and not others_role and slipped and not any(another_initial(n, patient.name) for n in names):
            return True, "the birth date printed differs by one digit"
        if named and numbered and not others_role and any(page.read == "ocr" for page, _one in seen):
            return True, "the birth date was read otherwise; name and record number agree"
        return False, "another birth date is printed"
    if relative:
        return False, "the surname agrees, the given name is another's"
    if patient.born and any(_prints_day(page.text, patient.born) for page, _one in seen):
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


def _beside(page: Page, patient: Patient) -> list[date]:
    """Birth dates without a label beside the patient's surname, the patient's own name or a namesake's."""
    surname = _surname(patient)
    if not surname:
        return []
    later = any(day.exact and day.first.year >= BORN_BEFORE for _start, _end, day in find_dates(page.text[:2500]))
    return [birth for part in surname for birth in births_beside(_edges(page.text), part, later)]


def _numbered_otherwise(page: Page, one: Identity, patient: Patient, *, clean: bool = False) -> bool:
    """Whether a page of the patient's name has the number of another patient of the same hospital; `clean`: whatever a
    scan may have misread."""
    scanned = page.read == "ocr" and not clean
    labelled = [number for number in RECORD_NUMBER.findall(page.text) if of_same_house(number, patient.mrn, scanned)]
    edges = _edges(page.text)
    beside = any(number_of_another(edges, part, patient.mrn, scanned=scanned) for part in _surname(patient))
    return bool(labelled) or beside


def _surname(patient: Patient) -> list[str]:
    """The surname whole, and each part of one that has two: records, and relatives, print either."""
    parts = [word for word in patient.name.split()[1:] if len(word.strip(".")) > 1]
    if not parts:
        return []
    whole = parts[-1]
    return [whole, *(part for part in whole.split("-") if part != whole and len(part) > 1)]


@cache
def _wrong_chart() -> re.Pattern[str]:
    lines = "|".join(f"(?:{line})" for line in load("documents.yaml")["wrong_chart"])
    return re.compile(
        rf"[^\w(]*(?:(?:addendum|amendment|correction|late entry|error|retract(?:ed|ion)|void(?:ed)?|note|alert|attention|stamp(?:ed)?|disregard|do not use)\b[\s\d/:.,*-]*)*(?:{lines})",
        re.IGNORECASE,
    )


def disowns(text: str) -> bool:
    """Whether a line at the head or foot of the page says of the paper itself that it is in the wrong chart."""
    return any(_wrong_chart().match(line) for line in _edges(text).split("\n") if len(line.split()) <= OWN_WORDS)


def of_same_house(number: str, ours: str, scanned: bool = False) -> bool:
    """Whether a labelled number, not the patient's, is written as the patient's is: the same hospital's, of another.

    A hospital elsewhere has its own way of numbering, and one digit may be a slip of the pen.
    """
    shape = re.sub(r"\d", "#", number)
    slack = MISREAD if scanned else SLIP
    return bool(ours) and shape == re.sub(r"\d", "#", ours) and Levenshtein.distance(number, ours) > slack


def turned(day: date) -> date | None:
    """The day with its day and month changed about, where that is another day."""
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


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


def subjects(page: Page, one: Identity) -> list[str]:
    """Names of whom the page is about: labelled ones, those with a number, sex or birth date beside, "Mr. X, 52"."""
    found = [name for name in one.labelled if len(words(name)) >= 2 and _looks_like_name(name)]
    found += [m[1] for name in one.labelled if (m := GIVEN_FIRST.match(name)) and _marked(name[m.end() :])]
    found += [match[1] for match in PATIENT.finditer(page.text) if not TITLE_AFTER.match(page.text[match.end() :])]
    edges = _edges(page.text)
    for match in HEADED.finditer(edges):
        after = edges[match.end() : match.end() + 48].split("\n")[0]
        if _marked(after) and not TITLE_AFTER.match(after) and not _month(match[1]):
            found.append(match[1])
    numbered = (*NUMBERED.finditer(edges), *(match for match in UNPOINTED.finditer(edges) if not _thing(match[1])))
    found += [match[1] for match in numbered if not find_dates(match[2]) and not _month(match[1])]
    found += [match[1] for match in (*AGED.finditer(edges), *BORN_BEHIND.finditer(edges))]
    return found + [match[1] for match in TITLED.finditer(page.text)]


def _thing(name: str) -> bool:
    """ "Hepatitis B", "Suite A": a word before a letter that names no person."""
    return any(word in load("documents.yaml")["no_names"] for word in words(name))


def _month(name: str) -> bool:
    return bool(MONTH.match(words(name)[-1]))


def _edges(text: str) -> str:
    """The first and last lines, where a record names its subject: between them "Creatinine, Serum" is no name."""
    lines = [line for line in text.split("\n") if line.strip()]
    return "\n".join(lines[:8] + lines[8:][-4:])


def _marked(after: str) -> bool:
    """Whether what follows a name on its line shows that it is a subject's. A day long past is a birth date."""
    days = find_dates(after)
    if any(day.exact and day.first.year < LONG_PAST for _start, _end, day in days):
        return True
    bare = list(after)
    for start, end, _day in days:
        bare[start:end] = " " * (end - start)
    return bool(SUBJECT_MARK.search("".join(bare)))


def may_be(name: str, patient: Patient) -> bool:
    """Whether the printed name may be the patient's: a part of the surname, as a bad scan gives it."""
    wanted = [word for word in words(patient.name)[1:] if len(word) > 1] or words(patient.name)
    have = words(name.translate(READ_AS))
    return any(Levenshtein.distance(part, other) <= max(1, len(part) // 4) for part in wanted for other in have)


def plain_name(printed: str) -> str:
    """ "FERRONE, NADIA Q   DOB ..." as "NADIA Q FERRONE"."""
    surname, _, given = re.split(r"\s{2,}|\d|\(|\||\b(?:DOB|MRN|ID|Sex|Age)\b", printed)[0].partition(",")
    return f"{given.strip()} {surname.strip()}"


def _prints_day(text: str, day: date) -> bool:
    return any(days.exact and days.first == day for _start, _end, days in find_dates(text[:2500]))


def _looks_like_name(name: str) -> bool:
    """LAST, First or First M. Last; not a sentence, a place or a form's caption."""
    name = re.split(r"\s{2,}|\d|\(|\||\b(?:DOB|MRN|ID|Sex|Age)\b", name)[0].strip()
    return bool(re.fullmatch(r"[A-Z][\w'\-]+(?: [A-Z][\w'\-]+)?,\s*[A-Z][\w'\-]+(?: [A-Z]\.?)?", name))


def prints_identity(page: Page) -> bool:
    """Whether the page names a subject at all: a birth date, a labelled name, a record number, or a name beside one."""
    one = identity(page)
    for match in CAPITALS.finditer(page.text):
        if re.search(r"\d[\d-]{5,}", page.text[match.end() : match.end() + 40]):
            return True
    labelled = PATIENT.search(page.text) or [name for name in one.labelled if _looks_like_name(name)]
    return bool(one.births or one.numbers or labelled)


def differs(page: Page, others: Iterable[Page]) -> bool:
    """Whether the page prints another birth date than the pages before it: it begins another document."""
    births = set(identity(page).births)
    before = {birth for other in others for birth in identity(other).births}
    return bool(births and before and not births & before)


def _stands_alone(number: str, text: str) -> bool:
    pattern = r"(?<!\d)" + r"-?".join(number) + r"(?!\d)"
    return len(number) >= 5 and bool(re.search(pattern, text))


def _near(one: date, other: date) -> bool:
    return Levenshtein.distance(one.isoformat(), other.isoformat()) <= 1


def near_birth(printed: date, born: date) -> bool:
    """Whether a printed birth date may be the patient's: a digit apart, or with day and month changed about."""
    return _near(printed, born) or printed == turned(born)


def guess_patient(pages: Iterable[Page]) -> Patient:
    """The person whom most pages name, for a folder without case.yaml. Empty where nothing is printed."""
    births: Counter[date] = Counter()
    names: Counter[str] = Counter()
    given_first: Counter[str] = Counter()
    for page in pages:
        one = identity(page)
        # Each once, in the order of the page: of two that are named as often the first counts, at every run.
        births.update(dict.fromkeys(one.births, 1))
        names.update(dict.fromkeys((plain_name(name) for name in one.names if _looks_like_name(name)), 1))
        marked = [m[1] for n in one.labelled if (m := GIVEN_FIRST.match(n)) and _marked(n[m.end() :])]
        given_first.update(dict.fromkeys(marked, 1))
    # "Patient: Rosa Q Invented  DOB: ..." is read where no page has the name as records write it, the surname first.
    names = names or given_first
    born = births.most_common(1)[0][0] if births else None
    name = names.most_common(1)[0][0] if names else ""
    return Patient(name=name.title(), born=born)
