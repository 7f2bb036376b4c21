"""Accounts, passwords, one-time codes, sessions, and how often one may try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pyotp
import pytest
from sqlalchemy import text

from chartproof.desk.store import accounts, audit, passwords, throttle
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.logins import Login, confirm, log_in
from chartproof.desk.store.passwords import Hashing
from chartproof.desk.store.sessions import Limits, form_is_ours, form_token, log_out, resume
from chartproof.errors import ConflictError, RefusedError

CHEAP = Hashing(passes=1, memory=8, threads=1)
RIGHT = "four random words here"
Person = Callable[..., User]


def enter(store: Store, name: str, password: str, now: datetime, *, code: str = "", address: str = "10.0.0.1") -> str:
    return log_in(store, Login(name, password, code, address), now=now, hashing=CHEAP)[0]


def refused(store: Store, name: str, password: str, now: datetime, **more: str) -> str:
    """The code of the refusal."""
    with pytest.raises(RefusedError) as told:
        enter(store, name, password, now, **more)
    assert name not in str(told.value)
    return told.value.code


def test_the_first_run_makes_one_admin(store: Store, now: datetime) -> None:
    with store.write() as connection:
        assert not accounts.any_account(connection)
        admin = accounts.first_admin(connection, "Ada", RIGHT, now=now, hashing=CHEAP)
        assert (admin.name, admin.role, accounts.any_account(connection)) == ("ada", "admin", True)
    with pytest.raises(ConflictError, match="CP-DESK-23"), store.write() as connection:
        accounts.first_admin(connection, "eve", RIGHT, now=now, hashing=CHEAP)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "fewer than 12"),
        ("aaaabbbbccccdddd", "different"),
        ("rosalinde1234", "name"),
        ("x" * 2000, "more than"),
    ],
)
def test_what_is_easily_guessed_is_no_password(store: Store, now: datetime, password: str, why: str) -> None:
    with pytest.raises(RefusedError, match=f"CP-DESK-20.*{why}"), store.write() as connection:
        accounts.create(connection, audit.DESK, "rosalinde", password, role="viewer", now=now, hashing=CHEAP)


def test_a_long_password_of_letters_alone_is_taken(store: Store, person: Person) -> None:
    assert person("nora", "coordinator").name == "nora"


@pytest.mark.parametrize(
    ("name", "role"), [("", "viewer"), ("two words", "viewer"), ("a\x00b", "viewer"), ("ok", "king")]
)
def test_a_name_or_role_that_cannot_be(store: Store, now: datetime, name: str, role: str) -> None:
    with pytest.raises(RefusedError, match="CP-DESK-24"), store.write() as connection:
        accounts.create(connection, audit.DESK, name, RIGHT, role=role, now=now, hashing=CHEAP)


def test_two_accounts_have_two_names(store: Store, person: Person) -> None:
    person("nora", "viewer")
    with pytest.raises(ConflictError, match="CP-DESK-25"):
        person("Nora", "viewer")


def test_logging_in(store: Store, person: Person, now: datetime) -> None:
    user = person("nora", "coordinator")
    session, seen = resume(store, enter(store, " Nora ", RIGHT, now), now=now)
    assert (session.user, seen) == (user.id, user)
    with store.read() as connection:
        kept = connection.execute(text("SELECT id FROM sessions")).scalars().all()
        assert [entry.action for entry in audit.entries(connection, who=user.id)] == ["login"]
    assert kept == [session.id]


def test_the_token_is_not_kept(store: Store, person: Person, now: datetime) -> None:
    person("nora", "viewer")
    token = enter(store, "nora", RIGHT, now)
    with store.read() as connection:
        assert token not in str(connection.execute(text("SELECT * FROM sessions")).all())


def test_wrong_and_unknown_are_told_alike_and_the_name_is_not_written_down(
    store: Store, person: Person, now: datetime
) -> None:
    user = person("nora", "viewer")
    assert refused(store, "nora", "four other words here", now) == "CP-DESK-21"
    assert refused(store, "hunter2hunter2", RIGHT, now) == "CP-DESK-21"
    with store.read() as connection:
        latest = audit.entries(connection, limit=2)
        everything = str(connection.execute(text("SELECT * FROM throttle")).all()) + str(latest)
    assert [(entry.who, entry.entity_id, entry.outcome) for entry in latest] == [
        ("nobody", "unknown", "refused"), ("nobody", user.id, "refused"),
    ]  # fmt: skip
    assert "hunter2" not in everything


def test_an_unknown_name_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counting:
        def hash(self, password: str) -> str:
            return "hash of nobody"

        def verify(self, kept: str, password: str) -> bool:
            asked.append(kept)
            return True

    monkeypatch.setattr(Hashing, "hasher", lambda self: Counting())
    odd = Hashing(passes=77)
    assert not passwords.matches("", RIGHT, odd) and passwords.matches("kept", RIGHT, odd)
    assert asked == ["hash of nobody", "kept"]


def test_too_many_attempts_lock_the_name_for_a_while(store: Store, person: Person, now: datetime) -> None:
    person("nora", "viewer")
    for name in ("nora", "unknown"):
        told = [refused(store, name, "wrong wrong wrong", now) for _ in range(throttle.ACCOUNT + 1)]
        assert told == ["CP-DESK-21"] * throttle.ACCOUNT + ["CP-DESK-22"]
    assert refused(store, "nora", RIGHT, now, address="10.0.0.9") == "CP-DESK-22"
    assert enter(store, "nora", RIGHT, now + throttle.LOCK)


def test_a_lock_grows_with_each_failure_after_it(store: Store, person: Person, now: datetime) -> None:
    person("nora", "viewer")
    for _ in range(throttle.ACCOUNT):
        refused(store, "nora", "wrong wrong wrong", now)
    later = now + throttle.LOCK
    assert refused(store, "nora", "wrong wrong wrong", later) == "CP-DESK-21"
    assert refused(store, "nora", RIGHT, later + throttle.LOCK) == "CP-DESK-22"
    assert enter(store, "nora", RIGHT, later + 2 * throttle.LOCK)


def test_a_success_forgets_the_failures(store: Store, person: Person, now: datetime) -> None:
    person("nora", "viewer")
    for _ in range(3):
        for _ in range(throttle.ACCOUNT - 1):
            refused(store, "nora", "wrong wrong wrong", now)
        enter(store, "nora", RIGHT, now)


def test_one_address_cannot_try_many_names(store: Store, person: Person, now: datetime) -> None:
    person("nora", "viewer")
    told = {refused(store, f"name{number}", "wrong wrong wrong", now) for number in range(throttle.ADDRESS)}
    assert told == {"CP-DESK-21"}
    assert refused(store, "nora", RIGHT, now) == "CP-DESK-22"
    assert enter(store, "nora", RIGHT, now, address="10.0.0.2")


def test_a_hundred_attempts_at_once_are_counted(store: Store, person: Person, now: datetime) -> None:
    person("nora", "viewer")
    together, told = Barrier(12), []

    def guess() -> None:
        together.wait()
        told.append(refused(store, "nora", "wrong wrong wrong", now))

    threads = [Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["CP-DESK-21"] * throttle.ACCOUNT + ["CP-DESK-22"] * (12 - throttle.ACCOUNT)


def test_a_one_time_code_is_asked_for_and_taken_once(store: Store, person: Person, now: datetime) -> None:
    user, secret = person("nora", "viewer"), passwords.new_secret()
    me, codes = Actor(user.id, "viewer"), pyotp.TOTP(secret)
    for wrong, code in ((secret, "000000x"), ("short", "000000"), ("not base 32!", "000000")):
        with pytest.raises(RefusedError, match="CP-DESK-28"), store.write() as connection:
            accounts.set_totp(connection, me, user.id, wrong, code, now=now)
    with store.write() as connection:
        accounts.set_totp(connection, me, user.id, secret, codes.at(now), now=now)
        assert accounts.get(connection, user.id).has_totp
    later = now + timedelta(minutes=5)
    assert refused(store, "nora", RIGHT, now, code=codes.at(now)) == "CP-DESK-21"  # used to set it
    assert refused(store, "nora", RIGHT, later) == "CP-DESK-21"
    assert enter(store, "nora", RIGHT, later, code=codes.at(later))
    assert refused(store, "nora", RIGHT, later, code=codes.at(later)) == "CP-DESK-21"
    soon = later + timedelta(seconds=60)
    assert enter(store, "nora", RIGHT, soon, code=codes.at(soon - timedelta(seconds=30)))  # a clock that is behind
    assert refused(store, "nora", RIGHT, soon, code=codes.at(soon + timedelta(minutes=5))) == "CP-DESK-21"
    with store.write() as connection:
        accounts.drop_totp(connection, me, user.id, now=now)
    assert enter(store, "nora", RIGHT, soon)


def test_the_address_for_the_application_names_the_account() -> None:
    address = passwords.secret_address("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "nora")
    assert address.startswith(
        "otpauth://totp/chartproof:nora?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=chartproof"
    )


@pytest.mark.parametrize(
    ("idle", "total", "over"),
    [(29, 29, False), (31, 31, True), (29, 599, False), (29, 601, True)],
)
def test_a_session_ends(store: Store, person: Person, now: datetime, idle: int, total: int, over: bool) -> None:
    person("nora", "viewer")
    token, at = enter(store, "nora", RIGHT, now), now
    until = now + timedelta(minutes=total)
    while until - at > timedelta(minutes=idle):
        at += timedelta(minutes=idle)
        resume(store, token, now=at)
    if over:
        with pytest.raises(RefusedError, match="CP-DESK-29"):
            resume(store, token, now=until)
    else:
        assert resume(store, token, now=until)


def test_what_ends_a_session(store: Store, person: Person, now: datetime) -> None:
    person("ada", "admin")
    user = person("nora", "viewer")
    me = Actor(user.id, "viewer")

    def out() -> None:
        session = resume(store, token, now=now)[0]
        with store.write() as connection:
            log_out(connection, me, session, now=now)

    def change() -> None:
        with store.write() as connection:
            accounts.set_password(connection, me, user.id, RIGHT, now=now, hashing=CHEAP)

    def disable() -> None:
        with store.write() as connection:
            accounts.disable(connection, me, user.id, now=now)

    for end in (out, change, disable):
        token = enter(store, "nora", RIGHT, now)
        end()
        with pytest.raises(RefusedError, match="CP-DESK-29"):
            resume(store, token, now=now)
    assert refused(store, "nora", RIGHT, now) == "CP-DESK-21"
    with store.write() as connection:
        accounts.enable(connection, me, user.id, now=now)
    assert enter(store, "nora", RIGHT, now)


@pytest.mark.parametrize("token", ["", "guessed", "x" * 500])
def test_a_token_that_was_never_given(store: Store, now: datetime, token: str) -> None:
    with pytest.raises(RefusedError, match="CP-DESK-29"):
        resume(store, token, now=now)


def test_a_role_that_changes_holds_at_once(store: Store, person: Person, now: datetime) -> None:
    user = person("nora", "viewer")
    token = enter(store, "nora", RIGHT, now)
    with store.write() as connection:
        accounts.change(connection, audit.DESK, user.id, shown="Nora N.", role="reviewer", licence="", now=now)
    assert resume(store, token, now=now)[1].role == "reviewer"


def test_one_admin_stays(store: Store, person: Person, now: datetime) -> None:
    ada = person("ada", "admin")
    with store.write() as connection:
        with pytest.raises(ConflictError, match="CP-DESK-27"):
            accounts.disable(connection, audit.DESK, ada.id, now=now)
        with pytest.raises(ConflictError, match="CP-DESK-27"):
            accounts.change(connection, audit.DESK, ada.id, shown="", role="viewer", licence="", now=now)
    person("eve", "admin")
    with store.write() as connection:
        assert accounts.disable(connection, audit.DESK, ada.id, now=now).disabled == now
        assert [user.name for user in accounts.listed(connection) if not user.disabled] == ["eve"]


def test_being_asked_again(store: Store, person: Person, now: datetime) -> None:
    person("omar", "physician")
    token, later, limits = enter(store, "omar", RIGHT, now), now + timedelta(minutes=20), Limits()
    session = resume(store, token, now=later)[0]
    assert session.fresh(now, limits) and not session.fresh(later, limits)
    with pytest.raises(RefusedError, match="CP-DESK-21"):
        confirm(store, session, Login("", "wrong wrong wrong"), now=later, hashing=CHEAP)
    assert not resume(store, token, now=later)[0].fresh(later, limits)
    confirm(store, session, Login("", RIGHT), now=later, hashing=CHEAP)
    assert resume(store, token, now=later)[0].fresh(later, limits)


def test_a_form_is_of_its_session() -> None:
    assert form_is_ours("token", form_token("token"))
    assert not form_is_ours("another", form_token("token")) and not form_is_ours("token", "ä")


def test_the_usual_hashing_is_that_of_the_standard() -> None:
    kept = passwords.keep(RIGHT, name="nora", hashing=passwords.STRONG)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(kept, RIGHT, passwords.STRONG) and not passwords.matches(
        kept, RIGHT + "x", passwords.STRONG
    )
