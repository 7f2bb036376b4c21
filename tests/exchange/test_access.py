"""Who may call: a signed assertion gets a token once, a token opens what it says, and a hook is signed call by call."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select
from starlette.testclient import TestClient
from tests.exchange.invented import BASE, HERE, INQUIRE, NOW, SUBMIT, inquiry, request, served
from tests.exchange.ordering import SIGN, signing

from chartproof.cli import main
from chartproof.desk.store.database import open_store
from chartproof.desk.store.schema import exchanged_passes
from chartproof.errors import InputError
from chartproof.exchange.access import BEARER, LONGEST, TOKEN_SECONDS, Gate, Held, Passes
from chartproof.exchange.app import exchange_app
from chartproof.exchange.clients import allows, read_clients
from chartproof.exchange.signed import DIGEST_INFO, key_of, read_token, verified
from chartproof.payer import StoredPasses

DATA: dict[str, Any] = yaml.safe_load((HERE / "keys.yaml").read_text(encoding="utf-8"))
MODULI = [int(one["modulus"].replace(" ", ""), 16) for one in DATA["keys"]]
TOKEN = "/auth/token"
ADDRESS = "https://payer.example/auth/token"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(number: int = 0, **more: Any) -> dict[str, Any]:
    modulus = encoded(MODULI[number].to_bytes(256))
    return {"kty": "RSA", "kid": "one", "alg": "RS384", "n": modulus, "e": "AQAB", **more}


def signed(claims: Any, *, number: int = 0, **head: Any) -> str:
    """A token signed with one of the keys, as a client does it."""
    parts = [json.dumps({"alg": "RS384", "kid": "one", **head}).encode(), json.dumps(claims).encode()]
    said = ".".join(map(encoded, parts))
    end = DIGEST_INFO + hashlib.sha384(said.encode()).digest()
    block = int.from_bytes(b"\x00\x01" + b"\xff" * (253 - len(end)) + b"\x00" + end)
    private = int(DATA["keys"][number]["private"].replace(" ", ""), 16)
    return f"{said}.{encoded(pow(block, private, MODULI[number]).to_bytes(256))}"


@dataclass
class Clock:
    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment


def claims(**changed: Any) -> dict[str, Any]:
    found = {"iss": "center", "sub": "center", "aud": ADDRESS, "jti": "a1", "exp": NOW.timestamp() + 200}
    return {key: value for key, value in (found | changed).items() if value is not None}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "center.json").write_text(json.dumps({"keys": [jwk()]}))
    path = tmp_path / "clients.yaml"
    scopes = ["system/Claim.cr", "system/Questionnaire.read"]
    path.write_text(yaml.safe_dump({"clients": [{"id": "center", "keys": "center.json", "scopes": scopes}]}))
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "store"])
def passes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Passes]:
    if request.param == "memory":
        yield Held()
        return
    store = open_store(tmp_path / "desk")
    yield StoredPasses(store)
    store.close()


@pytest.fixture
def server(file: Path, clock: Clock, passes: Passes) -> TestClient:
    return opened(file, clock, passes)


def opened(file: Path, clock: Clock, passes: Passes) -> TestClient:
    state = served()
    state.gate = Gate({one.id: one for one in read_clients(file)}, ADDRESS, clock, passes)
    return TestClient(exchange_app(state))


def asked(server: TestClient, assertion: str, scope: str = "system/Claim.c", **form: str) -> Any:
    given = {
        "grant_type": "client_credentials", "client_assertion_type": BEARER, "client_assertion": assertion,
        "scope": scope,
    }  # fmt: skip
    return server.post(TOKEN, data=given | form)


def bearer(word: str) -> dict[str, str]:
    return {"authorization": f"Bearer {word}"}


def test_a_token_that_another_program_signed() -> None:
    token = read_token(DATA["token"].replace(" ", ""))
    assert verified(token, key_of(jwk())) and not verified(token, key_of(jwk(1)))
    assert not verified(replace(token, signed=token.signed + b"x"), key_of(jwk()))
    assert not verified(replace(token, signature=b"\x00" + token.signature), key_of(jwk()))
    larger = int.from_bytes(token.signature) + MODULI[0]
    assert larger >> 2048 or not verified(replace(token, signature=larger.to_bytes(256)), key_of(jwk()))


def test_an_assertion_on_a_curve_that_another_program_signed(file: Path, clock: Clock) -> None:
    key = {"kty": "EC", "crv": "P-384", "kid": "curve", **DATA["curve"]}
    token = read_token(DATA["assertion"].replace(" ", ""))
    assert verified(token, key_of(key))
    for broken in (
        replace(token, signed=token.signed + b"x"),
        replace(token, signature=token.signature[:-1] + bytes([token.signature[-1] ^ 1])),
        replace(token, signature=token.signature[:48] + bytes(48)),
        replace(token, signature=bytes(48) + token.signature[48:]),
        replace(token, signature=token.signature + b"x"),
        replace(token, algorithm="RS384"),
    ):
        assert not verified(broken, key_of(key))
    (file.parent / "center.json").write_text(json.dumps({"keys": [jwk(), key]}))
    state = served()
    state.gate = Gate({one.id: one for one in read_clients(file)}, ADDRESS, clock)
    server = TestClient(exchange_app(state))
    assert asked(server, DATA["assertion"].replace(" ", "")).status_code == 200
    assert asked(server, DATA["assertion"].replace(" ", "")).status_code == 401
    assert asked(server, signed(claims(), alg="ES384")).status_code == 401, "a key is used in its own way alone"
    assert asked(server, signed(claims(), kid="curve")).status_code == 401


def test_a_token_opens_what_it_says_for_five_minutes(server: TestClient, clock: Clock) -> None:
    assert server.post(SUBMIT, json=request()).status_code == 401
    answer = asked(server, signed(claims()), "system/Claim.c system/Patient.r")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    got = answer.json()
    assert (got["token_type"], got["expires_in"], got["scope"]) == ("bearer", TOKEN_SECONDS, "system/Claim.c")
    mine = bearer(got["access_token"])
    assert server.post(SUBMIT, json=request(), headers=mine).status_code == 200
    closed = server.post(INQUIRE, json=inquiry(), headers=mine)
    assert closed.status_code == 403 and closed.json()["issue"][0]["code"] == "forbidden"
    assert server.post(SUBMIT, json=request(), headers=bearer(got["access_token"] + "x")).status_code == 401
    clock.moment += timedelta(seconds=TOKEN_SECONDS)
    late = server.post(SUBMIT, json=request(), headers=mine)
    assert late.status_code == 401 and late.headers["www-authenticate"] == "Bearer"
    assert late.json()["resourceType"] == "OperationOutcome"


def test_a_client_asks_for_its_own_organizations_alone(file: Path, clock: Clock) -> None:
    """Whoever knows another's number and member learns nothing, and sends nothing in the other's name."""
    known = yaml.safe_load(file.read_text())
    known["clients"][0]["organizations"] = ["1999999992"]
    file.write_text(yaml.safe_dump(known))
    server = opened(file, clock, Held())
    mine = bearer(asked(server, signed(claims()), "system/Claim.cr").json()["access_token"])
    other = inquiry("N1")
    other["entry"][3]["resource"]["identifier"][0]["value"] = "1777777777"
    for address in (SUBMIT, INQUIRE):
        refused = server.post(address, json=other, headers=mine)
        assert refused.status_code == 403 and refused.json()["issue"][0]["code"] == "forbidden"
    assert server.post(SUBMIT, json=request(), headers=mine).status_code == 200
    found = server.post(INQUIRE, json=inquiry("N1"), headers=mine).json()["parameter"]
    assert [one["name"] for one in found] == ["return"]


def test_a_restart_ends_no_token_and_makes_no_assertion_good_again(file: Path, clock: Clock, tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk")
    word = asked(opened(file, clock, StoredPasses(store)), signed(claims())).json()["access_token"]
    store.close()
    assert word.encode() not in b"".join(one.read_bytes() for one in (tmp_path / "desk").glob("desk.sqlite3*"))
    store = open_store(tmp_path / "desk")
    again = opened(file, clock, StoredPasses(store))
    assert again.post(SUBMIT, json=request(), headers=bearer(word)).status_code == 200
    assert asked(again, signed(claims())).status_code == 401
    clock.moment += timedelta(seconds=TOKEN_SECONDS + 1)
    assert again.post(SUBMIT, json=request(), headers=bearer(word)).status_code == 401
    later = {"exp": clock.moment.timestamp() + 200, "jti": "b2"}
    assert asked(again, signed(claims(**later))).status_code == 200
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(exchanged_passes)).scalar() == 2
    store.close()


def test_of_many_at_once_one_assertion_gets_one_token(server: TestClient) -> None:
    with ThreadPoolExecutor(8) as callers:
        replies = list(callers.map(lambda n: asked(server, signed(claims())).status_code, range(16)))
    assert sorted(replies) == [200, *[401] * 15]


def test_an_assertion_is_good_once(server: TestClient, clock: Clock) -> None:
    assertion = signed(claims())
    assert asked(server, assertion).status_code == 200
    again = asked(server, assertion)
    assert again.status_code == 401
    assert again.json() == {"error": "invalid_client", "error_description": "the assertion was used before"}
    other = signed(claims(aud=[ADDRESS, "https://elsewhere.example"], exp=NOW.timestamp() + 100))
    assert asked(server, other).status_code == 401, "the same jti in another assertion"
    clock.moment += timedelta(seconds=201)
    assert asked(server, assertion).json()["error_description"].startswith("the assertion has ended")
    assert asked(server, signed(claims(exp=clock().timestamp() + 10))).status_code == 200, "its jti is free again"


@pytest.mark.parametrize(
    "assertion",
    [
        "",
        "a.b.c",
        signed([]),
        signed(claims(), number=1),
        signed(claims(), kid="two"),
        signed(claims(), alg="RS256"),
        signed(claims(), alg="none"),
        signed(claims(), crit=["exp"]),
        signed(claims()).rpartition(".")[0] + ".",
        signed(claims(iss="stranger", sub="stranger")),
        signed(claims(sub="stranger")),
        signed(claims(aud="https://elsewhere.example/auth/token")),
        signed(claims(aud=None)),
        signed(claims(jti=None)),
        signed(claims(jti="")),
        signed(claims(jti=7)),
        signed(claims(exp=None)),
        signed(claims(exp=str(NOW.timestamp() + 200))),
        signed(claims(exp=NOW.timestamp())),
        signed(claims(exp=NOW.timestamp() + LONGEST + 60)),
        signed(claims(iat=NOW.timestamp() + 60)),
        signed(claims(exp=float("nan"))),
        signed(claims(exp=float("inf"))),
    ],
)
def test_an_assertion_that_gets_nothing(server: TestClient, assertion: str) -> None:
    answer = asked(server, assertion)
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client", answer.text
    assert asked(server, signed(claims())).status_code == 200, "what failed does not use up a jti"


def test_a_request_for_a_token_that_is_none(server: TestClient) -> None:
    good = signed(claims())
    assert asked(server, good, grant_type="password").json()["error"] == "unsupported_grant_type"
    assert asked(server, good, client_assertion_type="x").json()["error"] == "invalid_request"
    assert server.post(TOKEN, json={"grant_type": "client_credentials"}).json()["error"] == "invalid_request"
    assert (
        server.post(
            TOKEN, content=b"a" * 30_000, headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 400
    )
    nothing = asked(server, good, "system/Patient.r")
    assert (nothing.status_code, nothing.json()["error"]) == (400, "invalid_scope")


def test_a_hook_is_signed_call_by_call(server: TestClient) -> None:
    assert server.post(SIGN, json=signing()).status_code == 401
    call = signed(claims(aud=f"https://payer.example{SIGN}", sub=None))
    assert server.post(SIGN, json=signing(), headers=bearer(call)).status_code == 200
    again = server.post(SIGN, json=signing(), headers=bearer(call))
    assert again.status_code == 401 and "used before" in again.text
    assert server.post(SIGN, json=signing(), headers=bearer(signed(claims(jti="b")))).status_code == 401


def test_what_is_open_to_all_and_what_the_server_says_of_its_door(server: TestClient) -> None:
    said = server.get("/fhir/.well-known/smart-configuration").json()
    assert said["token_endpoint"] == ADDRESS and said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert "service" in server.get("/fhir/metadata").json()["rest"][0]["security"]
    assert server.get("/cds-services").status_code == 200
    open_to_all = {"/cds-services", "/cds-services/{service}", "/.well-known/smart-configuration", TOKEN}
    for route in server.app.routes:  # type: ignore[attr-defined]
        if route.path in open_to_all or route.path.endswith(("/metadata", "/smart-configuration")):
            continue
        method = next(iter(route.methods - {"HEAD"}))
        assert server.request(method, route.path, json={}).status_code == 401, (method, route.path)


@pytest.mark.parametrize(
    ("have", "wanted", "opened"),
    [
        ("system/Claim.cr", "system/Claim.c", True),
        ("system/Claim.r", "system/Claim.c", False),
        ("system/*.cruds", "system/Claim.c", True),
        ("system/*.*", "system/Claim.r", True),
        ("system/Claim.write", "system/Claim.c", True),
        ("system/Claim.read", "system/Claim.c", False),
        ("system/Patient.cruds", "system/Claim.c", False),
        ("user/Claim.cruds", "system/Claim.c", False),
        ("system/Claim.cr", "system/*.c", False),
        ("system/Claim.", "system/Claim.c", False),
        ("system/Claim.cr", "system/Claim.", False),
    ],
)
def test_scopes(have: str, wanted: str, opened: bool) -> None:
    assert allows([have], wanted) is opened


@pytest.mark.parametrize(
    ("keys", "scopes", "says"),
    [
        ({"keys": [jwk(d="AQAB")]}, ["system/Claim.c"], "private key"),
        ({"keys": [jwk(kty="oct")]}, ["system/Claim.c"], "neither RSA"),
        ({"keys": [jwk(kty="EC", alg="ES384")]}, ["system/Claim.c"], "P-384"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "kid": "x", **DATA["curve"]}]}, ["system/Claim.c"], "P-384"),
        (
            {"keys": [{"kty": "EC", "crv": "P-384", "kid": "x", **DATA["curve"], "x": "AQAB"}]},
            ["system/Claim.c"],
            "P-384",
        ),
        ({"keys": [jwk(n="AQAB")]}, ["system/Claim.c"], "2048"),
        ({"keys": [jwk(e="Ag")]}, ["system/Claim.c"], "exponent"),
        ({"keys": [jwk(kid="")]}, ["system/Claim.c"], "kid"),
        ({"keys": [jwk(), jwk(1)]}, ["system/Claim.c"], "same kid"),
        ({"keys": []}, ["system/Claim.c"], "no key"),
        ({"keys": [jwk()]}, ["patient/Claim.c"], "scope"),
        ({"keys": [jwk()]}, [], "scopes"),
    ],
)
def test_a_file_of_clients_that_cannot_be_used(file: Path, keys: Any, scopes: list[str], says: str) -> None:
    (file.parent / "center.json").write_text(json.dumps(keys))
    file.write_text(yaml.safe_dump({"clients": [{"id": "center", "keys": "center.json", "scopes": scopes}]}))
    with pytest.raises(InputError, match=says) as told:
        read_clients(file)
    assert told.value.code == "CP-FHIR-17"


@pytest.mark.parametrize(
    "given",
    [
        ["--host", "0.0.0.0"],
        ["--host", "192.0.2.1", "--clients", "clients.yaml"],
        ["--host", "::", "--tls", "a", "b", "--base", BASE],
    ],
)
def test_other_machines_may_not_call_unasked(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exchange", "serve", *given]) == 2
    assert capsys.readouterr().err.startswith("CP-FHIR-18")


def test_served_to_others_with_clients_and_a_certificate(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import uvicorn

    run: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **named: run.update(named, app=app))
    given = ["--host", "0.0.0.0", "--clients", str(file), "--tls", "c.pem", "k.pem", "--base", BASE]
    assert main(["exchange", "serve", *given, "--policy", str(HERE / "policy.yaml"), "--as-of", "2026-05-04"]) == 0
    assert (run["host"], run["ssl_certfile"], run["ssl_keyfile"]) == ("0.0.0.0", "c.pem", "k.pem")
    assert "1 clients may call" in capsys.readouterr().out
    caller = TestClient(run["app"], base_url="https://payer.example")
    assert caller.get("/cds-services").status_code == 200
    assert caller.post(SUBMIT, json=request()).status_code == 401
    assert TestClient(run["app"], base_url="https://rebound.example").get("/cds-services").status_code == 400
