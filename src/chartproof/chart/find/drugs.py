"""Names of drugs and regimens in text: where they stand, which drugs they are, and which belong together.

No judgement here on whether anything was given: see derive/treatment/events.py for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from chartproof.chart.vocabulary import load, small

#: A dose's unit, per what and per day.
_UNIT = r"(?:\s*(?:(?:mg|mcg|g|units?|iu|auc)(?:/m2|/m²|/kg)?(?:/d(?:ay)?)?|(?:/m2|/m²|/kg)(?:/d(?:ay)?)?|/d(?:ay)?))?"
_DOSE = rf"\d[\d.,/]*(?:\s?-\s?\d+)?{_UNIT}"
#: What may stand between two drugs of one combination: joints, doses, routes and schedules. No text is one of these in
#: two ways, and no number is taken for two: else a column of numbers between two drugs would be tried in every way.
FILLER = (
    rf"(?:(?<![\d.,/\-–]){_DOSE}|d(?:ays?)?\s?\d[\d.,/\-–]*{_UNIT}|d(?!\s?\d)|IV|SC|SQ|PO"
    r"|daily|weekly|wkly|monthly|q\d+\s?(?:wks?|w|d|h)|orally|subcutaneous(?:ly)?|by mouth|BID|x\s?\d+|full dose)"
)
STRONG_JOINT = re.compile(
    rf"(?:\s|{FILLER})*(?:\+|/|-|–|&|plus|with|combined with|alternat(?:ing|ed)(?: with)?|alt\.? (?:with|w/))(?:{_DOSE})?(?:\s|{FILLER})*",
    re.IGNORECASE,
)
WEAK_JOINT = re.compile(rf"(?:\s|{FILLER})*(?:,|and|, and|\()(?:{_DOSE})?(?:\s|and\b|{FILLER})*", re.IGNORECASE)
#: A joint at the end of a cell, before the days and the words of the other cells: what the cell goes on with stands last.
CUT_CELL = re.compile(rf"(?:\s|{FILLER})*(?:\+|plus|with)\s+(?:\d{{1,2}}/[\d/]+\s+)+[^.;:,]{{0,40}}\s", re.IGNORECASE)
#: Characters that a joint has at the most.
LONGEST_JOINT = 200
#: Between a protocol's name and its drugs: "CALGB 10403: ", "AALL1732 from 04/19/2021 (", "per DFCI with ".
SPELLED_OUT = re.compile(r"[^.;()]{0,40}[(:]\s*|,?\s*(?:with|using|of|consisting of|including)\s+", re.IGNORECASE)
NEXT_PHASE = re.compile(r"\s*[,;/]?\s*(?:and |followed by )?(?:then )?\s*", re.IGNORECASE)
#: "lenalidomide with rituximab" joins; "BR with rituximab maintenance" names a later phase.
LATER_PHASE = re.compile(r"\s+(?:\w+\s)?maintenance", re.IGNORECASE)
#: What follows these words is a list of drugs, not a combination.
LIST_OF_DRUGS = re.compile(
    r"(?:refractory|exposed|resistant|intolerant|exposure|failed|prior drugs?|previous drugs?)\W+(?:to|both|all of)?\W*$",
    re.IGNORECASE,
)


#: Sentences of a large chart, whose drugs several finders ask for.
REMEMBERED = 1 << 15


@dataclass(frozen=True, slots=True)
class Mention:
    """`drugs` are ids of drugs.yaml in the order named; `regimen` is the id of a named regimen or "".

    `listed` is True where the drug stands in a list whose parts may be given one after another.
    """

    start: int
    end: int
    drugs: tuple[str, ...]
    regimen: str = ""
    listed: bool = False


@cache
def drug_patterns() -> re.Pattern[str]:
    """One pattern for text in small letters; the group's name is the drug's place in `drug_ids`."""
    names = ["|".join(rule["names"]) for rule in load("drugs.yaml")["drugs"].values()]
    parts = "|".join(f"(?P<d{index}>{name})" for index, name in enumerate(names))
    return re.compile(rf"(?<![\w])(?={'|'.join(names)})(?:{parts})(?!(?!x ?\d)[a-z])")  # without groups it fails fast


#: A regimen's name ends here; a count of cycles may be glued to it, as scans do ("R-ICEx 3").
AFTER_NAME = r"(?!(?!x ?\d)[A-Za-z0-9]|-\d)"


@cache
def drug_ids() -> tuple[str, ...]:
    return tuple(load("drugs.yaml")["drugs"])


@cache
def regimen_patterns() -> re.Pattern[str]:
    """Where any alias starts; which one reaches farthest there is asked of each. Case counts."""
    aliases = [alias for rule in load("regimens.yaml")["regimens"].values() for alias in rule["aliases"]]
    aliases.sort(key=lambda alias: -len(alias))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(aliases)}){AFTER_NAME}")


def regimen_drugs(regimen: str) -> tuple[str, ...]:
    return tuple(load("regimens.yaml")["regimens"][regimen]["drugs"])


@cache
def by_drugs() -> dict[frozenset[str], str]:
    """The first regimen named for a set of drugs, steroids left out of the comparison."""
    table: dict[frozenset[str], str] = {}
    for name, rule in load("regimens.yaml")["regimens"].items():
        table.setdefault(core(rule["drugs"]), name)
    return table


def role_of(drug: str) -> str:
    """steroid, supportive, conditioning, cell_therapy or "" for a drug that can make a line."""
    return str(load("drugs.yaml")["drugs"].get(drug, {}).get("role", ""))


def classes_of(drugs: Iterable[str]) -> tuple[str, ...]:
    """Classes of the drugs, each once, in order of the drugs."""
    table = load("drugs.yaml")["drugs"]
    return tuple(dict.fromkeys(name for drug in drugs if drug in table for name in table[drug]["classes"]))


def core(drugs: Iterable[str]) -> frozenset[str]:
    """The drugs by which two courses are told apart: no steroid, no supportive drug."""
    return frozenset(drug for drug in drugs if role_of(drug) not in ("steroid", "supportive"))


def drug_named(label: str) -> tuple[str, ...]:
    """Drugs of a structured label ("pirtobrutinib 100 MG Oral Tablet", "R-CHOP (rituximab, ...)")."""
    found: list[str] = []
    for mention in mentions(label):
        found.extend(drug for drug in mention.drugs if drug not in found)
    return tuple(found)


def mentions(text: str) -> list[Mention]:
    """Drugs and regimens of a sentence in order, with what belongs together joined."""
    return list(_mentions(text))


@lru_cache(maxsize=REMEMBERED)
def _mentions(text: str) -> tuple[Mention, ...]:
    return tuple(_join(text, list(_spelled_out(text, _singles(text)))))


def _spelled_out(text: str, singles: list[Mention]) -> Iterator[Mention]:
    """A protocol behind whose name its drugs are listed is those drugs and not what its other arms give."""
    rest = list(singles)
    while rest:
        mention = rest.pop(0)
        run: list[Mention] = []
        protocol = mention.regimen and load("regimens.yaml")["regimens"][mention.regimen].get("protocol")
        if protocol == "family":
            mention = replace(mention, regimen=text[mention.start : mention.end])
        if protocol:
            while rest and _goes_on(text, run[-1] if run else mention, rest[0], first=not run):
                run.append(rest.pop(0))
        drugs = tuple(dict.fromkeys(drug for one in run for drug in one.drugs))
        if len(core(drugs)) >= 2:
            yield Mention(mention.start, mention.end, drugs, mention.regimen)
        else:
            yield from (mention, *run)


def _goes_on(text: str, one: Mention, following: Mention, *, first: bool) -> bool:
    """Whether `following` is the next drug of the list behind a protocol's name."""
    if following.regimen:
        return False
    gap = text[one.end : following.start]
    if len(gap) > LONGEST_JOINT:
        return False
    if first:
        return bool(SPELLED_OUT.fullmatch(gap))
    return any(joint.fullmatch(gap) for joint in (STRONG_JOINT, WEAK_JOINT, NEXT_PHASE))


def _singles(text: str) -> list[Mention]:
    found: list[Mention] = []
    taken = bytearray(len(text))
    for match in regimen_patterns().finditer(text):
        name, end = longest_regimen(text, match.start())
        if any(taken[match.start() : end]):
            continue
        found.append(Mention(match.start(), end, regimen_drugs(name), name))
        taken[match.start() : end] = b"\x01" * (end - match.start())
    for match in drug_patterns().finditer(small(text)):
        if any(taken[match.start() : match.end()]):
            continue
        found.append(Mention(match.start(), match.end(), (drug_ids()[int((match.lastgroup or "d0")[1:])],)))
    return sorted(found, key=lambda mention: mention.start)


@cache
def _one_by_one() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"(?:{alias}){AFTER_NAME}"))
        for name, rule in load("regimens.yaml")["regimens"].items()
        for alias in rule["aliases"]
    )


def longest_regimen(text: str, start: int) -> tuple[str, int]:
    """The regimen whose alias reaches farthest from `start`, and where it ends; one must match there."""
    ends = [(match.end(), name) for name, pattern in _one_by_one() if (match := pattern.match(text, start))]
    end, name = max(ends, key=lambda row: row[0])
    return name, end


def _join(text: str, singles: list[Mention]) -> Iterator[Mention]:
    """Join runs: "A + B", "A-B", and "A, B and C" or "A, B and C (ABC)" where that is a known regimen."""
    index = 0
    while index < len(singles):
        run = [singles[index]]
        weak = False
        while index + len(run) < len(singles):
            following = singles[index + len(run)]
            gap = text[run[-1].end : following.start]
            if not run[-1].end <= following.start <= run[-1].end + LONGEST_JOINT or LATER_PHASE.match(
                text, following.end
            ):
                break
            if STRONG_JOINT.fullmatch(gap):
                run.append(following)
            elif WEAK_JOINT.fullmatch(gap):
                run.append(following)
                weak = True
            else:
                break
        index += len(run)
        rest = singles[index:]
        if len(rest) == 1 and not text[rest[0].end :].strip() and CUT_CELL.fullmatch(text[run[-1].end : rest[0].start]):
            yield replace(_as_one([*run, *rest])[0], end=run[-1].end)
            return
        yield from _as_one(run) if not weak else _as_list(text, run)


def _as_one(run: list[Mention]) -> list[Mention]:
    if len(run) == 1:
        return run
    drugs = tuple(dict.fromkeys(drug for mention in run for drug in mention.drugs))
    named = next((mention.regimen for mention in run if set(mention.drugs) == set(drugs)), "")
    return [Mention(run[0].start, run[-1].end, drugs, named or by_drugs().get(core(drugs), ""))]


def _as_list(text: str, run: list[Mention]) -> list[Mention]:
    """The longest heads of the run that make a known regimen; what is left stands alone, marked `listed`."""
    if LIST_OF_DRUGS.search(text[: run[0].start]):
        return [Mention(one.start, one.end, one.drugs, one.regimen, listed=True) for one in run]
    out: list[Mention] = []
    position = 0
    while position < len(run):
        for end in range(len(run), position, -1):
            part = run[position:end]
            if len(part) > 1 and _is_regimen(text, part, whole=len(part) == len(run)):
                out.extend(_as_one(part))
                position = end
                break
        else:
            mention = run[position]
            alone = len(run) == 1 or bool(mention.regimen)
            out.append(Mention(mention.start, mention.end, mention.drugs, mention.regimen, listed=not alone))
            position += 1
    return out


def _is_regimen(text: str, part: list[Mention], *, whole: bool) -> bool:
    """Whether the drugs of the part are one regimen (with its steroid, for a part of a list), or its joints are strong."""
    gaps = [text[a.end : b.start] for a, b in pairwise(part)]
    if all(STRONG_JOINT.fullmatch(gap) for gap in gaps):
        return True
    union = core(drug for mention in part for drug in mention.drugs)
    named = [mention for mention in part if mention.regimen]
    if len(named) > 1:
        return False
    if (
        whole
        and len(union) == 1
        and all(role_of(drug) == "steroid" for one in part for drug in one.drugs if drug not in union)
    ):
        return True  # "carfilzomib and dexamethasone"
    if named:
        return core(named[0].drugs) == union
    if whole and len(union) > 2 and any(union >= set(pair) for pair in load("regimens.yaml")["backbones"]):
        return True
    if len(union) < 2 or union not in by_drugs():
        return False
    drugs = {drug for mention in part for drug in mention.drugs}
    return whole or drugs >= set(regimen_drugs(by_drugs()[union]))
