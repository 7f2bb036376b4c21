"""A log: every entry opens with its day, its hour and its writer, and is of that day."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.log_lines import contacts, log_entries, stamp

AS_OF = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("09/16/26 08:20  T. OKAFOR RN   (patient called)", "2026-09-16"),
        ("10/17/26 10:05  On-call, B. LINDEN MD  (wife called)", "2026-10-17"),
        ("[10/17 08:30] Oakes RN: she is on her way", "2026-10-17"),
        ("Marsh (ID) 09/30 16:51: stop it tomorrow", "2026-09-30"),
        ("2026-05-04 14:02 - Lena Ortiz, RN - call back", "2026-05-04"),
        # rows of results, heads and signatures are no stamps
        ("05/12/2026 08:16 WBC 5.2 4.0-11.0", None),
        ("05/12/2026 08:16 Hemoglobin 10.1 g/dL", None),
        ("Collected 05/12/2026 08:16 at the clinic", None),
        ("06/12/2026 10:00 Electronically signed by A. Reed MD", None),
        ("Seen on 06/12/2026: doing well", None),
    ],
)
def test_a_line_with_day_hour_and_writer_opens_an_entry(line: str, day: str | None) -> None:
    opened = stamp(line, AS_OF)
    assert (str(opened[0].first) if opened else None) == day


def test_one_such_line_is_no_log() -> None:
    one, more = "09/16/26 08:20  T. OKAFOR RN\nShin red.\n", "09/18/26 09:00  T. OKAFOR RN\nBetter.\n"
    assert not list(log_entries(one, AS_OF))
    assert [day.first.day for _start, day, _line in log_entries(one + more, AS_OF)] == [16, 18]


def test_a_contact_goes_on_below_a_full_line() -> None:
    text = """Later entries by social work
06/09/2026, telephone, L. Trahan: rent fund paid for one month. Truck repaired.
07/16/2026, bedside, 10 minutes, student intern K. Orr: dropped off meal cards.
09/08/2026, referral received from Dr. Quill: new assessment for CAR-T, inpatient.
Booked for 09/25/2026 at 13:00 with the interpreter.
09/17/2026, telephone: wife confirms the appointment.
"""
    told = [(day.first.isoformat(), text[start:end].count("\n")) for start, end, day in contacts(text)]
    assert told == [("2026-06-09", 0), ("2026-07-16", 0), ("2026-09-08", 1), ("2026-09-17", 0)]


def test_a_title_among_contacts_ends_them() -> None:
    text = """06/09/2026 Phone call about the rent fund, paid for one month, and the truck repaired
06/12/2026 Office visit, feels well, walks two miles and sleeps through the night again
06/15/2026 Clinic visit, no fever, eats well and has gained two pounds since the last one
Plan
06/20/2026 apheresis
"""
    assert [day.first.day for _start, _end, day in contacts(text)] == [9, 12, 15]
