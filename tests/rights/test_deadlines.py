"""Worked dates, facts that choose between rules, and errors that say what is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from chartproof.errors import InputError
from chartproof.rights import law
from chartproof.rights.deadlines import deadlines, parse_given

VECTORS = yaml.safe_load((Path(__file__).parent / "vectors.yaml").read_text())["vectors"]


@pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda vector: f"{vector['plan_type']}-{vector['due'][:10]}-{vector['rules'][0]}"
)
def test_worked_date(vector: dict) -> None:
    rows = deadlines(plan_type=vector["plan_type"], state=vector.get("state", ""), given=vector["given"])
    hits = {row.rule: row for row in rows if row.rule in vector["rules"]}
    assert set(hits) == set(vector["rules"]), [row.rule for row in rows]
    for row in hits.values():
        assert row.due.isoformat() == vector["due"]
        if "safe" in vector:
            assert row.safe_due.isoformat() == vector["safe"]
        assert row.citation and row.why


def test_medicare_is_never_rolled_and_five_days_are_added_once() -> None:
    rows = deadlines(plan_type="medicare_advantage", given={"notice_dated": date(2026, 3, 10)})
    filing = next(row for row in rows if row.rule == "ma.recon.file")
    assert filing.due == date(2026, 5, 14)
    weekend = deadlines(plan_type="medicare_advantage", given={"notice_dated": date(2026, 3, 12)})
    saturday = next(row for row in weekend if row.rule == "ma.recon.file")
    assert (saturday.due, saturday.safe_due) == (date(2026, 5, 16), date(2026, 5, 15))


def test_an_unknown_kind_shows_both_rules_and_says_so() -> None:
    rows = deadlines(plan_type="medicare_advantage", given={"appeal_received": date(2026, 5, 13)})
    assert {"ma.recon.decide_service", "ma.recon.decide_partb"} <= {row.rule for row in rows}
    assert all("applies if kind is" in row.why for row in rows if row.rule.startswith("ma.recon.decide_p"))
    drug = deadlines(plan_type="medicare_advantage", given={"appeal_received": date(2026, 5, 13)}, item="drug")
    assert "ma.recon.decide_service" not in {row.rule for row in drug}


def test_memory_is_shown_as_memory() -> None:
    rows = deadlines(plan_type="chip", state="NY", given={"notice_dated": date(2026, 3, 9)})
    assert [(row.rule, row.verified) for row in rows] == [("chip.appeal.file", True), ("nychp.appeal_law", False)]
    assert "confirm" in rows[1].citation and "confirm" in rows[1].why


@pytest.mark.parametrize(
    ("pair", "code"),
    [("denial_recieved=2026-03-14", "CP-DATE-03"), ("denial_received=14 March", "CP-DATE-02"),
     ("denial_received", "CP-DATE-01"), ("claim=sometimes", "CP-DATE-04")],
)  # fmt: skip
def test_typed_errors_list_what_is_known(pair: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_given([pair])
    assert raised.value.code == code and raised.value.then


def test_unknown_plan_type() -> None:
    with pytest.raises(InputError, match="commercial_insured"):
        deadlines(plan_type="gold", given={})


def test_parse_given_reads_days_moments_and_facts() -> None:
    given = parse_given(
        ["denial_received=2026-03-14", "urgent_appeal_received=2026-03-16T09:00:00-04:00", "claim=retrospective"]
    )
    assert given["denial_received"] == date(2026, 3, 14)
    assert given["urgent_appeal_received"].utcoffset() is not None
    assert given["claim"] == "post_service"


def test_law_tables_hold_together() -> None:
    rules = law.rules()
    ids = [rule.id for rule in rules]
    assert len(ids) == len(set(ids))
    names, facts = law.event_names(), law.events()["facts"]
    tables = {table for entry in law.plans()["plans"].values() for table in entry["tables"]}
    tables |= {
        table for entry in law.plans()["plans"].values() for more in entry.get("states", {}).values() for table in more
    }
    tables |= set(law.plans()["everyone"])
    for rule in rules:
        for entry in rule.clocks:
            assert names.get(entry.event) == entry.event, (rule.id, entry.event)
        assert set(rule.when) <= set(facts), rule.id
        assert all(other in ids for other in (*rule.counting.values(), *filter(None, [rule.extension_rule]))), rule.id
        assert all(other in ids for other in rule.if_late), rule.id
        assert (rule.kind == "deadline") == bool(rule.clocks), rule.id
        assert rule.verified or rule.grade == "M", rule.id
        assert tables & set(rule.plan_types), rule.id


def test_every_clock_has_a_worked_date() -> None:
    worked = {rule for vector in VECTORS for rule in vector["rules"]}
    assert not {rule.id for rule in law.rules() if rule.clocks} - worked


def test_a_late_plan_is_told_by_the_plans_own_law() -> None:
    given = {"appeal_received": date(2026, 3, 20), "claim": "pre_service", "levels": 1}
    for plan, rule, late in (
        ("ny_commercial", "ny.appeal.decide.preauth", "reversed"),
        ("aca_individual", "erisa.appeal.decide.preservice.one_level", "at once"),
        ("medicare_advantage", "ma.recon.decide_service", "independent"),
        ("medicaid_mco", "mcd.appeal.decide", "hearing"),
        ("chip", "chip.appeal.decide", "review"),
        ("fehb", "fehb.recon.decide", "OPM"),
    ):
        row = next(row for row in deadlines(plan_type=plan, given=given) if row.rule == rule)
        assert late in row.if_late, (plan, row.if_late)


def test_urgent_words_start_the_urgent_clock_too() -> None:
    rows = deadlines(
        plan_type="self_funded_erisa", given={"appeal_received": "2026-03-16T09:00:00-04:00", "claim": "urgent"}
    )
    assert {"erisa.appeal.decide.urgent", "erisa.appeal.decide.preservice.one_level"} <= {row.rule for row in rows}


@pytest.mark.parametrize(
    ("state", "start", "due"),
    [("NY", "2026-03-06T10:00:00", "2026-03-09T11:00:00-04:00"), ("AZ", "2026-03-06T10:00:00", "2026-03-09T10:00:00-07:00"),
     ("TX", "2026-10-30T10:00:00", "2026-11-02T09:00:00-06:00")],
)  # fmt: skip
def test_seventy_two_hours_on_the_wall_clock_of_the_state(state: str, start: str, due: str) -> None:
    rows = deadlines(plan_type="commercial_insured", state=state, given={"urgent_appeal_received": start})
    federal = next(row for row in rows if row.rule == "erisa.appeal.decide.urgent")
    assert federal.due.isoformat() == due
