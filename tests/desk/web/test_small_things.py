"""What a page of a case says of dates, plans, counts and judgements, on a case that was read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from chartproof.desk.desk import Desk
from chartproof.desk.store.accounts import User
from deskwork import START, Client


def test_a_kind_of_plan_says_what_it_is(demo: Desk, dana: User) -> None:
    assert ">An employer&#39;s own plan, run by an administrator<" in Client(demo, dana).get("/cases/new").text


def test_a_row_is_not_decided_to_be_what_it_is(demo: Desk, dana: User, demo_id: str) -> None:
    """The list does not offer it, and a form that asks for it is not kept."""
    client = Client(demo, dana)
    text = client.get(f"/cases/{demo_id}?row=policy%3ADOC.C.1").text
    (offered,) = re.findall(r'<select name="status".*?</select>', text)
    assert 'value="met"' in offered and 'value="missing"' not in offered
    form = {"kind": "override", "row": "policy:DOC.C.1", "status": "missing", "reason": "as I said"}
    answer = client.post(f"/cases/{demo_id}/judgements", form)
    assert answer.status_code == 400 and "the row is that already" in answer.text.lower()


def test_a_draft_that_nobody_signed_is_named_on_its_row(demo: Desk, dana: User, demo_id: str) -> None:
    text = Client(demo, dana).get(f"/cases/{demo_id}?row=policy%3ADOC.C.1").text
    assert "an unsigned paper is there (13-social-work-assessment.pdf, p. 1-2)" in text


def test_a_quote_bears_its_documents_day_and_says_the_day_that_it_speaks_of(
    demo: Desk, dana: User, demo_id: str
) -> None:
    """The ejection fraction of 17 March is told in a note of 21 April."""
    text = Client(demo, dana).get(f"/cases/{demo_id}?row=policy%3ADOC.F.2").text
    quotes = re.findall(r'class="where">(.*?)</span>', text, re.DOTALL)
    assert any("Speaks of 17 March 2026." in one and "21 April 2026; 12-glci" in one for one in quotes)


def test_the_denials_answers_are_a_list_of_sentences(demo: Desk, dana: User, demo_id: str) -> None:
    text = Client(demo, dana).get(f"/cases/{demo_id}/denial").text
    assert "<li>Organ function stated to be adequate" in text and "<dd>Pre-service</dd>" in text
    assert "passed" not in text


def test_concepts_are_written_as_a_nurse_would(demo: Desk, dana: User, demo_id: str) -> None:
    found = re.findall(r'class="what">(.*?)<', Client(demo, dana).get(f"/cases/{demo_id}/history").text)
    assert {"eGFR", "PSA discussion", "First line, why it ended", "t(11;14)"} <= set(found)
    assert found == sorted(found, key=str.casefold)


def test_the_desks_own_counting_is_no_row_of_what_was_done(demo: Desk, dana: User, demo_id: str) -> None:
    text = Client(demo, dana).get(f"/cases/{demo_id}/settings").text
    assert "made the case" in text and "settle" not in text and "counted" not in text


def test_a_date_that_lies_behind_today_is_marked(demo: Desk, dana: User, demo_id: str) -> None:
    """Of today, and not of the day for which the chart was read."""
    later = START + timedelta(days=8)
    desk = replace(demo, clock=lambda: later)
    rows = re.findall(r"<tr><td>(.*?)</tr>", Client(desk, dana).get(f"/cases/{demo_id}/denial").text, re.DOTALL)
    late = [row.split("<")[0] for row in rows if "passed" in row]
    assert late == ["Peer-to-peer call"]


def test_each_reason_of_the_denial_has_its_answer(demo: Desk, dana: User, demo_id: str) -> None:
    text = Client(demo, dana).get(f"/cases/{demo_id}/denial").text
    reasons = re.findall(r"<li><b>(.*?)</b>(.*?)</li>(?=<li><b>|</ol>)", text, re.DOTALL)
    assert len(reasons) >= 5 and all("<p>" in said or "<li>" in said for _kind, said in reasons)
    assert any(kind == "Prior therapy" and "Three lines of therapy: BR" in said for kind, said in reasons)
