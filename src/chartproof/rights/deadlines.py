"""Plan type, state and what happened in; every date that follows out, each with its rule, citation and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from chartproof.errors import InputError
from chartproof.model import Case, Deadline, Denial, StatedDeadline
from chartproof.rights import clock as clocks
from chartproof.rights import law
from chartproof.rights.apply import Moment, apply

Given = Mapping[str, Any]

_FIRST_STEP = ("internal_appeal", "reconsideration")
_FILING = (
    *_FIRST_STEP,
    "second_level_appeal",
    "external_review",
    "fair_hearing",
    "opm_review",
    "state_review",
    "expedited_reconsideration",
)
#: The rule of the step after the first one, shown as what comes next.
_NEXT = {
    "medicare_advantage": "ma.recon.auto_forward", "dsnp": "ma.recon.auto_forward", "medicaid_mco": "mcd.hearing.file",
    "fehb": "fehb.opm.file", "tricare": "tricare.second.file", "original_medicare": "ffs.reconsideration.file",
    "chip": "chip.review.file",
}  # fmt: skip
#: The letters that answer an appeal, and what their date is called for the plans that count from it.
_AFTER_APPEAL = ("final_internal", "upheld_appeal")
_UPHELD = ("appeal_resolution_dated", "upheld_dated", "redetermination_dated")
#: A year outside of these is a slip of the hand; the same as on a page (`chart/dates.py`).
_YEARS = range(1900, 2100)
#: Days that an urgent answer takes at the most, with a day to spare.
_URGENT_DAYS = 4


def parse_given(pairs: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """EVENT=DATE pairs as typed. DATE is ISO, with a time and zone where hours count; facts are given the same way.

    Raises InputError for a word that is not an event or fact, or a date that cannot be read.
    """
    given: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not value.strip():
            raise InputError(
                "CP-DATE-01", f"cannot read {pair!r}", then="Write EVENT=DATE, e.g. denial_received=2026-03-14."
            )
        given[name.strip()] = _value(name.strip(), value.strip())
    return given


def _value(name: str, text: str) -> Any:
    if name in law.fact_names():
        return _fact(name, text)
    _event(name)
    if text.lower() in ("none", "null", "unknown"):
        return None
    try:
        day = datetime.fromisoformat(text) if "T" in text or " " in text else date.fromisoformat(text)
    except ValueError:
        day = None
    if not day or day.year not in _YEARS:
        raise InputError(
            "CP-DATE-02", f"{name}: {text!r} is not a date", then="Write 2026-03-14 or 2026-03-14T09:00:00-04:00."
        )
    return day


def _event(name: str) -> str:
    names = law.event_names()
    if name not in names:
        near = get_close_matches(name, [*names, *law.fact_names()], 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise InputError(
            "CP-DATE-03",
            f"unknown event {name!r}",
            then=f"{hint}The command without --given lists the events of a plan.",
        )
    return names[name]


def _fact(name: str, value: Any) -> Any:
    entry = law.events()["facts"][law.fact_names()[name]]
    word = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower(), value)
    if isinstance(word, str) and word.isdigit():
        word = int(word)
    word = entry.get("same", {}).get(word, word)
    if word not in entry["values"]:
        known = ", ".join(str(choice).lower() for choice in entry["values"])
        raise InputError("CP-DATE-04", f"{name}: {value!r} is not known", then=f"Use one of: {known}.")
    return word


def _sorted_given(given: Given, item: str) -> tuple[dict[str, Moment], dict[str, Any]]:
    happened: dict[str, Moment] = {}
    facts: dict[str, Any] = {"kind": _fact("kind", item)} if item else {}
    for name, value in given.items():
        if value is None:
            continue
        if name in law.fact_names():
            facts[law.fact_names()[name]] = _fact(name, value)
            continue
        if isinstance(value, str):
            value = _value(name, value)
        happened[_event(name)] = value
    if facts.pop("urgent", False) or facts.get("claim") == "urgent":
        # What starts the usual clock starts the urgent one as well; urgent care is care not yet given.
        facts["claim"] = "pre_service" if facts.get("claim") == "urgent" else facts.get("claim", "pre_service")
        table = law.events()["events"]
        happened = {table[name]["urgent"]: day for name, day in happened.items() if "urgent" in table[name]} | happened
    return happened, facts


def deadlines(*, plan_type: str, state: str = "", given: Given, item: str = "") -> tuple[Deadline, ...]:
    """Every rule of the plan's law tables whose clock has started, in date order.

    `given` maps events of knowledge/law/events.yaml to a day, a moment (where hours count) or None (not known), and
    facts (claim, kind, levels, extended, urgent) to their value. `item` is `service`, `drug` or empty: where it decides and is
    empty, both rules are shown and say so. Raises InputError for an unknown plan type, event or value.
    """
    happened, facts = _sorted_given(given, item)
    tables = set(law.tables_for(plan_type, state))
    found: list[Deadline] = []
    for rule in law.rules():
        if rule.clocks and tables.intersection(rule.plan_types):
            found += apply(rule, happened, facts, state, tables)
    return tuple(sorted(found, key=lambda row: (clocks.comparable(row.due), row.rule)))


def case_deadlines(denial: Denial, case: Case) -> tuple[Deadline, ...]:
    """The claimant's dates for one denial, earliest first.

    The first appeal by law and, where the letter gives another day, by the letter; the peer-to-peer call; the day by
    which an urgent request still helps; and external review. What depends on a decision that has not come is counted
    from this notice, the earliest that it can run, and says so. Nothing is invented: without a letter date and a
    receipt there is no date.
    """
    plan_type, state = case.plan_type or denial.plan_type or "", case.state or denial.state or ""
    received = case.received or denial.received
    start = received or denial.letter_date
    if not denial.is_denial or start is None:
        return ()
    rows: list[Deadline] = []
    if plan_type:
        rows += _by_law(denial, plan_type, state, received)
    rows += _by_letter(denial, received, rows)
    rows += _peer_call(denial, received)
    rows += _urgent(denial, case, plan_type, state, rows)
    return tuple(sorted(rows, key=lambda row: (clocks.comparable(row.safe_due), row.what, row.rule)))


def _by_law(denial: Denial, plan_type: str, state: str, received: date | None) -> Iterator[Deadline]:
    after_appeal = denial.letter_kind in _AFTER_APPEAL
    second = denial.appeal_level_next == "second_level"
    given: dict[str, Any] = {"claim": denial.decision_type or None}
    if after_appeal and second:
        given["first_level_fad_received"] = received or denial.letter_date
    elif after_appeal:
        given.update(final_denial_received=received or denial.letter_date, redetermination_received=received)
        given.update(dict.fromkeys(_UPHELD, denial.letter_date))
    else:
        given.update(notice_dated=denial.letter_date, denial_received=received)
    found = [
        row
        for row in deadlines(plan_type=plan_type, state=state, given=given)
        if row.who == "claimant" and row.what in _FILING
    ]
    chosen = list(_most_specific(found, plan_type, state))
    for row in chosen:
        after = _NEXT.get(plan_type)
        yield replace(row, why=f"{row.why} Next: {law.rule(after).says}") if after and row.what in _FIRST_STEP else row
    if not after_appeal:
        yield from _external_later(plan_type, state, received or denial.letter_date)


def _most_specific(rows: list[Deadline], plan_type: str, state: str) -> Iterator[Deadline]:
    """One row a step: that of the state's table before the federal one; counting rules are left to their own list."""
    tables = law.tables_for(plan_type, state)
    for what in dict.fromkeys(row.what for row in rows):
        same = [row for row in rows if row.what == what and law.rule(row.rule).kind == "deadline"]
        if same:
            yield min(
                same,
                key=lambda row: min(tables.index(table) for table in law.rule(row.rule).plan_types if table in tables),
            )


def _external_later(plan_type: str, state: str, start: date | None) -> Iterator[Deadline]:
    """External review before the final decision has come: the earliest day on which its time could end."""
    rows = deadlines(plan_type=plan_type, state=state, given={"final_denial_received": start})
    filing = [row for row in rows if row.what == "external_review" and row.who == "claimant"]
    for row in _most_specific(filing, plan_type, state):
        rule = law.rule(row.rule)
        waits = (
            f"Waits for the final adverse determination: {rule.clocks[0].amount} {rule.clocks[0].unit} run from the day that it "
            f"reaches the patient. The day shown is the earliest possible end, counted from this notice (as if the internal "
            f"appeal were skipped); set it anew when the decision comes."
        )
        yield replace(row, why=f"{waits} {rule.says}")


def _by_letter(denial: Denial, received: date | None, lawful: list[Deadline]) -> Iterator[Deadline]:
    """The letter's own last day, where it is earlier than the law's (or there is no law to set beside it)."""
    for row in denial.stated_deadlines:
        if row.what not in _FILING or row.span is None:
            continue
        if (
            row.what in ("external_review", "fair_hearing", "opm_review", "state_review", "second_level_appeal")
            and denial.letter_kind not in _AFTER_APPEAL
        ):
            continue
        due = _stated_due(row, denial, received)
        same = [other for other in lawful if other.what == row.what or {other.what, row.what} <= set(_FIRST_STEP)]
        if due is None or any(clocks.as_date(other.safe_due) <= due for other in same):
            continue
        note = " The law gives longer; keep this day all the same." if same else ""
        yield _from_letter(denial, row, due, f"{_words(row)} as the letter says.{note}")


def _stated_due(row: StatedDeadline, denial: Denial, received: date | None) -> date | None:
    start = received if row.counted_from.endswith("receipt") and received else denial.letter_date
    if row.on is not None:
        return row.on
    if start is None:
        return None
    if row.days is not None:
        return clocks.add_days(start, row.days)
    if row.business_days is not None:
        return clocks.add_business_days(start, row.business_days)
    if row.months is not None:
        return clocks.add_months(start, row.months)
    return None


def _words(row: StatedDeadline) -> str:
    if row.on is not None:
        return f"The last day is {row.on.isoformat()},"
    amounts = (("days", row.days), ("business days", row.business_days), ("months", row.months))
    amount = next((f"{number} {unit}" for unit, number in amounts if number is not None), "a last day")
    return f"{amount[0].upper()}{amount[1:]} from {'receipt' if row.counted_from.endswith('receipt') else 'the date of the letter'},"


def _from_letter(denial: Denial, row: StatedDeadline, due: date, why: str) -> Deadline:
    page = row.span.page if row.span else 1
    return Deadline(
        rule="letter", what=row.what, due=due, safe_due=clocks.working_day_on_or_before(due), who="claimant",
        citation=f"{denial.file}, p. {page}", why=why,
    )  # fmt: skip


def _peer_call(denial: Denial, received: date | None) -> Iterator[Deadline]:
    for row in denial.stated_deadlines:
        due = _stated_due(row, denial, received) if row.what == "peer_to_peer" else None
        if due is not None:
            number = f" Call {denial.peer_to_peer_phone}." if denial.peer_to_peer_phone else ""
            yield _from_letter(
                denial,
                row,
                due,
                f"{_words(row)} as the letter says.{number} {law.rule('federal.no_peer_to_peer').says}",
            )
            return


def _urgent(denial: Denial, case: Case, plan_type: str, state: str, rows: list[Deadline]) -> Iterator[Deadline]:
    """The urgent appeal: the same last day, but early enough that an answer comes before the planned collection."""
    steps = [row for row in rows if row.what in _FIRST_STEP]
    first = min(steps, key=lambda row: clocks.comparable(row.safe_due), default=None)
    if first is None or not plan_type or denial.decision_type == "post_service":
        return
    moment = datetime.combine(case.as_of, datetime.min.time())
    answers = deadlines(plan_type=plan_type, state=state, given={"urgent_appeal_received": moment})
    decisions = [row for row in answers if row.what == "expedited_appeal_decision"]
    answer = next(_most_specific(decisions, plan_type, state), None)
    if answer is None:
        return
    rule = law.rule(answer.rule)
    safe, reason = clocks.as_date(first.safe_due), "Ask at once where waiting endangers life, health or function."
    if case.apheresis_planned is not None:
        early = clocks.working_day_on_or_before(case.apheresis_planned - timedelta(days=_URGENT_DAYS))
        if case.as_of <= early < safe:
            safe, reason = (
                early,
                f"Asked by this day, the answer comes before the collection planned for {case.apheresis_planned.isoformat()}.",
            )
    yield Deadline(
        rule=rule.id, what="expedited_appeal", due=first.due, safe_due=safe, who="claimant", citation=rule.citation,
        why=f"{reason} {rule.says}", verified=rule.verified,
    )  # fmt: skip
