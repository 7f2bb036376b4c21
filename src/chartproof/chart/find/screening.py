"""Cancer screening as a whole: what USPSTF advises at this age, sex and smoking history, and what the chart shows.

The one deciding fact is present only where every item that is due is shown, or a clinician says that screening is
current, or gives the reason for putting it off. An item that is nowhere in the chart leaves the whole open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chartproof.chart.context import assertion
from chartproof.chart.find import respiratory
from chartproof.chart.find.person import of_another, sex_fact, sex_of
from chartproof.chart.find.screening_rules import exempt, later, rules
from chartproof.chart.find.screening_statements import Statement, statements
from chartproof.chart.find.screening_tests import Tested, tests_found
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


@dataclass(frozen=True, slots=True)
class Item:
    """One screening that is due: `state` is done, overdue, deferred or missing."""

    label: str
    state: str
    evidence: tuple[Span, ...] = ()
    when: DayRange | None = None
    note: str = ""
    due: date | None = None


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


def age_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def item_of(
    rule: dict[str, Any], tested: Sequence[Tested], said: Sequence[Statement], case: Case, born: date
) -> Item:  # fmt: skip
    """The newest test of the rule's methods against its interval and the chart's own due date."""
    label = str(rule["label"])
    done = sorted(
        ((until(one, interval(rule, one, born)), one) for one in tested if _counts(rule, one)), key=lambda row: row[0]
    )
    flagged = flag_of(rule, tested)
    grace = timedelta(days=int(rules()["grace_days"]))
    holding = [one for day, one in done if day + grace >= case.as_of and not one.overdue]
    if holding and not (flagged and not flagged.automatic and later_flag(flagged, holding[-1])):
        return _done(label, holding[-1])
    ended = ended_at_age(rule, tested, age_on(case.as_of, born)) if not flagged else None
    if ended:
        return _done(label, ended)
    put_off = next((one for one in said if one.kind == "deferred" and (not one.sites or rule["id"] in one.sites)), None)
    if put_off:
        return Item(label, "deferred", (put_off.span,), put_off.when)
    if done and not holding:
        day, last = max(done, key=lambda row: row[0])
        return _overdue(label, last, f"the last test was due again by {day.isoformat()}", day)
    if flagged:
        return _overdue(label, flagged, "overdue by the chart's own words")
    own = [one for one in tested if one.method in rule["methods"] and one.fact.signed]
    # who smoked how much, and whether a scan follows, is the clinician's to say
    spared = next((one for one in own if rule.get("smoking") and one.not_due), None)
    if spared and not done:
        return _done(label, spared)
    stated = next((one for one in said if one.kind == "current" and rule["id"] in one.sites), None)
    if stated:
        return Item(label, "done", (stated.span,), stated.when)
    ahead = next((one for one in own if one.next_only), None)
    if ahead:
        return _done(label, ahead)
    named = " or ".join(name.replace("_", " ") for name in rule["methods"])
    return Item(label, "missing", (), None, f"no {named} found")


def _counts(rule: dict[str, Any], one: Tested) -> bool:
    """Whether a test is one of the rule's, was done on a known day and asks for no other."""
    dated = one.fact.assertion == "present" and one.fact.when is not None
    return one.method in rule["methods"] and dated and bool(one.fact.signed) and not one.asks_more


def _done(label: str, one: Tested) -> Item:
    return Item(label, "done", (one.fact.evidence[0],), one.fact.known)


def _overdue(label: str, one: Tested, why: str, day: date | None = None) -> Item:
    return Item(label, "overdue", (one.fact.evidence[0],), one.fact.known, f"{label}: {why}", day)


def ended_at_age(rule: dict[str, Any], tested: Sequence[Tested], age: int) -> Tested | None:
    """At the last age of a screening the signed row by which the chart has ended it: "stopped at 65, adequate negatives"."""
    methods = (*rule["methods"], rule["id"])
    rows = (one for one in tested if one.not_due and one.method in methods and one.fact.signed)
    return next(rows, None) if age >= rule["to_age"] else None


def until(one: Tested, months: int) -> date:
    """The last day for which the test holds: its interval, or earlier where the chart says so."""
    when = one.fact.when
    assert when is not None
    by_rule = later(when.last, months)
    return min(by_rule, one.due) if one.due and one.due > when.last else by_rule


def interval(rule: dict[str, Any], one: Tested, born: date) -> int:
    """Months for which the test holds; below the age at which a test is advised it counts as the site's first."""
    when, from_age = one.fact.when, rule.get("from_age_of", {}).get(one.method)
    methods: dict[str, int] = rule["methods"]
    if from_age and when and later(born, 12 * int(from_age)) > when.last:
        return int(next(iter(methods.values())))
    return int(methods[one.method])


def flag_of(rule: dict[str, Any], tested: Sequence[Tested]) -> Tested | None:
    """The newest row that calls a test of the rule overdue."""
    rows = [one for one in tested if one.overdue and one.method in (*rule["methods"], rule["id"])]
    return max(rows, key=lambda one: one.fact.known.last if one.fact.known else date.min, default=None)


def later_flag(flagged: Tested, holding: Tested) -> bool:
    """Whether the row that says overdue was written after the test was done and not before its record."""
    said, done, known = flagged.fact.known, holding.fact.when, holding.fact.known
    if said is None or done is None:
        return True
    return said.last >= done.last and (known is None or said.last >= known.first)


def outweighs(item: Item, statement: Statement) -> bool:
    """Whether an overdue row was written with or after the statement that all is current, or fell due since."""
    if item.state != "overdue" or statement.when is None:
        return item.state == "overdue"
    if item.when is not None and item.when.last >= statement.when.first:
        return True
    return item.due is not None and item.due > statement.when.last


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
