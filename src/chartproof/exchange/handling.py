"""What every handler of the exchange shares: its errors as OperationOutcomes, its door, its log, and a bounded body."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from chartproof.errors import ChartproofError
from chartproof.exchange.access import UNAUTHORIZED
from chartproof.exchange.elements import mapping
from chartproof.exchange.ledger import Call
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource, outcome
from chartproof.exchange.served import Served
from chartproof.exchange.wire import MAX_BYTES, parse, spoken, write

FHIR = "application/fhir+json"
_VERSION = re.compile(r"fhirversion=\"?([\d.]+)", re.IGNORECASE)
Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """The handler, whose every error is an OperationOutcome that says nothing of a record."""

    async def safe(request: Request) -> Response:
        try:
            _answers_in(request)
            return await handler(request)
        except Refused as error:
            answer = reply(error.outcome(), status=error.status)
            if error.status == UNAUTHORIZED:
                answer.headers["www-authenticate"] = "Bearer"
            return answer
        except ChartproofError as error:
            issue = Issue(f"{error.code}: {error.what}", "processing")
            return reply(outcome([issue]), status=UNPROCESSABLE)
        except Exception as error:
            # Of any kind: a sender gets an OperationOutcome, never a traceback, and its words may be a record's.
            issue = Issue(
                f"the server failed ({type(error).__name__}); nothing was decided", "exception", severity="fatal"
            )
            return reply(outcome([issue]), status=500)

    return safe


def _answers_in(request: Request) -> None:
    """Raises Refused CP-FHIR-01 (406) where the client takes an answer in another form alone: all here is JSON."""
    wanted = request.query_params.get("_format") or request.headers.get("accept", "")
    if wanted.strip() and "json" not in wanted.lower() and "*/*" not in wanted and "application/*" not in wanted:
        raise Refused("CP-FHIR-01", Issue("answers are JSON alone", "not-supported"), status=406)


def admitted(served: Served, scope: str, handler: Handler) -> Handler:
    """The handler, for those alone whose token opens it; for everyone where the site asks nobody who they are."""

    async def asked(request: Request) -> Response:
        if served.gate is not None:
            header = request.headers.get("authorization", "")
            request.state.client = await run_in_threadpool(served.gate.admit, header, f"system/{scope}")
        return await handler(request)

    return asked


def noted(served: Served, handler: Handler) -> Handler:
    """The handler, whose every call is kept with its answer where there is a store. What a $submit brought is kept with its
    decision, and not twice."""

    async def kept(request: Request) -> Response:
        began = time.monotonic()
        answer = await handler(request)
        sent = b"" if request.url.path.endswith("/Claim/$submit") else getattr(request.state, "sent", b"")
        client, took = getattr(request.state, "client", ""), int((time.monotonic() - began) * 1000)
        call = Call(request.url.path, client, answer.status_code, took, sent, bytes(answer.body))
        await run_in_threadpool(served.ledger.shelf.note, call)
        return answer

    return kept


def reply(value: Resource, *, status: int = 200, media: str = FHIR) -> Response:
    return Response(write(value), status_code=status, media_type=media)


async def body(request: Request, limit: int = MAX_BYTES, *, whole: bool = False) -> Resource:
    """The JSON of a request, bounded while it comes in. It must say that it is JSON: a page of another site cannot make a
    browser send that unasked. What is empty in it goes, unless the `whole` is wanted. Raises Refused CP-FHIR-01 (400, 413, 415)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "json" not in kind:
        raise Refused("CP-FHIR-01", Issue("the message must be sent as JSON", "not-supported"), status=415)
    version = _VERSION.search(request.headers["content-type"])
    if version and not version[1].startswith("4.0"):
        raise Refused("CP-FHIR-01", Issue("the message must be of FHIR 4.0", "not-supported"), status=415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused("CP-FHIR-01", Issue("the message must not be compressed", "not-supported"), status=415)
    request.state.sent = await bounded(request, limit)
    value = parse(request.state.sent, limit=limit)
    return value if whole else mapping(spoken(value))


async def bounded(request: Request, limit: int) -> bytes:
    """The body, or as much of it as shows that it is larger than the limit."""
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > limit:
            break
    return bytes(held)
