"""The number that stands beside a scale's name: behind it, before it, in words, or marked among printed choices.

Offsets are those of the text that is given. Nothing here knows whose score it is, or when it was taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from chartproof.chart.find.statements import loosen
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions

SCALES = ("ecog", "karnofsky", "pps", "lansky")
#: How far behind a name its number may stand, in characters and in words.
REACH, WORDS = 80, 8
#: Printed choices: at least so many numbers in a row.
CHOICES = 3
BOX = re.compile(r"\[ ?[xX✓✔]? ?\]|\( ?[xX✓✔]? ?\)|[☐□☒☑✓✔○●◯◉]|_+[xX✓]?_+")
TICKED = re.compile(r"[xX✓✔☒☑●◉]")
CIRCLED = "⓪①②③④⑤"
TOKEN = re.compile(
    rf"(?P<left>[(\[{{<>*_\"'+«→]{{0,3}})(?P<number>\d{{1,3}}|[{CIRCLED}])(?P<right>[)\]}}>*_\"'+«]{{1,3}}|\s?(?:[✓✔←]|<-+))?(?![\w.]|%?\d)%?"
)
BETWEEN = re.compile(r"[\s/|,·–-]{1,8}")
NAMED_CHOICE = re.compile(
    r"\b(?:circled?|marked|selected|ticked|checked|chosen|underlined|boxed)\b\W{0,3}(?:is |was |the )?(\d{1,3})\b"
    r"|^\W{0,3}?(?:->|=>|\u2192|:|=) ?(\d{1,3})\b"
    r"|(?<!\d)(\d{1,3})\W{0,3}(?:is |was )?(?:circled|marked|selected|ticked|checked|chosen|underlined|boxed)\b",
    re.IGNORECASE,
)
BRACKETED_RANGE = re.compile(
    r"\((?:scale |range |of )?(?:0|10) ?[-–] ?(?:4|5|100)%?\)|\b(?:0|10) ?[-–] ?(?:4|5|100)(?=\)? ?[:=])", re.I
)


#: "PS (ECOG)......1": dots that lead the eye.
LEADER = re.compile(r"\.{3,}")
#: "ECOG II."
NUMERALS = {"I": 1, "II": 2, "III": 3, "IV": 4}
ROMAN = re.compile(r"^(\W{0,3}(?:(?:grade|status|score|PS|of|is) ?[:=]? ?)*)(IV|I{1,3})(?=\s*(?:[.,;)/]|$))")
#: Two scales under one colon, and their numbers.
JOINED = re.compile(r"\s*(?:/|&|and|\+)\s*", re.IGNORECASE)
PAIR = re.compile(r"[\s:=]{1,4}(\d{1,3})%?\s*(?:/|&|and|,)\s*(\d{1,3})(?![\d./-])", re.IGNORECASE)


#: The day of the score before its colon: "ECOG performance status (04/24/2026): 1".
DAY_BETWEEN = re.compile(
    r"^\W{0,3}(?:(?:at|on|of|from) (?:the |her |his )?(?:visit|clinic visit|exam\w*|encounter|appointment) )?(?:as of |on |of |from |dated |assessed (?:on )?)?"
    r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}|\d{1,2}/\d{1,2}(?= was\b))"
    r"[)\]]?(?=\s*[:=]| was \d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """One score as it is written: the quote's characters [start, end) and the closed interval of its value."""

    start: int
    end: int
    low: int
    high: int


@cache
def data() -> dict[str, Any]:
    return dict(load("performance.yaml"))


@cache
def scale(name: str) -> dict[str, Any]:
    return dict(data()["scales"][name])


@cache
def pattern(name: str, *, shape: str = "{}") -> Expression:
    """The words of one entry of performance.yaml; `shape` says where they stand."""
    rule = data()[name]
    text = rule if isinstance(rule, str) else "|".join(f"(?:{part})" for part in rule)
    return Expression(shape.replace("{}", f"(?:{loosen(text)})"), re.IGNORECASE)


def unit_of(name: str) -> str:
    return str(scale(name)["unit"])


@cache
def named(name: str) -> Expression:
    return Expression(loosen(scale(name)["words"]), re.IGNORECASE)


@cache
def scales() -> Expressions[str]:
    return Expressions((name, named(name)) for name in SCALES)


def mentions(text: str) -> Iterator[tuple[str, int, int]]:
    """(scale, start, end) of each name; "PS" by itself is the scale of 0 to 4 where no other is named."""
    found = [(name, m.start(), m.end()) for name, words in scales().to_try(text) for m in words.finditer(text)]
    yield from found
    if not found:
        yield from (("plain", m.start(), m.end()) for m in pattern("plain").finditer(text))


@cache
def number_words() -> str:
    return "|".join(sorted((name.replace(" ", r"\s+") for name in data()["numbers"]), key=len, reverse=True))


@cache
def number() -> Expression:
    """A number in figures or words, or two as a range."""
    one = rf"(?:\d{{1,3}}|(?:{number_words()})\b)"
    return Expression(
        rf"(?<![\d./])(?<!\d[-–])(?:(?<=\W)|^)(?P<low>{one})\+?(?:\s*(?:%|percent\b))?(?:\s*(?:-|–|to\b|or\b|/)\s*(?P<high>{one}))?(?:\s*(?:%|percent\b))?",
        re.IGNORECASE,
    )


def value(text: str) -> int:
    found = data()["numbers"].get(re.sub(r"\s+", " ", text.lower()))
    return int(text) if found is None else int(found)


def beside(text: str, start: int, end: int, rule: dict[str, Any]) -> Iterator[Written]:
    """The scores written beside the scale's name at [start, end): the marked choice, else the number behind or before."""
    tail = text[end : end + 160]
    for filling in (BRACKETED_RANGE, LEADER, DAY_BETWEEN):
        tail = filling.sub(lambda m: " " * len(m[0]), tail)
    tail = ROMAN.sub(lambda m: f"{m[1]}{NUMERALS[m[2]]}".ljust(len(m[0])), tail)
    offered, marked = choice(tail, rule)
    if offered:
        if marked:
            yield Written(start, end + marked.end, marked.low, marked.high)
        return
    behind = number_behind(tail, rule)
    if behind:
        yield Written(start, end + behind.end, behind.low, behind.high)
        return
    before = number_before(text[:start], rule) or choices_before(text[:start], rule)
    if before:
        yield Written(before.start, end, before.low, before.high)


def number_behind(tail: str, rule: dict[str, Any]) -> Written | None:
    """The number that the name leads to ("is still", ":", "per RN today:"), the last of a change ("from 2 to 1", "2 -> 1")."""
    found = next((match for match in number().finditer(tail[:REACH])), None)
    if found is None or not leads(tail[: found.start()]):
        return None
    if re.search(r"\bfrom\s+(?:an? )?$", tail[: found.start()], re.IGNORECASE):
        if not found["high"]:
            return None
        last = value(found["high"])
        return Written(0, found.end(), last, last) if fits(tail, found, last, last, rule) else None
    changed = re.match(r"\s*(?:-+>|→|=>)\s*(\d{1,3})\b", tail[found.end() :])
    if changed:
        last = int(changed[1])
        end = found.end() + changed.end()
        return Written(0, end, last, last) if rule["low"] <= last <= rule["high"] else None
    low, high = value(found["low"]), value(found["high"] or found["low"])
    end = found.end()
    if "/" in found[0] and high in rule["end"] and high != low:
        high = low  # "1/4", "80/100": of so many
    return Written(0, end, low, high) if fits(tail, found, low, high, rule) else None


def fits(tail: str, found: re.Match[str], low: int, high: int, rule: dict[str, Any]) -> bool:
    """Whether the number is one of the scale and of nothing else: no date, no decimal, no unit, no row of figures."""
    rest = tail[found.end() :]
    if not rule["low"] <= low <= high <= rule["high"] or re.match(
        r"[./:]?\d|[./][A-Za-z]|-(?![A-Z][a-z]{3})[A-Za-z]", rest
    ):
        return False
    if re.match(r"\s+\d{1,3}%?(?:\s|$)", rest):
        return False  # a row of a flowsheet, read by its columns instead
    return not pattern("not_after", shape=r"^[\s-]{0,2}{}\b").match(rest)


def leads(gap: str) -> bool:
    """Whether what stands between a name and a number ties the two."""
    if re.search(r"[.!?;]\s|\n", gap.rstrip() + " " if gap.rstrip().endswith(";") else gap) or len(gap.split()) > WORDS:
        return False
    if names_a_scale(gap) or pattern("not_between", shape=r"\b{}\b").search(gap) or re.search(r"[<>≤≥]", gap):
        return False
    bare = gap.rstrip(" \t\"'*~_")
    return not re.search(r"\w$", bare) or bool(pattern("leads", shape=r"(?:^|\W){}$").search(bare)) or bool(re.search(r"\bfrom$", bare, re.I))  # fmt: skip


def names_a_scale(text: str) -> bool:
    return any(re.search(loosen(rule["words"]), text, re.IGNORECASE) for rule in data()["scales"].values())


def number_before(left: str, rule: dict[str, Any]) -> Written | None:
    """ "I put her at 1 on the ECOG scale", "PS: 0 (ECOG)", "80% Karnofsky"."""
    for found in list(number().finditer(left[-60:]))[::-1]:
        shift = max(0, len(left) - 60)
        gap = left[shift + found.end() :]
        if not pattern("before_name", shape=r"^[\s(\[=-]*{}$").match(gap):
            return None
        ahead = left[: shift + found.start()]
        low, high = value(found["low"]), value(found["high"] or found["low"])
        told = pattern("before_number", shape=r"(?:^|\W)(?:{})\W{0,3}$").search(ahead) or "%" in found[0]
        if not told or names_a_scale(ahead[-24:]) or re.search(r"[<>≤≥]\s*$", ahead):
            return None
        good = rule["low"] <= low <= high <= rule["high"]
        return Written(shift + found.start(), len(left), low, high) if good else None
    return None


def choices_before(left: str, rule: dict[str, Any]) -> Written | None:
    """The number that is marked in a line of choices with the name at its end: "○ 0  ● 1  ○ 2 (ECOG)"."""
    offered = left.rstrip(" \t([-–—:")
    if not BOX.search(offered) or re.search(r"[A-WYZa-wyz]", offered):
        return None
    marked = boxed(offered, rule)
    return replace(marked, start=0, end=len(left)) if marked else None


def together(text: str, found: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, Written]]:
    """Scores of two scales in one breath: "ECOG/KPS: 1/80"."""
    for (one, start, end), (other, after, last) in pairwise(sorted(found, key=lambda row: row[1])):
        values = PAIR.match(text, last)
        if not values or not JOINED.fullmatch(text[end:after]):
            continue
        for name, low in ((one, int(values[1])), (other, int(values[2]))):
            if scale(name)["low"] <= low <= scale(name)["high"]:
                yield name, Written(start, values.end(), low, low)


def choice(tail: str, rule: dict[str, Any]) -> tuple[bool, Written | None]:
    """(whether choices are printed behind the name, the one that is marked)."""
    box, digit = BOX.search(tail), re.search(r"\d", tail)
    first = min((m.start() for m in (box, digit) if m), default=0)
    leads_in = re.fullmatch(r"[^.;\n]{0,40}", tail[:first])
    if (
        leads_in
        and box
        and (digit is None or box.start() < digit.start() or not tail[digit.end() : box.start()].strip())
    ):
        return True, boxed(tail, rule)
    run = printed(tail, rule)
    if not run:
        return False, None
    marked = [one for one in run if one["left"] or one["right"] or one["number"] in CIRCLED]
    if len(marked) == 1:
        one = marked[0]
        low = CIRCLED.index(one["number"]) if one["number"] in CIRCLED else int(one["number"])
        return True, Written(0, one.end(), low, low)
    named = NAMED_CHOICE.search(tail[run[-1].end() :][:40]) if not marked else None
    low = int(next(filter(None, named.groups()))) if named else -1
    if named and rule["low"] <= low <= rule["high"]:
        return True, Written(0, run[-1].end() + named.end(), low, low)
    return True, None


def boxed(tail: str, rule: dict[str, Any]) -> Written | None:
    """The number whose box alone is ticked; boxes stand all before or all behind their numbers."""
    boxes = list(BOX.finditer(tail))
    figures = list(re.finditer(r"(?<![\d/.-])\d{1,3}(?![\d/.])", tail))
    ticked = [box for box in boxes if TICKED.search(box[0])]
    if len(ticked) != 1 or not figures:
        return None
    box = ticked[0]
    leading = boxes[0].start() < figures[0].start()
    near = [f for f in figures if f.start() >= box.end()][:1] if leading else [f for f in figures if f.end() <= box.start()][-1:]  # fmt: skip
    if not near or not rule["low"] <= int(near[0][0]) <= rule["high"]:
        return None
    between = tail[min(box.end(), near[0].end()) : max(box.start(), near[0].start())]
    low = int(near[0][0])
    return Written(0, max(box.end(), near[0].end()), low, low) if len(between.strip()) <= 2 else None


def printed(tail: str, rule: dict[str, Any]) -> list[re.Match[str]]:
    """The run of numbers behind the name that goes steadily up or down the scale, at least three of them."""
    run: list[re.Match[str]] = []
    for one in TOKEN.finditer(tail):
        gap = tail[run[-1].end() if run else 0 : one.start()]
        if run and not (BETWEEN.fullmatch(gap) or (not gap and (one["left"] or run[-1]["right"]))):
            break
        if not run and len(gap.split()) > WORDS:
            break
        run.append(one)
    values = [CIRCLED.index(one["number"]) if one["number"] in CIRCLED else int(one["number"]) for one in run]
    steady = all(a < b for a, b in pairwise(values)) or all(a > b for a, b in pairwise(values))
    good = len(run) >= CHOICES and steady and rule["low"] <= min(values) and max(values) <= rule["high"]
    return run if good else []
