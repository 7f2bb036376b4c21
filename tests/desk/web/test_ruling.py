"""A request to the plan that was pended: it appears in the reviewer's desk, is ruled on there, and is answered so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from starlette.testclient import TestClient
from tests.exchange.invented import (
    INQUIRE,
    NOW,
    SUBMIT,
    actions,
    claim_of,
    entry,
    info,
    inquiry,
    notes,
    read_here,
    request,
    served,
    text_of,
)

from chartproof.desk.desk import Desk
from chartproof.desk.store import accounts, audit, cases, exchanged, rulings
from chartproof.desk.store.accounts import User
from chartproof.desk.store.queue import listed
from chartproof.desk.store.references import needed, sweep
from chartproof.desk.store.verify import verify
from chartproof.exchange.app import exchange_app
from chartproof.exchange.elements import extension_value, extensions
from chartproof.exchange.served import Served
from chartproof.payer import payer
from deskwork import PASSWORD, Client, actor, desk_in, enrol

REVIEWER = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-claimResponseReviewer"
REASONS = "The performance status that the policy asks for is in none of the documents."


class Plan:
    """A payer's server and its desk over one store, with a reviewer who is a clinician."""

    def __init__(self, folder: Path) -> None:
        self.desk: Desk = desk_in(folder)
        enrol(self.desk, "admin", "admin")
        self.ida = self.clinician("ida")
        self.server: Served = payer(served().site, lambda: NOW, store=self.desk.store)
        self.server.read = read_here
        self.caller = TestClient(exchange_app(self.server))

    def clinician(self, name: str, licence: str = "NY 123456") -> User:
        user = enrol(self.desk, name, "reviewer")
        with self.desk.store.write() as connection:
            return accounts.change(
                connection, actor(user), user.id, shown=user.shown, role="reviewer", licence=licence, now=self.desk.clock()
            )  # fmt: skip

    def submit(self, **lines: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.caller.post(SUBMIT, json=request(text_of(**lines or {"ECOG": ""}))).json()
        return answer

    def inquire(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.caller.post(INQUIRE, json=inquiry("N1")).json()["parameter"][0]["resource"]
        return answer

    def case(self, user: User | None = None) -> str:
        with self.desk.store.read() as connection:
            (one,) = listed(connection, (user or self.ida).id).cases
        return one.id

    def open_row(self) -> str:
        page = Client(self.desk, self.ida).get(f"/cases/{self.case()}/determination").text
        return page.partition('name="rows" value="')[2].partition('"')[0]

    def form(self, **more: Any) -> dict[str, Any]:
        wanted = {
            "outcome": "deny", "rows": [self.open_row()], "considered": ["note.txt"], "statement": REASONS,
            "specialty": "hematology", "read": "yes", "password": PASSWORD, "do": "sign",
        }  # fmt: skip
        return wanted | more

    def rule(self, user: User | None = None, **more: Any) -> Any:
        return Client(self.desk, user or self.ida).post(f"/cases/{self.case()}/determination", self.form(**more))


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    plan = Plan(tmp_path / "desk")
    yield plan
    plan.server.pool.shutdown()
    plan.desk.store.close()


def test_a_pended_request_is_a_case_of_the_reviewers_with_its_worksheet(plan: Plan) -> None:
    answer = plan.submit()
    assert actions(answer) == {1: "A4"}
    case = plan.case()
    with plan.desk.store.read() as connection:
        row = cases.get(connection, case)
        found = exchanged.of_case(connection, case)
        assert found is not None and found[0].id == row.reference
    assert (row.patient_name, row.drug, row.stage, row.next_action) == (
        "Rosa Q. Invented",
        "Tecartus",
        "review",
        "Decide the request",
    )
    assert row.next_due is not None and row.missing == 1 and row.payer == "Plan of Nowhere"
    page = Client(plan.desk, plan.ida).get(f"/cases/{case}/determination")
    assert page.status_code == 200 and "ECOG" in page.text and "note.txt" in page.text
    assert page.text.count('name="rows"') == row.missing + row.not_met
    sheet = Client(plan.desk, plan.ida).get(f"/cases/{case}/worksheet.pdf")
    words = pdfium.PdfDocument(io.BytesIO(sheet.content))[0].get_textpage().get_text_bounded()
    assert row.reference in words and "Rosa Q. Invented" in words
    criteria = Client(plan.desk, plan.ida).get(f"/cases/{case}")
    assert criteria.status_code == 200 and "Determination" in criteria.text


def test_a_denial_is_a_clinicians_and_the_inquiry_answers_with_it(plan: Plan) -> None:
    plan.submit()
    answer = plan.rule()
    assert answer.status_code == 303 and answer.headers["location"].endswith("told=ruled")
    found = plan.inquire()
    assert actions(found) == {1: "A3"}
    (reviewer,) = extensions(claim_of(found), REVIEWER)
    assert extension_value(reviewer, "wasHumanReviewedFlag") is True
    told = notes(found)
    assert "denied by Ida Invented, hematology, licence NY 123456" in told and REASONS in told
    assert "considered: note.txt" in told and "Reconsideration by the plan" in told
    again = plan.submit()
    assert actions(again) == {1: "A3"}, "the same request gets the same answer"
    with plan.desk.store.read() as connection:
        (kept,) = rulings.listed(connection, plan.case())
        assert cases.get(connection, kept.case).stage == "answered"
        signed = [one for one in audit.entries(connection, entity="ruling") if one.action == "sign"]
    assert [one.who for one in signed] == [plan.ida.id] and signed[0].detail["outcome"] == "deny"
    letter = Client(plan.desk, plan.ida).get(f"/cases/{kept.case}/rulings/{kept.id}/determination.pdf")
    words = " ".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(io.BytesIO(letter.content)))
    assert "Notice of denial" in words and REASONS in " ".join(words.split()) and "Draft" not in words
    assert not verify(plan.desk.store, []).faults


def test_what_a_denial_lacks_is_said_and_nothing_is_decided(plan: Plan) -> None:
    plan.submit()
    doctor = plan.clinician("omar", licence="")
    with plan.desk.store.write() as connection:
        cases.grant(connection, actor(plan.ida), plan.case(), doctor.id, now=plan.desk.clock())
    refused = [
        (plan.ida, {"rows": []}, "rests on criteria"),
        (plan.ida, {"rows": ["policy/I.B"]}, "criteri"),
        (plan.ida, {"statement": " "}, "reasons"),
        (plan.ida, {"considered": []}, "evidence was considered"),
        (plan.ida, {"considered": ["other.pdf"]}, "documents of this case"),
        (plan.ida, {"password": "not this one"}, "password"),
        (plan.ida, {"read": ""}, "have read the letter"),
        (plan.ida, {"outcome": "refuse"}, "choose what is decided"),
        (plan.ida, {"outcome": "ask", "rows": []}, "nothing is asked for"),
        (doctor, {}, "licence"),
    ]
    for user, changed, words in refused:
        answer = plan.rule(user, **changed)
        assert answer.status_code == 400 and words in answer.text.casefold(), (changed, words)
        assert actions(plan.inquire()) == {1: "A4"}
    with plan.desk.store.read() as connection:
        assert not rulings.listed(connection, plan.case())


def test_without_the_kind_of_plan_nothing_is_denied(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "desk")
    plan.server = payer(served(plan_type="").site, lambda: NOW, store=plan.desk.store)
    plan.server.read = read_here
    plan.caller = TestClient(exchange_app(plan.server))
    plan.submit()
    answer = plan.rule()
    assert answer.status_code == 400 and "kind of plan" in answer.text and actions(plan.inquire()) == {1: "A4"}
    plan.desk.store.close()


def test_only_a_reviewer_rules_whoever_may_open_the_case(plan: Plan) -> None:
    plan.submit()
    case = plan.case()
    for role in ("viewer", "coordinator", "physician", "admin"):
        user = enrol(plan.desk, f"some-{role}", role)
        with plan.desk.store.write() as connection:
            cases.grant(connection, actor(plan.ida), case, user.id, now=plan.desk.clock())
        assert Client(plan.desk, user).post(f"/cases/{case}/determination", plan.form()).status_code == 403
        assert Client(plan.desk, user).get(f"/cases/{case}/determination").status_code == 200
    stranger = plan.clinician("later")
    assert Client(plan.desk, stranger).get(f"/cases/{case}/determination").status_code == 403
    assert actions(plan.inquire()) == {1: "A4"}


def test_an_approval_by_a_person_satisfies_and_more_may_be_asked_for_before(plan: Plan) -> None:
    plan.submit()
    assert plan.rule(outcome="ask", statement="Send the visit note of April.").status_code == 303
    found = plan.inquire()
    assert actions(found) == {1: "A4"} and "Send the visit note of April." in notes(found)
    again = plan.submit()
    asked = [one["resource"] for one in again["entry"] if one["resource"]["resourceType"] == "CommunicationRequest"]
    assert len(asked) == 2, "the form, and what is missing"
    assert plan.rule(outcome="approve", rows=[], statement="").status_code == 303
    found = plan.inquire()
    assert actions(found) == {1: "A1"} and claim_of(found)["preAuthRef"]
    assert "approved by Ida Invented" in notes(found)
    late = plan.rule(outcome="deny", rows=["policy/I.A"])
    assert late.status_code == 400 and actions(plan.inquire()) == {1: "A1"}


def test_the_letter_can_be_looked_at_before_and_decides_nothing(plan: Plan) -> None:
    plan.submit()
    answer = plan.rule(do="look", password="", read="")
    assert answer.headers["content-type"] == "application/pdf"
    words = pdfium.PdfDocument(io.BytesIO(answer.content))[0].get_textpage().get_text_bounded()
    assert "Nothing is decided until it is signed" in " ".join(words.split())
    assert actions(plan.inquire()) == {1: "A4"}


def test_a_row_that_a_person_decided_counts_in_the_ruling(plan: Plan) -> None:
    """The reviewer reads the page otherwise than the program: the row is overridden first, then denied on."""
    plan.submit(ECOG="ECOG performance status 1 (04/21/2026).")
    case = plan.case()
    page = Client(plan.desk, plan.ida).get(f"/cases/{case}/determination").text
    met = page.partition("?row=policy%3A")[2].partition('"')[0]
    judged = {"kind": "override", "row": f"policy:{met}", "status": "not_met", "reason": "the note is of another visit"}
    assert Client(plan.desk, plan.ida).post(f"/cases/{case}/judgements", judged).status_code == 303
    assert plan.rule(rows=[f"policy/{met}"]).status_code == 303
    assert actions(plan.inquire()) == {1: "A3"}


def test_an_update_closes_the_case_before_it_and_a_new_reviewer_gets_what_waits(plan: Plan) -> None:
    plan.submit()
    first = plan.case()
    update = request(text_of(ECOG="", HIV=""), number="N2")
    update["entry"].append({"fullUrl": "https://center.example/fhir/Claim/old", "resource": {
        **claim_of(request()), "id": "old"}})  # fmt: skip
    claim_of(update)["related"] = [{"claim": {"reference": "Claim/old"}}]
    assert plan.caller.post(SUBMIT, json=update).status_code == 200
    second = plan.case()
    assert second != first
    admin = Client(plan.desk, next(user for user in everyone(plan.desk) if user.role == "admin"))
    added = {
        "name": "new",
        "shown": "New Invented",
        "role": "reviewer",
        "licence": "NY 1",
        "password": "garden stone lamp four",
    }
    assert admin.post("/users", added).status_code == 303
    newest = next(user for user in everyone(plan.desk) if user.name == "new")
    assert plan.case(newest) == second


def everyone(desk: Desk) -> tuple[User, ...]:
    with desk.store.read() as connection:
        return accounts.listed(connection)


def test_the_store_keeps_what_went_out_and_a_late_reading_changes_no_ruling(plan: Plan) -> None:
    plan.submit()
    plan.rule()
    with plan.desk.store.read() as connection:
        (kept,) = rulings.listed(connection, plan.case())
        assert {part.sha for part in kept.parts} | {kept.answer_sha, kept.review_sha} <= needed(connection)
    sweep(plan.desk.store, audit.DESK, now=plan.desk.clock().replace(year=2027))
    assert actions(plan.inquire()) == {1: "A3"}
    from chartproof.exchange.submit import settle
    from chartproof.exchange.submitted import read_request

    with plan.server.workspace() as folder:
        asked = read_request(request(text_of(ECOG="")))
        settle(
            asked, plan.server.site, plan.server.ledger, now=NOW, folder=folder, read=read_here, hand=plan.server.hand
        )
    assert actions(plan.inquire()) == {1: "A3"}


def test_what_no_policy_governs_has_a_worksheet_that_says_so_and_can_be_approved(plan: Plan) -> None:
    bundle = request()
    claim_of(bundle)["item"][0]["productOrService"]["coding"][0]["code"] = "E0431"
    assert actions(plan.caller.post(SUBMIT, json=bundle).json()) == {1: "A4"}
    page = Client(plan.desk, plan.ida).get(f"/cases/{plan.case()}/determination").text
    assert (
        "no policy here speaks of this service" in page
        and "No policy here governs" in page
        and 'name="rows"' not in page
    )
    sheet = Client(plan.desk, plan.ida).get(f"/cases/{plan.case()}/worksheet.pdf")
    words = pdfium.PdfDocument(io.BytesIO(sheet.content))[0].get_textpage().get_text_bounded()
    assert "To be known first" in words and "no policy here speaks of this service" in " ".join(words.split())
    form = {"outcome": "approve", "read": "yes", "password": PASSWORD, "do": "sign", "statement": "", "specialty": ""}
    assert Client(plan.desk, plan.ida).post(f"/cases/{plan.case()}/determination", form).status_code == 303
    assert actions(plan.inquire()) == {1: "A1"}


def test_a_form_of_a_policy_that_is_not_here_is_pended_and_the_reviewer_is_told(plan: Plan) -> None:
    bundle = request()
    base = plan.server.site.base
    bundle["entry"].append(
        entry("QuestionnaireResponse", "q1", status="completed", questionnaire=f"{base}/Questionnaire/none-such|1",
              subject={"reference": "Patient/p1"}, item=[])
    )  # fmt: skip
    bundle["entry"][-1]["resource"].pop("item")
    claim_of(bundle)["supportingInfo"].append(info(2, "QuestionnaireResponse/q1"))
    assert actions(plan.caller.post(SUBMIT, json=bundle).json()) == {1: "A4"}
    page = Client(plan.desk, plan.ida).get(f"/cases/{plan.case()}/determination").text
    assert "The form is of a policy that is not known here" in page


def test_sentences_that_may_speak_against_it_are_apart_from_what_must_be_known_first(plan: Plan) -> None:
    plan.submit(ECOG="She asked about hospice.")
    page = Client(plan.desk, plan.ida).get(f"/cases/{plan.case()}/determination").text
    assert "1 sentence to read yourself" in page and page.count("She asked about hospice") == 1
    assert page.index("Criteria that are open") < page.index("She asked about hospice")
