"""Subscription over HTTP: made, read, changed and taken back by the client that made it, and by nobody else."""

from __future__ import annotations

import uuid
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from chartproof.exchange.handling import Handler, body, reply
from chartproof.exchange.refusals import NOT_FOUND, UNPROCESSABLE, Issue, Refused
from chartproof.exchange.served import Served
from chartproof.exchange.subscriptions import Subscription, Subscriptions, as_resource, read_subscription, status

MAX_BYTES = 100_000


def subscribing(served: Served) -> tuple[tuple[str, str, str, Handler], ...]:
    """(path, method, scope, handler) of each interaction."""
    one = "Subscription/{name}"
    return (
        ("Subscription", "POST", "Subscription.c", partial(_create, served)),
        (one, "GET", "Subscription.r", partial(_read, served)),
        (one, "PUT", "Subscription.u", partial(_update, served)),
        (one, "DELETE", "Subscription.d", partial(_remove, served)),
        (f"{one}/$status", "GET", "Subscription.r", partial(_status, served)),
    )


def switched_on(served: Served) -> Subscriptions:
    """Raises Refused CP-FHIR-03 (422) where the site notifies nobody."""
    if served.subscriptions is None or not served.subscriptions.endpoints:
        issue = Issue(
            "subscriptions are not switched on here; ask with Claim/$inquire", "not-supported", "Subscription"
        )
        raise Refused("CP-FHIR-03", issue, status=UNPROCESSABLE)
    return served.subscriptions


async def _create(served: Served, request: Request) -> Response:
    held = switched_on(served)
    return await _kept(served, held, request, str(uuid.uuid4()), created=True)


async def _update(served: Served, request: Request) -> Response:
    held = switched_on(served)
    one = await _mine(held, request)
    return await _kept(served, held, request, one.id, created=False)


async def _kept(served: Served, held: Subscriptions, request: Request, name: str, *, created: bool) -> Response:
    client = getattr(request.state, "client", "")
    known = served.gate.clients.get(client) if served.gate else None
    allowed = known.organizations if known else None
    message = await body(request, MAX_BYTES)
    asked = read_subscription(message, name, client=client, organizations=allowed, endpoints=held.endpoints)
    stands = await run_in_threadpool(held.put, asked)
    answer = reply(as_resource(stands), status=201 if created else 200)
    answer.headers["location"] = f"{served.site.base}/Subscription/{name}"
    return answer


async def _read(served: Served, request: Request) -> Response:
    return reply(as_resource(await _mine(switched_on(served), request)))


async def _status(served: Served, request: Request) -> Response:
    return reply(status(await _mine(switched_on(served), request), served.site.base))


async def _remove(served: Served, request: Request) -> Response:
    held = switched_on(served)
    one = await _mine(held, request)
    await run_in_threadpool(held.remove, one.id)
    return Response(status_code=204)


async def _mine(held: Subscriptions, request: Request) -> Subscription:
    """The client's own. Another's is not there: who asks learns nothing of it."""
    one = await run_in_threadpool(held.get, request.path_params["name"])
    if one is None or one.client != getattr(request.state, "client", ""):
        raise Refused("CP-FHIR-04", Issue("there is no such subscription", "not-found"), status=NOT_FOUND)
    return one
