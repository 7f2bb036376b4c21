"""What is a date in a chart, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartproof.chart.dates import find_dates, parse_stamp

DATES = [
    ("collected 2026-03-17.", "2026-03-17", "2026-03-17"),
    ("at 2026-03-17T14:02:00-04:00 ok", "2026-03-17T14:02:00-04:00", "2026-03-17"),
    ("on 03/17/2026, ", "03/17/2026", "2026-03-17"),
    ("3/17/26 ", "3/17/26", "2026-03-17"),
    ("17/03/2026", "17/03/2026", "2026-03-17"),
    ("3-17-2026", "3-17-2026", "2026-03-17"),
    ("17.03.2026", "17.03.2026", "2026-03-17"),
    ("17 Mar 2026", "17 Mar 2026", "2026-03-17"),
    ("17-MAR-2026", "17-MAR-2026", "2026-03-17"),
    ("17-Mar-26", "17-Mar-26", "2026-03-17"),
    ("17MAR26   UNITS", "17MAR26", "2026-03-17"),
    ("17-Mar-26 units", "17-Mar-26", "2026-03-17"),
    ("17-Mar-2026 14:02", "17-Mar-2026", "2026-03-17"),
    ("March 17, 2026", "March 17, 2026", "2026-03-17"),
    ("Mar. 17th, 2026", "Mar. 17th, 2026", "2026-03-17"),
    ("March\n17, 2026", "March\n17, 2026", "2026-03-17"),
    ("on the 17th of March 2026", "17th of March 2026", "2026-03-17"),
    ("in Mar 2026 we", "Mar 2026", "2026-03"),
    ("March 2025", "March 2025", "2025-03"),
    ("March of 2025", "March of 2025", "2025-03"),
    ("since 2/2024", "2/2024", "2024-02"),
    ("02/2024, while", "02/2024", "2024-02"),
    ("2022-05", "2022-05", "2022-05"),
    ("09JUL26", "09JUL26", "2026-07-09"),
    ("09JUL2026:14:20", "09JUL2026", "2026-07-09"),
    ("|20260512|", "20260512", "2026-05-12"),
    ("|20260512101200|", "20260512101200", "2026-05-12"),
    ("Feb '24", "Feb '24", "2024-02"),
    ("Sept 2023", "Sept 2023", "2023-09"),
    ("29 Feb 2024", "29 Feb 2024", "2024-02-29"),
    ("11-committee-2026-04-14.docx", "2026-04-14", "2026-04-14"),
    ("DOB 3/4/45", "3/4/45", "1945-03-04"),
]

NOT_DATES = [
    "585-555-0163", "1-800-555-1212", "power 5/5 throughout", "BP 120/80", "AST/ALT 24/27", "policy 7.02.11",
    "member VYT900417736", "MRN 00-731-9942", "MRN 20260512", "02/30/2026", "13/13/2026", "31 Jun 2026", "S26-1187",
    "RX-26-0091445", "v2.5.1", "2026-03-17-0042", "1/2 tab", "SSN 123-45-6789", "12-34-5678", "2.16.840.1.113883",
    "mar 26 mg", "dec 12", "Ki-67 55%", "38225-38228", "10*3/uL", "t(11;14)(q13;q32)", "may 2026", "0.70-1.25",
    "4.0-10.8", "2026", "G2/2026x", "call 5521-A", "20261345", "1.02.2026.4",
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "days"), DATES)
def test_every_spelling_of_a_date_is_found(text: str, words: str, days: str) -> None:
    assert [(text[a:b], str(d)) for a, b, d in find_dates(text)] == [(words, days)]


@pytest.mark.parametrize("text", NOT_DATES)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_dates(text) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("5/10-5/14/2026", ["2026-05-10", "2026-05-14"]),
        ("12/30 - 1/4/2026", ["2025-12-30", "2026-01-04"]),
        ("12-14 March 2026", ["2026-03-12", "2026-03-14"]),
        ("March 12-14, 2026", ["2026-03-12", "2026-03-14"]),
        ("May to September 2022", ["2022-05", "2022-09"]),
        ("Nov-Feb 2024", ["2023-11", "2024-02"]),
        ("03/2024 - 08/2024", ["2024-03", "2024-08"]),
        ("2026-03-01 to 2026-03-09", ["2026-03-01", "2026-03-09"]),
        ("06/12/2024-07/01/2024", ["2024-06-12", "2024-07-01"]),
        ("12 July to 30 October 2024", ["2024-07-12", "2024-10-30"]),
        ("November 20 through January 14, 2026", ["2025-11-20", "2026-01-14"]),
        ("given 3 Mar – 9 Jun 2023", ["2023-03-03", "2023-06-09"]),
        ("seen 12 July; scan 30 October 2024", ["2024-10-30"]),
    ],
)
def test_ranges_give_both_ends(text: str, days: list[str]) -> None:
    assert [str(d) for _, _, d in find_dates(text)] == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("04/30  Pt called", ["2026-04-30"]),
        ("sched 5/6 w/ labs", ["2025-05-06"]),
        ("28 April", ["2026-04-28"]),
        ("Echo 17 March: LVEF 58%", ["2026-03-17"]),
        ("Apr 2", ["2026-04-02"]),
        ("strength 5/5", []),
        ("pain 3/10", []),
        ("2/6 systolic murmur", []),
        ("you may 2 times", []),
        ("BP 120/80", []),
    ],
)
def test_dates_without_a_year_count_back_from_the_hint(text: str, days: list[str]) -> None:
    assert [str(d) for _, _, d in find_dates(text, year_hint=date(2026, 5, 4))] == days
    assert find_dates(text) == []


def test_years_alone_only_when_asked() -> None:
    text = "colonoscopy 2019, quit 1994, 2000 mg daily"
    assert [str(d) for _, _, d in find_dates(text, years=True)] == ["2019", "1994"]


def test_day_first_order() -> None:
    assert str(find_dates("04/03/2026", order="DMY")[0][2]) == "2026-03-04"


@pytest.mark.parametrize(
    ("stamp", "days"),
    [("2026", "2026"), ("2026-05", "2026-05"), ("2026-05-12T10:12:00Z", "2026-05-12"), ("20260512101200-0400", "2026-05-12"),
     ("202605", "2026-05"), ("", "None"), ("20261399", "None"), ("unknown", "None")],
)  # fmt: skip
def test_machine_stamps(stamp: str, days: str) -> None:
    assert str(parse_stamp(stamp)) == days


@given(st.dates(min_value=date(1936, 1, 1), max_value=date(2035, 12, 31)))
def test_each_way_of_writing_a_day_reads_back(day: date) -> None:
    for form in (
        "%Y-%m-%d",
        "%m/%d/%Y",
        "%m/%d/%y",
        "%d %b %Y",
        "%d-%b-%Y",
        "%d%b%y",
        "%B %d, %Y",
        "%Y%m%d",
        "%Y%m%d1012",
    ):
        text = f"seen {day.strftime(form)} in clinic"
        assert [d.first for _, _, d in find_dates(text)] == [day], form


def test_a_row_of_days_and_months_has_no_short_years() -> None:
    found = find_dates("Measure 06 Jul 07 Jul 08 Jul", year_hint=date(2026, 7, 14))
    assert [day.first.isoformat() for _start, _end, day in found] == ["2026-07-06", "2026-07-07", "2026-07-08"]
    assert [day.first.isoformat() for _s, _e, day in find_dates("06 Jul 07, then 08 Jul 07")] == [
        "2007-07-06",
        "2007-07-08",
    ]
