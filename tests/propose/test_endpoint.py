"""The connection to a model: only where it was asked for, only to whom was named, and never a reason for no review."""

from __future__ import annotations

import ast
import json
import socket
from pathlib import Path
from typing import Any

import pytest

import chartproof
from chartproof.cli import main
from chartproof.endpoint import endpoint, is_loopback
from chartproof.errors import InputError, ModelError
from propose.conftest import HONEST, Server, write_records

MESSAGES = [{"role": "user", "content": "[]"}]


def made(url: str, *, model: str = "m", key: str = "", remote: bool = False) -> Any:
    return endpoint(url, model=model, key=key, remote=remote)


def test_a_reply_comes_back_and_the_key_is_sent_in_its_own_place(server: Server) -> None:
    server.says = lambda request: f"asked {request['model']}"
    assert made(server.url + "/", model="small", key="k-123").complete(MESSAGES) == "asked small"
    assert server.keys == ["Bearer k-123"] and server.paths == ["/v1/chat/completions"]
    assert "k-123" not in json.dumps(server.asked)


ANSWERS: list[tuple[int, dict[str, str], bytes]] = [
    (500, {}, b"{}"),
    (401, {}, b'{"error": "no key"}'),
    (307, {"Location": "http://203.0.113.9/v1/chat/completions"}, b'{"choices": [{"message": {"content": "[]"}}]}'),
    (200, {}, b"<html>hello</html>"),
    (200, {}, b'{"choices": []}'),
    (200, {}, b'{"choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "x"}}]}}]}'),
    (200, {}, b'[{"choices": 1}]'),
    (200, {}, b"[" * 100_000),
    (200, {}, b"\xff\xfe"),
    (200, {}, b'{"choices": [{"message": {"content": "[]"}}]}' + b" " * 1_100_000),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"{row[0]}-{row[2][:12]!r}" for row in ANSWERS])
def test_an_answer_of_another_kind_is_one_coded_line(server: Server, answer: tuple[int, dict[str, str], bytes]) -> None:
    server.raw = answer
    with pytest.raises(ModelError) as caught:
        made(server.url).complete(MESSAGES)
    assert caught.value.code == "CP-MODEL-02" and "\n" not in str(caught.value)
    assert len(server.asked) == 1  # no redirect is followed


def closed_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_no_answer_is_one_coded_line() -> None:
    with pytest.raises(ModelError) as caught:
        made(f"http://127.0.0.1:{closed_port()}/v1").complete(MESSAGES)
    assert caught.value.code == "CP-MODEL-01"


def test_a_name_that_leads_to_another_machine_is_sent_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """`localhost` may be any machine in a hosts file: who was reached is looked at before anything is sent."""
    monkeypatch.setattr("chartproof.endpoint.is_loopback", lambda host: False)
    with pytest.raises(ModelError) as caught:
        made(server.url.replace("127.0.0.1", "localhost")).complete(MESSAGES)
    assert caught.value.code == "CP-MODEL-03" and server.asked == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://192.168.1.7:8080/v1", "CP-MODEL-05"),
        ("https://api.example.com/v1", "CP-MODEL-05"),
        ("http://localhost.example.com/v1", "CP-MODEL-05"),
        ("http://127.0.0.1.example.com/v1", "CP-MODEL-05"),
        ("http://0.0.0.0:8080/v1", "CP-MODEL-05"),
        ("http://2130706433/v1", "CP-MODEL-05"),
        ("http://127.1/v1", "CP-MODEL-05"),
        ("http://[::ffff:203.0.113.9]/v1", "CP-MODEL-05"),
        ("http://127.0.0.1@203.0.113.9/v1", "CP-MODEL-04"),
        ("http://user:word@127.0.0.1/v1", "CP-MODEL-04"),
        ("http://127.0.0.1/v1?key=1", "CP-MODEL-04"),
        ("http://127.0.0.1/v1#x", "CP-MODEL-04"),
        ("http://127.0.0.1:99999/v1", "CP-MODEL-04"),
        ("http://127.0.0.1/v1 HTTP/1.1", "CP-MODEL-04"),
        ("http://127.0.0.1/v1\r\nX: y", "CP-MODEL-04"),
        ("file:///etc/passwd", "CP-MODEL-04"),
        ("127.0.0.1:8080", "CP-MODEL-04"),
        ("http://", "CP-MODEL-04"),
        ("http://[::1", "CP-MODEL-04"),
        ("", "CP-MODEL-04"),
    ],
)
def test_an_address_that_is_refused(url: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        made(url)
    assert caught.value.code == code


def test_another_machine_needs_a_word_of_its_own_and_a_closed_line() -> None:
    assert made("https://api.example.com/v1", remote=True).local is False
    with pytest.raises(InputError, match="CP-MODEL-06"):
        made("http://api.example.com/v1", remote=True)
    for good in ("http://127.0.0.1:8080/v1", "http://127.8.9.10", "http://[::1]:8080/v1", "http://localhost:1234"):
        assert made(good).local


@pytest.mark.parametrize("given", [{"key": "a\r\nX: y"}, {"key": "clé"}, {"model": "a\x1b[2J"}])
def test_a_key_or_name_that_cannot_be_sent_is_not_printed(given: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        made("http://127.0.0.1/v1", **given)
    assert caught.value.code == "CP-MODEL-07" and next(iter(given.values())) not in str(caught.value)


def test_digits_of_this_machine() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("::1")
    assert not is_loopback("10.0.0.1") and not is_loopback("localhost") and not is_loopback("")


# --- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return status, out, "".join(line for line in err.splitlines(keepends=True) if not line.startswith("Reading "))


def test_the_command_asks_and_shows(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTPROOF_MODEL_KEY", "k-1")
    server.says = lambda request: json.dumps([HONEST])
    folder = write_records(tmp_path / "records")
    status, out, err = run(capsys, "review", folder, "--workers", 1, "--propose", server.url, "--model", "small")
    assert (status, err) == (0, "Asking the model, 1 of 1\n")
    assert "DOC.G.1  visit.txt p. 1" in out and "1 proposal waits for a person; the model asked is small." in out
    assert "k-1" not in out + err and server.keys == ["Bearer k-1"]


def test_the_package_is_written_with_it(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.says = lambda request: json.dumps([HONEST])
    folder, out = write_records(tmp_path / "records"), tmp_path / "out"
    status, _, _ = run(capsys, "packet", folder, "--workers", 1, "--out", out, "--propose", server.url, "--model", "m")
    assert status == 0
    assert "waits for a person" in (out / "review.html").read_text(encoding="utf-8")
    assert len(json.loads((out / "review.json").read_bytes())["proposals"]) == 1


def test_without_a_server_the_review_is_written_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = write_records(tmp_path / "records"), tmp_path / "review.json"
    url = f"http://127.0.0.1:{closed_port()}/v1"
    status, out, _ = run(capsys, "review", folder, "--workers", 1, "--json", file, "--propose", url, "--model", "m")
    assert status == 0 and "The model was not asked to the end. CP-MODEL-01" in out
    said = json.loads(file.read_bytes())
    assert said["proposals"] == [] and said["proposals_stopped"].startswith("CP-MODEL-01")
    assert {row["id"]: row["status"] for row in said["criteria"]}["DOC.D"] == "met"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--propose", "http://127.0.0.1:8080/v1"], "CP-CLI-08"),
        (["--propose", "https://api.example.com/v1", "--model", "m"], "CP-MODEL-05"),
        (["--propose", "http://api.example.com/v1", "--model", "m", "--allow-remote-model"], "CP-MODEL-06"),
        (["--propose", "nonsense", "--model", "m"], "CP-MODEL-04"),
    ],
)
def test_what_is_refused_is_refused_before_a_page_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: str
) -> None:
    folder, file = write_records(tmp_path / "records"), tmp_path / "review.json"
    status = main(["review", str(folder), "--json", str(file), *more])
    out, err = capsys.readouterr()
    assert status == 2 and out == "" and err.startswith(f"{code}: ") and err.count("\n") == 1
    assert not file.exists()


def test_it_is_said_when_pages_leave_the_machine(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that is allowed and not local: the line stands before the first question."""
    local = made(server.url)
    monkeypatch.setattr("chartproof.endpoint.endpoint", lambda url, **_: type(local)(**{
        name: False if name == "local" else getattr(local, name) for name in local.__dataclass_fields__
    }))  # fmt: skip
    folder = write_records(tmp_path / "records")
    _, _, err = run(
        capsys, "review", folder, "--workers", 1, "--propose", "https://x", "--model", "m", "--allow-remote-model"
    )
    assert err.splitlines()[0] == f"Pages of this chart leave this machine: they are sent to {local.name}."


def test_no_other_module_can_open_a_connection() -> None:
    """By name: who imports what talks to a network, and nobody else; the desk answers and never asks."""
    source = Path(chartproof.__file__).parent
    talking = {"socket", "http", "urllib", "ssl", "ftplib", "smtplib", "asyncio", "requests", "httpx", "aiohttp"}
    found = set()
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in talking and name != "urllib.parse" for name in names):
                found.add(path.relative_to(source).as_posix())
    # cli_desk.py looks whether its own port is free; it connects to nothing. notices.py tells of an answer to this machine
    # alone, and only where the exchange is started with --notify.
    assert found == {"endpoint.py", "cli_desk.py", "notices.py"}
