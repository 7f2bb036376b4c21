"""Cancer screening as a whole: what USPSTF advises at this age, sex and smoking history, and what the chart shows.

The one deciding fact is present only where every item that is due is shown, or a clinician says that screening is
current, or gives the reason for putting it off. An item that is nowhere in the chart leaves the whole open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chartproof.chart.context import assertion
from chartproof.chart.find.lungs import risk as respiratory
from chartproof.chart.find.person import of_another, sex_fact, sex_of
from chartproof.chart.find.screening.items import Item, age_on, item_of, outweighs
from chartproof.chart.find.screening.records import Tested
from chartproof.chart.find.screening.rules import exempt, rules
from chartproof.chart.find.screening.statements import Statement, statements
from chartproof.chart.find.screening.tests import tests_found
from chartproof.chart.find.statements import clip
from chartproof.chart.identity import guess_patient
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, DayRange, Fact, Span

CONCEPT = "cancer_screening"


@dataclass(frozen=True, slots=True)
class Smoker:
    """What the chart says; None where it says nothing. `stopped` is in years before the day asked."""

    smoked: bool | None
    pack_years: float | None
    stopped: int | None
    told: Fact | None = None


def find(reading: Reading, case: Case) -> list[Fact]:
    """The fact of screening as a whole, a fact for each test with its day, and the patient's sex as recorded."""
    sex = sex_of(reading, case)
    tested = tests_found(reading, case, sex)
    facts = once([one.fact for one in tested])
    whole = overall(reading, case, tested, sex)
    recorded = sex_fact(reading, case, sex)
    return [*whole, *facts, *([recorded] if recorded else []), *lung_due(reading, case)]


def once(facts: Sequence[Fact]) -> list[Fact]:
    kept: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        kept.setdefault((fact.concept, fact.assertion, fact.when, fact.evidence[0].file, fact.evidence[0].page), fact)
    return list(kept.values())


def overall(reading: Reading, case: Case, tested: Sequence[Tested], sex: str) -> list[Fact]:
    said = list(statements(reading, case))
    born = case.patient.born or guess_patient(page for file in reading.files for page in file.pages).born
    if born is None:
        return [of_statement(one) for one in said[:1]]
    age = age_on(case.as_of, born)
    smoker = smoker_of(reading, case)
    removed = removed_organs(reading, sex)
    items = [
        item_of(rule, tested, said, case, born)
        for rule in rules()["screening"]
        if not rule.get("optional") and is_due(rule, age, sex, smoker, tested) and rule["id"] not in removed
    ]
    unmet = [item for item in items if item.state in ("overdue", "missing")]
    current = next((one for one in said if one.kind in ("current", "nothing_due") and not one.sites), None)
    if current and not any(outweighs(item, current) for item in unmet):
        return [of_statement(current, (*spans(items), *extra_rows(tested)))]
    if not items:
        return without_organ(tested, age, removed)
    unknown_sex = "" if sex else "the patient's sex is not stated: what either sex needs was asked for"
    if not unmet:
        value = "deferred" if any(item.state == "deferred" for item in items) else "current"
        return [whole(value, items, tested, note=unknown_sex)]
    overdue = [item for item in unmet if item.state == "overdue"]
    if overdue:
        return [whole("overdue", overdue, (), note="; ".join(item.note for item in unmet))]
    return unexplained(items, unmet, tested, reading)


# --- what is due


def is_due(rule: dict[str, Any], age: int, sex: str, smoker: Smoker, tested: Sequence[Tested]) -> bool:
    if not rule["from_age"] <= age <= rule["to_age"] or (sex and rule["sex"] not in ("any", sex)):
        return False
    if rule.get("exempt") and any(
        one.method == rule["exempt"] and one.cervix_gone and one.fact.assertion != "family" for one in tested
    ):
        return False
    limits = rule.get("smoking")
    if not limits:
        return True
    if not smoker.smoked and smoker.pack_years is None:
        return False
    told = any(one.not_due and one.fact.concept == "low_dose_ct" for one in tested)
    if smoker.pack_years is None:
        return not told
    recent = smoker.stopped is None or smoker.stopped <= limits["stopped_within_years"]
    return bool(smoker.pack_years >= limits["pack_years"] and recent)


def smoker_of(reading: Reading, case: Case) -> Smoker:
    """What the chart says of the patient's own smoking; `stopped` is in years before the day asked."""
    facts = [fact for fact in respiratory.find(reading, case) if fact.concept.startswith("smoking")]
    packs = [
        fact.quantity.low or 0.0
        for fact in facts
        if fact.concept == "smoking_pack_years" and fact.assertion in ("present", "historical") and fact.quantity
    ]
    own = [fact for fact in facts if fact.assertion in ("present", "historical", "absent")]
    ranked = sorted(own, key=lambda fact: (fact.concept != "smoking_pack_years", "stopped" not in fact.extra))
    smoked = any(fact.assertion == "present" for fact in facts)
    never = any(fact.assertion == "absent" for fact in facts)
    stops = [int(fact.extra["stopped"]) for fact in facts if fact.extra.get("stopped", "").isdigit()]
    return Smoker(
        smoked=True if smoked else False if never else None,
        pack_years=max(packs) if packs else None,
        stopped=case.as_of.year - max(stops) if stops else None,
        told=ranked[0] if ranked else None,
    )


def lung_due(reading: Reading, case: Case) -> list[Fact]:
    """Whether the recorded smoking history calls for low-dose CT, with its words; nothing where it is not recorded."""
    smoker = smoker_of(reading, case)
    born = case.patient.born or guess_patient(page for file in reading.files for page in file.pages).born
    if smoker.told is None or born is None or (smoker.smoked and smoker.pack_years is None):
        return []
    age = age_on(case.as_of, born)
    due = any(rule.get("smoking") and is_due(rule, age, "", smoker, ()) for rule in rules()["screening"])
    told = smoker.told
    return [
        Fact(
            id="", concept="lung_screening_due", assertion="present" if due else "absent", evidence=told.evidence[:1],
            when=DayRange.day(case.as_of), known=told.known, document=told.document,
            note="by pack-years, years since stopping and age",
        )
    ]  # fmt: skip


def removed_organs(reading: Reading, sex: str) -> dict[str, Fact]:
    """Rules whose organ the chart says was removed ("bilateral mastectomy", "total proctocolectomy"), with its words."""
    found: dict[str, Fact] = {}
    for sentence in reading.sentences:
        for rule in rules()["screening"]:
            match = exempt(str(rule["id"])).search(sentence.text) if rule.get("exempt_words") else None
            if not match or of_another(sentence, *match.span(), sex=sex):
                continue
            if assertion(sentence, *match.span()) in ("present", "historical"):
                found.setdefault(rule["id"], of_removal(sentence, match))
    return found


def of_removal(sentence: Sentence, match: re.Match[str]) -> Fact:
    segment = sentence.segment
    return Fact(
        id="", concept=CONCEPT, assertion="present", evidence=(clip(sentence, match.start(), match.end()),),
        value="nothing_due", when=segment.when, known=segment.when, signed=segment.signed is not False,
        document=segment.document.id, note="the organ was removed",
    )  # fmt: skip


def without_organ(tested: Sequence[Tested], age: int, removed: dict[str, Fact]) -> list[Fact]:
    """Where the only screening of that age is of an organ that was removed: nothing is due."""
    rule = next(rule for rule in rules()["screening"] if rule.get("exempt"))
    gone = [one for one in tested if one.cervix_gone and one.fact.assertion == "present"]
    if removed:
        return [next(iter(removed.values()))]
    if not gone or not rule["from_age"] <= age <= rule["to_age"]:
        return []
    fact = gone[0].fact
    return [
        Fact(
            id="", concept=CONCEPT, assertion="present", evidence=fact.evidence, value="nothing_due", when=fact.known,
            known=fact.known, signed=fact.signed, document=fact.document, note="the cervix was removed",
        )
    ]  # fmt: skip


# --- the facts


def of_statement(one: Statement, more: tuple[Span, ...] = ()) -> Fact:
    segment = one.sentence.segment
    return Fact(
        id="", concept=CONCEPT, assertion="present", evidence=(one.span, *more), value=one.kind, when=segment.when,
        known=segment.when, signed=segment.signed is not False, document=segment.document.id, note="a clinician's statement",
    )  # fmt: skip


def whole(value: str, items: Sequence[Item], tested: Sequence[Tested], *, note: str) -> Fact:
    days = [item.when for item in items if item.when]
    if not days:  # a summary without a day of its own: the newest of the tests is when this was known at the earliest
        days = [one.fact.when for one in tested if one.fact.when and one.fact.assertion == "present"]
    newest = max(days, key=lambda day: day.last) if days else None
    return Fact(
        id="", concept=CONCEPT, assertion="present", evidence=(*spans(items), *extra_rows(tested)), value=value, when=newest,
        known=newest, note=note, extra={"items": "; ".join(f"{item.label}: {item.state}" for item in items)},
    )  # fmt: skip


def unexplained(items: Sequence[Item], unmet: Sequence[Item], tested: Sequence[Tested], reading: Reading) -> list[Fact]:
    """Says what was not found; decides nothing. Its quote is what the chart does say on screening."""
    evidence = (*spans(items), *(one.fact.evidence[0] for one in tested))
    if not evidence:
        mention = next(
            (
                s
                for s in reading.sentences
                if re.search(r"\bcancer screening|health maintenance|preventive|age-appropriate", s.text, re.IGNORECASE)
            ),
            None,
        )
        if mention is None:
            return []
        evidence = (mention.span(0, min(len(mention.text), 140)),)
    note = "; ".join(item.note for item in unmet)
    return [Fact(id="", concept=CONCEPT, assertion="planned", evidence=evidence[:3], note=note)]


def spans(items: Sequence[Item]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(span for item in items for span in item.evidence))


def extra_rows(tested: Sequence[Tested]) -> tuple[Span, ...]:
    """Rows that say why something is not due: not eligible, no cervix, a decision that was discussed."""
    rows = [
        one.fact.evidence[0]
        for one in tested
        if one.not_due or one.cervix_gone or (one.fact.concept == "psa_discussion" and one.fact.assertion == "present")
    ]
    return tuple(dict.fromkeys(rows))[:4]
