"""Smoking: never, former or current, pack-years, and the year of stopping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from chartproof.chart.find.deferral import chosen
from chartproof.chart.find.entries import Placed, entries
from chartproof.chart.find.lungs.smoked import expressions, pack_years
from chartproof.chart.find.lungs.words import pattern
from chartproof.chart.find.person import of_another
from chartproof.chart.find.statements import clip
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Fact, Quantity

#: Tobacco that is not smoked, with what is said of it.
UNSMOKED = Expression(
    r"\b(?:smokeless|chewing|chewed|snuff|dip|vap(?:e[sd]?|ing)|e-?cig(?:arette)?s?)\b(?: tobacco)?(?:(?!\s{2}|\bsmok|\bcigar|\bnever smok)[^.;,|\n])*"
    r"|\b(?:smok(?:es?|ed|ing) )?(?:marijuana|cannabis|weed|hookah|crack|meth)\b|\bsmoked (?:salmon|meats?|fish)\b"
    r"|\b(?:passive|second-?hand|environmental)\b[^.;,]{0,40}",
    re.IGNORECASE,
)
QUIT = re.compile(
    r"\b(?:quit|stopped|gave up|ceased|since)\b[^.;]{0,24}?(?:\b|(?=['\u2019]))(?:(?P<year>(?:19|20)\d\d)|(?:\d{1,2}/|['\u2019])(?P<short>\d\d)(?!\d|/))\b",
    re.IGNORECASE,
)
QUIT_AGO = re.compile(
    r"\b(?:quit|stopped|gave up)\b[^.;]{0,20}?(?P<years>\d+(?:\.\d+)?)\+? ?(?:years?|yrs?) ago", re.IGNORECASE
)
#: "The outside chart says 30 pack-years. That number came from his brother."
NOT_THEIRS = re.compile(
    r"\b(?:(?:that|this|which) (?:number|figure|history|entry|amount|count|one)?|the (?:number|figure|history|entry|amount|count|one))\b ?[^.;]{0,40}\b(?:brother|sister|father|mother|husband|wife|spouse|son|daughter"
    r"|wrong|in error|mistake\w*|incorrect|inaccurate|not (?:his|hers|her|him|correct|right|true))\b",
    re.IGNORECASE,
)
#: Characters behind a number within which it is taken back.
CORRECTED = 160
LUNG_SCREENING = re.compile(r"\b(?:lung (?:ct|screen\w*|cancer)|ldct|low-?dose ct)\b", re.IGNORECASE)


def smoking_facts(sentence: Sentence, previous: Sentence | None, sex: str) -> Iterator[Fact]:
    """smoking (present or absent) and smoking_pack_years of the sentence; a relative's smoking is `family`."""
    text = smoked_only(sentence.text)
    if sentence.document.kind == "fhir_bundle" or not words().search(text) or pattern("taken_back").search(text):
        return
    if expressions("people").search(text) and not expressions("own").search(text):
        return
    year = sentence.segment.when.first.year if sentence.segment.when else None
    packs = pack_years(text, year)
    if packs and expressions("rules").search(text) and not expressions("own").search(text):
        return
    if packs and taken_from_another(sentence.page.text[sentence.end : sentence.end + CORRECTED]):
        yield fact(sentence, packs[0], packs[1], "smoking_pack_years", "family", quantity=packs[2])
        return
    if packs and packs[2].low is None and LUNG_SCREENING.search(text):
        return  # "Lung CT: n/a, < 20 pack-years" is why a test is not due, not how much was smoked
    if packs:
        start, end, amount = packs
        other = of_another(sentence, start, end, previous=previous, sex=sex)
        says: Assertion = "family" if other else "present"
        stopped = says == "present" and (bool(quit_year(text, 2000)) or bool(expressions("former").search(text)))
        yield fact(sentence, start, end, "smoking_pack_years", "historical" if stopped else says, quantity=amount)
        if not other:
            yield fact(sentence, start, end, "smoking", "absent" if amount.high == 0 else "present")
            return
    found = status(text)
    if found is None:
        return
    start, end, smoked = found
    if of_another(sentence, start, end, previous=previous, sex=sex):
        yield fact(sentence, start, end, "smoking", "family")
    else:
        yield fact(sentence, start, end, "smoking", "present" if smoked else "absent")


def taken_from_another(behind: str) -> bool:
    """Whether the words behind a number say that it is another's or wrong, before they speak of another number."""
    found = NOT_THEIRS.search(behind.replace("\n", " "))
    return found is not None and not re.search(r"\bp(?:ac)?k", behind[: found.start()], re.IGNORECASE)


def smoked_only(text: str) -> str:
    """The text, at the same length, without the options of a form that are not ticked and what is no tobacco smoke."""
    return UNSMOKED.sub(lambda match: " " * len(match[0]), chosen(text))


def status(text: str) -> tuple[int, int, bool] | None:
    """(start, end, whether smoked): never goes before former, and former before current."""
    never = expressions("never").search(text)
    if never and not expressions("not_never").match(text, never.end()):
        return never.start(), never.end(), False
    for name in ("former", "current"):
        for match in expressions(name).finditer(text):
            if not re.search(
                r"\b(?:never|not|non|no|denies|nor)\W{1,2}(?:\w+\W)?$", text[: match.start()], re.IGNORECASE
            ) and about_smoke(text, match):
                return match.start(), match.end(), True
    return None


def about_smoke(text: str, match: re.Match[str]) -> bool:
    """ "Quit 2014" counts beside a word of smoking, not beside "drinking" or a study."""
    if words().search(match[0]):
        return True
    near = text[max(0, match.start() - 60) : match.start()]
    return bool(words().search(near)) and not re.search(
        r"\b(?:alcohol|drink\w*|etoh|work\w*|job)\b[^.;]*$", near, re.IGNORECASE
    )


def quit_year(text: str, seen: int | None) -> str:
    """The year in which smoking stopped; `seen` is the year of the note, from which "12 years ago" counts."""
    match = QUIT.search(text)
    if match:
        short = match["short"]
        return match["year"] or str((1900 if int(short) > 50 else 2000) + int(short))
    ago = QUIT_AGO.search(text)
    return str(int(seen - float(ago["years"]))) if ago and seen else ""


def fact(
    sentence: Sentence, start: int, end: int, concept: str, says: Assertion, *, quantity: Quantity | None = None
) -> Fact:  # fmt: skip
    segment = sentence.segment
    extra = {}
    if says in ("present", "historical"):
        year = quit_year(sentence.text, segment.when.first.year if segment.when else None)
        former = bool(year) or bool(expressions("former").search(sentence.text))
        extra = {
            "status": "former" if former else "current" if expressions("current").search(sentence.text) else "unknown"
        }
        if year:
            extra["stopped"] = year
    elif says == "absent" and concept == "smoking" and re.search(r"\bnever\b", sentence.text[start:end], re.IGNORECASE):
        extra = {"words": "never"}
    return Fact(
        id="", concept=concept, assertion=says, evidence=(clip(sentence, start, end),), quantity=quantity,
        when=segment.when, known=segment.when, signed=segment.signed is not False, rank=2 if segment.addendum else 1,
        document=segment.document.id, extra=extra,
    )  # fmt: skip


def smoking_entries(reading: Reading) -> Iterator[Fact]:
    """Smoking status and pack-years of structured records."""
    rules = load("smoking.yaml")
    for placed in entries(reading, "observation", "other", "condition"):
        codes = {code.code for code in placed.entry.codes}
        if placed.standing == "void" or placed.entry.status.lower() in ("entered-in-error", "cancelled"):
            continue
        if not words().search(placed.span().quote):
            continue  # the quote would not show it
        if codes & set(rules["pack_years_loinc"]) and isinstance(placed.entry.value, (int, float)):
            amount = float(placed.entry.value)
            yield entry_fact(placed, "smoking_pack_years", "present", Quantity(amount, amount, "pack-years"))
        elif codes & set(rules["status_loinc"]) or "smok" in placed.entry.label.lower():
            smoked = coded_status(placed, codes, rules)
            if smoked is not None:
                yield entry_fact(placed, "smoking", "present" if smoked else "absent", None)


def coded_status(placed: Placed, codes: set[str], rules: dict[str, Any]) -> bool | None:
    """Whether the entry says that the patient smoked, by code or by word."""
    said = {*codes, *re.findall(r"[\w.]+", placed.entry.extra.get("value_code", ""))}
    words_of = f"{placed.entry.label}: {placed.entry.value or ''} {placed.span().quote}"
    if said & set(rules["never_codes"]) or expressions("never").search(words_of):
        return False
    if said & {*rules["former_codes"], *rules["current_codes"]}:
        return True
    found = status(words_of)
    return found[2] if found else None


def entry_fact(placed: Placed, concept: str, says: Assertion, quantity: Quantity | None) -> Fact:
    text = placed.span().quote
    year = quit_year(text, None)
    extra = (
        {"status": "former" if year or re.search(r"\b(?:former|ex-?)", text, re.IGNORECASE) else "unknown"}
        if says == "present"
        else {}
    )
    if year:
        extra["stopped"] = year
    return Fact(
        id="", concept=concept, assertion=says, evidence=(placed.span(),), quantity=quantity,
        when=placed.entry.when or placed.document.when, known=placed.document.when, document=placed.document.id,
        extra=extra,
    )  # fmt: skip


@cache
def words() -> Expression:
    return Expression(load("smoking.yaml")["smoking_words"], re.IGNORECASE)


@cache
def second_hand() -> Expression:
    """Whose word a statement is, where it is not the writer's own."""
    return Expression("|".join(load("smoking.yaml")["second_hand"]), re.IGNORECASE)
