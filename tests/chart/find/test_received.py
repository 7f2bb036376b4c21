"""The day on which a denial arrived, by stamp or log; other letters, and letters not yet come, have none."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.find import received


@pytest.mark.parametrize(
    ("kind", "day", "text", "expected"),
    [
        ("denial_letter", "2026-06-02", "Elm Health Plan\nRECEIVED\nJUN 08 2026\nWe have denied the request.\n", "2026-06-08"),
        ("denial_letter", "2026-06-02", "Your request received 05/20/2026 is denied.\n", None),
        ("denial_letter", "2026-06-02", "Elm Health Plan\nReceived 08 JUN 2026\nJune 2, 2026\nWe have denied the request.\n", "2026-06-08"),
        ("denial_letter", "2026-06-02", "Elm Health Plan\nStamped JUN 8, 2026\nWe have denied the request.\n", "2026-06-08"),
        ("denial_letter", "2026-06-02", "Your request was\nReceived 20 May 2026\nand is denied.\n", None),
        ("coordinator_log", None, "06/01 Portal shows DENIED.\n06/04 Letter rec'd today by mail, dated 6/1.\n", "2026-06-04"),
        ("clinic_note", "2026-06-10", "06/09/2026 Pt: the denial letter came in today's mail.\n", "2026-06-09"),
        ("clinic_note", "2026-06-10", "The denial letter arrived in the mail.\n", "2026-06-10"),
        ("denial_letter", "2026-06-02", "Elm Health Plan\nDate in: JUN 08 2026\nWe have denied the request.\n", "2026-06-08"),
        ("clinic_note", "2026-06-10", "06/09 Denied: NSX letter arrived in the noon mail (dated 6/2).\n", "2026-06-09"),
        ("clinic_note", "2026-06-10", "The denial letter has not arrived by mail.\n", None),
        ("coordinator_log", None, "06/09 Denial notice stamped in at the window, dated 6/2.\n", "2026-06-09"),
        ("coordinator_log", None, "06/11 he calls: the denial letter was in his mailbox Tues 6/9 already\n", "2026-06-09"),
        ("coordinator_log", None, "06/08 rep: a denial letter is in the mail.\n", None),
        ("coordinator_log", None, "06/09/2026 0841 QL  Letter by fax. 3 reasons + drug too.\n", "2026-06-09"),
        ("coordinator_log", None, "06/09 rb  letter in mail today, dated 6/2. reasons: lines, ECOG.\n", "2026-06-09"),
        ("coordinator_log", None, "06/01 UM denied on portal\n06/09 pt got letter in mail today per pt\n", "2026-06-09"),
        ("coordinator_log", None, "06/01 UM denied\n06/09 our letter to the plan sent by fax\n", None),
        ("coordinator_log", None, "06/09 denial letter arrived, dated 6/2\n", "2026-06-09"),
        ("coordinator_log", None, "06/01 UM: not approved\n06/09 JT denial notice received. For appeal.\n", "2026-06-09"),
        ("coordinator_log", None, "06/09 determination letter came, dated 06/02/2026: denied, two reasons\n", "2026-06-09"),
        ("coordinator_log", None, "06/09 she will call once the denial letter arrived.\n", None),
        ("coordinator_log", None, "06/09 denial letter not received\n", None),
        ("clinic_note", "2026-06-10", "The appointment letter arrived in the mail.\n", None),
    ],
)  # fmt: skip
def test_the_day_of_arrival(kind: str, day: str | None, text: str, expected: str | None) -> None:
    facts = received.find(folder([{"text": text, "kind": kind, "day": day}]), case({}))
    assert [str(fact.when) for fact in facts] == ([expected] if expected else [])
