"""SMART Backend Services: a client signs who it is, gets a token for five minutes, and shows it with each request.

CDS Hooks have no token: there the client signs each call itself. An assertion is good once: its jti is kept until it has
ended. Nothing is fetched; a `jku` is not looked at. Tokens and used assertions lie where the site keeps them, as digests
alone: in its store, so that no restart makes an assertion good again, or in memory where there is none.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Protocol

from chartproof.exchange.clients import Client, allows
from chartproof.exchange.elements import text, texts
from chartproof.exchange.refusals import FORBIDDEN, Issue, Refused, Resource
from chartproof.exchange.signed import read_token, verified

BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Seconds: how long an assertion may be good, and how long a token is; and how far clocks may differ.
LONGEST, TOKEN_SECONDS, SKEW = 300, 300, 30
UNAUTHORIZED = 401
MOST_JTI = 128


class NotGranted(Exception):
    """A token is refused; `error` is OAuth's word for it."""

    def __init__(self, error: str, says: str) -> None:
        super().__init__(says)
        self.error, self.says = error, says


@dataclass(frozen=True, slots=True)
class Granted:
    client: str
    scopes: tuple[str, ...]
    ends: float


class Passes(Protocol):
    """Where tokens and used assertions lie, by their digests. What has ended by `now` is as good as gone."""

    def use(self, digest: str, ends: float, *, now: float) -> bool:
        """Notes that an assertion was used; False where it was before. Two at once never both get True."""

    def grant(self, digest: str, one: Granted, *, now: float) -> None: ...

    def granted(self, digest: str, *, now: float) -> Granted | None: ...


@dataclass(slots=True)
class Held:
    """Passes that end with the process."""

    used: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, Granted] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def use(self, digest: str, ends: float, *, now: float) -> bool:
        with self.lock:
            self.used = {name: end for name, end in self.used.items() if end > now}
            first = digest not in self.used
            self.used.setdefault(digest, ends)
            return first

    def grant(self, digest: str, one: Granted, *, now: float) -> None:
        with self.lock:
            self.tokens = {name: held for name, held in self.tokens.items() if held.ends > now}
            self.tokens[digest] = one

    def granted(self, digest: str, *, now: float) -> Granted | None:
        with self.lock:
            found = self.tokens.get(digest)
        return found if found and found.ends > now else None


@dataclass(slots=True)
class Gate:
    """`address` is where tokens are had: what an assertion must be meant for. `now` is the real clock."""

    clients: Mapping[str, Client]
    address: str
    now: Callable[[], datetime]
    passes: Passes = field(default_factory=Held)

    def token(self, form: Mapping[str, str]) -> Resource:
        """The answer to a request for a token. Raises NotGranted."""
        if form.get("grant_type") != "client_credentials":
            raise NotGranted("unsupported_grant_type", "the grant type is not client_credentials")
        if form.get("client_assertion_type") != BEARER:
            raise NotGranted("invalid_request", "client_assertion_type is not that of a signed JWT")
        client = self.asserted(form.get("client_assertion", ""), self.address, same=True)
        scopes = [one for one in form.get("scope", "").split() if allows(client.scopes, one)]
        if not scopes:
            raise NotGranted("invalid_scope", "none of the scopes is open to this client")
        word, now = secrets.token_urlsafe(32), self.now().timestamp()
        self.passes.grant(_digest(word), Granted(client.id, tuple(scopes), now + TOKEN_SECONDS), now=now)
        return {
            "access_token": word, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(scopes),
        }  # fmt: skip

    def asserted(self, words: str, audience: str, *, same: bool) -> Client:
        """The client that signed an assertion meant for `audience`; `same`: as issuer and as subject. Raises NotGranted."""
        try:
            token = read_token(words)
        except ValueError as error:
            raise NotGranted("invalid_client", str(error)) from None
        claims = token.claims
        client = self.clients.get(text(claims.get("iss")))
        key = client.keys.get(token.key) if client else None
        if client is None or key is None or not verified(token, key):
            raise NotGranted("invalid_client", "the client or its key is not known, or the signature is not its own")
        if same and claims.get("sub") != client.id:
            raise NotGranted("invalid_client", "issuer and subject are not the same client")
        meant = claims.get("aud")
        if audience not in ([meant] if isinstance(meant, str) else texts(meant)):
            raise NotGranted("invalid_client", "the assertion is meant for another address")
        self._once(client.id, claims)
        return client

    def _once(self, client: str, claims: Mapping[str, object]) -> None:
        """Raises NotGranted where the assertion has ended, lasts too long, or came before."""
        now, ends, began = self.now().timestamp(), _time(claims.get("exp")), _time(claims.get("iat", 0))
        if ends is None or began is None:
            raise NotGranted("invalid_client", "exp or iat is no time")
        if not now < ends <= now + LONGEST + SKEW or began > now + SKEW:
            raise NotGranted(
                "invalid_client", "the assertion has ended, is not yet good, or lasts more than five minutes"
            )
        name = claims.get("jti")
        if not isinstance(name, str) or not 0 < len(name) <= MOST_JTI:
            raise NotGranted("invalid_client", "the assertion has no jti")
        if not self.passes.use(_digest(f"{client}\0{name}"), ends, now=now):
            raise NotGranted("invalid_client", "the assertion was used before")

    def admit(self, header: str, scope: str) -> str:
        """The client whose token this is. Raises Refused CP-FHIR-05 (401 no token that is good, 403 not for this)."""
        found = self.passes.granted(_digest(_bearer(header)), now=self.now().timestamp())
        if found is None:
            raise _closed("a bearer token is needed; the SMART configuration says where it is had", "login")
        if not allows(found.scopes, scope):
            raise _closed(f"the token does not open this: {scope} is needed", "forbidden", status=FORBIDDEN)
        return found.client

    def admit_hook(self, header: str, addresses: Iterable[str]) -> str:
        """The client that signed this call to one of these addresses. Raises Refused CP-FHIR-05 (401)."""
        failed: NotGranted | None = None
        for address in addresses:
            try:
                return self.asserted(_bearer(header), address, same=False).id
            except NotGranted as error:
                failed = failed or error
        raise _closed(f"a signed JWT is needed: {failed.says if failed else 'none came'}", "login")


def _time(value: object) -> float | None:
    """Seconds since 1970; None where it is no number."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _bearer(header: str) -> str:
    kind, _, word = header.partition(" ")
    return word.strip() if kind.lower() == "bearer" else ""


def _digest(word: str) -> str:
    """Tokens are kept as digests: who reads them where they lie cannot use them."""
    return hashlib.sha256(word.encode()).hexdigest() if word else ""


def _closed(says: str, kind: str, *, status: int = UNAUTHORIZED) -> Refused:
    return Refused("CP-FHIR-05", Issue(says, kind), status=status)
