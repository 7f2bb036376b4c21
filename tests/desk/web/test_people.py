"""Accounts and cases over their forms: what an administrator changes, what a person changes, and what is typed in."""

from __future__ import annotations

from datetime import date

import httpx

from chartproof.desk.desk import Desk
from chartproof.desk.store import accounts, audit, cases, jobs, packages
from chartproof.desk.store.accounts import User
from deskwork import PASSWORD, Client, small_case, work_off


def seen(desk: Desk, user: User) -> User:
    with desk.store.read() as connection:
        return accounts.get(connection, user.id)


def test_a_licence_is_entered_later(desk: Desk, people: dict[str, User]) -> None:
    form = {"do": "role", "shown": "Nora Quist, NP", "role": "physician", "licence": "NY 777"}
    Client(desk, people["admin"]).post(f"/users/{people['coordinator'].id}", form)
    changed = seen(desk, people["coordinator"])
    assert (changed.shown, changed.role, changed.licence) == ("Nora Quist, NP", "physician", "NY 777")


def test_a_closed_account_is_out_at_once(desk: Desk, people: dict[str, User]) -> None:
    theirs = Client(desk, people["viewer"])
    assert theirs.get("/").status_code == 200
    Client(desk, people["admin"]).post(f"/users/{people['viewer'].id}", {"do": "close"})
    assert theirs.get("/").headers["location"] == "/sign-in"


def test_a_password_that_an_administrator_sets_ends_the_sessions(desk: Desk, people: dict[str, User]) -> None:
    theirs = Client(desk, people["viewer"])
    form = {"do": "password", "password": "orchard lamp twenty bells"}
    assert Client(desk, people["admin"]).post(f"/users/{people['viewer'].id}", form).status_code == 303
    assert theirs.get("/").status_code == 303
    answer = Client(desk).post("/sign-in", {"name": "viewer", "password": form["password"]})
    assert answer.status_code == 303


def test_the_last_administrator_stays(desk: Desk, people: dict[str, User]) -> None:
    answer = Client(desk, people["admin"]).post(f"/users/{people['admin'].id}", {"do": "role", "role": "viewer"})
    assert answer.status_code == 400 and seen(desk, people["admin"]).role == "admin"


def test_an_administrator_opens_a_case_whose_owner_has_left(desk: Desk, people: dict[str, User]) -> None:
    """Also to themselves; the audit says who did it."""
    admin, case = people["admin"], small_case(desk, people["coordinator"], read=False)
    client = Client(desk, admin)
    assert client.get(f"/cases/{case}").status_code == 403
    client.post(f"/users/{admin.id}", {"do": "grant", "case": case})
    assert client.get(f"/cases/{case}").status_code == 200
    with desk.store.read() as connection:
        assert any(one.action == "grant" and one.entity_id == case for one in audit.entries(connection, who=admin.id))


def test_ones_own_password_is_asked_for_before_it_changes(desk: Desk, people: dict[str, User]) -> None:
    client = Client(desk, people["viewer"])
    new = {"password": "orchard lamp twenty bells", "again": "orchard lamp twenty bells"}
    for wrong in (
        {**new, "old": "wrong"},
        {**new, "old": PASSWORD, "again": ""},
        {"old": PASSWORD, "password": PASSWORD},
    ):
        assert client.post("/account/password", wrong).status_code == 400
    assert client.post("/account/password", {**new, "old": PASSWORD}).headers["location"].startswith("/sign-in")
    assert client.get("/").status_code == 303


def signed_in(desk: Desk, name: str, password: str) -> Client:
    """The person, over the sign-in form."""
    client = Client(desk)
    answer = client.post("/sign-in", {"name": name, "password": password})
    client.token = answer.cookies["desk"]
    client.cookies = httpx.Cookies({"desk": client.token})
    return client


def test_a_password_that_was_given_is_changed_at_the_first_sign_in(desk: Desk, people: dict[str, User]) -> None:
    """For a new account and for one whose password an administrator set anew."""
    admin, given = Client(desk, people["admin"]), "four given random words"
    form = {"name": "nora", "shown": "Nora Quist", "role": "physician", "licence": "NY 1", "password": given}
    assert admin.post("/users", form).status_code == 303
    admin.post(f"/users/{people['viewer'].id}", {"do": "password", "password": given})
    for name in ("nora", "viewer"):
        own = f"words of {name} alone"
        client = signed_in(desk, name, given)
        assert client.get("/").headers["location"] == "/account/password"
        assert "Choose a password of your own" in client.get("/account/password").text
        same = {"old": given, "password": given, "again": given}
        assert client.post("/account/password", same).status_code == 400
        assert client.get("/").status_code == 303
        client.post("/account/password", {"old": given, "password": own, "again": own})
        assert signed_in(desk, name, own).get("/").status_code == 200


def test_what_is_typed_in_later_reads_the_case_anew_and_voids_its_package(desk: Desk, people: dict[str, User]) -> None:
    owner = people["coordinator"]
    client, case = Client(desk, owner), small_case(desk, owner)
    client.post(f"/cases/{case}/package", {"purpose": "prior-auth"})
    work_off(desk)
    with desk.store.read() as connection:
        row = cases.get(connection, case)
    typed = {"version": row.version, "patient_name": row.patient_name, "reference": "R-1"}
    born = str(row.patient_born or "")
    typed |= {name: str(getattr(row, name) or "") for name in ("drug", "payer", "state", "plan_type", "received")}
    client.post(f"/cases/{case}/typed", {**typed, "patient_born": born})
    with desk.store.read() as connection:
        assert cases.get(connection, case).reference == "R-1"
        assert [one.state for one in jobs.of_case(connection, case) if one.kind == "read"] == ["done"]
        typed["version"] = cases.get(connection, case).version
    client.post(f"/cases/{case}/typed", {**typed, "patient_born": born, "drug": "Tecartus"})
    with desk.store.read() as connection:
        assert jobs.of_case(connection, case)[0].state == "waiting"
        assert packages.listed(connection, case)[0].outdated_why == "case_changed"
    stale = client.post(f"/cases/{case}/typed", {**typed, "patient_born": born, "drug": "Yescarta"})
    assert stale.status_code == 400 and "changed meanwhile" in stale.text


def test_the_queue_filters_searches_and_has_the_overdue_first(desk: Desk, people: dict[str, User]) -> None:
    owner = people["coordinator"]
    client = Client(desk, owner)
    late, soon, never = (small_case(desk, owner, read=False) for _ in range(3))
    with desk.store.write() as connection:
        for case, day, drug in (
            (late, "2026-05-01", "Tecartus"),
            (soon, "2026-05-06", "Yescarta"),
            (never, "", "Kymriah"),
        ):
            row = cases.get(connection, case)
            cases.change(connection, audit.DESK, case, {"drug": drug}, version=row.version, now=desk.clock())
            due = date.fromisoformat(day) if day else None
            cases.settle(connection, audit.DESK, case, cases.Standing("Ask", due, missing=1), now=desk.clock())

    def order(query: str) -> list[str]:
        text = client.get("/" + query).text
        return sorted((one for one in (late, soon, never) if one in text), key=text.index)

    assert order("") == [late, soon, never]
    assert "3 days late" in client.get("/").text and "in 2 days" in client.get("/").text
    assert order("?sort=drug") == [never, late, soon]
    assert order("?q=yesc") == [soon]
    assert order("?owner=none") == [] and order(f"?owner={owner.id}") == [late, soon, never]
    assert order("?stage=review") == [] and order("?stage=reading") == [late, soon, never]
    assert order("?page=2") == [] and order("?sort=nonsense&page=x") == [late, soon, never]
