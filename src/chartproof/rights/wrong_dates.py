"""The times that a letter states, held against the law's: too short, counted from another day, or its own answer too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chartproof.model import Denial, NoticeDefect, StatedDeadline
from chartproof.rights import clock, law
from chartproof.rights.deadlines import deadlines
from chartproof.rights.notice import defect

_PRIVATE = ("commercial_insured", "marketplace", "self_funded_erisa")
_MEDICARE = ("medicare_advantage", "dsnp")
_FIRST = ("internal_appeal", "reconsideration")
#: What an answer that the letter promises is called among the law's rows.
_ANSWERS = ("standard_appeal_decision", "expedited_appeal_decision")


def wrong_dates(denial: Denial) -> Iterator[NoticeDefect]:
    """One defect for each stated time that the law does not allow; none where the plan type is not known."""
    if not denial.plan_type:
        return
    first = next((row for row in denial.stated_deadlines if row.what in _FIRST), None)
    if first is not None and denial.appeal_level_next in ("internal", "reconsideration", None):
        yield from _first_appeal(denial, first)
    for row in denial.stated_deadlines:
        if row.what == "external_review":
            yield from _external(denial, row)
        if row.what == "fair_hearing":
            yield from _hearing(denial, row)
        if row.what == "opm_review":
            yield from _opm(denial, row)
    yield from _answers(denial)


def _first_appeal(denial: Denial, row: StatedDeadline) -> Iterator[NoticeDefect]:
    plan = denial.plan_type
    if plan in (*_PRIVATE, "grandfathered"):
        yield from _private(denial, row)
    elif plan in _MEDICARE and row.days is not None and row.days < 65 and row.counted_from == "letter_date":
        rule = "aip.recon.file" if plan == "dsnp" else "ma.recon.file"
        yield defect(rule, f"Counts {row.days} days from the date of the notice; the rule is 60 days from receipt, presumed "
                           "5 days after that date: 65 days from the date.")  # fmt: skip
    elif plan in ("medicaid_mco", "chip") and row.counted_from == "receipt":
        rule = "mcd.appeal.file" if plan == "medicaid_mco" else "chip.appeal.file"
        yield defect(rule, "Counts the appeal period from receipt; the rule counts 60 days from the date printed on the notice, so "
                           "rely on the earlier day.")  # fmt: skip
    elif plan in ("fehb", "tricare") and row.counted_from == "receipt":
        rule = "fehb.recon.file" if plan == "fehb" else "tricare.recon.file"
        yield defect(
            rule,
            "Counts the time from receipt; the rule counts from the date of the notice, so rely on the earlier day.",
        )
    else:
        yield from _against_law(denial, row)


def _private(denial: Denial, row: StatedDeadline) -> Iterator[NoticeDefect]:
    start = denial.received or denial.letter_date
    if row.days is not None and row.days < 180:
        counted = "the date of the letter" if row.counted_from == "letter_date" else "receipt"
        yield defect("erisa.appeal.file", f"Allows {row.days} days from {counted} to appeal; a plan must allow at least 180 days "
                                          "from receipt.")  # fmt: skip
    elif row.months is not None and row.months < 6:
        yield defect(
            "erisa.appeal.file",
            f"Allows {row.months} months to appeal; a plan must allow at least 180 days from receipt.",
        )
    elif row.on is not None and start is not None and row.on < clock.add_days(start, 180):
        lawful = clock.add_days(start, 180)
        yield defect("erisa.appeal.file", f"Gives {row.on.isoformat()} as the last day to appeal; 180 days from receipt run to "
                                          f"{lawful.isoformat()}.")  # fmt: skip
    elif row.days is not None and row.counted_from == "letter_date":
        yield defect(
            "erisa.appeal.file", f"Counts {row.days} days from the date of the letter; the period runs from receipt."
        )


def _against_law(denial: Denial, row: StatedDeadline) -> Iterator[NoticeDefect]:
    """The letter's last day beside the law's, where the law's is no floor that a plan may raise."""
    start = denial.received if row.counted_from == "receipt" and denial.received else denial.letter_date
    stated = _day(row, start)
    if stated is None or denial.letter_date is None:
        return
    given = {"notice_dated": denial.letter_date, "denial_received": denial.received}
    lawful = [
        one
        for one in deadlines(plan_type=denial.plan_type or "", state=denial.state or "", given=given)
        if one.who == "claimant" and one.what in _FIRST and law.rule(one.rule).kind == "deadline"
    ]
    for one in lawful[:1]:
        due = clock.as_date(one.due)
        if stated != due:
            keep = "the law gives longer" if stated < due else "rely on the earlier day"
            yield defect(one.rule, f"Gives {stated.isoformat()} as the last day to appeal; by law it is {due.isoformat()}: {keep}.")  # fmt: skip


def _external(denial: Denial, row: StatedDeadline) -> Iterator[NoticeDefect]:
    short = (row.months is not None and row.months < 4) or (row.days is not None and row.days < 120)
    if denial.plan_type in _PRIVATE and short:
        rule = (
            "ny.external.file"
            if denial.state == "NY" and denial.plan_type != "self_funded_erisa"
            else "aca.external.request" if denial.plan_type == "self_funded_erisa" else "aca.state_external.request_floor"
        )  # fmt: skip
        yield defect(rule, f"Allows {_amount(row)} to ask for external review; the law gives four months.")


def _hearing(denial: Denial, row: StatedDeadline) -> Iterator[NoticeDefect]:
    if denial.plan_type != "medicaid_mco" or row.days is None:
        return
    if denial.state == "NY" and row.days < 120:
        yield defect("nymcd.hearing.file", f"Allows {row.days} days to ask for a fair hearing; New York gives 120.")
    elif row.days < 90:
        yield defect(
            "mcd.hearing.file", f"Allows {row.days} days to ask for a fair hearing; the law gives at least 90."
        )
    elif row.days > 120:
        yield defect("mcd.hearing.file", f"Allows {row.days} days to ask for a fair hearing; the law allows at most 120, so rely on these.")  # fmt: skip
    elif row.counted_from.endswith("receipt"):
        yield defect("mcd.hearing.file", "Counts the time for a fair hearing from receipt; the rule counts from the date of the plan's decision.")  # fmt: skip


def _opm(denial: Denial, row: StatedDeadline) -> Iterator[NoticeDefect]:
    if denial.plan_type == "fehb" and row.days is not None and (row.days != 90 or row.counted_from.endswith("receipt")):
        counted = " from receipt" if row.counted_from.endswith("receipt") else ""
        yield defect("fehb.opm.file", f"Allows {row.days} days{counted} to ask OPM for review; the rule is 90 days from the date of the carrier's letter that upholds the denial.")  # fmt: skip


def _answers(denial: Denial) -> Iterator[NoticeDefect]:
    """A time that the plan gives itself for an appeal and that every rule for it would make late."""
    start = date(2026, 1, 5) if denial.letter_date is None else denial.letter_date
    claim = "post_service" if denial.decision_type == "post_service" else "pre_service"
    given = {"appeal_received": start, "urgent_appeal_received": start, "claim": claim}
    rows = deadlines(plan_type=denial.plan_type or "", state=denial.state or "", given=given)
    for what in _ANSWERS:
        own = [one for one in rows if one.what == what and law.rule(one.rule).kind == "deadline"]
        # A letter may give several times, for several kinds of appeal: the shortest speaks for it.
        told = min((row for row in denial.stated_deadlines if row.what == what), key=_length, default=None)
        if told is None or not own or not _length(told):
            continue
        last = max(own, key=lambda one: clock.comparable(one.due))
        allowed = (clock.as_date(last.due) - start).days
        if _length(told) > allowed:
            kind = "an urgent" if what == "expedited_appeal_decision" else "a standard"
            yield defect(
                last.rule, f"Gives itself {_amount(told)} to decide {kind} appeal; the law allows {allowed} days."
            )


def _length(row: StatedDeadline) -> int:
    """A promised time in days, begun days counted whole; 0 where it is given otherwise."""
    return row.days or (-(-row.hours // 24) if row.hours else 0)


def _day(row: StatedDeadline, start: date | None) -> date | None:
    if row.on is not None or start is None:
        return row.on
    if row.days is not None:
        return clock.add_days(start, row.days)
    return clock.add_months(start, row.months) if row.months is not None else None


def _amount(row: StatedDeadline) -> str:
    amounts = ((row.days, "days"), (row.months, "months"), (row.hours, "hours"), (row.business_days, "business days"))
    return next((f"{number} {unit}" for number, unit in amounts if number is not None), "a time")
