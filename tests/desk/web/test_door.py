"""The door: what no page of this desk sends is refused, and every answer carries the same headers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from chartproof.desk.desk import Desk
from chartproof.desk.store import audit
from chartproof.desk.web.app import HEADERS
from deskwork import PASSWORD, Client, enrol, small_case, work_off


@pytest.fixture
def client(desk: Desk) -> Client:
    return Client(desk, enrol(desk, "dana", "admin"))


@pytest.mark.parametrize("token", ["", "0" * 64], ids=["missing", "wrong"])
def test_a_form_without_its_token_is_refused(client: Client, token: str) -> None:
    assert client.post("/demo", {"csrf": token}).status_code == 403


def test_a_forms_token_of_another_session_is_refused(desk: Desk, client: Client) -> None:
    other = Client(desk, enrol(desk, "omar", "physician"))
    other.token = client.token
    assert other.post("/demo").status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "evil.example:8642", "127.0.0.1:8643", ""])
def test_another_name_for_this_machine_is_refused(client: Client, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.post("/demo", headers=headers).status_code == 421
    assert client.post("/demo", headers={"Origin": "http://127.0.0.1:8642"}).status_code == 303


def test_a_long_form_is_refused_before_it_is_read(client: Client) -> None:
    assert client.post("/account/password", {"old": "x" * 1_000_001}).status_code == 413
    assert client.send("POST", "/demo", content=in_parts()).status_code == 413


async def in_parts() -> AsyncIterator[bytes]:
    """A form that does not say how long it is."""
    yield b"csrf=x"


def test_a_file_comes_only_where_files_are_taken(client: Client) -> None:
    assert client.post("/account/password", files={"old": ("old.txt", b"x")}).status_code == 400


def test_cookies_are_out_of_reach(desk: Desk) -> None:
    enrol(desk, "dana", "admin")
    client = Client(desk)
    answers = [client.post("/sign-in", {"name": "dana", "password": PASSWORD}), Client(desk)]
    client.cookies.clear()
    answers[1] = client.get("/sign-in")
    for answer in answers:
        (cookie,) = answer.headers.get_list("set-cookie")
        kept = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=strict", "path=/"} <= kept
        assert not any(part.startswith(("domain", "expires", "max-age")) for part in kept)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"), ("GET", "/nowhere"), ("POST", "/"), ("GET", "/cases/unknown"), ("GET", "/audit.json"), ("GET", "/users/"),
        ("GET", "/static/desk.css"), ("GET", "/static/nothing.css"), ("GET", "/static/fonts/IBMPlexSans-Regular.woff2"),
        ("POST", "/demo"), ("HEAD", "/account"), ("PUT", "/users"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["somebody", "nobody"])
def test_every_answer_has_the_headers(desk: Desk, client: Client, method: str, path: str, who: str) -> None:
    answer = (client if who == "somebody" else Client(desk)).send(method, path)
    for name in set(HEADERS) - {"Cache-Control"}:
        assert answer.headers.get_list(name) == [HEADERS[name]], name
    ours = path.startswith("/static/") and answer.status_code == 200
    assert answer.headers["cache-control"] == ("private, max-age=3600" if ours else "no-store")


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1"]
)
def test_signing_in_leads_nowhere_else(desk: Desk, place: str) -> None:
    enrol(desk, "dana", "admin")
    answer = Client(desk).post("/sign-in", {"name": "dana", "password": PASSWORD, "next": place})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "evil" not in Client(desk).get("/sign-in", params={"next": place}).text


def test_signing_in_leads_back_to_the_page(desk: Desk) -> None:
    enrol(desk, "dana", "admin")
    nobody = Client(desk)
    sent = nobody.get("/users?told=person")
    assert sent.headers["location"] == "/sign-in?next=/users%3Ftold%3Dperson"
    assert 'name="next" value="/users?told=person"' in nobody.get(sent.headers["location"]).text


def test_the_first_account_is_made_once(desk: Desk) -> None:
    nobody = Client(desk)
    assert nobody.get("/").headers["location"] == "/first-run"
    form = {"shown": "Dana Ortiz, RN", "name": "dana", "password": PASSWORD, "again": PASSWORD}
    assert nobody.post("/first-run", form).headers["location"] == "/"
    assert nobody.get("/first-run").headers["location"] == "/sign-in"
    assert nobody.post("/first-run", {**form, "name": "eve"}).status_code == 409


NAMES = ["../desk.sqlite3", "..%2f..%2fdesk.sqlite3", "%2e%2e/%2e%2e/desk.sqlite3", "/etc/passwd", "..\\desk.sqlite3", "packet.pdf%00",
         "signature-../../x.pdf", "documents", ""]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_a_path_leads_nowhere_else(desk: Desk, client: Client, name: str) -> None:
    case = small_case(desk, enrol(desk, "nora", "coordinator"), read=False)
    for path in (f"/static/{name}", f"/cases/{case}/packages/unknown/{name}", f"/cases/{case}/sheets/{name}/1.png",
                 f"/cases/{case}/sheets/0/{name}.png", f"/static/fonts/{name}"):  # fmt: skip
        assert client.get(path).status_code in (403, 404), path


@pytest.mark.parametrize("words", ["-1", "99", "1e3", "٣", "0x1", "1" * 40, "nan", "<b>"])
def test_a_number_in_a_path_is_a_number(desk: Desk, words: str) -> None:
    owner = enrol(desk, "dana", "admin")
    client, case = Client(desk, owner), small_case(desk, owner)
    for path in (f"sheets/{words}/1.png", f"sheets/0/{words}.png", f"words?file={words}&page=1&left=0&top=0&right=9&bottom=9",
                 f"words?file=0&page=1&left={words}&top=x&right=9&bottom=9"):  # fmt: skip
        assert client.get(f"/cases/{case}/{path}").status_code == 404, path
    for query in (f"file={words}&page=1", f"file=0&page={words}", f"quote={words}", f"row={words}"):
        assert client.get(f"/cases/{case}?{query}").status_code == 200, query


def test_an_upload_cannot_name_a_place_outside_its_case(desk: Desk) -> None:
    owner = enrol(desk, "dana", "admin")
    client = Client(desk, owner)
    files = [("files", ("../../evil.txt", b"Rosa Invented\n")), ("files", ("/etc/cron.d/evil", b"Rosa, invented\n"))]
    case = client.post("/cases/new", files=files).headers["location"]
    work_off(desk)
    text = client.get(f"{case}/documents").text
    assert "evil.txt" in text and ".." not in text.split("<main")[1].split("</main")[0].replace("...", "")
    assert not list(desk.store.folder.parent.rglob("evil*"))


def test_a_defect_tells_its_place_and_no_words(desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **more: object) -> None:
        raise RuntimeError("Rosa Invented")

    monkeypatch.setattr("chartproof.desk.store.queue.listed", fails)
    answer = client.get("/")
    assert answer.status_code == 500 and "Rosa" not in answer.text
    (line,) = desk.tell.__self__  # type: ignore[attr-defined]
    assert line.startswith("CP-WEB-99: RuntimeError at test_door.py:")


def test_the_audit_is_a_bundle_of_all_rows(desk: Desk, client: Client) -> None:
    client.get("/")
    assert "The chain holds" in client.get("/audit").text
    bundle = json.loads(client.get("/audit.json").content)
    with desk.store.read() as connection:
        number, _hash = audit.head(connection)
    assert [int(one["resource"]["id"]) for one in bundle["entry"]] == list(range(number, 0, -1))
    assert {one["resource"]["resourceType"] for one in bundle["entry"]} == {"AuditEvent"}
