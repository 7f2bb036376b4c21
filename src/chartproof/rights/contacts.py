"""Where the next appeal goes: fax, telephone and address, told apart from every other number on the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chartproof.rights.decided import refuses
from chartproof.rights.lines import Line, Sentence
from chartproof.rights.tables import rights_places
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_PHONE = r"(?:1-)?\(?\d{3}\)?[-/.~ ]{1,2}\d{3}[-.~ ]{1,2}\d{4}"
_FAX = re.compile(
    rf"\b(?:fax(?:ed|ing)?|telefax|telecopier|facsimile)\b(?: ?(?:/|or|and) ?(?:tele)?phone\b)?(?:(?!phone|\bcall\b|\btel)[^0-9()]){{0,25}}(?P<number>{_PHONE})",
    re.I,
)
#: The word after its number: "907-555-0123 (fax)".
_FAX_AFTER = re.compile(
    rf"(?P<number>{_PHONE}) ?[(,]? ?(?:(?:is|being) (?:the|our) )?(?:fax|facsimile)\b(?!\W{{0,3}}\(?\d)", re.I
)
_ADDRESS = re.compile(
    r"(?P<street>(?:P\.? ?O\.? Box \d+|\d+ [A-Z][\w.' ]+?))(?:,\s*(?:Suite|Floor|Room|Unit)\s*\w+)?,?\s+[A-Z][\w.' ]+?,?\s+(?:[A-Z]{2}|[A-Z][a-z]+)\.?\s+\d{5}(?:-\d{4})?"
)


#: Where the letter itself went.
_SENT_TO = re.compile(
    r"\b(?:sent|transmitted|delivered|faxed|copied) (?:by|via|to|on)\b[^.;]{0,24}$|\b(?:sent|transmitted) (?:by|via) fax",
    re.I,
)
_WANTED = {
    "external": r"external|independent|quality monitoring|second reconsideration|\bIRE\b|\bIRO\b|\bOPM\b|personnel management",
    "fair_hearing": r"hearing",
    "": r"appeal|(?:do not|don.t|dis)\s?agree|dispute|reconsider|redetermin|grievance|review",
}


#: Levels outside of the plan, and words of those who decide them.
_ELSEWHERE = ("external", "fair_hearing")
_OUTSIDE = r"quality monitoring|(?:external|independent)(?: (?:medical|grievance))? (?:appeals?|reviews?)|(?:state|fair|administrative|for an?|the) hearings?|commissioner|\bIRE\b|\bIRO\b|division|department of|insurance (?:department|bureau|commission\w*|administration)|personnel management"
#: A level outside of the plan that is only named to say that this one comes before it.
_LATER = re.compile(
    rf"\b(?:before|ahead of|prior to|until|(?:cannot|may not|can not) (?:go to|ask for|seek|have)|no)(?: (?:the|an?|any|your|seeking|asking for))* (?:{_OUTSIDE})",
    re.I,
)
#: A line of the head that says how the letter itself went.
_WENT = re.compile(r"(?:sent )?(?:via|by) (?:fax|facsimile|telecopier)\b(?!.*\b(?:appeals?|request|your)\b)", re.I)
#: In how many first lines a letter tells how it went.
_HEAD = 20
#: What is asked of a number that takes no appeal of another level.
_OTHER_USE = re.compile(r"\b(?:questions?|copy|copies|claim file|case file)\b", re.I)


@dataclass(frozen=True, slots=True)
class Contacts:
    """As printed; None where the letter gives none."""

    fax: str | None = None
    phone: str | None = None
    address: str | None = None


def contacts(letter: Letter, *, next_level: str | None) -> Contacts:
    """The fax, phone and address of the level that comes next."""
    lines = [line for line in letter.body if not re.search(r"\bcc:|page \d", line.text, re.I)]
    texts = [line.text for line in lines]
    joined, starts = _joined(texts)
    best: tuple[int, str, int] | None = None
    for match in (*_FAX.finditer(joined), *_FAX_AFTER.finditer(joined)):
        score = _score(joined, match.start(), letter, *_printed(lines, starts, match.start()), next_level)
        if score > 0 and (best is None or score > best[0]):
            best = (score, match.group("number"), match.start())
    best = _in_row(letter, joined, next_level) or best
    address = _nearest(joined, best[2] if best else None) or _sent_to(joined, next_level)
    phone = _phone(joined, best[2] if best else None)
    fax, tabled = _in_columns(texts)
    if best is None or (fax and best[1] == tabled):  # the head's "Fax" stands right before the first number
        return Contacts(fax=fax, phone=tabled or phone, address=address)
    number = re.sub(r"\s+", " ", best[1] if ")" in best[1] else best[1].lstrip("("))
    return Contacts(fax=number, phone=phone, address=address)


def _in_row(letter: Letter, joined: str, next_level: str | None) -> tuple[int, str, int] | None:
    """The fax of the next level's own row in a table of rights, as a score, the number and its place."""
    wanted = _WANTED.get(next_level or "", _WANTED[""])
    for step, row in rights_places(letter):
        fax = _FAX.search(" ".join(row.text(column) for column in row.cells))
        inside = next_level in _ELSEWHERE or not re.search(_OUTSIDE, step, re.I)
        if fax and inside and re.search(wanted, step, re.I) and fax["number"] in joined:
            return 1, fax["number"], joined.index(fax["number"])
    return None


#: The head of a table of ways to reach the plan.
_WAYS = re.compile(r"\b(?P<way>mail|address|(?:tele)?phone|call|fax|online|web|e-?mail)\b", re.I)


def _in_columns(texts: list[str]) -> tuple[str | None, str | None]:
    """(fax, phone) of the first row under a head such as "Mail Phone Fax": its numbers stand in the head's order."""
    for at, head in enumerate(texts):
        ways = [match["way"].lower() for match in _WAYS.finditer(head)]
        numbered = [way for way in ways if way == "fax" or way in ("phone", "telephone", "call")]
        if "fax" not in numbered or len(ways) < 2 or len(head.split()) > len(ways) + 3 or re.search(r"\d", head):
            continue
        numbers: list[str] = []
        for row in texts[at + 1 : at + 8]:
            numbers += re.findall(_PHONE, row)
            if len(numbers) >= len(numbered):
                break
        if len(numbers) == len(numbered):
            told = dict(zip(numbered, numbers, strict=True))
            return told["fax"], next((number for way, number in told.items() if way != "fax"), None)
    return None, None


def _joined(texts: list[str]) -> tuple[str, list[int]]:
    starts, length = [], 0
    for text in texts:
        starts.append(length)
        length += len(text) + 1
    return " ".join(texts), starts


def _printed(lines: Sequence[Line], starts: list[int], position: int) -> tuple[Line, int]:
    """The line of a place in the joined text, and the character of its page there, where it has single spaces."""
    at = _line_at(starts, position)
    return lines[at], min(lines[at].start + position - starts[at], lines[at].end)


def _line_at(starts: list[int], position: int) -> int:
    return max(index for index, start in enumerate(starts) if start <= position)


def _score(joined: str, position: int, letter: Letter, line: Line, offset: int, next_level: str | None) -> int:
    """How surely a number is that of the appeal: the words before it, and the section that it stands in."""
    before = joined[max(0, position - 320) : position]
    near = re.split(r"\d{4}[.;] ", joined[max(0, position - 90) : position])[-1]  # another number's words end with it
    near += joined[position : position + 25]
    after = re.match(rf"fax\W*{_PHONE},? \(?for\b[^.;]{{0,40}}", joined[position : position + 75], re.I)
    near += after.group() if after else ""
    upto = _LATER.sub(" ", joined[max(0, position - 320) : position + 28])
    outside = next_level in _ELSEWHERE and re.search(_OUTSIDE, f"{near} {upto[-170:]}", re.I)
    if re.search(table("words")["not_appeal"], near, re.I) and not outside:
        return 0
    place = next((s for s in letter.sentences if s.page == line.page and s.start <= offset <= s.end), None)
    sentence = letter.texts[line.page][place.start : offset] if place else ""
    if _forbidden(sentence) or _of_else(
        joined[position : position + 140], wanted=_WANTED.get(next_level or "", _WANTED[""])
    ):
        return 0
    if re.search(r"\b1557\b|\bdiscriminat|\bcivil rights\b", sentence, re.I):
        return 0
    if (line in letter.body[:_HEAD] and _WENT.match(line.text)) or (
        next_level in _ELSEWHERE and _of_file(letter, line, offset)
    ):
        return 0
    if _SENT_TO.search(joined[max(0, position - 40) : position + 25]):
        return 0
    wanted = _WANTED.get(next_level or "", _WANTED[""])
    told = f"{_titles(letter, place) if place else ''} {before} {joined[position : position + 120]}"
    if not re.search(wanted, told, re.I):
        return 0
    if next_level not in _ELSEWHERE and _last_end(_OUTSIDE, upto) >= _last_end(_WANTED[""], upto) > 0:
        return 0  # the State's number, not the plan's
    # Above the decision "review" is a department's name.
    ahead = place is not None and _ahead(letter, place)
    own = re.search(wanted.removesuffix("|review") if ahead else wanted, near, re.I)
    if place is not None and (_informs(letter.texts[line.page][place.start : offset]) or (not own and ahead)):
        return 0  # where papers are to go, or where this letter went
    score = 3 * bool(re.search(wanted, before, re.I)) + 2 * (place is not None and place.section == "rights")
    lately = before[-160:]
    hurried = re.search(r"\b(?:fast|expedited|urgent)\b", lately, re.I) and not re.search(r"\bstandard\b", lately, re.I)
    score -= 3 * bool(hurried)
    return 3 + score + 2 * bool(re.search(r"\b(?:send|mail|write|fax|ask|address|file)\b", before[-160:], re.I))


#: A number with what its sentence goes on to say that it is for.
_IS_FOR = re.compile(
    rf"\D{{0,30}}{_PHONE},?(?: \(?(?:which|that))? (?:is|are|takes?|accepts?|handles?|serves?|receives?)\b(?P<use>[^.;]{{3,80}})",
    re.I,
)


def _of_else(words: str, *, wanted: str) -> bool:
    """Whether words that begin with a number say that it serves something else ("Fax ... is for new requests only")."""
    match = _IS_FOR.match(words)
    return match is not None and re.search(wanted, match["use"], re.I) is None


def _forbidden(before: str) -> bool:
    """Whether a sentence, up to a number, says not to send there."""
    return (
        re.match(r"\W*(?:please )?(?:do not|don['’]t|never) (?:send|fax|mail|use|address)\b", before, re.I) is not None
    )


def _of_file(letter: Letter, line: Line, offset: int) -> bool:
    """Whether the paragraph up to a number asks for copies or answers questions, and names nobody outside of the plan."""
    sentences = [s for s in letter.sentences if s.page == line.page and s.start <= offset]
    if not sentences:
        return False
    place = sentences[-1]
    last = " ".join(letter.texts[line.page][place.start : offset].split())
    block = " ".join(s.text for s in sentences[-2:-1] if s.block == place.block)
    told = last if _OTHER_USE.search(last) else f"{block} {last}"
    return bool(_OTHER_USE.search(told)) and not re.search(_OUTSIDE, told, re.I)


def _informs(before: str) -> bool:
    """Whether a sentence, up to a number, asks for papers, and not for an appeal."""
    return re.search(table("deadlines")["information"], " ".join(before.split()), re.I) is not None


def _ahead(letter: Letter, place: Sentence) -> bool:
    """Whether a sentence stands before the decision, outside of the part on rights."""
    tells = (s for s in letter.sentences if s.section == "reasons" or (refuses(s.text) and not s.text.isupper()))
    decided = next(((s.page, s.start) for s in tells), (0, 0))
    return place.section != "rights" and (place.page, place.start) < decided


def _titles(letter: Letter, place: Sentence) -> str:
    """The heading over a sentence, and the last one before that which opened the rights: an addressee is no heading."""
    order = letter.sentences.index(place)
    above = (
        s.heading for s in reversed(letter.sentences[:order]) if s.section == "rights" and s.heading != place.heading
    )
    return f"{place.heading} {next(above, '')}"


def _last_end(pattern: str, words: str) -> int:
    return max((match.end() for match in re.finditer(pattern, words, re.I)), default=-1)


def _nearest(joined: str, near: int | None) -> str | None:
    found = list(_ADDRESS.finditer(joined))
    if not found or near is None:
        return None
    match = min(found, key=lambda entry: min(abs(entry.start() - near), abs(entry.end() - near)))
    return re.sub(r"\s+", " ", match.group()) if abs(match.end() - near) < 260 else None


def _sent_to(joined: str, next_level: str | None) -> str | None:
    """An address after words such as "write to" that speak of the next level, where no fax is given."""
    wanted = _WANTED.get(next_level or "", _WANTED[""])
    for match in _ADDRESS.finditer(joined):
        before = joined[max(0, match.start() - 200) : match.start()]
        asked = re.search(wanted, before, re.I) and re.search(r"\b(?:send|mail|writ\w+|to|at)\b", before[-120:], re.I)
        if asked and not re.search(table("words")["not_appeal"], before[-90:], re.I):
            return re.sub(r"\s+", " ", match.group())
    return None


def _phone(joined: str, near: int | None) -> str | None:
    if near is None:
        return None
    window = joined[max(0, near - 120) : near + 160]
    match = re.search(rf"\b(?:call|phone|telephone)\b[^0-9()]{{0,25}}(?P<number>{_PHONE})", window, re.I)
    return match.group("number") if match else None
