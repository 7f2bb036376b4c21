"""Minutes that list several patients, by items or by rows: only this patient's entry is this patient's evidence.

An entry begins at a line with an item's number or a person's marks (record number, initials, age and sex, name) and
ends where the next one begins, so that a row may wrap. A number that was given to a person keeps it: "1." further
down, or an addendum to "Case 1", speaks of the same one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.given_names import another_given
from chartproof.chart.minutes_heads import AGED, BARE_NUMBER, COUNTED_HEAD, heads
from chartproof.chart.split import Piece
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Document, Page, Patient

#: The number of a case; behind its word a letter too ("Case B"), but no initial ("Patient R.T.").
_KEY = r"(?P<key>(?:(?<=bed )|(?<=room )|(?<=rm )|(?<=bay ))\d{3,4}|\d{1,2}(?:\.\d{1,2}(?![\d.]))?|(?<=[a-z] )(?-i:[A-Z])(?!\w|\.\w))"
NUMBERED = re.compile(
    rf"^[\W_]*(?:(?:case|item|patient|pt|slide|bed|room|rm|bay|no\.?)\s*#?\s*|#\s?)?{_KEY}(?:\s*(?:of|/)\s*\d{{1,2}}\b)?(?=[.):|;,\s-])"
    r"(?! ?-?(?:[MF]\b|y/?o\b|yrs?\b|years?\b))",
    re.IGNORECASE,
)
#: "512-B T.B. 44M": a row that opens with the number of a room.
ROOM_ROW = re.compile(r"^\W*\d{3,4}(?:-?[A-Z\d])?\W{1,3}(?=[A-Z]\.)")
#: "Text, case 3. ...": the case goes on further down, under its number.
LED = re.compile(rf"^\W*(?:[A-Za-z]+,? ){{1,3}}(?:case|patient|pt|slide) ?#? ?{_KEY}(?=[.:(])", re.IGNORECASE)
#: An item that is a case by its word or sign, not a point of somebody's list.
CASE = re.compile(rf"^\W*(?:(?:case|patient|pt|slide) ?#?|#) ?{_KEY}\b", re.IGNORECASE)
#: The number of a case, wherever on its line it stands.
COUNTED = re.compile(rf"\b(?:case|patient|pt|slide) ?#? ?{_KEY}\b(?![./-]\d)", re.IGNORECASE)
#: A point of an agenda: a case of its own where another point is another person's.
POINT = re.compile(r"^\W*(?:agenda )?item ?#? ?\d{1,2}\b", re.IGNORECASE)
KEYED = re.compile(
    rf"^\W*(?:(?:late )?addendum|correction|amendment)\b.{{0,80}}?\b(?:case|item|patient|pt)\s*#?\s*{_KEY}\b",
    re.IGNORECASE,
)
ADDENDUM = re.compile(r"^\W*(?:(?:late )?addendum|correction|amendment)\b", re.IGNORECASE)
RECORD = re.compile(r"(?<![\w/.-])(?:[A-Z]{1,4}[- ]?)?\d(?:[- ]?\d){5,}(?![\w/])(?!\.\d)")
CLINICIAN = re.compile(
    r"\b(?:MD|DO|MBBS|PhD|RN|NP|PA|APRN|PharmD|LCSW|MSW)\b|^\W*(?:present|attend\w+|members|chair)\b", re.IGNORECASE
)
DATED_ROW = re.compile(r"^\W*\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}[ |,;:-]{1,4}(?=[A-Z])")
LABELLED_NUMBER = re.compile(
    r"\b(?:MRN|MR#|medical record)\W{0,3}(?:no\.? ?)?[A-Z]{0,4}-?\d(?:[- ]?\d){4,}", re.IGNORECASE
)
_MONTH_OR_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
#: A day, and no record number of three parts: "2207-41-886".
DAY = re.compile(
    rf"(?<!\d)(?:(?:19|20)\d\d[-/.]{_MONTH_OR_DAY}[-/.]{_MONTH_OR_DAY}|{_MONTH_OR_DAY}[-/.]{_MONTH_OR_DAY}[-/.](?:(?:19|20)\d\d|\d\d))(?!\d)"
)
#: "R.T.D.", "W.B. 3120884", "IM 65F", "initials J.K.": not "EF 60" and not "CD19".
INITIALS = re.compile(
    r"(?<![\w.])(?:initials\W{1,3})?(?:(?P<first>[A-Z])\.[ -]?(?:[A-Z]\.[ -]?)?(?P<last>[A-Z](?:\.?-[A-Z])?)\.(?![a-z])"
    r"|(?P<one>[A-Z])[A-Z]?(?P<two>[A-Z])(?=[,;()\s|-]{1,3}(?:\d{1,3} ?-?(?:[MF]\b|y)|[MF][ ,]?\d{2}\b|\d{6,}\b)))"
)
#: "2.1 F-D., L., 58 F": the surname's initials first.
REVERSED = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d{1,2})?\W+)?(?P<last>[A-Z](?:\.?-[A-Z])?)\.?, (?P<first>[A-Z])\.(?=[,;( ]{1,3}(?:\d|[MF]\b))"
)
AGE = re.compile(
    r"(?<!\d\.)\b(?:(\d{1,3}) ?-?(?:y/?o\b|yrs?\b|year|[MF]\b)|[MF][ ,]{1,2}(\d{1,3})\b)|(?<=[A-Z]\.), (\d{2})(?=[,:;]| -| [A-Z][a-z])",
    re.IGNORECASE,
)
#: A case within a paragraph: "A.K., 23, second relapse: deferred".
INLINE = re.compile(r"^(?:[A-Z]\.){2,3}, \d{2}[,:;]")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss)\.? (?:[A-Z]\.? ?)*([A-Z][\w'’-]+)")
#: "Case 4: Ada Roe, 06/27/1959": a whole name with a birth date or an age behind it.
NAMED = re.compile(
    r"\W*(?:[A-Za-z]+ #?\d{1,2}\W+)?[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][\w'’-]+, (?=\d{1,2}[/-]\d{1,2}[/-](?:19|20)\d\d|\d{2} ?(?:[MF]\b|y))"
)
SURNAME = re.compile(
    r"^\W*(?:\d{1,2}\W+)?(?:([A-Z][\w'’-]+)(?:, ?[A-Z]|(?= {2,}| ?\|| [A-Z]\b\.?(?: -|,|\W*\d{2}| [A-Z])))"
    r"|(?:[A-Z]\. ?){1,2}[A-Z][a-z][\w'’-]*(?= ?[-–:(|,;])(?!, ?(?:MD|DO|PhD|RN|NP|PA)\b))"
)
#: "R. Elm-Roe, C000266015": a name that opens the line, and a record number behind it.
NAME_AND_NUMBER = re.compile(
    rf"^\W*(?:\d{{1,2}}\W+)?(?:[A-Z]\. ?){{0,2}}[A-Z][a-z][\w'’-]*(?: [A-Z][\w'’.-]*)?[ ,(]{{1,3}}(?:MRN\W{{1,3}})?{RECORD.pattern}"
)
#: "PT: (other) 61F MCL -> ...": an entry that says by its label that a patient follows.
LABELLED = re.compile(r"^\W*(?:patient|pt|candidate|case)\s*:", re.IGNORECASE)
OTHER = re.compile(r"\b(?:an)?other (?:patient|pt|member|case)\b|\((?:an)?other\)", re.IGNORECASE)
#: One sentence on another's case, by its number or as what the sentence speaks of: "item 4 (another veteran) was deferred".
_ELSE = r"\b(?:another|a different|an unrelated) (?:patient|pt|member(?! of)|case|veteran|candidate|person|man|woman|child|recipient)\b"
_POINT = r"\b(?:case|item|patient|pt|no\.?)\s?#?\s?\d{1,2}\b"
ASIDE = re.compile(rf"^\W*{_ELSE}|{_ELSE}.{{0,40}}{_POINT}|{_POINT}.{{0,12}}{_ELSE}", re.IGNORECASE)
#: A whole line on an earlier case of the meeting, with what became of it: "Patient 1 of today (DLBCL, EF 35) was turned down."
SETTLED = re.compile(
    rf"\W*(?:case|patient|pt|slide) ?#? ?{_KEY}\b(?:[^.:;]|\.(?=\w)){{0,80}}?\b(?:was|were|has been|had been|is)\b[^.:;]{{0,30}}?"
    r"\b(?:turned down|deferred|declined|refused|rejected|tabled|accepted|approved|postponed|listed|withdrawn|removed|not (?:recommended|accepted|approved))\b[^.:;]{0,40}\.?",
    re.IGNORECASE,
)
#: "C. Pt 2290651, F 59": the letter of an item, and the word before its number.
LETTERED = re.compile(r"^\W*[A-Z][.)] ?(?:pt|patient|case|mrn)\b\W*", re.IGNORECASE)
#: "Minutes", "Tuesday minutes 06/10": by its title the record of a meeting; "30 minutes" is none.
MINUTES = re.compile(r"(?<!\d )(?<!\d-)\bminutes\b(?! (?:spent|of (?:time|exercise)))", re.IGNORECASE)
#: Characters of an entry's first line in which its person's marks stand.
HEAD = 70
#: Characters before a person's mark that do not keep it from standing at the line's head: a bullet, a bar.
MARGIN = 4


@cache
def body_title() -> re.Pattern[str]:
    data = load("committee.yaml")
    return re.compile(rf"\b(?:{data['words']['body']})", re.IGNORECASE)


def is_minutes(document: Document) -> bool:
    """Whether the document is the record of a meeting, by its kind or its title."""
    general = re.search(load("committee.yaml")["general_title"], document.title, re.IGNORECASE)
    titled = body_title().search(document.title) or MINUTES.search(document.title)
    return not general and (document.kind == "committee" or bool(titled))


def is_bed_list(said: Sequence[Sentence], patient: Patient, day: date | None) -> bool:
    """Whether the paper is a round sheet or a handover list: rows that open with a bed and a person's initials and age."""
    lines = dict.fromkeys(line for one in said for line in whole_lines(one))
    numbered = (line for line in lines if NUMBERED.match(line) or ROOM_ROW.match(line))
    rows = [line[:HEAD] for line in numbered if AGE.search(line[:HEAD])]
    persons = {(row[0], owner(line, patient, day)) for line in rows if (row := INITIALS.search(line))}
    return len(persons) > 1 and any(whose is False for _, whose in persons)


def of_this_case(
    said: Sequence[Sentence], patient: Patient, day: date | None = None, numbers: frozenset[str] = frozenset()
) -> list[Sentence]:
    """The sentences of one record of a meeting without the entries of other persons; all, where none is another's.

    `numbers` are further record numbers of the patient, digits alone.
    """
    own = own_cases(said, patient, day, numbers)
    said = [
        piece
        for sentence in said
        for piece in cut(sentence, patient, day)
        if not ASIDE.search(piece.text) and not other_case(piece.text, own) and not settled_before(piece, own)
    ]
    every = {at: line for at, one in enumerate(said) if (line := line_of(one))}
    lines = {at: line for at, line in every.items() if opens(line, patient, day)}
    owners = {at: True if numbers & records(line) else owner(line, patient, day) for at, line in lines.items()}
    by_form = heads(every, patient, {at: fits(line, patient, day) for at, line in every.items()})
    for at, whose in sorted(by_form.items()):
        aged = AGED.match(every[at]) and owners.get(at - 1) is not None
        if owners.get(at) is None and not aged:  # an age below a head is of whom the head names
            lines[at], owners[at] = every[at], whose
    lines = dict(sorted(lines.items()))
    for at, line in lines.items():
        # "Patient 3" on a line of its own: the line below names him.
        alone = line.strip(" .:|")
        below = owners.get(at + 1)
        counted = CASE.fullmatch(alone) or POINT.fullmatch(alone) or COUNTED_HEAD.fullmatch(alone)
        if owners[at] is None and below is not None and counted:
            owners[at] = below
    owners |= dict.fromkeys(less_like(lines, owners, patient), False)
    owners |= dict.fromkeys(namesakes(lines, owners, patient), False)
    if True in owners.values():
        owners |= dict.fromkeys(nameless(said, owners), False)
    if False not in owners.values():
        return said
    keys: dict[str, bool] = {}
    kept: list[Sentence] = []
    mine = True
    for at, sentence in enumerate(said):
        if at and another_meeting(said[at - 1], sentence):
            mine, keys = True, {}
        numbered = next(filter(None, (one.match(sentence.text) for one in (NUMBERED, KEYED, LED))), None)
        known = owners.get(at)
        if numbered and known is None and numbered["key"] in keys:
            mine = keys[numbered["key"]]
        elif at in owners and (known is not None or mine):
            mine = known is not False
            if numbered and known is not None:
                keys.setdefault(numbered["key"], mine)
        elif ADDENDUM.match(sentence.text):
            mine = True
        if mine:
            kept.append(sentence)
    return kept


def another_meeting(before: Sentence, sentence: Sentence) -> bool:
    """Whether the record of another day begins, by its page or its title: its numbers are given anew."""
    one, other = before.segment, sentence.segment
    if not (one.when and other.when) or one.when == other.when or other.addendum:
        return False
    titled = sentence.text.lstrip(" #*").lower().startswith("minutes") or body_title().search(sentence.text)
    return one.page is not other.page or bool(titled)


def has_case(pieces: Iterable[Piece], patient: Patient, when: DayRange | None) -> bool:
    """Whether a line of the record names this patient, by initials with an age too: "ID T.B.-Y., 62 M".

    The number of another hospital says nothing here.
    """
    day = when.last if when else None
    lines = (RECORD.sub("", line) for piece in pieces for line in piece.text.split("\n"))
    return bool(patient.name) and any(owner(line, patient, day) and not CLINICIAN.search(line) for line in lines)


def own_cases(said: Sequence[Sentence], patient: Patient, day: date | None, numbers: frozenset[str]) -> frozenset[str]:
    """The numbers that cases have on the lines that name this patient: "Case 4  Patient Doe, A-100"."""
    lines = dict.fromkeys(line for one in said for line in whole_lines(one))
    mine = (line for line in lines if COUNTED.search(line) and (numbers & records(line) or owner(line, patient, day)))
    return frozenset(found["key"] for line in mine for found in COUNTED.finditer(line))


def whole_lines(sentence: Sentence) -> list[str]:
    """The lines on which the sentence stands, from end to end: "Case 3 of 5. Doe, Ada" is two sentences."""
    text = sentence.page.text
    end = text.find("\n", sentence.end)
    return text[text.rfind("\n", 0, sentence.start) + 1 : end if end >= 0 else len(text)].split("\n")


def other_case(text: str, own: frozenset[str]) -> bool:
    """Whether a sentence is led in by the number of a case that is not this patient's: "Also discussed, case 5: ..."."""
    found = COUNTED.search(text[:HEAD])
    if not own or not found or found["key"] in own or not re.search(r"\w", text[: found.start()]):
        return False  # a line that opens with the number opens an entry, which may wrap
    return text[found.end() :].lstrip()[:1] in (":", "(", "-", "–")


def settled_before(sentence: Sentence, own: frozenset[str]) -> bool:
    """Whether a line within this patient's entry says what became of a case before it: what follows is not that case's."""
    found = SETTLED.fullmatch(line_of(sentence).strip())
    if not found or found["key"] in own or not all(key.isdigit() for key in (*own, found["key"])):
        return False
    within = any(one["key"] in own for one in COUNTED.finditer(sentence.page.text[: sentence.start]))
    return within and all(int(found["key"]) < int(key) for key in own)


def cut(sentence: Sentence, patient: Patient, day: date | None) -> Iterator[Sentence]:
    """The sentence, cut where one of its lines begins another person's entry: rows that were taken for wrapped prose."""
    left = 0
    for match in re.finditer(r"\n(?=[^\n]+)", sentence.page.text[sentence.start : sentence.end]):
        line = sentence.page.text[sentence.start + match.end() : sentence.end].split("\n")[0]
        numbered = NUMBERED.match(line) and owner(line, patient, day) is None
        listed = NUMBERED.match(line) and INITIALS.search(line[:HEAD])
        marked = opens(line, patient, day) and not numbered and (RECORD.search(line[:HEAD]) or listed)
        if marked or LED.match(line):
            yield replace(
                sentence,
                start=sentence.start + left,
                end=sentence.start + match.start(),
                text=sentence.text[left : match.start()],
            )
            left = match.end()
    yield replace(sentence, start=sentence.start + left, text=sentence.text[left:]) if left else sentence


def line_of(sentence: Sentence) -> str:
    """The whole line that begins with the sentence ("Case 3. (other patient) 66 F"); "" within a line."""
    if INLINE.match(sentence.text):
        return sentence.text
    before = sentence.page.text[: sentence.start].rstrip(" \t")
    if before and not before.endswith("\n"):
        return ""
    line = sentence.page.text[sentence.start :].split("\n")[0]
    day = DATED_ROW.match(line)  # a row may open with the day of its meeting
    return line[day.end() :] if day else line


def opens(text: str, patient: Patient, day: date | None) -> bool:
    """Whether an entry begins here: an item's number, or a person's marks at the head of the line."""
    if any(one.match(text) for one in (NUMBERED, ROOM_ROW, LABELLED)) or POINT.fullmatch(text.strip(" .:|")):
        return True
    head = LETTERED.sub("", text[:HEAD])
    marked = [
        match.start() for match in (RECORD.search(head), INITIALS.search(head)) if match and not DAY.search(match[0])
    ]
    own = re.match(rf"\W*(?i:{re.escape(patient.surname)}), ?[A-Z]\w+", head) if patient.surname else None
    named = own or (SURNAME.match(text) and AGE.search(head)) or NAME_AND_NUMBER.match(head)
    if named or not marked:
        return bool(named)
    # "Action items J.D. 30-114-882": the patient's own number takes the word back wherever it stands.
    whose = owner(text, patient, day)
    return whose is not None and (min(marked) < MARGIN or (whose and bool(RECORD.search(head))))


def nameless(said: Sequence[Sentence], owners: dict[int, bool | None]) -> list[int]:
    """Items beside this patient's that name nobody or hold a surname alone: cases ("Case 3."), rows of a run sheet."""
    mine = [at for at, whose in owners.items() if whose]
    rows = [at for at in owners if SURNAME.match(said[at].text)]
    cases = [at for at in owners if CASE.match(said[at].text) or COUNTED_HEAD.match(said[at].text)]
    bare = [at for at in owners if BARE_NUMBER.match(said[at].text.split("\n")[0]) or NUMBERED.match(said[at].text)]
    points = [at for at in owners if POINT.match(said[at].text)]
    # Items of an agenda are cases where one is another person's, or where one that is no more than its number is this one's.
    if False in owners.values() or any(owners[at] and POINT.fullmatch(said[at].text.strip(" .:|")) for at in points):
        cases += points
    like = [
        *(rows if any(at in rows for at in mine) and len(rows) > 1 else []),
        *(cases if any(at in cases for at in mine) else []),
    ]
    if any(owners[at] for at in bare):
        like += [at for at in bare if BARE_NUMBER.match(said[at].text.split("\n")[0])]
    return [at for at in like if owners[at] is None]


def owner(text: str, patient: Patient, day: date | None) -> bool | None:
    """Whether the entry is this patient's (True), another's (False); None where its first line names nobody."""
    head = text[:HEAD]
    number = re.sub(r"\D", "", patient.mrn)
    given, last = re.findall(r"[A-Za-z'’-]{2,}", patient.name)[:1], patient.surname
    # The number of an encounter is the patient's with more behind it.
    if number and any(one.startswith(number) for one in records(text)):
        return True
    if number and LABELLED_NUMBER.search(head):
        return False  # a namesake's, whatever the name
    if last and re.search(rf"\b{re.escape(last)}\b", text, re.IGNORECASE):
        return True
    if OTHER.search(head) or (number and records(text) and RECORD.search(head)):
        return False
    initials, reverse = INITIALS.search(head), REVERSED.match(head)
    if given and (initials or reverse):
        if reverse:
            pair = {reverse["first"], reverse["last"].replace(".", "")}
        elif initials:
            pair = {initials["first"] or initials["one"], (initials["last"] or initials["two"]).replace(".", "")}
        mine = ({given[0][0], part} for part in (*initials_of(last), "-".join(initials_of(last))))
        return pair in mine and fits(head, patient, day)
    titled = TITLED.search(head)
    if last and (titled or NAMED.match(head)):
        return False
    if SURNAME.match(text) and AGE.search(head):
        return False
    return None if fits(head, patient, day) else False


def initials_of(surname: str) -> list[str]:
    return [part[0] for part in surname.split("-") if part]


def less_like(lines: Mapping[int, str], owners: Mapping[int, bool | None], patient: Patient) -> list[int]:
    """Of entries by initials that may all be this patient's those with half a surname ("P.C."), where one has the whole
    ("P.C-R.")."""
    parts = initials_of(patient.surname)
    if len(parts) < 2:
        return []
    whole = re.compile(rf"\.[ -]?{r'[.-]{1,2}'.join(parts)}\.")
    mine = {at: INITIALS.search(lines[at][:HEAD]) for at, whose in owners.items() if whose}
    full = [at for at in mine if whole.search(lines[at][:HEAD])]
    return [
        at
        for at, found in mine.items()
        if full and found and at not in full and patient.surname.lower() not in lines[at].lower()
    ]


def namesakes(lines: Mapping[int, str], owners: Mapping[int, bool | None], patient: Patient) -> list[int]:
    """Of entries under this patient's surname those with another given name, where one has her own: "Finch, Gerard"."""
    surname = re.escape(patient.surname)
    name = re.compile(rf"(?:[A-Z][\w'’-]+\.? ){{0,2}}\b(?i:{surname})\b(?:,? [A-Z][\w'’-]+)?")
    mine = {at: name.search(lines[at][:HEAD]) for at, whose in owners.items() if whose and surname}
    given = patient.name.split()[0].lower() if patient.name else ""
    own = [at for at, found in mine.items() if found and given in found[0].lower().replace(",", "").split()]
    others = (at for at, found in mine.items() if found and another_given(found[0], patient.name))
    return [at for at in others if own and at not in own]


def records(text: str) -> set[str]:
    """The digits of the record numbers in a text."""
    return {re.sub(r"\D", "", one[0]) for one in RECORD.finditer(text) if not DAY.search(one[0])}


def numbers_of(patient: Patient, papers: Iterable[Iterable[Page]]) -> frozenset[str]:
    """The record numbers, digits alone, that two of the patient's own papers print on the line of his name and birth date.

    Every hospital gives its own; `papers` are the pages of each paper that is known to be the patient's.
    """
    surname = re.compile(rf"\b{re.escape(patient.surname)}\b", re.IGNORECASE) if patient.surname else None
    if surname is None or patient.born is None:
        return frozenset()
    seen: Counter[str] = Counter()
    for pages in papers:
        lines = (line for page in pages for line in page.text.split("\n") if surname.search(line))
        born = (line for line in lines if any(day.first == patient.born for _s, _e, day in find_dates(line)))
        seen.update(set().union(*map(records, born)))
    return frozenset(number for number, times in seen.items() if times > 1)


def fits(head: str, patient: Patient, day: date | None) -> bool:
    """Whether the age that is printed, if any, is the patient's on the day of the meeting."""
    found = AGE.search(head)
    if not found or not patient.born or not day:
        return True
    return abs((day - patient.born).days / 365.25 - 0.5 - int(found[1] or found[2] or found[3])) <= 1.5
