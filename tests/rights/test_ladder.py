"""The steps after a denial, by plan type: their order, their days, who may act, and what is not invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from chartproof.model import Case, Denial, Step
from chartproof.rights import law
from chartproof.rights.calendar import ics
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.ladder import answer_dates, ladder

DENIAL = Denial(
    file="denial.pdf", is_denial=True, letter_kind="denial", appeal_level_next="internal", decision_type="pre_service",
    letter_date=date(2026, 4, 28), received=date(2026, 4, 30), appeal_fax="315-555-0148", peer_to_peer_phone="315-555-0190",
)  # fmt: skip
PLANS = ("commercial_insured NY", "self_funded_erisa", "medicare_advantage", "dsnp", "medicaid_mco", "fehb", "tricare",
         "marketplace", "grandfathered", "chip", "original_medicare")  # fmt: skip


def steps_of(plan: str, *, as_of: date = date(2026, 5, 1), **changes: Any) -> dict[str, Step]:
    plan_type, _, state = plan.partition(" ")
    denial = replace(DENIAL, plan_type=plan_type, state=state or None, **changes)
    case = Case(as_of=as_of, plan_type=plan_type, state=state, apheresis_planned=date(2026, 5, 26))
    return {step.id: step for step in ladder(denial, case, case_deadlines(denial, case))}


@pytest.mark.parametrize("plan", PLANS)
def test_every_step_says_who_what_where_and_why(plan: str) -> None:
    steps = list(steps_of(plan).values())
    assert len(steps) >= 4
    assert any(step.stands == "now" and step.safe_due for step in steps)
    for step in steps:
        assert step.who and step.send and step.contact and step.period, step.id
        assert step.rules or "ask a lawyer" in step.contact, step.id
        assert (step.due is None) == (step.safe_due is None)
        assert step.after in {*(one.id for one in steps), ""}
        assert step.stands != "later" or step.after, step.id


@pytest.mark.parametrize(
    ("plan", "step", "due", "safe"),
    [("commercial_insured NY", "internal_ny", date(2026, 10, 27), date(2026, 10, 27)),
     ("self_funded_erisa", "internal", date(2026, 10, 27), date(2026, 10, 27)),
     ("medicare_advantage", "ma_reconsideration", date(2026, 6, 29), date(2026, 6, 29)),
     ("dsnp", "aip_reconsideration", date(2026, 6, 29), date(2026, 6, 29)),
     ("medicaid_mco", "mcd_appeal", date(2026, 6, 27), date(2026, 6, 26)),
     ("chip", "mcd_appeal", date(2026, 6, 27), date(2026, 6, 26)),
     ("fehb", "fehb_reconsideration", date(2026, 10, 28), date(2026, 10, 28)),
     ("tricare", "tricare_expedited", date(2026, 5, 3), date(2026, 5, 1)),
     ("original_medicare", "ffs_redetermination", date(2026, 8, 28), date(2026, 8, 28))],
)  # fmt: skip
def test_the_first_appeal_has_its_day(plan: str, step: str, due: date, safe: date) -> None:
    found = steps_of(plan)[step]
    assert (found.due, found.safe_due) == (due, safe)


def test_urgent_steps_run_together_and_before_the_collection() -> None:
    steps = steps_of("commercial_insured NY")
    urgent, beside = steps["expedited_internal"], steps["expedited_external_ny"]
    assert urgent.safe_due == date(2026, 5, 22) and urgent.certify and "no form" in urgent.form
    assert (beside.stands, beside.beside) == ("with", urgent.id)
    assert "ny.external.simultaneous" in beside.rules
    paid = steps_of("commercial_insured NY", decision_type="post_service")
    assert not any("expedited" in name for name in paid)


def test_what_waits_for_a_decision_has_no_day_or_only_the_earliest() -> None:
    steps = steps_of("commercial_insured NY")
    assert steps["external_ny"].earliest and steps["external_ny"].after == "internal_ny"
    assert not any(answer.due for answer in steps["external_ny"].answers)
    assert steps_of("fehb")["fehb_opm"].due is None


def test_a_final_decision_moves_the_ladder_on() -> None:
    final = {"letter_kind": "final_internal", "appeal_level_next": "external"}
    steps = steps_of("self_funded_erisa", **final)
    assert steps["internal"].stands == "past" and steps["external_federal"].stands == "now"
    assert steps["external_federal"].due == date(2026, 8, 31) and not steps["external_federal"].earliest
    assert steps_of("fehb", **final)["fehb_opm"].due == date(2026, 7, 27)
    assert steps_of("chip", **final)["chip_review"].due == date(2026, 8, 26)
    hearing = steps_of("medicaid_mco", letter_kind="final_internal", appeal_level_next="fair_hearing")["mcd_hearing"]
    assert hearing.due == date(2026, 8, 26)
    upheld = steps_of("original_medicare", letter_kind="upheld_appeal", appeal_level_next="external")
    assert upheld["ffs_reconsideration"].due == date(2026, 10, 27)


def test_new_yorks_second_level_does_not_restart_the_four_months() -> None:
    steps = steps_of("commercial_insured NY", letter_kind="upheld_appeal", appeal_level_next="second_level")
    assert steps["internal_ny"].stands == "past" and steps["second_ny"].stands == "now"
    assert steps["external_ny"].due == date(2026, 8, 31)


def test_a_missed_day_is_shown_as_missed() -> None:
    step = steps_of("tricare", as_of=date(2026, 5, 4))["tricare_expedited"]
    assert step.stands == "missed" and "passed" in step.notes[0]


def test_contacts_are_the_letters_own_or_ask() -> None:
    assert "315-555-0148" in steps_of("fehb")["fehb_reconsideration"].contact
    assert steps_of("fehb")["peer_call"].contact == "telephone 315-555-0190"
    none = steps_of("fehb", appeal_fax=None, peer_to_peer_phone=None)
    assert "ask the plan" in none["fehb_reconsideration"].contact and "ask the plan" in none["peer_call"].contact


def test_memory_is_shown_as_memory() -> None:
    step = steps_of("fehb")["fehb_urgent"]
    assert not step.verified and "memory" in step.answers[0].says and "memory" in step.citations[0]


def test_no_ladder_without_a_plan_or_a_denial() -> None:
    case = Case(as_of=date(2026, 5, 1))
    assert ladder(None, case, ()) == () and ladder(DENIAL, case, ()) == ()
    assert ladder(replace(DENIAL, is_denial=False, plan_type="fehb"), case, ()) == ()


def test_the_steps_name_rules_that_exist_and_every_plan_has_a_ladder() -> None:
    data = law.ladders()
    for name, row in data["steps"].items():
        for key in ("due", "answer", "rules"):
            assert all(law.rule(rule) for rule in row.get(key, ())), name
        assert isinstance(row["send"], list) or row["send"] in data["packages"], name
        assert not row.get("asked") or row["asked"] in law.events()["events"], name
        assert not row.get("with") or row["with"] in data["steps"], name
    assert {step for steps in data["ladders"].values() for step in steps} == set(data["steps"])
    for plan in law.plans()["plans"]:
        own = plan in ("all_hipaa_covered", "ny_provider_own_behalf")
        assert own or set(law.tables_for(plan)) & set(data["ladders"]), plan


def test_the_calendar_holds_every_day_of_the_ladder() -> None:
    denial = replace(DENIAL, plan_type="commercial_insured", state="NY")
    case = Case(as_of=date(2026, 5, 1), apheresis_planned=date(2026, 5, 26))
    dates = case_deadlines(denial, case)
    steps = ladder(denial, case, dates)
    rows = (*dates, *answer_dates(steps))
    stamp = datetime(2026, 5, 1, tzinfo=UTC)
    events = list(Calendar.from_ical(ics(rows, case_reference="UM-1", stamp=stamp)).walk("VEVENT"))
    days = {event["dtstart"].dt for event in events}
    for step in steps:
        assert step.safe_due is None or step.safe_due in days
        assert {answer.due for answer in step.answers if answer.due} <= days
    assert len({event["uid"] for event in events}) == len(events)
    assert all(len(list(event.walk("VALARM"))) == 2 for event in events)


def test_a_day_that_moves_keeps_its_event() -> None:
    def uids(received: date) -> set[str]:
        denial = replace(DENIAL, plan_type="fehb", letter_date=received)
        case = Case(as_of=date(2026, 5, 1))
        raw = ics(case_deadlines(denial, case), case_reference="UM-1", stamp=datetime(2026, 5, 1, tzinfo=UTC))
        return {str(event["uid"]) for event in Calendar.from_ical(raw).walk("VEVENT")}

    assert uids(date(2026, 4, 28)) == uids(date(2026, 4, 29))


def test_after_the_final_decision_the_urgent_way_out_is_still_open() -> None:
    steps = steps_of("commercial_insured NY", letter_kind="final_internal", appeal_level_next="external")
    beside = steps["expedited_external_ny"]
    assert (beside.stands, beside.beside) == ("with", "external_ny")
    second = steps_of("self_funded_erisa", letter_kind="upheld_appeal", appeal_level_next="second_level")
    assert second["external_federal"].after == "second"
