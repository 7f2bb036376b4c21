"""A reviewer of the plan rules on a request: the letter, the worksheet and the answer, kept together or not at all."""

from __future__ import annotations

import orjson

from chartproof.desk.casework import Opened, opened, settle
from chartproof.desk.desk import Desk
from chartproof.desk.store import cases, exchanged, rulings
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Case
from chartproof.desk.store.exchanged import Exchanged
from chartproof.desk.store.packages import Part
from chartproof.desk.store.rulings import Kept
from chartproof.desk.store.sessions import Session
from chartproof.desk.worker.keep import encode_review
from chartproof.errors import InputError, NotFoundError
from chartproof.exchange.elements import codes, mapping, text
from chartproof.exchange.site import Site
from chartproof.exchange.submit import ruled
from chartproof.exchange.submitted import Submitted, read_request
from chartproof.exchange.wire import parse, write
from chartproof.model import Case as Typed
from chartproof.model import Denial, Patient, Review, Ruling, Step
from chartproof.packet.determination import check_ruling, determination_files
from chartproof.packet.worksheet import worksheet_pdf
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.ladder import ladder

#: The most characters of a reviewer's statement: it goes into a letter and into the answer.
MOST_WORDS = 8_000


def request_of(desk: Desk, case: Case) -> tuple[Exchanged, Submitted]:
    """The request that the case was made of. Raises NotFoundError CP-WEB-30 where a person made the case."""
    with desk.store.read() as connection:
        found = exchanged.of_case(connection, case.id)
    if found is None:
        raise NotFoundError("CP-WEB-30", "no request to the plan stands behind this case")
    return found[0], read_request(parse(desk.store.documents.get(found[0].request_sha)))


def review_of(now: Opened) -> Review:
    """Raises InputError CP-WEB-10 before a reading: nothing is ruled on what nobody has read."""
    if now.review is None:
        raise InputError("CP-WEB-10", "the files are not read yet", then="Have them read under a policy, then rule.")
    return now.review


def steps_after(case: Case, ruling: Ruling) -> tuple[Step, ...]:
    """What the law of the plan opens after a denial of this day; nothing where the kind of plan is not known."""
    day = ruling.at.date()
    denied = Denial(
        file="", is_denial=True, letter_date=day, plan_type=case.plan_type or None, state=case.state or None,
        decision_type="pre_service", letter_kind="denial", appeal_level_next="internal",
    )  # fmt: skip
    typed = Typed(day, Patient(case.patient_name, case.patient_born), plan_type=case.plan_type, state=case.state)
    return ladder(denied, typed, case_deadlines(denied, typed))


def asked_by(request: Submitted) -> str:
    """The name of who asks, as the request gives it."""
    held = request.party("provider")
    resource = held.resource if held else {}
    organization = text(mapping(resource.get("organization")).get("reference"))
    there = request.index.resolve(organization, near=held) if held and organization else None
    return text((there.resource if there else resource).get("name"))


def asked_codes(request: Submitted) -> tuple[str, ...]:
    """The service codes of the items, each once."""
    return tuple(dict.fromkeys(code for one in request.items for _, code in codes(one.get("productOrService")) if code))


def rule(
    desk: Desk, actor: Actor, case: Case, ruling: Ruling, *, user: User, session: Session
) -> str:  # fmt: skip
    """Keeps a ruling with its letter, its worksheet and the answer that $inquire gives from now on. Returns its id.

    Raises InputError as `check_ruling`; RefusedError CP-DESK-70, -71; ConflictError CP-DESK-72 where it was ruled on.
    """
    row, request = request_of(desk, case)
    review = review_of(opened(desk, case))
    check_ruling(review, ruling)
    site = Site(
        payer=case.payer, policies=(case.policy,) if case.policy else (), plan_type=case.plan_type, state=case.state
    )
    answer, approved = ruled(request, ruling, review, site)
    made = determination_files(review, ruling) | {"worksheet.pdf": worksheet_pdf(review, reference=ruling.reference)}
    made["ruling.json"] = ruling_json(ruling)
    put = desk.store.documents.put
    parts = tuple(Part(name, put(data), len(data)) for name, data in sorted(made.items()))
    kept = Kept(
        rulings.made_id(), case.id, row.id, ruling.outcome, ruling.rows, ruling.considered, ruling.statement, user.id,
        ruling.name, ruling.licence, ruling.specialty, ruling.at, parts, put(encode_review(review)), put(write(answer)),
    )  # fmt: skip
    with desk.store.write() as connection:
        rulings.keep(connection, actor, kept, approved=approved, user=user, session=session, limits=desk.sessions)
        if ruling.outcome != "ask" and cases.get(connection, case.id).stage == "review":
            cases.move(connection, actor, case.id, "answered", now=ruling.at)
    settle(desk, case.id, now=ruling.at)
    return kept.id


def ruling_json(ruling: Ruling) -> bytes:
    """The ruling as data, for the record."""
    values = {name: getattr(ruling, name) for name in ruling.__slots__ if name != "steps"}
    return orjson.dumps(values | {"steps": [one.id for one in ruling.steps]}, option=orjson.OPT_INDENT_2) + b"\n"


def part_of(desk: Desk, case: Case, ruling: str, name: str) -> bytes:
    """A file of a ruling of this case. Raises NotFoundError CP-DESK-73, CP-WEB-16."""
    with desk.store.read() as connection:
        kept = rulings.get(connection, ruling)
    if kept.case != case.id:
        raise NotFoundError("CP-DESK-73", "there is no such ruling")
    part = next((one for one in kept.parts if one.name == name), None)
    if part is None:
        raise NotFoundError("CP-WEB-16", "the ruling has no such file")
    return desk.store.documents.get(part.sha)
