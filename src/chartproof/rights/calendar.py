"""The dates as one calendar file. No patient's name is in it, only the case's reference."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from chartproof.model import Deadline

_ALARMS = (7, 2)
_TITLES = {
    "internal_appeal": "Internal appeal", "expedited_appeal": "Urgent (expedited) appeal", "peer_to_peer": "Peer-to-peer call",
    "external_review": "External review", "reconsideration": "Reconsideration", "fair_hearing": "Fair hearing",
    "opm_review": "OPM review", "second_level_appeal": "Second-level appeal",
}  # fmt: skip


def title_of(what: str) -> str:
    """A step's name as a reader sees it."""
    return _TITLES.get(what, what.replace("_", " ").capitalize())


def ics(deadlines: Iterable[Deadline], *, case_reference: str, stamp: datetime) -> bytes:
    """An iCalendar file with an all-day event on each safe day, and alarms 7 and 2 days before it.

    The day by rule stands in the text. Same input, same bytes: ids come from the case, the step and its rule, so that a
    day which moves replaces the old one in a reader's calendar; `stamp` (UTC) is passed in.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//chartproof//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for row in deadlines:
        calendar.add_component(_event(row, case_reference, stamp))
    return bytes(calendar.to_ical())


def _event(row: Deadline, case_reference: str, stamp: datetime) -> Event:
    safe = row.safe_due.date() if isinstance(row.safe_due, datetime) else row.safe_due
    key = "|".join((case_reference, row.who, row.rule, row.what))
    event = Event()
    event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@chartproof")
    event.add("dtstamp", stamp)
    event.add("dtstart", safe)
    event.add("dtend", safe + timedelta(days=1))
    asked = "act by this day" if row.who == "claimant" else "answer due by this day"
    event.add("summary", f"{title_of(row.what)}: {asked} ({case_reference})")
    event.add("description", f"Due by rule: {_shown(row.due)}. {row.why} {row.citation}.")
    event.add("transp", "TRANSPARENT")
    for days in _ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{title_of(row.what)} in {days} days ({case_reference})")
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event


def _shown(moment: date | datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()
