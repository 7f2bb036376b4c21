"""Clinical and payment policies that a letter names: a number beside the word for a rule, a title, the value of a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rapidfuzz import fuzz

from chartproof.model import Span
from chartproof.rights.codes import DIAGNOSIS, PROCEDURE
from chartproof.rights.numbers import identifiers
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_KINDS_SPELLED = ("Policy", "Guideline", "Criteria", "Protocol", "Bulletin")
#: A policy's number at the end of its name, alone ("MP-4.118") or plain after words ("Policy 8").
_NUMBER = re.compile(r"[A-Z0-9]*[0-9A-Z]+(?:[./-][A-Z0-9]+)+$|\S*\d\S*$")


#: A public determination's title after its number: "L12345, Power Mobility Devices."
_TITLE_AFTER = re.compile(r", (?:[A-Z][a-z]+(?: (?:and|of|for|in|the))? ){1,5}[A-Z][a-z]+(?=[.;)])")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("policies")[name])


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    pieces = table("policies")["pieces"]
    return tuple(
        re.compile(re.sub(r"\{([a-z]+)\}", lambda piece: f"(?:{pieces[piece[1]]})", form))
        for form in table("policies")["forms"]
    )


def policies(letter: Letter) -> list[tuple[str, str, Span]]:
    """(name as printed, its number, place) of each clinical or payment policy, in order of first mention."""
    text = " ¦ ".join(s.text for s in letter.sentences if s.section != "notices")
    text = re.sub(r"(?<=[A-Z]-) (?=[A-Z]{2,}-?\d)", "", text)  # a number cut at the line's end
    if any(page.read == "ocr" for page in letter.pages):
        text = re.sub(r"\b[A-Za-z][a-z]{5,9}\b", _mended, re.sub(r"\b[QO0]ur\b", "Our", text))
    found: dict[str, tuple[str, str, Span]] = {}
    own = {value for value, _span in identifiers(letter).values()}
    for name in _names(text):
        number = match.group() if (match := _NUMBER.search(name)) else name
        # "Level Criteria LC-AB" and "LC-AB 2026" are one name, printed once.
        first, _space, rest = name.partition(" ")
        begun = next((kept for kept in found if rest and kept.endswith(first) and f"{kept} {rest}" in text), None)
        if begun:
            found[f"{begun} {rest}"] = (f"{begun} {rest}", *found.pop(begun)[1:])
            continue
        told = any(number in kept or name in kept for kept, _number, _span in found.values())
        if told or any(name in value for value in own):
            continue
        place = letter.locate(number if number != name and len(number) > 3 else " ".join(name.split()[:3]))
        found[name] = (name, number, place)
    return list(found.values())


def _names(text: str) -> Iterator[str]:
    """Each name as it is printed, in the order of the forms."""
    for form in _forms():
        for match in form.finditer(text):
            public = re.search(r"coverage determination", match["name"], re.I)
            plain = re.search(r"[a-z] \d{1,2}$", match["name"])  # a number by itself: its title follows
            titled = _TITLE_AFTER.match(text[match.end("name") :]) if public or plain else None
            whole = re.sub(r"\s+", " ", match["name"] + (titled.group() if titled else "")).rstrip(" ,.-")
            number = _NUMBER.search(match["name"].rstrip(" ,.-"))
            if _pattern("not_policy").search(text[: match.start("name")]) or DIAGNOSIS.fullmatch(whole.split()[-1]):
                continue
            if _pattern("product").search(whole) or _pattern("contract").search(whole):
                continue
            if _pattern("own_number").search(number.group() if number and not whole.isupper() else whole):
                continue
            name = _bare(whole)
            if name and not PROCEDURE.fullmatch(name):
                yield name


def _bare(whole: str) -> str:
    """A name without the words that only lead to it; empty where nothing is left but a word for a rule."""
    name, before = whole, ""
    while name != before:
        before, name = name, _pattern("before").sub("", re.sub(r"^.*\bDetermination,? \(?(?=[NL]CD\b)", "", name))
    return name if re.search(r"\d|-[A-Z]{2}| \S+ ", name) else ""


def _mended(word: re.Match[str]) -> str:
    """A scanned word that is nearly a word for a policy, as that word; others as they are."""
    said = word.group()
    kinds = _KINDS_SPELLED if said[0].isupper() else tuple(kind.lower() for kind in _KINDS_SPELLED)
    if said.lower() in ("policies", "guidelines", "protocols", "bulletins"):
        return said
    return next((kind for kind in kinds if fuzz.ratio(said, kind) >= 85), said)
