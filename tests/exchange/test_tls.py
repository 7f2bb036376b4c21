"""The command itself, in a process of its own, spoken to over TLS on the loopback address."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from tests.exchange.invented import HERE, request
from tests.exchange.test_access import BEARER, claims, jwk, signed

#: Seconds for the command to begin; a busy machine may take long.
BEGIN = 120


@dataclass(frozen=True)
class Served:
    base: str
    certificate: Path
    port: int


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of one's own for this machine, and its key."""
    found = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", str(found[0]), "-keyout", str(found[1])],
        check=True, capture_output=True,
    )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl makes a certificate here")
    folder = tmp_path_factory.mktemp("tls")
    pem, key = certificate(folder, "payer")
    (folder / "center.json").write_text(json.dumps({"keys": [jwk()]}))
    clients = {"clients": [{"id": "center", "keys": "center.json", "scopes": ["system/Claim.cr"]}]}
    (folder / "clients.yaml").write_text(yaml.safe_dump(clients))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "chartproof", "exchange", "serve", "--port", str(port), "--tls", str(pem), str(key),
        "--clients", str(folder / "clients.yaml"), "--folder", str(folder / "desk"), "--policy", str(HERE / "policy.yaml"),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(port, process)
        yield Served(f"https://127.0.0.1:{port}", pem, port)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + BEGIN
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the command does not listen")


def trusting(path: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(path))


def test_a_handshake_a_token_and_a_request(server: Served) -> None:
    with httpx.Client(base_url=server.base, verify=trusting(server.certificate), timeout=60) as caller:
        found = caller.get("/.well-known/smart-configuration").json()
        assert found["token_endpoint"] == f"{server.base}/auth/token"
        assert caller.post("/fhir/Claim/$submit", json=request()).status_code == 401
        now = time.time()
        assertion = signed(claims(aud=found["token_endpoint"], exp=now + 200))
        form = {
            "grant_type": "client_credentials", "client_assertion_type": BEARER, "client_assertion": assertion,
            "scope": "system/Claim.cr",
        }  # fmt: skip
        token = caller.post("/auth/token", data=form).json()["access_token"]
        answer = caller.post("/fhir/Claim/$submit", json=request(), headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200 and answer.json()["entry"][0]["resource"]["resourceType"] == "ClaimResponse"


def test_the_connection_is_of_today_and_another_certificate_is_not_taken(server: Served, tmp_path: Path) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain,
        trusting(server.certificate).wrap_socket(plain, server_hostname="127.0.0.1") as held,
    ):
        assert held.version() in ("TLSv1.2", "TLSv1.3")
    stranger, _ = certificate(tmp_path, "stranger")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{server.base}/fhir/metadata", verify=trusting(stranger))
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(str(server.certificate))
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="127.0.0.1")


def test_in_the_clear_nothing_is_answered(server: Served) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{server.port}/fhir/metadata", timeout=30)
