"""The one place that opens a connection: an OpenAI-compatible endpoint that the user named (`--propose URL`).

Only cli.py imports it. It follows no redirect and no proxy, sends no page to another machine unless that was allowed,
and checks whom it has reached before it sends anything.
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from chartproof.chart.vocabulary import load
from chartproof.errors import InputError, ModelError

_READ = 65_536


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked address. `seconds` is for one whole answer, `answer_bytes` the most that is read of it."""

    host: str
    port: int
    path: str
    secure: bool
    local: bool
    model: str
    key: str
    seconds: float
    answer_bytes: int

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    def complete(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The reply's text. Raises ModelError CP-MODEL-01 (no answer), CP-MODEL-02 (an answer of another kind)."""
        body = json.dumps({"model": self.model, "messages": list(messages), "temperature": 0, "stream": False})
        head = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            head["Authorization"] = f"Bearer {self.key}"
        until = time.monotonic() + self.seconds
        kind = HTTPSConnection if self.secure else HTTPConnection
        connection = kind(self.host, self.port, timeout=self.seconds)
        try:
            connection.connect()
            self._check_peer(connection)
            connection.request("POST", f"{self.path}/chat/completions", body.encode("ascii"), head)
            return self._words(self._read(connection.getresponse(), until))
        except (OSError, HTTPException) as error:
            raise ModelError(
                "CP-MODEL-01", "the model's server did not answer", where=self.name,
                then="Check that it runs and that the address is right.",
            ) from error  # fmt: skip
        finally:
            connection.close()

    def _check_peer(self, connection: HTTPConnection) -> None:
        if self.local and not is_loopback(str(connection.sock.getpeername()[0])):
            raise ModelError(
                "CP-MODEL-03", "the address is not of this machine; nothing was sent", where=self.name,
                then="Use 127.0.0.1.",
            )  # fmt: skip

    def _read(self, response: HTTPResponse, until: float) -> bytes:
        if response.status != 200:
            raise self._other_kind(f"it answered with status {response.status}")
        data = b""
        while piece := response.read1(_READ):
            data += piece
            if len(data) > self.answer_bytes:
                raise self._other_kind("its answer is too long")
            if time.monotonic() > until:
                raise TimeoutError
        return data

    def _words(self, data: bytes) -> str:
        try:
            words = json.loads(data)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError):
            words = None
        if not isinstance(words, str):
            raise self._other_kind("its answer is no chat completion")
        return words

    def _other_kind(self, what: str) -> ModelError:
        return ModelError(
            "CP-MODEL-02", f"the model's server cannot be used: {what}", where=self.name,
            then="Give the address of an OpenAI-compatible endpoint, such as http://127.0.0.1:8080/v1, and a model that it has.",
        )  # fmt: skip


def endpoint(url: str, *, model: str, key: str, remote: bool) -> Endpoint:
    """The endpoint of an address, checked; no connection is opened.

    Raises InputError CP-MODEL-04 for what is no such address, CP-MODEL-05 for another machine's where `remote` is not
    set, CP-MODEL-06 for another machine's without https, CP-MODEL-07 for a key or a name that cannot be sent.
    """
    parts, port = _parts(url)
    host = parts.hostname or ""
    local = host == "localhost" or is_loopback(host)
    secure = parts.scheme == "https"
    if not local and not remote:
        raise InputError(
            "CP-MODEL-05", "the model is not on this machine, and the chart's pages would leave it", where=host,
            then="Run the model here (http://127.0.0.1:...), or say --allow-remote-model where that is permitted.",
        )  # fmt: skip
    if not local and not secure:
        raise InputError(
            "CP-MODEL-06", "pages are not sent to another machine in the clear", where=host, then="Use https://."
        )
    for value, where in ((key, "CHARTPROOF_MODEL_KEY"), (model, "--model")):
        if not value.isascii() or not value.isprintable():
            raise InputError(
                "CP-MODEL-07", "this holds characters that cannot be sent", where=where, then="Set it again."
            )
    limits = load("propose.yaml")["limits"]
    return Endpoint(
        host, port or (443 if secure else 80), parts.path.rstrip("/"), secure, local, model, key,
        limits["seconds"], limits["answer_bytes"],
    )  # fmt: skip


def _parts(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = url.isascii() and url.isprintable() and " " not in url
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or not bare:
        raise InputError(
            "CP-MODEL-04", "this is not the address of a model's endpoint", where="--propose",
            then="Give one such as http://127.0.0.1:8080/v1, without a key or password in it.",
        )  # fmt: skip
    return parts, port


def is_loopback(host: str) -> bool:
    """Whether these are the digits of an address of this machine; a name is not."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
