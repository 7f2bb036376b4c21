"""A denial and a case in; the steps that are open out, in order, each with who, how, what, where, by when and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from chartproof.model import Answer, Case, Deadline, Denial, Step
from chartproof.rights import clock as clocks
from chartproof.rights import law
from chartproof.rights.apply import IF_LATE, Moment, late_rule, period
from chartproof.rights.deadlines import deadlines

Row = Mapping[str, Any]
Stands = Literal["past", "missed", "now", "with", "later"]

#: The level of ladder.yaml that a letter's next step stands on.
_LEVELS = {"second_level": 2, "external": 3, "fair_hearing": 3}
#: What a claim for care already given, or a request for care to come, says of the facts that choose between rules.
_PAID_LATER: Row = {"claim": ("post_service",), "kind": ("payment",)}
_ASKED_FIRST: Row = {"claim": ("pre_service",), "kind": ("item_or_service", "part_b_drug")}
_MISSED = "Its last day has passed. Ask at once whether good cause for the delay can be shown."
_ASK = "the letter gives no contact for this step: ask the plan."


def ladder(denial: Denial | None, case: Case, dates: Iterable[Deadline]) -> tuple[Step, ...]:
    """The steps of the plan's law, the first to come first; empty without a denial or a known plan type.

    `dates` are those of `case_deadlines`: the ladder invents none. Raises InputError for an unknown plan type.
    """
    plan_type = case.plan_type or (denial.plan_type if denial else "") or ""
    if denial is None or not denial.is_denial or not plan_type:
        return ()
    state = case.state or denial.state or ""
    tables = law.tables_for(plan_type, state)
    known = law.ladders()
    name = next((table for table in tables if table in known["ladders"]), None)
    if name is None:
        return ()
    rows = [(step, known["steps"][step]) for step in known["ladders"][name]]
    if denial.decision_type == "post_service":
        rows = [(step, row) for step, row in rows if not row.get("urgent")]
    maker = _Maker(denial, case, plan_type, state, tuple(dates), tables)
    return tuple(maker.step(step, row, after=_before(rows, row, maker.level)) for step, row in rows)


class _Maker:
    """What every step of one denial shares."""

    def __init__(
        self,
        denial: Denial,
        case: Case,
        plan_type: str,
        state: str,
        dates: tuple[Deadline, ...],
        tables: tuple[str, ...],
    ) -> None:
        self.denial, self.case, self.plan_type, self.state = denial, case, plan_type, state
        self.dates, self.tables = dates, tables
        self.level = _LEVELS.get(denial.appeal_level_next or "", 1)
        self.packages = law.ladders()["packages"]

    def step(self, name: str, row: Row, *, after: str) -> Step:
        """One rung from its row of ladder.yaml."""
        stands = self.stands(row)
        found = [] if stands == "past" else [one for one in self.dates if one.what in _names(row)]
        first = min(found, key=lambda one: clocks.comparable(one.safe_due), default=None)
        missed = first is not None and clocks.as_date(first.due) < self.case.as_of
        notes = [_MISSED] if missed else []
        stands = "missed" if missed else stands
        laws = [
            *self.own(row, "due", one_table=True),
            *self.own(row, "answer", one_table=True),
            *self.own(row, "rules"),
        ]
        if first and first.rule != "letter":
            laws.append(law.rule(first.rule))
        laws = list({rule.id: rule for rule in laws}.values())
        letter = (first.citation,) if first and first.rule == "letter" else ()
        return Step(
            id=name, name=row["name"], stands=stands, who=row["who"], form=row["form"], how=row["how"],
            send=tuple(self.packages.get(row["send"], ())) if isinstance(row["send"], str) else tuple(row["send"]),
            to=row["to"], contact=self.contact(row), period=self.period(row, first),
            due=first.due if first else None, safe_due=first.safe_due if first else None,
            earliest=first is not None and stands == "later", beside=row["at_last"] if self.at_last(row) else row.get("with", ""), after=after, certify=row.get("certify", ""),
            answers=tuple(self.answers(row, first)), notes=(*notes, *filter(None, (row.get("note", ""),))),
            rules=tuple(rule.id for rule in laws), verified=all(rule.verified for rule in laws),
            citations=(*letter, *dict.fromkeys(_cited(rule) for rule in laws)),
        )  # fmt: skip

    def stands(self, row: Row) -> Stands:
        """past, now, with or later. An external step beside the first appeal is open as long as that one is."""
        if self.at_last(row):
            return "with"
        if row["level"] < self.level:
            return "past"
        if row["level"] > self.level:
            return "later"
        return "with" if "with" in row else "now"

    def at_last(self, row: Row) -> bool:
        """Whether an urgent step outside of the plan goes with the usual one, now that the plan has spoken its last word."""
        return "at_last" in row and self.level == _LEVELS["external"]

    def own(self, row: Row, key: str, *, one_table: bool = False) -> list[law.Rule]:
        """The named rules that the plan's tables have; of its first such table alone where `one_table`."""
        mine = [rule for rule in map(law.rule, row.get(key, ())) if set(rule.plan_types) & set(self.tables)]
        if one_table and mine:
            places = {rule.id: min(self.tables.index(t) for t in rule.plan_types if t in self.tables) for rule in mine}
            mine = [rule for rule in mine if places[rule.id] == min(places.values())]
        day = self.denial.letter_date or self.case.as_of
        known = _PAID_LATER if self.denial.decision_type == "post_service" else _ASKED_FIRST
        return [
            rule for rule in mine
            if all(set(known.get(name, words)) & set(words) for name, words in rule.when.items())
            and not (rule.effective_from and day < rule.effective_from) and not (rule.effective_to and day > rule.effective_to)
        ]  # fmt: skip

    def period(self, row: Row, first: Deadline | None) -> str:
        """The time to act, in words: the letter's own where its day is the one to keep."""
        if first and first.rule == "letter":
            return first.why.split(". ")[0].rstrip(".")
        found = self.own(row, "due", one_table=True)
        if not found:
            return str(row.get("due_words", "")) or self._urgent_words(row)
        return "; or ".join(_period(rule) for rule in found)

    def _urgent_words(self, row: Row) -> str:
        if "with" in row:
            return "on the same day as the step that it goes with"
        return (
            "at once; the last day is that of the appeal itself"
            if "certify" in row
            else "as the plan or the letter says"
        )

    def contact(self, row: Row) -> str:
        """How to reach the one who is asked: as the letter prints it, else whom to ask."""
        denial = self.denial
        if row["contact"] == "peer":
            return f"telephone {denial.peer_to_peer_phone}" if denial.peer_to_peer_phone else _ASK
        if row["contact"] == "plan":
            return "ask the plan"
        if row["contact"] != "appeal":
            return str(row["contact"])
        if row["level"] != self.level:
            return "as the decision before it tells; else ask the plan"
        parts = [
            f"fax {denial.appeal_fax}" if denial.appeal_fax else "",
            f"telephone {denial.appeal_phone}" if denial.appeal_phone else "",
            denial.appeal_address or "",
        ]
        return "; ".join(filter(None, parts)) or _ASK

    def answers(self, row: Row, first: Deadline | None) -> Iterator[Answer]:
        """What the one who decides must do; dated where the step has a day of its own."""
        start = clocks.as_date(first.safe_due) if first and row["level"] == self.level else None
        if start and row.get("certify"):
            start = self.case.as_of  # an urgent step is taken now
        dated = self._dated(str(row.get("asked", "")), start) if start and row.get("asked") else {}
        for rule in self.own(row, "answer", one_table=True):
            late = late_rule(rule, self.tables)
            due = dated.get(rule.id)
            yield Answer(rule.id, _told(rule), start if due else None, due, _told(late) if late else "")

    def _dated(self, event: str, start: Moment) -> dict[str, Moment]:
        claim = "post_service" if self.denial.decision_type == "post_service" else "pre_service"
        rows = deadlines(plan_type=self.plan_type, state=self.state, given={event: start, "claim": claim})
        return {row.rule: row.due for row in rows if row.what != IF_LATE}


def answer_dates(steps: Iterable[Step]) -> tuple[Deadline, ...]:
    """The days on which the answers are due if each step is taken on its safe day, for the calendar."""
    return tuple(
        Deadline(
            rule=answer.rule, what=f"answer_to_{step.name.lower().replace(' ', '_')}", due=answer.due, safe_due=answer.due, who=law.rule(answer.rule).who,
            citation=_cited(law.rule(answer.rule)), verified=law.rule(answer.rule).verified, if_late=answer.if_late,
            why=f"{step.name}: the answer is due by this day if it was asked for on {answer.sent.isoformat()}. "
            f"{answer.says}{f' If late: {answer.if_late}' if answer.if_late else ''}",
        )
        for step in steps
        for answer in step.answers
        if answer.due is not None and answer.sent is not None
    )  # fmt: skip


def ladder_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The `ladder` of a review, as its schema says."""
    return [
        {
            "id": step.id, "name": step.name, "stands": step.stands, "who": step.who, "form": step.form, "how": step.how,
            "send": list(step.send), "to": step.to, "contact": step.contact, "period": step.period,
            "due": step.due.isoformat() if step.due else None,
            "safe_due": step.safe_due.isoformat() if step.safe_due else None,
            "earliest": step.earliest, "beside": step.beside or None, "after": step.after or None, "certify": step.certify or None,
            "answers": [
                {"rule": one.rule, "says": one.says, "sent": one.sent.isoformat() if one.sent else None, "due": one.due.isoformat() if one.due else None, "if_late": one.if_late or None}
                for one in step.answers
            ],
            "notes": list(step.notes), "rules": list(step.rules), "citations": list(step.citations), "verified": step.verified,
        }
        for step in steps
    ]  # fmt: skip


def _before(rows: list[tuple[str, Row]], row: Row, current: int) -> str:
    """The last step before this one's level that must be taken, or is being taken: its decision starts this one's time."""
    needed = [
        name
        for name, one in rows
        if one["level"] < row["level"] and "with" not in one and (not one.get("optional") or one["level"] == current)
    ]
    return needed[-1] if needed else ""


def _names(row: Row) -> tuple[str, ...]:
    """The names that a step's last day may have: a letter calls the first appeal by either of two."""
    what = row.get("what", "")
    return ("internal_appeal", "reconsideration") if what in ("internal_appeal", "reconsideration") else (what,)


def _period(rule: law.Rule) -> str:
    if not rule.clocks:
        return rule.says
    entry = rule.clocks[0]
    told = f"{period(entry)} from the day that {law.events()['events'][entry.event]['means']}"
    told = told.replace("from the day that the day", "from the day").replace(
        "from the day that the date", "from the date"
    )
    presumed = next((one.presumed_receipt for one in rule.clocks if one.presumed_receipt), 0)
    return f"{told}; receipt is presumed {presumed} days after its date" if presumed else told


def _told(rule: law.Rule) -> str:
    return rule.says if rule.verified else f"{rule.says} From memory: confirm."


def _cited(rule: law.Rule) -> str:
    if not rule.verified:
        return f"{rule.citation} (from memory: confirm)"
    return rule.citation if rule.pinpoint_verified else f"{rule.citation} (check the paragraph)"
