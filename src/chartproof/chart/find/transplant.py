"""Transplants and engineered cells: given, never given, only discussed, or another person's.

`absent` needs words that speak of the patient's history ("has never had"); "not a candidate for" and "no objection to"
say nothing about the past. `present` needs a done-word or a day that has passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.find.said import fact_of, loosen, near_quote, past_day, section_is
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Assertion, Case, DayRange, Fact

_GRAFT = r"(?:(?:peripheral[- ]blood |ha?ematopoietic |blood )?(?:stem[- ]?cell|progenitor cell|bone marrow|marrow|cell)s? )?(?:transplant(?:ation)?s?|HCT|H?SCT|BMT|PBSCT|graft)"
_KIND = {
    "allogeneic_transplant": rf"allo(?:geneic)?[- ]?{_GRAFT}|allografts?|allo[- ]?(?:H?SCT|HCT|BMT)|donor transplant|(?:MSD|MUD|matched[- ](?:sibling|unrelated|related)(?:[- ]donor)?|sibling|haplo(?:-?identical)?|unrelated donor|cord blood)[- ](?:allo(?:geneic)?[- ]?)?{_GRAFT}|(?<=\btype )allogeneic|allogeneic,? HLA|alloSCT",
    "autologous_transplant": rf"auto(?:logous)?[- ]?{_GRAFT}|autografts?|auto-?(?:H?SCT|HCT|BMT)|\bASCT\b|stem[- ]cell rescue|tandem transplants?|one auto(?= done)",
}  # fmt: skip
_BOTH = rf"(?:autologous|auto|allogeneic|allo)(?:,? (?:or|nor|and|/) ?|/)(?:autologous|auto|allogeneic|allo)[- ]?{_GRAFT}|{_GRAFT} of (?:any|either) (?:kind|type|sort)|(?<!liver )(?<!kidney )(?<!renal )(?<!organ ){_GRAFT}|(?<=never )(?:been )?transplanted"
_CELLS = r"CAR[- ]?T(?:[- ]cells?)?(?: therapy| product| infusion)?|chimeric antigen receptor[\w -]{0,12}|(?:gene[- ]modified|genetically modified|engineered)[\w -]{0,4} cells?(?: products?| therapy)?|(?:axi|brexu|liso|tisa|obe|ide|cilta)-?cel\b|axicabtagene|brexucabtagene|lisocabtagene|tisagenlecleucel|obecabtagene|idecabtagene|ciltacabtagene|yescarta|tecartus|breyanzi|kymriah|aucatzyl|abecma|carvykti"
_CELLS_LOOSE = rf"{_CELLS}|cell(?:ular)? (?:and gene )?therap(?:y|ies)"

#: Only these words may stand between the denial and what is denied.
_BETWEEN = (
    r"(?:\W{0,3}(?:prior|previous|earlier|any|other|another|history|of|transplants?|transplantation|autologous|allogeneic|auto|allo|or|nor|and"
    r"|an?|bispecifics?|antibod(?:y|ies)|radiotherapy|radiation|autografts?|allografts?|stem|cell|cells|bone|marrow|no|received|had|has|have|been"
    r"|given|undergone|treatment|treated|with|therapy|kind|type|either|either|HCT|ASCT|SCT|gene|modified|engineered|either|belantamab|infusion"
    r"|product|ever|the|a|form|CAR|T|cellular|donor|lymphocytes?|to date|hematopoietic|recipient|CAR-?T|so far|tazemetostat|maintenance)\b){0,14}\W{0,3}$"
)
_DENIAL = re.compile(
    loosen(
        r"(?:\bno\b|\bnever\b|\bwithout\b|\bneither\b|\bnor\b|\bnot (?:previously |ever |yet )?(?:had|received|undergone|been given|been treated with|given)|n't (?:previously |ever )?(?:had|received|undergone)|\bnot given|\bdenies(?: any)?|\bnone)"
        + _BETWEEN
    ),
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    loosen(
        r"^[\s-]*\??\W{0,4}(?:\([xX]\) ?|\[[xX]\] ?|☒ ?)?(?:none|no|never|not (?:done|given|performed|had)|n/a|denie[ds]|naive)\b(?!\W{0,3}(?:\( \)|\[ \]))"
        r"(?! (?:contraindication|objection|slot|bar|barrier))"
    ),
    re.IGNORECASE,
)
_FIRST_EVER = re.compile(r"(?:\bfirst|\binitial)[ -]+$", re.IGNORECASE)
_DONE_BEFORE = re.compile(
    loosen(
        r"(?:\breceived|\bunderwent|\bundergone|\bhad|\bs/p|status post|\bconsolidat\w+ with|\bfollowed by|\bprevious|\bprior|\bpost[- ]?|relaps\w+ (?:after|post)"
        r"|progress\w+ (?:after|post|on|through)|months? (?:after|from|post)|years? (?:after|from|post)|days? ?\+?\d* ?(?:after|from|post)|\+\d+ from|\bfailed|\bone"
        r"|\binfused|treated with|\bgiven|\bafter an?|\bwith|history (?:of|is))\W+(?:\w+[\w/.\-+]*\W+){0,4}$"
    ),
    re.IGNORECASE,
)
_DONE_AFTER = re.compile(
    loosen(
        r"^\W{0,4}(?:\w+\W+){0,2}?(?:was (?:done|given|performed|infused)|done\b|performed|infused|infusion (?:on|in)|completed)"
    ),
    re.IGNORECASE,
)
_INFUSED_BEFORE = re.compile(
    loosen(
        r"(?:\breceived|\bunderwent|\bhad|\bs/p|status post|\binfused(?: with)?|treated with|\bgiven|relaps\w+ (?:after|following|post)|refractory to|\bfailed"
        r"|progress\w+ (?:after|following|post|on|through)|(?:months?|years?|days?) (?:after|from|post)|\bprior|\bprevious)\W+(?:(?!consent|apheresis|collection|evaluation|referral)\w+[\w/.\-+]*\W+){0,6}$"
    ),
    re.IGNORECASE,
)
_INFUSED_AFTER = re.compile(
    r"^\W{0,4}(?:was (?:infused|given|administered)|infused|infusion (?:on|in|was (?:done|given))|given on)",
    re.IGNORECASE,
)
_HISTORY_LIST = re.compile(
    r"(?:prior|previous)\s+(?:therap|treat|line|regimen)|treatment\s+history|oncolog\w+\s+history|treatments?\s+to\s+date",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"\b(?:consent\w*|authori[sz]ed|cent(?:er|re)|program|patients|binder|education|class|letter|approval|slot|plan\b|request\w*|manufactur\w*|insur\w*|eligib\w*"
    r"|before|workup|work-?up|evaluation|assessment|clinic|service|team|board|committee|caregiver|teaching|wallet|screening|pre)\b",
    re.IGNORECASE,
)
_MERELY = re.compile(
    r"\b(?:discuss|talk|consider|offer|declin|option|reserve|candidate|eligib|ineligib|possib|could|would|may\b|might|if\b|screen|typed|refer|evaluat|plan|propos"
    r"|chemosensitive|salvage|hope|consult|question|asked|idea|dropped|not pursued|before|bridge to|proceed|towards?|went no further|excluded?|exclusion|study|trial)",
    re.IGNORECASE,
)
_UNFILLED = re.compile(r"attest|checklist|criteria|eligib|requirement|must|exclusion", re.IGNORECASE)
_NOT_ENROLLED = re.compile(
    loosen(
        r"(?:not enrolled|never enrolled|screen[- ]?fail\w*|no cells (?:were )?manufactured|never collected|not infused|never infused)"
    ),
    re.IGNORECASE,
)
_INELIGIBLE = re.compile(
    loosen(
    r"(?:\bnot (?:an? )?(?:\w+ )?(?:eligible|candidate|fit|suitable|appropriate|someone)\b[^.;:]{0,60}?(?:transplant\w*|autograft|ASCT|HSCT|HCT|high[- ]dose)"
    r"|\bnot (?:currently )?(?:an? )?(?:transplant|ASCT|HSCT|HCT)[- ]eligible|(?:transplant|ASCT|HSCT|HCT)[- ](?:in|non-?)eligible|\bineligible for\b[^.;]{0,50}?(?:transplant\w*|autograft|ASCT|HSCT|HCT)"
    r"|\bunfit for\b[^.;]{0,40}?(?:transplant\w*|autograft|ASCT|HSCT|HCT)|\bnot (?:an? )?(?:transplant|ASCT|HSCT|auto\w*) candidate)"
    ),
    re.IGNORECASE,
)  # fmt: skip
_DAY_ZERO = re.compile(
    r"\b(?:day 0|day zero|date of (?:transplant|HCT|infusion)|transplant date)\b\W{0,6}", re.IGNORECASE
)


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{loosen(words)})(?!\w)", re.IGNORECASE)


def _found(words: str, text: str) -> Iterator[re.Match[str]]:
    """Matches of whole words, line breaks and all."""
    return _pattern(words).finditer(text)


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of allogeneic_transplant, autologous_transplant, prior_car_t, transplant_ineligible, transplant_eligible."""
    facts: list[Fact] = []
    kind_of_page: dict[tuple[str, int], str] = {}
    for sentence in reading.sentences:
        if sentence.document.kind in ("program_letter", "program_sheet", "lab_report"):
            continue
        facts.extend(_transplants(sentence, case))
        facts.extend(_cells(sentence, case))
        facts.extend(_ineligible(sentence))
        facts.extend(_day_zero(sentence, kind_of_page))
    return settle(facts)


def settle(facts: list[Fact]) -> list[Fact]:
    """A denial cannot outlive a transplant that was done: what was said before it becomes historical.

    A denial on a later day than the event stays: that is a contradiction, which must be seen.
    """
    out = []
    for one in facts:
        given = [f for f in facts if f.concept == one.concept and f.assertion == "present" and f.when]
        if one.assertion == "absent" and given:
            first = min(f.when.first for f in given if f.when)
            if one.when is None or one.when.last <= first or one.rank == 0:
                one = replace(one, assertion="historical", note="said before it was done")
        out.append(_dated(one, given))
    return list(
        {
            (f.concept, f.assertion, f.when, f.evidence[0].file, f.evidence[0].page, f.evidence[0].start): f
            for f in out
        }.values()
    )


def _dated(one: Fact, given: list[Fact]) -> Fact:
    """A transplant named without a day is the one that the chart dates, where it dates only one."""
    if one.assertion != "present" or one.when is not None or not given:
        return one
    days = [f.when for f in given if f.when]
    first, last = min(day.first for day in days), max(day.last for day in days)
    if (last - first).days > 62:
        return one
    finest = min(days, key=lambda day: (day.last - day.first).days)
    return replace(one, when=finest, note="the day is from another document")


def _transplants(sentence: Sentence, case: Case) -> Iterator[Fact]:
    text = sentence.text
    seen: list[tuple[int, int]] = []
    for concept, pattern in _KIND.items():
        for match in _found(pattern, text):
            seen.append(match.span())
            said = _said(sentence, match.start(), match.end(), case)
            if said and not (said == "family" and "sibling" in match[0].lower()):
                when = _own_day(sentence, match.start(), match.end(), said)
                yield fact_of(sentence, concept, said, near_quote(sentence, match.start(), match.end()), when=when)
    for match in _found(_BOTH, text):
        if any(a < match.end() and match.start() < b for a, b in seen) and not re.search(
            r"\b(?:or|nor|and)\b|/", match[0]
        ):
            continue
        if _said(sentence, match.start(), match.end(), case) == "absent":
            quote = near_quote(sentence, match.start(), match.end())
            for concept in _KIND:
                yield fact_of(sentence, concept, "absent", quote, when=sentence.segment.when)


def _cells(sentence: Sentence, case: Case) -> Iterator[Fact]:
    text = sentence.text
    loose = list(_found(_CELLS_LOOSE, text))
    for match in loose:
        strict = re.fullmatch(loosen(_CELLS), match[0], re.IGNORECASE)
        said = _said(sentence, match.start(), match.end(), case)
        if strict and _NOT_ENROLLED.search(text):
            said = "absent"
        if said == "present" and not (strict and _infused(sentence, match.start(), match.end())):
            continue
        if said in ("absent", "present"):
            when = _own_day(sentence, match.start(), match.end(), said)
            quote = near_quote(sentence, match.start(), match.end())
            yield fact_of(sentence, "prior_car_t", said, quote, when=when)
            return


def _infused(sentence: Sentence, start: int, end: int) -> bool:
    """Whether cells were really given: an infusion word beside the product, in the patient's own history."""
    text = sentence.text
    clause = re.split(r"[.;]\s", text[:start])[-1]
    if _PROGRAM.search(clause[-60:]) or _PROGRAM.match(text[end : end + 20].strip()):
        return False
    titles = f"{sentence.heading} {sentence.label}"
    listed = _HISTORY_LIST.search(titles) and re.match(r"[\s(,:-]{1,4}", text[end:])
    dated = any(0 <= left - end <= 4 for left, _right, _day in find_dates(text, years=True))
    return bool(_INFUSED_BEFORE.search(text[:start]) or _INFUSED_AFTER.search(text[end:]) or (listed and dated))


def _said(sentence: Sentence, start: int, end: int, case: Case) -> Assertion | None:
    """present, absent, planned or family for the mention; None where nothing is said about the past or the wish."""
    text = sentence.text
    left, right = text[:start], text[end:]
    about = assertion(sentence, start, end)
    if about == "family":
        return "family"
    asked = re.search(
        r"(?:prior|previous|history(?:\s+of)?|any|ever|had)\W+(?:\w+\W+){0,2}$", left, re.IGNORECASE
    ) or re.match(r"\s*[:?]|[\s-]*naive", right, re.IGNORECASE)
    denied = bool(_DENIAL.search(left) or (asked and _DENIED_AFTER.search(right)) or _FIRST_EVER.search(left))
    if denied and not _conditional(text, start):
        if _UNFILLED.search(f"{sentence.heading} {sentence.label}") and not re.search(
            r"\b[xX]\b|☒|✓|✔|\d/\d|\byes\b", text
        ):
            return None
        return "absent"
    clause = re.split(r"[.;]\s", left)[-1][-70:]
    if _MERELY.search(clause) or _MERELY.search(right[:45]) or about == "planned":
        return "planned"
    if section_is(sentence, "plan"):
        return "planned"
    day = past_day(sentence, case, start, end)
    if (_DONE_BEFORE.search(left) and about != "absent") or _DONE_AFTER.search(right) or (day and about != "absent"):
        return None if section_is(sentence, "risk") else "present"
    return None


def _conditional(text: str, start: int) -> bool:
    clause = re.split(r"[.;]\s", text[:start])[-1]
    return bool(re.search(r"\b(?:if|unless|must have|should have|requires?|criteria)\b", clause, re.IGNORECASE))


def _own_day(sentence: Sentence, start: int, end: int, said: Assertion) -> DayRange | None:
    """The event's own day where it stands beside the words; for a denial the day on which it was said."""
    if said == "absent":
        return sentence.segment.when
    for left, _right, day in find_dates(sentence.text, years=True):
        gap = sentence.text[end:left]
        if 0 <= left - end <= 32 and not re.search(r"relaps|progress|PET|marrow|remission|[.;]\s", gap, re.IGNORECASE):
            return day
    for _left, right, day in reversed(find_dates(sentence.text[:start], years=True)):
        gap = sentence.text[right:start]
        if len(gap) <= 40 and re.search(r"\b(?:underwent|received|had|done|infused|given)\b|^\W*$", gap, re.IGNORECASE):
            return day
    return None


def _ineligible(sentence: Sentence) -> Iterator[Fact]:
    match = _INELIGIBLE.search(sentence.text)
    if not match or _conditional(sentence.text, match.start()):
        return
    if re.search(r"\b(?:donor|patients|criteria|label)\b", sentence.text, re.IGNORECASE):
        return
    quote = near_quote(sentence, match.start(), match.end())
    yield fact_of(sentence, "transplant_ineligible", "present", quote, when=sentence.segment.when)
    yield fact_of(sentence, "transplant_eligible", "absent", quote, when=sentence.segment.when)


def _day_zero(sentence: Sentence, kinds: dict[tuple[str, int], str]) -> Iterator[Fact]:
    """ "Day 0 | 10 April 2025" under a page that has named the kind of transplant."""
    where = (sentence.document.id, sentence.page.number)
    for concept, pattern in _KIND.items():
        if next(_found(pattern, sentence.text), None):
            kinds.setdefault(where, concept)
    match = _DAY_ZERO.search(sentence.text)
    if not match or where not in kinds:
        return
    for left, right, day in find_dates(sentence.text):
        said = sentence.segment.when
        if 0 <= left - match.end() <= 4 and (said is None or day.first <= said.last):
            yield fact_of(sentence, kinds[where], "present", sentence.span(match.start(), right), when=day)
            return
