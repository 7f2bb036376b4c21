"""The work queue, a new case, the demo case."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from chartproof.chart.casefile import STATES, read_case_file
from chartproof.desk.casework import new_case, people_of
from chartproof.desk.store import queue
from chartproof.desk.store.cases import STAGES, Draft
from chartproof.desk.web.pages import STAGE_WORDS, page
from chartproof.desk.web.typed import day_of_form, whole
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError
from chartproof.packet.look import sentence
from chartproof.policy.load import list_policies
from chartproof.rights.law import plans

SORTS = (("due", "due"), ("missing", "most missing"), ("initials", "patient"), ("drug", "treatment"),
         ("payer", "payer"), ("stage", "stage"), ("owner", "owner"), ("updated", "last changed"))  # fmt: skip
#: Cases on a page of the queue.
ROWS = 50
TEXTS = ("patient_name", "patient_mrn", "drug", "payer", "plan_type", "state", "policy")
DAYS = ("patient_born", "as_of", "received", "apheresis_planned")


def show(visit: Visit) -> Response:
    chosen = {name: visit.query.get(name, "") for name in ("q", "stage", "owner", "sort")}
    order = chosen["sort"] if chosen["sort"] in queue.ORDERS else "due"
    number = max(1, whole(visit.query.get("page", "1")))
    wanted = queue.Filter(text=chosen["q"], stage=chosen["stage"], owner=chosen["owner"])
    with visit.desk.store.read() as connection:
        found = queue.listed(connection, visit.user.id, wanted, order=order, offset=(number - 1) * ROWS, limit=ROWS)
        any_case = (
            bool(found.total) or queue.listed(connection, visit.user.id, queue.Filter(closed=True), limit=1).total
        )
        people = people_of(connection)
    return page(
        visit, "queue", cases=found.cases, total=found.total, number=number, last=-(-found.total // ROWS),
        onward={name: value for name, value in chosen.items() if value}, any_case=bool(any_case), people=people, chosen=chosen, sorts=SORTS,
        stages=[(stage, STAGE_WORDS[stage]) for stage in STAGES], owners=[("none", "nobody"), *sorted(people.items(), key=lambda one: one[1])],
    )  # fmt: skip


def new(visit: Visit, problem: str = "", status: int = 200) -> Response:
    given = {name: visit.form.get(name, "") for name in (*TEXTS, *DAYS)}
    return page(visit, "new_case", status, given=given, problem=problem, **choices())


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the lists of a case's form offer."""
    return {
        "policies": [(one.id, f"{one.title} ({one.id}, {one.edition})") for one in list_policies()],
        "plan_types": [(name, sentence(one["means"])) for name, one in plans()["plans"].items()],
        "states": [(state, state) for state in sorted(STATES)],
    }


def made(visit: Visit) -> Response:
    try:
        days = {name: day_of_form(visit.form.get(name, ""), name) for name in DAYS}
        draft = Draft(**{name: visit.form.get(name, "").strip() for name in TEXTS}, **days)  # type: ignore[arg-type]
        uploads = [(one.filename or "file", one.file) for one in visit.uploads]
        case = new_case(visit.desk, visit.actor, draft, uploads, now=visit.now)
    except ChartproofError as error:
        return new(visit, str(error), 400)
    return to(f"/cases/{case}")


def demo(visit: Visit) -> Response:
    """The invented case that the package carries, taken in as any other."""
    folder = visit.desk.demo
    typed = read_case_file(folder, as_of=visit.now.date())
    draft = Draft(
        patient_name=typed.patient.name, patient_born=typed.patient.born, patient_mrn=typed.patient.mrn,
        drug=typed.drug, payer=typed.payer, plan_type=typed.plan_type, state=typed.state, as_of=typed.as_of,
        received=typed.received, apheresis_planned=typed.apheresis_planned, reference="demo",
    )  # fmt: skip
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != "case.yaml"]
    return to(f"/cases/{demo_case(visit, draft, paths)}")


def demo_case(visit: Visit, draft: Draft, paths: list[Path]) -> str:
    streams = [path.open("rb") for path in paths]
    try:
        return new_case(visit.desk, visit.actor, draft, [(p.name, s) for p, s in zip(paths, streams, strict=True)], now=visit.now)  # fmt: skip
    finally:
        for stream in streams:
            stream.close()
