"""Sends a notice to an address of this machine, and nowhere else: no redirect, no proxy, no name that is looked up.

Only the command line imports it.
"""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from chartproof.errors import InputError

LOCAL = ("127.0.0.1", "localhost", "::1")
SECONDS = 5.0
MEDIA = "application/fhir+json"


def check_endpoint(url: str) -> str:
    """The address, where a notice may go there. Raises InputError CP-FHIR-20."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme != "http"
        or parts.hostname not in LOCAL
        or not port
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise InputError(
            "CP-FHIR-20", "notices go to an address of this machine alone", where="--notify",
            then="Give http://127.0.0.1:PORT/PATH; what passes it on to others stands there.",
        )  # fmt: skip
    return url


def send(url: str, body: bytes) -> bool:
    """Whether the endpoint took it: any 2xx within five seconds."""
    parts = urlsplit(check_endpoint(url))
    host = "::1" if parts.hostname == "::1" else "127.0.0.1"
    connection = HTTPConnection(host, parts.port, timeout=SECONDS)
    try:
        connection.request("POST", parts.path or "/", body, {"Content-Type": MEDIA})
        return 200 <= connection.getresponse().status < 300
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
