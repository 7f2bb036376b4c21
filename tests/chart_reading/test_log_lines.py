"""A log: every entry opens with its day, its hour and its writer, and is of that day."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.log_lines import log_entries, stamp

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
