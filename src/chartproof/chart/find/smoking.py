"""Smoking: never, former or current, pack-years, and the year of stopping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from chartproof.chart.find.entries import Placed, entries
from chartproof.chart.find.person import of_another
from chartproof.chart.find.statements import clip
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Assertion, Fact, Quantity

WORDS = {
    "half a": 0.5,
    "half": 0.5,
    "1/2": 0.5,
    "½": 0.5,
    "a": 1.0,
    "one": 1.0,
    "one and a half": 1.5,
    "two": 2.0,
    "three": 3.0,
    "a quarter": 0.25,
}
_NUMBER = r"\d+(?:\.\d+)?"
_AMOUNT = rf"(?:{_NUMBER}|1/2|½|half a|half|one and a half|one|two|three|a quarter|a)"
_YEARS = r"(?:(?:pack|pk)s?[- ]?(?:years?|yrs?|yr)|p-?y(?:rs?|h)?)\b"
PACK_YEARS = re.compile(
    rf"(?P<more>(?:more than|over|at least|>=?|≥)\s*)?(?P<less>(?:less than|under|<=?|≤|about|approximately|~)\s*)?(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|–|to)\s*(?P<high>{_NUMBER}))?\s*\+?[- ]?{_YEARS}",
    re.IGNORECASE,
)
LABELLED = re.compile(rf"{_YEARS}\W{{1,4}}(?P<low>{_NUMBER})\b(?!\s*(?:/|-))", re.IGNORECASE)
PER_DAY = re.compile(
    rf"(?<![\w.])(?:(?P<least>{_NUMBER})\s*(?:-|–|to)\s*)?(?P<amount>{_AMOUNT})\s*(?:-\s*)?(?:ppd|packs?(?:\s*(?:per|a|each|/)\s*|-)(?:day|d)\b|packs? daily)"
    rf"[^.;\d]{{0,24}}?(?P<years>{_NUMBER})\s*(?P<unit>years?|yrs?|y)?\b",
    re.IGNORECASE,
)
#: "Packs/day: 1.50  Years: 22.00" of an electronic record.
FIELDS = re.compile(
    rf"\bpacks?(?:\s*/\s*| per )day\s*[:=]?\s*(?P<amount>{_NUMBER})\W{{1,6}}years(?: smoked)?\s*[:=]?\s*(?P<years>{_NUMBER})",
    re.IGNORECASE,
)
_RATE = rf"(?P<amount>{_AMOUNT})\s*(?:-\s*)?(?P<unit>ppd|packs?(?:\s*(?:per|a|each|/)\s*|-)(?:day|d)\b|packs? daily|(?:cigarettes?|cigs?)\s*(?:per|a|each|/)\s*(?:day|d)\b|(?:cigarettes?|cigs?) daily)"
#: The span of years in words: "from age 18 to 48", "1975-1995"; or first, "for 25 years at 1 ppd".
SPAN = re.compile(
    rf"(?<![\w.]){_RATE}[^.;\d]{{0,24}}?(?:(?:from |between )?ages?\s*(?P<young>\d{{1,2}})\s*(?:-|–|to|until|and|till)\s*(?:age )?(?P<old>\d{{2}})\b"
    rf"|\(?(?:from |between )?(?P<first>(?:19|20)\d\d)\s*(?:-|–|to|until|and|till)\s*(?P<last>(?:19|20)\d\d)\b|(?:[x×]|for)\s*(?P<years>{_NUMBER})\s*(?:years?|yrs?|y)\b)",
    re.IGNORECASE,
)
YEARS_FIRST = re.compile(
    rf"\bfor (?P<years>{_NUMBER})\s*(?:years?|yrs?)[^.;\d]{{0,20}}?\b(?:at|of|about|averaging)\s*(?:about )?{_RATE}",
    re.IGNORECASE,
)
CIGARETTES_IN_PACK = 20
#: Tobacco that is not smoked, with what is said of it.
UNSMOKED = re.compile(
    r"\b(?:smokeless|chewing|chewed|snuff|dip)\b(?: tobacco)?(?:(?!\s{2}|\bsmok|\bcigar)[^.;|\n])*", re.IGNORECASE
)
QUIT = re.compile(
    r"\b(?:quit|stopped|gave up|ceased|since)\b[^.;]{0,24}?(?:\b|(?=['\u2019]))(?:(?P<year>(?:19|20)\d\d)|(?:\d{1,2}/|['\u2019])(?P<short>\d\d)(?!\d|/))\b",
    re.IGNORECASE,
)
QUIT_AGO = re.compile(
    rf"\b(?:quit|stopped|gave up)\b[^.;]{{0,20}}?(?P<years>{_NUMBER})\+? ?(?:years?|yrs?) ago", re.IGNORECASE
)
OWN = re.compile(r"\b(?:meets|qualifies|his|her|patient's)\b", re.IGNORECASE)
RULE = re.compile(
    r"\b(?:USPSTF|criteri\w+|recommend\w*|eligibility requires|required for|must have|guideline|for (?:those|people|patients|adults|persons|anyone))\b",
    re.IGNORECASE,
)


LUNG_SCREENING = re.compile(r"\b(?:lung (?:ct|screen\w*|cancer)|ldct|low-?dose ct)\b", re.IGNORECASE)


def smoking_facts(sentence: Sentence, previous: Sentence | None, sex: str) -> Iterator[Fact]:
    """smoking (present or absent) and smoking_pack_years of the sentence; a relative's smoking is `family`."""
    text = sentence.text
    if sentence.document.kind == "fhir_bundle" or not words().search(text) or pattern("taken_back").search(text):
        return
    packs = pack_years(text)
    if packs and RULE.search(text) and not OWN.search(text):
        return
    if packs and packs[2].low is None and LUNG_SCREENING.search(text):
        return  # "Lung CT: n/a, < 20 pack-years" is why a test is not due, not how much was smoked
    if packs:
        start, end, amount = packs
        other = of_another(sentence, start, end, previous=previous, sex=sex)
        says: Assertion = "family" if other else "present"
        stopped = says == "present" and (bool(quit_year(text, 2000)) or bool(pattern("former").search(text)))
        yield fact(sentence, start, end, "smoking_pack_years", "historical" if stopped else says, quantity=amount)
        if not other and amount.high != 0:
            yield fact(sentence, start, end, "smoking", "present")
            return
    found = status(text)
    if found is None:
        return
    start, end, smoked = found
    if of_another(sentence, start, end, previous=previous, sex=sex):
        yield fact(sentence, start, end, "smoking", "family")
    else:
        yield fact(sentence, start, end, "smoking", "present" if smoked else "absent")


def status(text: str) -> tuple[int, int, bool] | None:
    """(start, end, whether smoked): never goes before former, and former before current."""
    text = UNSMOKED.sub(lambda match: " " * len(match[0]), text)
    never = pattern("never").search(text)
    if never:
        return never.start(), never.end(), False
    for name in ("former", "current"):
        for match in pattern(name).finditer(text):
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


def pack_years(text: str) -> tuple[int, int, Quantity] | None:
    """(start, end, pack-years): as printed, else packs a day times years."""
    match = PACK_YEARS.search(text)
    if match:
        low = float(match["low"])
        high = float(match["high"]) if match["high"] else low
        bound = (match["less"] or "").strip().lower()
        if bound in ("less than", "under", "<", "<=", "≤"):
            return match.start(), match.end(), Quantity(None, low, "pack-years")
        return match.start(), match.end(), Quantity(low, None if match["more"] else high, "pack-years")
    match = LABELLED.search(text)
    if match:
        return match.start(), match.end(), Quantity(float(match["low"]), float(match["low"]), "pack-years")
    match = FIELDS.search(text)
    if match:
        amount = round(float(match["amount"]) * float(match["years"]), 2)
        return match.start(), match.end(), Quantity(amount, amount, "pack-years")
    match = PER_DAY.search(text)
    if match and (match["unit"] or re.search(r"[x×]\s*$", text[match.end("amount") : match.start("years")])):
        high = round(rate(match["amount"], "ppd") * float(match["years"]), 2)
        low = round(float(match["least"]) * float(match["years"]), 2) if match["least"] else high
        return match.start(), match.end(), Quantity(low, high, "pack-years")
    return over_years(text)


def over_years(text: str) -> tuple[int, int, Quantity] | None:
    """Packs or cigarettes a day, times a span of ages, calendar years or years."""
    match = YEARS_FIRST.search(text) or SPAN.search(text)
    if not match:
        return None
    found = match.groupdict()
    if found.get("young"):
        years = float(match["old"]) - float(match["young"])
    elif found.get("first"):
        years = float(match["last"]) - float(match["first"])
    else:
        years = float(match["years"])
    amount = round(rate(match["amount"], match["unit"]) * years, 2)
    return (match.start(), match.end(), Quantity(amount, amount, "pack-years")) if years > 0 else None


def rate(amount: str, unit: str) -> float:
    """Packs a day."""
    number = WORDS.get(amount.lower())
    packs = float(amount) if number is None else number
    return packs / CIGARETTES_IN_PACK if unit.lower().startswith("cig") else packs


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
        former = bool(year) or bool(pattern("former").search(sentence.text))
        extra = {"status": "former" if former else "current" if pattern("current").search(sentence.text) else "unknown"}
        if year:
            extra["stopped"] = year
    return Fact(
        id="", concept=concept, assertion=says, evidence=(clip(sentence, start, end),), quantity=quantity,
        when=segment.when, known=segment.when, signed=segment.signed is not False, rank=2 if segment.addendum else 1,
        document=segment.document.id, extra=extra,
    )  # fmt: skip


def smoking_entries(reading: Reading) -> Iterator[Fact]:
    """Smoking status and pack-years of structured records."""
    rules = load("respiratory.yaml")
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
    if said & set(rules["never_codes"]) or pattern("never").search(words_of):
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
def words() -> re.Pattern[str]:
    return re.compile(load("respiratory.yaml")["smoking_words"], re.IGNORECASE)


@cache
def pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in load("respiratory.yaml")[name]), re.IGNORECASE)
