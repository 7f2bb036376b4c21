"""The patient's name: from a label in any layout, from a line of address or greeting, from the place beside the number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chartproof.model import Span
from chartproof.rights.cells import cells_of, head_of
from chartproof.rights.labels import label_of
from chartproof.rights.lines import Line
from chartproof.rights.numbered import is_label_word, pieces_of
from chartproof.rights.person import CREDENTIAL, NAME, UNIT, organized
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: How telling a name's opener is: a part such as "Patient", who holds the contract, a line of address, nothing at all.
_ROLE, _KIN, _GREETED, _HOLDER, _OPENED, _ALONE = range(6)


#: What follows a town's name.
_TOWN = re.compile(r"[A-Z]{2}\.?(?: \d{5}(?:-\d{4})?)?$")


@dataclass(frozen=True, slots=True)
class _Named:
    """A name in the head: `rank` of its opener, lower is more telling; `place` among the pieces."""

    rank: int
    place: int
    name: str
    line: Line


def member_name(letter: Letter) -> tuple[str, Span] | None:
    """The patient: a labelled name, else one in the head by its opener, else the person the letter is addressed to.

    Where the head prints the same name more fully ("Ann R. Lee" for "Ann Lee"), that is the one.
    """
    found = _member_name(letter)
    words = found[0].split() if found else []
    if not found or len(words) != 2:
        return found
    fuller = re.compile(rf"\b{re.escape(words[0])} (?:[A-Z][\w.'’-]* ){{1,2}}{re.escape(words[1])}\b", re.I)
    whole = next(((line, match) for line in head_of(letter) for match in [fuller.search(line.text)] if match), None)
    return (whole[1].group(), letter.find(*whole)) if whole else found


def _member_name(letter: Letter) -> tuple[str, Span] | None:
    return (
        _paired_name(letter, best=0)
        or _in_head(letter, worst=_KIN)
        or _paired_name(letter, best=1)
        or _addressee(letter)
        or _in_head(letter, worst=_ALONE)
        or _paired_name(letter, best=2)
    )


def _in_head(letter: Letter, *, worst: int) -> tuple[str, Span] | None:
    found = [one for one in _named(letter) if one.rank <= worst]
    if not found:
        return None
    best = min(found, key=lambda one: (one.rank, one.place))
    return best.name, letter.within(letter.span(best.line.page, best.line.start, best.line.end), best.name)


@cache
def _opener() -> re.Pattern[str]:
    words = table("people")
    role, holder, greeting, opener = (
        "|".join(sorted(words[kind], key=len, reverse=True)) for kind in ("roles", "holders", "greetings", "openers")
    )
    own = r"(?:(?:for|to|re|about|regarding)\W{1,2}(?=\w))?(?:your |the |our |plan |name of (?:the )?)*"
    number = r"(?: name)?(?:\W{1,3}(?:and )?(?:id|number|no)\b\.?)?"
    return re.compile(
        rf"(?:(?P<kin>(?:(?:dear|to|for|re)\b\W*)?{words['kin']})"
        rf"|(?P<role>{own}(?:(?:{role}|{holder})\W{{1,3}}(?:and )?)?(?:{role})|{own}(?:{role})\W{{1,3}}(?:and )?(?:{holder})){number}"
        rf"|(?P<holder>{own}(?:{holder})){number}"
        rf"|(?P<greeted>{greeting})|(?P<opened>{opener}))(?=\W|$)",
        re.I,
    )


def _named(letter: Letter) -> Iterator[_Named]:
    """Every person that the head names, but for clinicians."""
    cells = [(line, cell) for line in head_of(letter) for cell in cells_of(letter, line) or (line.text,)]
    pieces = [(line, piece) for line, cell in cells for piece in pieces_of(_INITIAL.sub(" J. ", cell))]
    numbered = {pair.order for pair in letter.pairs if pair.field in ("member_id", "contract")}
    lines = letter.body
    for place, (line, piece) in enumerate(pieces):
        after = pieces[place + 1][1] if place + 1 < len(pieces) else ""
        opened = _opener().match(piece)
        rest, rank = (piece[opened.end() :], _rank(opened)) if opened else (piece, _ALONE)
        alone = opened and not rest.strip(" :.")
        if alone and (rank < _OPENED or piece.strip(" :.").lower() == "to"):
            line, rest = pieces[place + 1] if place + 1 < len(pieces) else (line, "")
        name = _person(rest, after)
        if not name or (rank == _ALONE and _TOWN.match(after)):
            continue
        order = lines.index(line)
        beside = (bool({order, order + 1} & numbered) and bool(re.search(r"\d", after))) or order + 1 in numbered
        if rank < _ALONE or beside or re.match(rf"\W*{table('people')['honorifics']} ", rest):
            yield _Named(rank, place, name, line)


def _rank(opened: re.Match[str]) -> int:
    kinds = {"role": _ROLE, "kin": _KIN, "greeted": _GREETED, "holder": _HOLDER, "opened": _OPENED}
    return kinds[str(opened.lastgroup)]


def _person(words: str, after: str) -> str:
    """The name that these words are, without title and label; empty for a clinician, an organization or other words."""
    words = re.sub(rf"^\W*(?:{table('people')['honorifics']} )*", "", words)
    if re.match(table("people")["clinician"], words) or re.fullmatch(CREDENTIAL.lstrip(",? "), after):
        return ""
    match = re.match(rf"{NAME}(?=\W|$)", words)
    whole = match.group() if match else ""
    spoken = any(word in table("people")["no_name"] for word in whole.lower().split())
    name = "" if spoken or is_label_word(whole.split(" ")[0]) else _upto_label(whole)
    known = (
        organized(name) or re.search(table("words")["titles"], name, re.I) or re.match(CREDENTIAL, words[len(name) :])
    )
    if re.match(r" (?:ID|No|Number)\b", words[len(name) :]) and len(name.split()) > 2:
        name = name.rsplit(" ", 1)[0]  # the last word opens the label after it
    rest = words[len(name) :].strip()
    goes_on = bool(rest) and rest[0].islower() and not re.match(r"(?:by|age|aged|dob|born)\b", rest)
    town = re.search(r" [A-Z]{2}$", name) and not name.isupper()
    return "" if len(name.split()) < 2 or town or known or goes_on or label_of(name) else name


def _upto_label(name: str) -> str:
    """A name without the label that follows it in the line, nor a cut initial; empty where a plan's label does."""
    words = name.split()
    for at in range(1, len(words)):
        known = label_of(" ".join(words[at : at + 2])) or label_of(words[at])
        if known and known[0] in ("payer", "plan_name"):
            return ""
        if known or (at >= 2 and is_label_word(words[at])):
            words = words[:at]
            break
    return re.sub(r"\s+[A-Z]$", "", " ".join(words))


#: What recognition makes of the initial J.
_INITIAL = re.compile(r"(?<=[a-z]) [)\]]\. (?=[A-Z])")


def _paired_name(letter: Letter, *, best: int) -> tuple[str, Span] | None:
    """The name beside a label that tells as much as `best` or more, in any layout."""
    for pair in sorted(letter.pairs, key=lambda one: (one.rank, one.order)):
        asked = pair.field == "member_name" and pair.rank <= best
        name = _person(_in_order(_INITIAL.sub(" J. ", pair.value)), "") if asked else ""
        if name:
            return name, letter.within(pair.span, name)
    return None


#: A surname, a comma and what goes before it.
_SURNAME_FIRST = re.compile(
    rf"(?P<last>[A-Z][\w'’-]+), (?!{CREDENTIAL.lstrip(',? ')})(?P<first>[A-Z][\w'’-]{{2,}}(?: [A-Z]\b\.?)*)(?=\W*(?:$|\(|\s{{2,}}))"
)


def _in_order(value: str) -> str:
    """A labelled name with the surname behind the first name."""
    return _SURNAME_FIRST.sub(lambda name: f"{name['first']} {name['last']}", value, count=1)


#: How the line of a street, a box or a rural route begins.
_STREET = re.compile(r"c/o\b|\d+ |P\.? ?O\.? Box \d|(?:RR|HC|(?:Rural |Star )?(?:Route|Rte\.?)) \d")
#: Small words within a person's name.
_PARTICLES = {"de", "del", "der", "di", "la", "van", "von", "y"}


def _addressee(letter: Letter) -> tuple[str, Span] | None:
    """The name above a street line and a line that ends in a ZIP code; not a clinician's."""
    written = re.compile(rf"To:?\s*(?P<value>{NAME}), (?:c/o |\d+ )[^|]{{5,70}} \d{{5}}(?:-\d{{4}})?$")
    for line in letter.body[:30]:
        match = written.match(line.text)
        if match:
            return match.group("value"), letter.find(line, match, "value")
    for line, *rest in zip(letter.body, letter.body[1:], letter.body[2:], letter.body[3:], strict=False):
        parts = [cell for cell in line.cells if not re.fullmatch(r"(?i)to:?", cell)]
        first = parts[0] if parts else line.text
        name = re.fullmatch(
            rf"\W*(?:{table('people')['honorifics']}|M\.|Dr\.|To the parents? of|To:?)?\s*(?P<value>[A-Z][\w.'’ -]+?)(?: [a-z])?\W*",
            first,
        )
        zipped = any(
            re.search(r"\b[A-Z][A-Za-z]+ \d{5}(?:-\d{4})?(?=$|\W+[A-Z'’]{4,} )", other.text)
            or re.search(r"\b[A-Z]{2} \d{5}(?:-\d{4})?$", other.cells[0] if other.cells else "")
            for other in rest
        )
        street = bool(_STREET.match(rest[0].text))
        if name and zipped and street and not re.search(CREDENTIAL + r"|\d", first):
            value = name.group("value").rstrip(" _")
            greeted = re.match(rf"(?:{'|'.join(table('people')['greetings'])})\b", value, re.I)
            named = not greeted and all(word[0].isupper() or word in _PARTICLES for word in value.split())
            if (
                named
                and 2 <= len(value.split()) <= 5
                and not re.search(
                    table("words")["organization"] + r"|hospital|center|institute|clinic|program|" + UNIT, value, re.I
                )
            ):
                return value, letter.find(line, name, "value")
    return None
