"""Transplants and engineered cells: given, never given, only discussed, or another person's.

What the words say of one mention is past.py's; here mentions become facts, and facts of several documents are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from chartproof.chart.context import about_another
from chartproof.chart.dates import find_dates
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.find.transplant import fitness as transplant_fitness
from chartproof.chart.find.transplant.answers import blank
from chartproof.chart.find.transplant.claimed import (
    answered_rows,
    answers_before,
    claimed,
    nothing_from_donor,
    previous_of,
)
from chartproof.chart.find.transplant.days import KINDS, Fields, counts
from chartproof.chart.find.transplant.past import said
from chartproof.chart.find.transplant.weigh import ANY, TAKEN_BACK, settle
from chartproof.chart.find.transplant.words import clause_after, clause_before, cue, named, words
from chartproof.chart.find.undated import with_own_days
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Segment, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.model import Assertion, Case, DayRange, Document, Entry, Fact, Page

__all__ = ("ANY", "KINDS", "TAKEN_BACK", "cells", "find", "settle")
_SKIPPED = ("program_letter", "program_sheet", "lab_report", "lab_export")
_LISTS = ("face_sheet", "ccda", "fhir_bundle", "problem_list", "preventive_care", "nursing_note")
#: "No allogeneic transplant in the last 6 months" does not deny an older one.
_LATELY = re.compile(
    r"\b(?:in|within|w/in|during|for)\W+(?:the\W+)?(?:last|past|prior|\d+|six)\b|recent", re.IGNORECASE
)
#: "No earlier autologous or allogeneic graft", in the record of one: it denies those before.
_EARLIER = re.compile(
    r"\b(?:no|not|never|without|nor|denies) (?:\w+ ){0,3}?(?:earlier|previous(?:ly)?|prior|other|preceding|further|second|additional)\b",
    re.IGNORECASE,
)
_VOID = re.compile(r"cancel|entered.in.error|not.done|preparation|on.hold|refused|plan|propos|order", re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of allogeneic_transplant, autologous_transplant, prior_car_t, transplant_ineligible, transplant_eligible."""
    reading = with_own_days(reading)
    facts: list[Fact] = []
    fields = Fields()
    explaining: set[str] = set()
    for index, sentence in enumerate(reading.sentences):
        if sentence.document.kind in _SKIPPED:
            continue
        if cue("not_enrolled").search(sentence.text) and not _hypothetical(sentence.text):
            explaining.add(sentence.document.id)
        facts.extend(_transplants(sentence, case))
        facts.extend(cells(sentence, case))
        facts.extend(transplant_fitness.find_in(sentence))
        facts.extend(_day_zero(sentence, fields, case))
        facts.extend(_counted(sentence, case))
        facts.extend(_denied_by_reference(sentence, previous_of(reading.sentences, index)))
    for segment in reading.segments:
        if is_evidence(segment.document) and segment.document.kind not in _SKIPPED:
            facts.extend(_rows(segment))
    facts.extend(_coded(reading, case))
    return settle([_dateless(_explained(fact, explaining)) for fact in facts], reading.documents)


def _dateless(fact: Fact) -> Fact:
    """A denial in a list without any day may be older than what it denies: it cannot say that none was done since."""
    if fact.assertion != "absent" or fact.when or fact.known:
        return fact
    return replace(fact, assertion="planned", rank=0, note="denied in a list without a day, which may be older")


def _explained(fact: Fact, explaining: set[str]) -> Fact:
    """A denial in a document that tells why cells were thought of and not given carries more than a bare one."""
    bare = fact.concept == "prior_car_t" and fact.assertion == "absent" and not fact.extra
    return replace(fact, extra={"told": "explained"}) if bare and fact.document in explaining else fact


def _mentions(sentence: Sentence) -> Iterator[tuple[str, re.Match[str]]]:
    """Transplants of a named kind; short words count only beside others of the field."""
    beside = cue("beside").search(sentence.text)
    for concept in KINDS:
        yield from ((concept, match) for match in named(concept).finditer(sentence.text))
        if beside:
            yield from ((concept, match) for match in _weak(concept).finditer(sentence.text))


def _of_another_tissue(text: str, match: re.Match[str]) -> bool:
    """ "Keratoplasty, left (allograft)": a bare graft beside a tissue that is none of the marrow's."""
    bare = re.fullmatch(r"(?:allo)?(?:geneic)?[- ]?grafts?|allogeneic", match[0], re.IGNORECASE)
    return bool(bare and cue("other_graft").search(text[max(0, match.start() - 60) : match.end()]))


def _weak(concept: str) -> re.Pattern[str]:
    parts = load("transplants.yaml")["weak"][concept]
    return re.compile(rf"(?<![\w-])(?:{loosen('|'.join(parts))})(?!\w)", re.IGNORECASE)


ONE_MORE = re.compile(
    r"\b(?:tandem|(?:a|the|any) second|further|repeat)\b(?: (?:auto\w*|allo\w*|stem[- ]cell))?(?: [\w-]+)?$",
    re.IGNORECASE,
)


def _transplants(sentence: Sentence, case: Case) -> Iterator[Fact]:
    text = sentence.text
    seen: list[tuple[int, int]] = []
    for concept, match in _mentions(sentence):
        if any(a <= match.start() < b for a, b in seen):
            continue
        seen.append(match.span())
        if blank(sentence, match.end()) or _of_another_tissue(sentence.text, match):
            continue
        how = said(sentence, match.start(), match.end(), case)
        if how == "present":
            how = _but_claimed(sentence, match, how)
        elif how == "absent" and ONE_MORE.search(text[: match.end()]):
            continue  # that a second one was not done says nothing of the first
        count = next(
            (one for one in counts(sentence, case) if one.start < match.end() and match.start() < one.end), None
        )
        if how in (None, "planned") and count:
            how = "present"
        if how:
            when = _own_day(sentence, match.start(), match.end(), how)
            extra = _reach_of_denial(sentence, match) if how == "absent" else {}
            if how == "present" and when is None and count and count.day:
                when, extra = count.day, {"told": "counted"}
            if how == "present" and cue("passed_on").search(
                f"{sentence.heading} {sentence.label} {text[: match.start()]}"
            ):
                extra = {**extra, "hand": "passed on"}
            quote = near_quote(sentence, match.start(), match.end())
            yield fact_of(sentence, concept, how, quote, when=when, extra=extra)
        if concept == "autologous_transplant" and how in ("present", None) and _only_one(sentence, match):
            quote = near_quote(sentence, match.start(), match.end())
            yield fact_of(sentence, "allogeneic_transplant", "absent", quote, when=sentence.segment.when, note="the only transplant was autologous")  # fmt: skip
    for match in named("any_transplant").finditer(text):
        joint = re.search(r"\b(?:or|nor|and|any|either)\b|/", match[0], re.IGNORECASE)
        if any(a < match.end() and match.start() < b for a, b in seen) and not joint:
            continue
        if said(sentence, match.start(), match.end(), case) == "absent":
            quote = near_quote(sentence, match.start(), match.end())
            for concept in _but_for(sentence, match.end()):
                yield fact_of(
                    sentence,
                    concept,
                    "absent",
                    quote,
                    when=sentence.segment.when,
                    extra=_reach_of_denial(sentence, match),
                )


def _reach_of_denial(sentence: Sentence, match: re.Match[str]) -> dict[str, str]:
    """What a denial leaves out: an older one ("none in the last 6 months"), or the one told beside it ("no earlier graft")."""
    if _LATELY.search(clause_after(sentence.text, match.end())[:50]):
        return {"told": "lately"}
    return {"told": "before"} if _EARLIER.search(clause_before(sentence.text, match.start()) + match[0]) else {}


def _but_claimed(sentence: Sentence, match: re.Match[str], how: Assertion) -> Assertion:
    """What a payer claims, or the writer takes back, is no event; what the writer then denies is denied."""
    told = claimed(sentence, match.start(), match.end())
    return "absent" if told == "denied" else "planned" if told else how


def _denied_by_reference(sentence: Sentence, previous: Sentence | None) -> Iterator[Fact]:
    """ "She has never had one" after a sentence on it; "none from a donor" among words on transplants."""
    when = sentence.segment.when
    match = answers_before(sentence, previous)
    if match and previous and not about_another(sentence, match.start(), sentence.text[: match.start()]):
        quote = near_quote(sentence, match.start(), match.end())
        named_before = [concept for concept, _match in _mentions(previous)]
        if "allogeneic_transplant" in named_before or re.search(r"\bdonor (?:graft|transplant)", previous.text, re.I):
            yield fact_of(sentence, "allogeneic_transplant", "absent", quote, when=when)
        if named("cells").search(previous.text):
            yield fact_of(sentence, "prior_car_t", "absent", quote, when=when)
    match = nothing_from_donor(sentence, previous)
    if match:
        quote = near_quote(sentence, match.start(), match.end())
        yield fact_of(sentence, "allogeneic_transplant", "absent", quote, when=when)


def _rows(segment: Segment) -> Iterator[Fact]:
    """Rows "CAR-T / engineered | N" of a table that asks what was received; a Y counts only with its own day."""
    for name, given, quote, text in answered_rows(segment):
        concept = _named_in(name)
        days = [day for _start, _end, day in find_dates(text, years=True)]
        if not concept or (given and len(days) != 1):
            continue
        row = Sentence(segment, quote.start, quote.end, quote.quote, row=True)
        when = days[0] if given else segment.when
        yield fact_of(row, concept, "present" if given else "absent", quote, when=when)


def _named_in(cell: str) -> str:
    """The concept that a cell is the name of, "" where it names none or something around it."""
    for concept in KINDS:
        match = named(concept).match(cell) or _weak(concept).match(cell)
        if match and len(cell) - match.end() < 24 and not cue("around", shape=r"^\W{0,3}{}").match(cell[match.end() :]):
            return concept
    match = named("cells").match(cell)
    far = match and (len(cell) - match.end() >= 24 or cue("around", shape=r"^\W{0,3}{}").match(cell[match.end() :]))
    return "prior_car_t" if match and not far else ""


#: "Transplant history: autologous only (12/2019)."
ONLY_BEHIND = re.compile(
    r"(?: (?:transplant\w*|H?SCT|HCT|BMT))?,? (?:only|alone)\b(?! (?:if|when|after|as|option|with))", re.IGNORECASE
)

#: "She has had one transplant, autologous."
ONE = re.compile(r"\b(?:had|received|underwent|record of) (?:only )?(?:one|a single) $", re.IGNORECASE)
#: What makes it a history, and not what a hospital does.
OF_HISTORY = re.compile(r"\b(?:hx|history|prior|previous|past|earlier)\b[^.;]*$", re.IGNORECASE)


def _only_one(sentence: Sentence, match: re.Match[str]) -> bool:
    """ "The only transplant was his own in 2023": that leaves no other."""
    left = clause_before(sentence.text, match.start())
    only = cue("only", shape=r"{}\W*(?:\w+\W+){0,8}$").search(left)
    if ONE.search(left) and match[0].lower().startswith(("transplant", "graft", "stem")):
        return True
    about = re.search(r"transplant|graft|\bHCT|\bBMT|\bA?SCT|stem[- ]cell", f"{left[-60:]}{match[0]}", re.IGNORECASE)
    wish = cue("merely").search(left)
    behind = ONLY_BEHIND.match(sentence.text[match.end() :])
    told = behind and (
        OF_HISTORY.search(f"{left}{match[0]}") or find_dates(sentence.text[match.end() :][:30], years=True)
    )
    if about and not wish and told:
        return True
    return bool(
        only and about and not wish and not re.search(r"\b(?:option|one that|available)\b", left, re.IGNORECASE)
    )


def _but_for(sentence: Sentence, end: int) -> tuple[str, ...]:
    """The kinds that "no transplant" denies: not the one that an exception names, none where it names none."""
    tail = clause_after(sentence.text, end)
    exception = cue("exception").search(tail)
    if not exception:
        return KINDS
    rest = tail[exception.end() :]
    if re.search(r"\bauto|\bASCT|\bown\b", rest, re.IGNORECASE):
        return ("allogeneic_transplant",)
    return ("autologous_transplant",) if re.search(r"\ballo|donor|\bMUD", rest, re.IGNORECASE) else ()


def cells(sentence: Sentence, case: Case) -> Iterator[Fact]:
    """What the sentence says of engineered cells: at most one fact of prior_car_t (present, absent or family)."""
    text = sentence.text
    strict = list(named("cells").finditer(text))
    loose = [m for m in named("cells_loose").finditer(text) if not any(s.start() < m.end() and m.start() < s.end() for s in strict)]  # fmt: skip
    told: list[tuple[Assertion, re.Match[str]]] = []
    for match in strict:
        how = said(sentence, match.start(), match.end(), case, cells=True)
        if how == "present":
            how = _but_claimed(sentence, match, how)
        other = how == "family" and cue("given").search(clause_before(text, match.start()))
        if how in ("absent", "present") or other:
            told.append((how or "family", match))
    for match in loose:
        if said(sentence, match.start(), match.end(), case, cells=True) == "absent":
            told.append(("absent", match))
    failed = cue("failed_product").search(text) and not cue("given_all_the_same").search(text)
    explained = (cue("not_enrolled").search(text) or failed) and not _hypothetical(text)
    if explained and (strict or loose) and not any(how == "present" for how, _match in told):
        told = [("absent", (strict or loose)[0])]
    for wanted in ("present", "absent", "family"):
        for how, match in told:
            if how == wanted and not (how == "family" and len(told) > 1):
                yield _cell_fact(sentence, match, how, explained=bool(explained))
                return


def _cell_fact(sentence: Sentence, match: re.Match[str], how: Assertion, *, explained: bool) -> Fact:
    when = _own_day(sentence, match.start(), match.end(), how)
    quote = near_quote(sentence, match.start(), match.end())
    extra = {}
    if how == "present" and _of_a_list(sentence, match, when):
        extra = {"told": "list"}
    elif how == "absent" and (explained or re.search(r"infused|manufactured|screen", sentence.text, re.IGNORECASE)):
        extra = {"told": "explained"}
    return fact_of(sentence, "prior_car_t", how, quote, when=when, extra=extra)


def _of_a_list(sentence: Sentence, match: re.Match[str], when: DayRange | None) -> bool:
    """A line of a problem list or banner, without the product's name or a day."""
    product = re.search(
        r"cel\b|leucel|tecartus|yescarta|breyanzi|kymriah|aucatzyl|abecma|carvykti", sentence.text, re.I
    )
    if product or (when is not None and when.exact):
        return False
    titles = f"{sentence.heading} {sentence.label}"
    short = len(sentence.text.split()) <= 10 and not re.search(
        r"\b(?:he|she|patient|pt)\b", sentence.text, re.IGNORECASE
    )
    listed = re.search(r"problem|diagnos|history|banner|summary|alert", titles, re.IGNORECASE)
    return short or bool(listed) or sentence.document.kind in _LISTS


def _hypothetical(text: str) -> bool:
    return bool(re.search(r"\bif\b|\bwould\b|\bmay be\b|\byou\b|\bpatients\b", text, re.IGNORECASE))


def _own_day(sentence: Sentence, start: int, end: int, how: Assertion) -> DayRange | None:
    """The event's own day where it stands beside the words; for a denial the day on which it was said."""
    if how == "absent":
        return sentence.segment.when
    days = find_dates(sentence.text, years=True)
    if days and not re.search(r"\w", sentence.text[: days[0][0]] + sentence.text[days[0][1] : start]):
        return days[0][2]  # a row of a list that opens with its day, whatever day opens the next
    for left, right, day in days:
        if start <= left and right <= end:
            return day
        gap = sentence.text[end:left]
        if 0 <= left - end <= 32 and not re.search(
            r"\b(?:noted|added|entered|recorded|listed|reviewed|updated|diagnosed|reported|coded)\b|relaps|progress|PET|marrow|remission|diagnos|\bdx\b|develop|\bfound|[.;]\s",
            gap,
            re.IGNORECASE,
        ):
            return day
    for _left, right, day in reversed(find_dates(sentence.text[:start], years=True)):
        gap = sentence.text[right:start]
        if len(gap) <= 40 and re.search(
            r"\b(?:underwent|received|had|done|infused|given|with|mel\w*|BEAM)\b|^\W*$", gap, re.IGNORECASE
        ):
            return day
    return None


def _day_zero(sentence: Sentence, fields: Fields, case: Case) -> Iterator[Fact]:
    """ "Day 0 | 10 April 2025 (allogeneic)", or under a page that has named the kind of transplant."""
    told = fields.day_zero(sentence, case)
    if told:
        kind, start, end, day = told
        yield fact_of(sentence, kind, "present", sentence.span(start, end), when=day)


def _counted(sentence: Sentence, case: Case) -> Iterator[Fact]:
    """ "Transplant day 87 today", of a kind that other words of the chart must name."""
    for count in counts(sentence, case):
        if not count.kind:
            quote = near_quote(sentence, count.start, count.end)
            yield fact_of(sentence, ANY, "present", quote, when=count.day, extra={"told": "counted"})


def _coded(reading: Reading, case: Case) -> Iterator[Fact]:
    """Procedures and status codes of exports; a problem list's code is the weakest witness (rank 0)."""
    owned = {document.file: document for document in reading.documents if document.belongs is not False}
    for file in reading.files:
        document = owned.get(file.name)
        for entry in file.entries if document is not None and file.pages else ():
            doubted = f"{entry.status} {entry.extra.get('verification', '')} {entry.extra.get('intent', '')}"
            late = entry.when is not None and entry.when.first > case.as_of
            if document is None or entry.kind not in ("procedure", "condition") or late:
                continue
            if not _VOID.search(doubted) and not re.search(r"refuted|unconfirmed|provisional", doubted, re.IGNORECASE):
                yield from _entry(document, file.pages[0], entry)


def _entry(document: Document, page: Page, entry: Entry) -> Iterator[Fact]:
    codes = {code.code.upper() for code in entry.codes}
    table = load("transplants.yaml")["codes"]
    concepts = [name for name, known in table.items() if codes & {code.upper() for code in known}]
    if not concepts and entry.kind == "procedure":
        if cue("other_graft").search(entry.label):
            return
        names = (*KINDS, "cells")
        concepts = [name for name in names if named(name).search(entry.label)]
        concepts = ["prior_car_t" if name == "cells" else name for name in concepts]
        if re.search(
            rf"{words('around')}|aph(?:a)?eresis|collect|harvest|donor search|typing", entry.label, re.IGNORECASE
        ):
            return
    for concept in concepts:
        quote = span(page, entry.start, entry.end)
        told = {"told": "list"} if entry.kind == "condition" else {}
        rank = 0 if entry.kind == "condition" else 1
        yield Fact(
            "", concept, "present", (quote,), when=entry.when if entry.kind == "procedure" else None, known=entry.when,
            rank=rank, document=document.id, extra=told,
        )  # fmt: skip
