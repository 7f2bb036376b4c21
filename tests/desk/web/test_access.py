"""Who may do what: every route by every role, on a case that is open to the person and on one that is not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chartproof.desk.desk import Desk
from chartproof.desk.store import accounts, audit, judgements, packages, requests
from chartproof.desk.store.accounts import User
from chartproof.desk.web.access import PERMISSIONS, ROLES
from chartproof.desk.web.app import Way, build
from chartproof.desk.web.routes import WAYS
from deskwork import CHEAP, PASSWORD, Client, actor, allow, desk_in, enrol, small_case, work_off

pytestmark = pytest.mark.xdist_group("desk-access")


@dataclass(frozen=True)
class House:
    """A desk, a person of each role, and the parts of one case: {case}, {judgement}, {package} and so on."""

    desk: Desk
    people: dict[str, User]
    parts: dict[str, str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The case is `owner`'s; it has a judgement, a request and a package."""
    desk = desk_in(tmp_path_factory.mktemp("access") / "desk")
    people = {role: enrol(desk, role, role) for role in ("admin", *(one for one in ROLES if one != "admin"))}
    owner = enrol(desk, "owner", "coordinator")
    case = small_case(desk, owner)
    yield House(desk, people, {"case": case, **parts_of(desk, case, owner)})
    desk.store.close()


def parts_of(desk: Desk, case: str, owner: User) -> dict[str, str]:
    client, row = Client(desk, owner), "policy:I.B"
    assert client.post(f"/cases/{case}/judgements", {"kind": "accept", "row": row}).status_code == 303
    asked = {"row": row, "due": "2026-06-01", "what": "the report", "of_whom": "pathology"}
    assert client.post(f"/cases/{case}/requests", asked).status_code == 303
    assert client.post(f"/cases/{case}/package", {"purpose": "prior-auth"}).status_code == 303
    work_off(desk)
    with desk.store.read() as connection:
        return {
            "judgement": judgements.listed(connection, case)[0].id,
            "request": requests.listed(connection, case)[0].id,
            "package": packages.listed(connection, case)[0].id,
            "user": owner.id, "file": "0", "page": "1", "name": "packet.pdf", "ruling": "none",
        }  # fmt: skip


@pytest.fixture
def fresh(house: House, tmp_path: Path) -> Iterator[House]:
    """The same, in a copy: what a cell changes is gone for the next."""
    shutil.copytree(house.desk.store.folder, tmp_path / "desk")
    desk = desk_in(tmp_path / "desk")
    yield House(desk, house.people, house.parts)
    desk.store.close()


def cells() -> Iterator[tuple[Way, str, str]]:
    for way in WAYS:
        scope = PERMISSIONS[way.name].scope
        for role in ROLES if scope != "nobody" else ():
            yield from ((way, role, own) for own in (("own", "other") if scope == "case" else ("-",)))


def ask(client: Client, way: Way, parts: dict[str, str]):  # type: ignore[no-untyped-def]
    path = way.path.format(**parts)
    return client.get(path) if way.method == "GET" else client.post(path)


@pytest.mark.parametrize(
    ("way", "role", "own"), [pytest.param(*cell, id=f"{cell[0].method} {cell[0].path} {cell[1]} {cell[2]}") for cell in cells()]
)  # fmt: skip
def test_cell(fresh: House, way: Way, role: str, own: str) -> None:
    """Allowed is never 403, and a reading leaves its row of the audit; not allowed is 403, with a row that says so."""
    desk, person = fresh.desk, fresh.people[role]
    if own == "own":
        allow(desk, fresh.parts["case"], person)
    client, parts = Client(desk, person), fresh.parts
    if way.name == "undo" and own == "own" and role in PERMISSIONS["judge"].roles:
        parts = {**parts, "judgement": judged_by(client, parts["case"])}
    answer = ask(client, way, parts)
    assert answer.status_code < 500, desk.tell.__self__  # type: ignore[attr-defined]
    allowed = role in PERMISSIONS[way.name].roles and own != "other"
    assert (answer.status_code != 403) == allowed
    with desk.store.read() as connection:
        rows = audit.entries(connection, who=person.id, limit=5)
    assert any(one.outcome == "refused" for one in rows) != allowed
    action = PERMISSIONS[way.name].action
    assert not (allowed and action) or any((one.action, one.outcome) == (action, "success") for one in rows)


def judged_by(client: Client, case: str) -> str:
    """A judgement of one's own: what everybody who judges may undo."""
    client.post(f"/cases/{case}/judgements", {"kind": "accept", "row": "policy:I.B"})
    with client.desk.store.read() as connection:
        return judgements.listed(connection, case)[-1].id


@pytest.mark.parametrize("role", ROLES)
def test_whose_judgement_a_person_takes_back(fresh: House, role: str) -> None:
    """Another's: the owner (here nobody of these), a physician, an administrator."""
    desk, person, case = fresh.desk, fresh.people[role], fresh.parts["case"]
    allow(desk, case, person)
    client, theirs = Client(desk, person), fresh.parts["judgement"]
    allowed = role in ("physician", "admin")
    assert client.post(f"/cases/{case}/judgements/{theirs}/undo").status_code == (303 if allowed else 403)
    with desk.store.read() as connection:
        assert bool(judgements.get(connection, theirs).undone_at) == allowed
    shown = client.get(f"/cases/{case}?row=policy%3AI.B").text
    assert f"{theirs}/undo" not in shown


@pytest.mark.parametrize(
    "way", [pytest.param(one, id=f"{one.method} {one.path}") for one in WAYS if PERMISSIONS[one.name].scope != "nobody"]
)  # fmt: skip
def test_signed_out_is_led_to_the_sign_in_page(house: House, way: Way) -> None:
    answer = ask(Client(house.desk), way, house.parts)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize(
    "way", [pytest.param(one, id=f"{one.method} {one.path}") for one in WAYS if PERMISSIONS[one.name].scope != "nobody"]
)  # fmt: skip
def test_a_password_that_was_given_opens_nothing_but_its_change(house: House, way: Way) -> None:
    """Of an administrator: the role that may reach the most."""
    desk, name = house.desk, f"given-{WAYS.index(way)}"
    with desk.store.write() as connection:
        maker = actor(house.people["admin"])
        person = accounts.create(connection, maker, name, PASSWORD, role="admin", now=desk.clock(), hashing=CHEAP)
    allow(desk, house.parts["case"], person)
    answer = ask(Client(desk, person), way, house.parts)
    turned_away = (answer.status_code, answer.headers.get("location")) == (303, "/account/password")
    assert turned_away == (way.name not in ("password", "sign_out"))


def test_each_line_of_the_permissions_is_a_route_and_each_route_a_line() -> None:
    assert {way.name for way in WAYS} == set(PERMISSIONS)


def test_a_route_without_a_line_does_not_start(desk: Desk) -> None:
    with pytest.raises(KeyError):
        build(desk, (*WAYS, Way("/all", "GET", "everything", WAYS[0].handler)))


def test_what_each_role_may_change() -> None:
    """The table beside the table: written by hand, so that a line that is widened by mistake is seen."""
    changing: dict[str, set[str]] = {role: set() for role in ROLES}
    for way in WAYS:
        if way.method == "POST":
            for role in PERMISSIONS[way.name].roles:
                changing[role].add(way.name)
    own = {"sign_out", "account", "password"}
    judging = {"judge", "undo", "ask", "settle", "files", "read", "case_new", "case_edit", "case_grant"}
    packing = {"package", "archive", "send", "demo"}
    assert changing == {
        "viewer": own,
        "reviewer": own | judging | {"rule"},
        "coordinator": own | judging | packing,
        "physician": own | judging | packing | {"sign"},
        "admin": own | judging | packing | {"users_change"},
    }


def test_a_path_names_a_case_where_its_permission_asks_for_one() -> None:
    for way in WAYS:
        assert ("{case}" in way.path) == (PERMISSIONS[way.name].scope == "case"), way.path


@pytest.mark.parametrize(
    "way", [one for one in WAYS if re.search(r"\{(judgement|request|package)\}", one.path)], ids=lambda one: one.path
)
def test_parts_of_another_case_are_not_there_under_ones_own(fresh: House, way: Way) -> None:
    """A judgement, request or package of a case that is closed to the person, asked for under a case that is open."""
    desk, person = fresh.desk, fresh.people["physician"]
    mine = small_case(desk, person, read=False)
    before = everything(desk, fresh.parts["case"])
    form = {
        "state": "received",
        "read": "yes",
        "password": "maple window river nine",
        "passphrase": "twelve letters or more",
    }
    path, client = way.path.format(**{**fresh.parts, "case": mine}), Client(desk, person)
    answer = client.get(path) if way.method == "GET" else client.post(path, form)
    assert answer.status_code == 404
    assert everything(desk, fresh.parts["case"]) == before


def everything(desk: Desk, case: str) -> object:
    with desk.store.read() as connection:
        return [part.listed(connection, case) for part in (judgements, requests, packages)]


def test_taking_access_away_holds_at_once(fresh: House) -> None:
    desk, person, case = fresh.desk, fresh.people["viewer"], fresh.parts["case"]
    allow(desk, case, person)
    client = Client(desk, person)
    assert client.get(f"/cases/{case}").status_code == 200
    owner = Client(desk, enrol(desk, "second", "coordinator"))
    assert owner.post(f"/cases/{case}/access", {"user": person.id, "do": "remove"}).status_code == 403
    with desk.store.write() as connection:
        from chartproof.desk.store import cases

        cases.revoke(connection, actor(person), case, person.id, now=desk.clock())
    assert client.get(f"/cases/{case}").status_code == 403
