"""The exchange as a web application: routes in, plain functions behind them. The desk mounts it, or it stands alone.

The clock, the folder for a request's documents and the thread that reads them come from the caller; nothing here opens a
connection, and no body is logged.
"""

from __future__ import annotations

from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from chartproof.exchange import crd
from chartproof.exchange.access import UNAUTHORIZED, NotGranted
from chartproof.exchange.adaptive import next_question
from chartproof.exchange.ask_sets import expand, logged
from chartproof.exchange.capabilities import capability_statement, smart_configuration
from chartproof.exchange.handling import Handler, admitted, body, bounded, guarded, noted, reply
from chartproof.exchange.inquiry import inquire
from chartproof.exchange.package import package
from chartproof.exchange.parameters import arguments
from chartproof.exchange.partial import whole
from chartproof.exchange.refusals import Issue, Resource, outcome
from chartproof.exchange.served import Served
from chartproof.exchange.submit import accepted, earlier, received, settle
from chartproof.exchange.submitted import Submitted, read_request
from chartproof.exchange.subscribing import subscribing

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
#: Where tokens are had, below the site's origin.
TOKEN = "/auth/token"
MAX_FORM = 20_000
#: Hooks and forms carry no documents.
MAX_HOOK = 10_000_000


def exchange_app(served: Served, *, hosts: tuple[str, ...] = ()) -> Starlette:
    """The routes of CRD, DTR and PAS: /cds-services, /fhir (CRD 2.2, DTR 2.2, PAS 2.2.1), and /fhir-2.0.1 for the earlier
    versions, whose answers have another shape.

    hosts   the names under which it is called; another name is refused, so that no web page reaches it by a name of its
            own. Empty where whoever mounts it sees to that.
    """
    routes = [
        Route("/cds-services", guarded(partial(_discover, served)), methods=["GET"]),
        Route("/cds-services/{service}", guarded(noted(served, guarded(partial(_hook, served)))), methods=["POST"]),
        Route("/.well-known/smart-configuration", guarded(partial(_smart, served)), methods=["GET"]),
        Route(TOKEN, guarded(partial(_token, served)), methods=["POST"]),
    ]
    for base, version in (("/fhir", "2.2"), ("/fhir-2.0.1", "2.0.1")):
        routes += [
            Route(f"{base}/metadata", guarded(partial(_metadata, served, version)), methods=["GET"]),
            Route(f"{base}/.well-known/smart-configuration", guarded(partial(_smart, served)), methods=["GET"]),
        ]
        operations: tuple[tuple[str, str, Handler], ...] = (
            ("Questionnaire/$questionnaire-package", "Questionnaire.r", partial(_package, served, version)),
            ("Questionnaire/$next-question", "Questionnaire.r", partial(_next, served)),
            ("Questionnaire/$log-questionnaire-errors", "Questionnaire.r", _log),
            ("ValueSet/$expand", "ValueSet.r", partial(_expand, served)),
            ("Claim/$submit", "Claim.c", partial(_submit, served, version)),
            ("Claim/$inquire", "Claim.r", partial(_inquire, served, version)),
        )
        for name, scope, handler in operations:
            methods = ["GET", "POST"] if name == "ValueSet/$expand" else ["POST"]
            closed = guarded(noted(served, guarded(admitted(served, scope, handler))))
            routes.append(Route(f"{base}/{name}", closed, methods=methods))
    for name, method, scope, handler in subscribing(served):
        closed = guarded(noted(served, guarded(admitted(served, scope, handler))))
        routes.append(Route(f"/fhir/{name}", closed, methods=[method]))
    guard = [Middleware(_KnownHosts, hosts)] if hosts else []
    made = Starlette(routes=routes, middleware=guard, exception_handlers={HTTPException: _nowhere})
    made.router.redirect_slashes = False  # behind a proxy it would lead out of the encrypted connection
    return made


class _KnownHosts:
    """Lets through what is called by one of these names; the rest is refused as everything else is."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        called = Headers(scope=scope).get("host", "").partition(":")[0].lower() if scope["type"] == "http" else ""
        app: ASGIApp = self.app
        if scope["type"] == "http" and called not in self.hosts:
            app = reply(outcome([Issue("the server has no such name", "not-supported")]), status=400)
        await app(scope, receive, send)


async def _nowhere(request: Request, error: Exception) -> Response:
    """What is not at this address, or not by this method: said as everything else is."""
    assert isinstance(error, HTTPException)
    issue = Issue("there is nothing at this address, or not by this method", "not-supported")
    answer = reply(outcome([issue]), status=error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _discover(served: Served, request: Request) -> Response:
    return reply(crd.discovery(served.site), media=JSON)


async def _hook(served: Served, request: Request) -> Response:
    if served.gate is not None:
        origin = served.site.origin
        here = (f"{origin}{request.url.path}", f"{origin}/cds-services", origin)
        header = request.headers.get("authorization", "")
        request.state.client = await run_in_threadpool(served.gate.admit_hook, header, here)
    message = await body(request, MAX_HOOK, whole=True)
    service = request.path_params["service"]
    found = await run_in_threadpool(crd.answer, message, service, served.site, served.ledger, now=served.now())
    return reply(found, media=JSON)


async def _smart(served: Served, request: Request) -> Response:
    return reply(smart_configuration(served.site, served.gate.address if served.gate else ""), media=JSON)


async def _token(served: Served, request: Request) -> Response:
    """A token for a signed assertion. Refusals are in OAuth's own form, and nothing of either is stored on the way."""
    try:
        if served.gate is None:
            raise NotGranted("invalid_request", "nobody is asked who they are here")
        if request.headers.get("content-type", "").partition(";")[0].strip() != FORM:
            raise NotGranted("invalid_request", f"the request is not sent as {FORM}")
        given = QueryParams((await bounded(request, MAX_FORM)).decode("ascii", errors="replace"))
        answer = reply(await run_in_threadpool(served.gate.token, dict(given)), media=JSON)
    except NotGranted as error:
        status = UNAUTHORIZED if error.error == "invalid_client" else 400
        answer = reply({"error": error.error, "error_description": error.says}, status=status, media=JSON)
    answer.headers["cache-control"] = "no-store"
    return answer


async def _metadata(served: Served, version: str, request: Request) -> Response:
    told = served.subscriptions is not None and bool(served.subscriptions.endpoints)
    closed, day = served.gate is not None, served.now().date()
    return reply(capability_statement(served.site, on=day, version=version, closed=closed, notifies=told))


async def _package(served: Served, version: str, request: Request) -> Response:
    message = await body(request, MAX_HOOK)
    policy_of = served.ledger.shelf.policy_of
    return reply(
        await run_in_threadpool(package, message, served.site, now=served.now(), policy_of=policy_of, version=version)
    )


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


async def _submit(served: Served, version: str, request: Request) -> Response:
    """Decided at once where that is quick; else pended, and decided while the client asks again. What is pended lies on
    the shelf before it is read, so that no restart loses it."""
    message = await body(request)
    asked = await run_in_threadpool(received, message, version=version, of=_organizations(served, request))
    asked = await run_in_threadpool(_made_whole, served, asked)
    known = await run_in_threadpool(earlier, asked, served.ledger)
    if known is not None:
        return reply(known)
    for digest in [one for one, work in served.running.items() if work.done()]:
        served.running.pop(digest)
    patience = served.waits(len(request.state.sent), behind=bool(served.running))
    if asked.digest not in served.running:
        held = await run_in_threadpool(accepted, asked, served.site, served.ledger, now=served.now())
        if held is None:  # it cannot be taken, and nothing of it is read: nobody waits for those before it
            return reply(await run_in_threadpool(_decide, served, asked))
    work = served.running.get(asked.digest)
    if work is None:
        work = served.pool.submit(_decide, served, asked)
        served.running[asked.digest] = work
    try:
        return reply(await run_in_threadpool(work.result, patience))
    except TimeoutError:
        kept = await run_in_threadpool(earlier, asked, served.ledger, settled=False)
    return reply(kept if kept is not None else await run_in_threadpool(work.result))


def _made_whole(served: Served, asked: Submitted) -> Submitted:
    """The request, with what was filed before where it holds only a part. Each part is filed before the next is added to what
    stands then: of two at once none is lost."""
    with served.filing:
        made = whole(asked, served.ledger)
        if made is not asked and earlier(made, served.ledger, settled=False) is None:
            accepted(made, served.site, served.ledger, now=served.now())
    return made


def resume(served: Served) -> int:
    """Takes up what was still being read when the server last ended; returns how many. Nobody waits for it."""
    found = [read_request(message) for message in served.ledger.shelf.unsettled()]
    for asked in found:
        served.running[asked.digest] = served.pool.submit(_decide, served, asked)
    return len(found)


def _decide(served: Served, asked: Submitted) -> Resource:
    with served.workspace() as folder:
        return settle(
            asked, served.site, served.ledger, now=served.now(), folder=folder, read=served.read, hand=served.hand
        )


async def _inquire(served: Served, version: str, request: Request) -> Response:
    message, of = await body(request), _organizations(served, request)
    found = await run_in_threadpool(
        inquire, message, served.site, served.ledger, now=served.now(), version=version, of=of
    )
    return reply(found)


def _organizations(served: Served, request: Request) -> tuple[str, ...]:
    """For whom the caller may ask, as the file of clients has it."""
    known = served.gate.clients.get(request.state.client) if served.gate else None
    return known.organizations if known else ()
