"""The exchange as a web application: routes in, plain functions behind them. The desk mounts it, or it stands alone.

The clock, the folder for a request's documents and the thread that reads them come from the caller; nothing here opens a
connection, and no body is logged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chartproof.errors import ChartproofError
from chartproof.exchange import crd
from chartproof.exchange.adaptive import next_question
from chartproof.exchange.ask_sets import expand, logged
from chartproof.exchange.capabilities import capability_statement, smart_configuration
from chartproof.exchange.decision import Reader
from chartproof.exchange.ledger import Ledger
from chartproof.exchange.package import package
from chartproof.exchange.parameters import arguments
from chartproof.exchange.refusals import UNPROCESSABLE, Issue, Refused, Resource, outcome
from chartproof.exchange.site import Site
from chartproof.exchange.submit import earlier, inquire, provisional, received, settle
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.wire import MAX_BYTES, parse, write

FHIR, JSON = "application/fhir+json", "application/json"
#: Hooks and forms carry no documents.
MAX_HOOK = 10_000_000
#: Seconds after which a $submit is answered "pended" while its documents are read on. The guide's bound is 15.
PATIENCE = 12.0
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Served:
    """One site with what it keeps. `workspace` gives an empty folder that is removed afterwards; `read` reads a request's
    documents in it, shut in, since nobody vouches for them."""

    site: Site
    now: Callable[[], datetime]
    workspace: Callable[[], AbstractContextManager[Path]]
    read: Reader
    patience: float = PATIENCE
    ledger: Ledger = field(default_factory=Ledger)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    running: dict[str, Future[Resource]] = field(default_factory=dict)


def exchange_app(served: Served, *, hosts: tuple[str, ...] = ()) -> Starlette:
    """The routes of CRD, DTR and PAS: /cds-services, /fhir (CRD 2.2, DTR 2.2, PAS 2.2.1), and /fhir-2.0.1 for the earlier
    versions, whose answers have another shape.

    hosts   the names under which it is called; another name is refused, so that no web page reaches it by a name of its
            own. Empty where whoever mounts it sees to that.
    """
    routes = [
        Route("/cds-services", guarded(partial(_discover, served)), methods=["GET"]),
        Route("/cds-services/{service}", guarded(partial(_hook, served)), methods=["POST"]),
        Route("/.well-known/smart-configuration", guarded(partial(_smart, served)), methods=["GET"]),
    ]
    for base, version in (("/fhir", "2.2"), ("/fhir-2.0.1", "2.0.1")):
        routes += [
            Route(f"{base}/metadata", guarded(partial(_metadata, served, version)), methods=["GET"]),
            Route(f"{base}/.well-known/smart-configuration", guarded(partial(_smart, served)), methods=["GET"]),
            Route(
                f"{base}/Questionnaire/$questionnaire-package",
                guarded(partial(_package, served, version)),
                methods=["POST"],
            ),
            Route(f"{base}/Questionnaire/$next-question", guarded(partial(_next, served)), methods=["POST"]),
            Route(f"{base}/Questionnaire/$log-questionnaire-errors", guarded(_log), methods=["POST"]),
            Route(f"{base}/ValueSet/$expand", guarded(partial(_expand, served)), methods=["GET", "POST"]),
            Route(f"{base}/Claim/$submit", guarded(partial(_submit, served)), methods=["POST"]),
            Route(f"{base}/Claim/$inquire", guarded(partial(_inquire, served, version)), methods=["POST"]),
        ]
    guard = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))] if hosts else []
    return Starlette(routes=routes, middleware=guard)


def guarded(handler: Handler) -> Handler:
    """The handler, whose every error is an OperationOutcome that says nothing of a record."""

    async def safe(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as error:
            return reply(error.outcome(), status=error.status)
        except ChartproofError as error:
            issue = Issue(f"{error.code}: {error.what}", "processing")
            return reply(outcome([issue]), status=UNPROCESSABLE)
        except Exception as error:
            issue = Issue(
                f"the server failed ({type(error).__name__}); nothing was decided", "exception", severity="fatal"
            )
            return reply(outcome([issue]), status=500)

    return safe


def reply(value: Resource, *, status: int = 200, media: str = FHIR) -> Response:
    return Response(write(value), status_code=status, media_type=media)


async def body(request: Request, limit: int = MAX_BYTES) -> Resource:
    """The JSON of a request, bounded while it comes in. It must say that it is JSON: a page of another site cannot make a
    browser send that unasked. Raises Refused CP-FHIR-01 (400, 413, 415)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "json" not in kind:
        raise Refused("CP-FHIR-01", Issue("the message must be sent as JSON", "not-supported"), status=415)
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > limit:
            break
    return parse(bytes(held), limit=limit)


async def _discover(served: Served, request: Request) -> Response:
    return reply(crd.discovery(served.site), media=JSON)


async def _hook(served: Served, request: Request) -> Response:
    message = await body(request, MAX_HOOK)
    service = request.path_params["service"]
    found = await run_in_threadpool(crd.answer, message, service, served.site, served.ledger, now=served.now())
    return reply(found, media=JSON)


async def _smart(served: Served, request: Request) -> Response:
    return reply(smart_configuration(served.site), media=JSON)


async def _metadata(served: Served, version: str, request: Request) -> Response:
    return reply(capability_statement(served.site, on=served.now().date(), version=version))


async def _package(served: Served, version: str, request: Request) -> Response:
    message = await body(request, MAX_HOOK)
    return reply(package(message, served.site, now=served.now(), contexts=served.ledger.contexts, version=version))


async def _next(served: Served, request: Request) -> Response:
    return reply(next_question(await body(request), served.site, now=served.now()))


async def _log(request: Request) -> Response:
    logged(await body(request, MAX_HOOK))
    return Response(status_code=204)


async def _expand(served: Served, request: Request) -> Response:
    given = dict(request.query_params)
    if request.method == "POST":
        given = {name: value for name, value in arguments(await body(request, MAX_HOOK)) if isinstance(value, str)}
    return reply(expand(given.get("url", ""), given.get("filter", ""), served.site, on=served.now().date()))


async def _submit(served: Served, request: Request) -> Response:
    """Decided at once where that is quick; else pended, and decided while the client waits or asks again."""
    asked = received(await body(request))
    known = earlier(asked, served.ledger)
    if known is not None:
        return reply(known)
    for digest in [one for one, work in served.running.items() if work.done()]:
        served.running.pop(digest)
    work = served.running.get(asked.digest)
    if work is None:
        work = served.pool.submit(_decide, served, asked)
        served.running[asked.digest] = work
    try:
        answer = await run_in_threadpool(work.result, served.patience)
    except TimeoutError:
        return reply(provisional(asked, served.site, served.ledger, now=served.now()))
    return reply(answer)


def _decide(served: Served, asked: Submitted) -> Resource:
    with served.workspace() as folder:
        return settle(asked, served.site, served.ledger, now=served.now(), folder=folder, read=served.read)


async def _inquire(served: Served, version: str, request: Request) -> Response:
    return reply(inquire(await body(request), served.ledger, version=version))
