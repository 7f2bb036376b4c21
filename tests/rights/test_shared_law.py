"""Rule by rule against the table of rules and worked dates that lies beside the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.rights import law
from chartproof.rights.deadlines import deadlines

UNITS = {"days": "calendar_days", "business_days": "business_days", "months": "months", "hours": "hours"}


@pytest.fixture(scope="module")
def table(shared: Path) -> dict[str, Any]:
    kept: dict[str, Any] = yaml.safe_load((shared / "reference" / "appeal-law.yaml").read_text())
    return kept


def amounts(rule: law.Rule) -> set[tuple[int, str]]:
    """Every period that this rule counts, or adds to another rule's."""
    found = {(clock.amount, UNITS.get(clock.unit, "")) for clock in rule.clocks}
    for other in law.rules():
        if other.extension_rule == rule.id:
            found.add((other.extension_days, "calendar_days"))
        if other.counting.get("presumed") == rule.id:
            found |= {(clock.presumed_receipt, "calendar_days") for clock in other.clocks}
    return found


def test_every_rule_is_here_with_its_numbers(table: dict[str, Any]) -> None:
    ours = {rule.id: rule for rule in law.rules()}
    wrong = []
    for want in table["rules"]:
        rule = ours.get(want["id"])
        if rule is None:
            wrong.append((want["id"], "is not in the tables"))
            continue
        pairs = [
            ("who", rule.who, want["who_is_bound"]),
            ("grade", rule.grade, want["source_grade"]),
            ("verified", rule.verified, want["verified"]),
            ("pinpoint", rule.pinpoint_verified, want.get("pinpoint_verified", True)),
            ("plans", sorted(set(want["plan_type"]) - set(rule.plan_types)), []),
            ("citation", rule.citation.removeprefix("no federal rule"), want["citation"].removeprefix("none")),
        ]
        wrong += [(want["id"], name, got, expected) for name, got, expected in pairs if got != expected]
        if want.get("unit") and (want["amount"], want["unit"]) not in amounts(rule):
            wrong.append((want["id"], "amount", amounts(rule), want["amount"]))
        if want.get("amount_usd") and f"${want['amount_usd']:,}" not in rule.says:
            wrong.append((want["id"], "dollars", rule.says, want["amount_usd"]))
        if want["kind"] == "deadline" and want.get("unit") and not (rule.clocks or rule.kind == "counting"):
            wrong.append((want["id"], "has no clock"))
    assert len(table["rules"]) > 200 and not wrong, wrong


def test_no_sentence_is_copied(table: dict[str, Any]) -> None:
    for want in table["rules"]:
        quote = want.get("quote") or ""
        if len(quote) > 60:
            assert quote.lower() not in law.rule(want["id"]).says.lower(), want["id"]


def test_worked_dates(table: dict[str, Any]) -> None:
    for want in table["oracles"]:
        rows = deadlines(plan_type=want["plan_type"], given=want["given"])
        hits = [row for row in rows if row.rule in want["rule_ids"]]
        assert {row.rule for row in hits} == set(want["rule_ids"]), want["id"]
        assert {row.due.isoformat() for row in hits} == {want["expected"]}, want["id"]
        if want["safe_date"]:
            assert {row.safe_due.isoformat() for row in hits} == {want["safe_date"]}, want["id"]
