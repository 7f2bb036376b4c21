"""A code as a policy lists it, the words that speak against one, and the codes that a list lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chartproof.codes import icd
from chartproof.codes.book import ends, expand, find
from chartproof.policy.draft.criterion import Criterion


@dataclass(frozen=True, slots=True)
class Listed:
    """One code or range as printed. `listed_as` is the list's own word for it, `not_listed` for one that it lacks."""

    system: str
    code: str
    text: str
    listed_as: str
    page: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What the policy says, for its codes to be held against: (where, sentence) of what it asks and what it refuses.

    `wanted` are the words of its criteria, `refused` names of groups that it does not cover, `text` all of its words
    in lower case, `elsewhere` those that stand outside its list of codes, `drugs` first names of the drugs that its first
    lines name, `own` the listed code of such a drug.
    """

    effective: date
    asks: tuple[tuple[str, str], ...] = ()
    refuses: tuple[tuple[str, str], ...] = ()
    wanted: tuple[frozenset[str], ...] = ()
    refused: frozenset[str] = frozenset()
    text: str = ""
    drugs: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    own: str = ""


@cache
def coding() -> Mapping[str, Any]:
    """The file vocabulary/coding.yaml as it is written."""
    path = files("chartproof").joinpath("knowledge", "vocabulary", "coding.yaml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One pattern of coding.yaml, without regard to case."""
    return re.compile(coding()[name], re.IGNORECASE)


def supports(one: Listed, refused: frozenset[str] = frozenset()) -> bool:
    """True where the list does not say that the code speaks against coverage; `refused` are groups not covered."""
    said = " ".join([one.listed_as, *one.text.split()[-2:]]).lower()
    return not pattern("negative").search(said) and not any(
        re.search(rf"\b{re.escape(group)}\b", said) for group in refused
    )


def in_table(one: Listed) -> bool:
    """True where our tables hold the code; of any other it is not known whether it is good."""
    return any(find("", code) is not None for code in ends(one.code))


def every(criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    """Each criterion and all below it."""
    for one in criteria:
        yield one
        yield from every(one.children)


def words(text: str) -> frozenset[str]:
    """The words of a text that tell one disease from another, in the singular."""
    found = re.findall(
        r"[a-z0-9]+",
        re.sub(r"[’']s\b", "", text.lower())
        .replace("leukaemia", "leukemia")
        .replace("oesoph", "esoph")
        .replace("non-", "non"),
    )
    return frozenset(_singular(word) for word in found) - frozenset(coding()["generic"])


def spelt(text: str) -> str:
    """A clause with short names written out, and "of unspecified type" as the code book means it."""
    for short, name in coding()["short"].items():
        text = re.sub(rf"\b{short}\b", name, text, flags=re.IGNORECASE if short.islower() else 0)
    return re.sub(
        r"(?i)\bof unspecified type\b|\bunspecified\b|\bnot otherwise specified\b", "of undetermined kind", text
    )


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 4 and not word.endswith(("ss", "us", "is")) else word


def core(title: str) -> str:
    """A title without what only qualifies the disease: 'Plasma cell leukemia in remission' is 'plasma cell leukemia'."""
    return re.sub(pattern("qualifier"), "", title).strip(" ,").lower()


def site(title: str) -> str:
    """The place of a malignant neoplasm: 'ciliary body'; "" for another title."""
    match = re.match(r"(?i)malignant neoplasms? of (?:the )?(?P<site>[a-z -]+)$", title)
    return match["site"].lower() if match else ""


def covered(listed: Sequence[Listed]) -> frozenset[str]:
    """Every diagnosis code that the list covers, with the categories of those that it prints whole."""
    found: set[str] = set()
    for one in listed:
        if one.system == "ICD-10-CM" and one.listed_as != "not_listed":
            found.update(expand(one.code))
            found.update(ends(one.code))
    return frozenset(code.rstrip("-xX.") for code in found)


def missing(listed: Sequence[Listed], criteria: Sequence[Criterion]) -> list[Listed]:
    """Codes that the list lacks for certain: a header's child among its siblings, a site beside a listed site."""
    have = covered(listed)
    return [*_children(listed, have), *_other_sides(listed, have), *_sites(listed, criteria, have)] if have else []


def _children(listed: Sequence[Listed], have: frozenset[str]) -> Iterator[Listed]:
    """A header that is printed with most of its codes: the codes that are left out."""
    printed = {one.code: one for one in listed if one.system == "ICD-10-CM"}
    for code, one in printed.items():
        known = find("ICD-10-CM", code)
        if known is None or known.billable or "." not in code:
            continue
        beside = [child for child in known.children if child in printed]
        if len(beside) * 2 <= len(known.children):
            continue
        for child in known.children:
            said = find("ICD-10-CM", child)
            title = said.title if said else ""
            # A list may well leave out the disease in remission: what it covers is the active one.
            if child not in have and not (
                pattern("remission").search(title) and not pattern("not_remission").search(title)
            ):
                yield Listed(
                    "ICD-10-CM",
                    child,
                    title,
                    "not_listed",
                    one.page,
                    f"missing: {title}, beside the other codes of {code}",
                )


def _other_sides(listed: Sequence[Listed], have: frozenset[str]) -> Iterator[Listed]:
    """The code of the right limb where the list has that of the left alone, and the other way about."""
    for one in listed:
        known = find("ICD-10-CM", one.code) if one.system == "ICD-10-CM" and supports(one) and not one.problem else None
        side = re.search(r"\b(?:left|right)\b", known.title) if known is not None else None
        if known is None or side is None:
            continue
        title = known.title.replace(side.group(), "right" if side.group() == "left" else "left")
        other = next((code for code in icd.children(known.code[:-1].rstrip(".")) if _titled(code) == title), "")
        if other and other not in have:
            yield Listed("ICD-10-CM", other, title, "not_listed", one.page, f"missing: {title}, beside {one.code}")


def _titled(code: str) -> str:
    row = icd.row(code)
    return row.title if row is not None else ""


def _sites(listed: Sequence[Listed], criteria: Sequence[Criterion], have: frozenset[str]) -> Iterator[Listed]:
    """A criterion names several places of a cancer, and the list has codes for some of them only."""
    named = _named_sites()
    seen: set[str] = set()
    for one in every(criteria):
        if one.kind != "necessity" or not re.search(
            r"(?i)\bcancers?\b|\btumou?rs?\b|\bcarcinoma|\bmelanoma|\bsarcoma|\bneoplasm", one.text
        ):
            continue
        text = " ".join(re.findall(r"[a-z-]+", one.text.lower()))
        here = {place: codes for place, codes in named.items() if re.search(rf"\b{re.escape(place)}\b", text)}
        got = [place for place, codes in here.items() if _has(codes, have)]
        if not got:
            continue
        for place, codes in here.items():
            code = codes[0]
            if _has(codes, have) or code in seen or len(place.split()) < 2:
                continue
            seen.add(code)
            under = expand(f"{code}.-") if "." not in code else expand(f"{code}-")
            shown = f"{under[0]}-{under[-1]}" if len(under) > 1 else code
            yield Listed(
                "ICD-10-CM",
                shown,
                f"malignant neoplasm of {place}",
                "not_listed",
                one.page,
                f"missing: {place}, which {one.id} names beside {got[0]}",
            )


def _has(codes: Sequence[str], have: frozenset[str]) -> bool:
    return any(code in have or any(other.startswith(code) for other in have) for code in codes)


@cache
def _named_sites() -> Mapping[str, tuple[str, ...]]:
    """Places of malignant neoplasms by their names, for the categories and codes of chapter C."""
    found: dict[str, list[str]] = {}
    for code in icd.between("C00", "C76"):
        row = icd.row(code)
        place = site(row.title) if row is not None and row.last is None else ""
        if place and not re.search(r"unspecified|overlapping|other|right|left", place):
            found.setdefault(place, []).append(code)
    return {place: tuple(codes) for place, codes in found.items()}
