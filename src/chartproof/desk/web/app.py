"""The application: each route of the table wrapped in the same door. Host, session, forged forms, role, case, audit, errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from traceback import extract_tb
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles

from chartproof.desk.desk import Desk
from chartproof.desk.store import accounts, audit, cases, sessions
from chartproof.desk.web.access import PERMISSIONS, Permission
from chartproof.desk.web.cookies import SESSION, VISIT, signed_out, visiting
from chartproof.desk.web.pages import page
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError, ConflictError, NotFoundError, RefusedError
from chartproof.packet.typeset import FONTS

Handler = Callable[[Visit], Response]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
#: A field, and a form without files, that is longer than this is none of ours.
MAX_FIELD = 200_000
MAX_FORM = 1_000_000


class Refused(Exception):
    """Ends a request before its handler: the answer is in `response`."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True, slots=True)
class Way:
    """One line of the route table; `name` is its line in access.PERMISSIONS."""

    path: str
    method: str
    name: str
    handler: Handler


def build(desk: Desk, ways: tuple[Way, ...], *, beside: tuple[Any, ...] = ()) -> Starlette:
    """The application; `beside` are routes of others, which keep nothing of the desk. Raises KeyError for a route that access.PERMISSIONS does not name."""
    routes: list[Any] = [Route(way.path, endpoint(desk, way), methods=[way.method]) for way in ways]
    here = __file__.rpartition("/")[0]
    routes.append(Mount("/static/fonts", guarded(StaticFiles(directory=FONTS))))
    routes.append(Mount("/static", guarded(StaticFiles(directory=f"{here}/static"))))
    handlers: Mapping[Any, Any] = {HTTPException: lambda request, error: plain(error.status_code)}
    if beside:
        here_only = TrustedHostMiddleware(Router(beside), allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False)
        routes.append(Mount("", here_only))
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False  # it would send a browser to whatever host the request named
    return app


def guarded(app: Any) -> Any:
    """Files of ours with the same headers; they hold nothing of a patient and may be kept for an hour."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = {**HEADERS, "Cache-Control": "private, max-age=3600"}
                message["headers"] += [(name.lower().encode(), value.encode()) for name, value in kept.items()]
            await send(message)

        await app(scope, receive, with_headers)

    return serve


def plain(status: int) -> Response:
    words = "There is nothing here.\n" if status in (404, 405) else "The desk cannot read this request.\n"
    return Response(words, status_code=status, media_type="text/plain", headers=HEADERS)


def endpoint(desk: Desk, way: Way) -> Callable[[Request], Any]:
    """The route as the server calls it. A form is read only after the door has let its sender in."""
    permission = PERMISSIONS[way.name]
    most = desk.limits.upload_bytes if permission.uploads else MAX_FORM
    files = desk.limits.files if permission.uploads else 0

    async def answer(request: Request) -> Response:
        form: FormData | None = None
        try:
            same_place(desk, request, most)
            visit, fresh = await run_in_threadpool(arrived, desk, request)
            if way.method == "POST" and (visit.who is not None or permission.scope == "nobody"):
                form = await request.form(max_files=files, max_fields=1000, max_part_size=MAX_FIELD)
                visit = with_form(visit, form)
            response = await run_in_threadpool(answered, way, permission, visit)
            response = visiting(response, fresh) if fresh else response
        except Refused as refused:
            response = refused.response
        finally:
            if form is not None:
                await form.close()
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def answered(way: Way, permission: Permission, visit: Visit) -> Response:
    """The handler's answer, or what is told where it may not be reached or fails."""
    try:
        if permission.scope != "nobody" and visit.who is None:
            raise Refused(sent_to_sign_in(visit))
        if way.method == "POST" and not sessions.form_is_ours(visit.token, visit.form.get("csrf", "")):
            raise Refused(page(visit, "problem", 403, heading="This form is too old",
                               words="Go back, load the page again, and send it once more.", back=""))  # fmt: skip
        if visit.who and visit.who.password_of_another and not permission.before_own_password:
            raise Refused(to("/account/password"))
        visit = admitted(visit, permission)
        return way.handler(visit)
    except Refused as refused:
        return refused.response
    except ChartproofError as error:
        return told(visit, error)
    except Exception as error:
        # Of any kind: a defect of ours costs one answer and not the desk.
        return broken(visit, error)


def same_place(desk: Desk, request: Request, most: int) -> None:
    """Only a page of this desk may ask: another name for this machine, or a form from elsewhere, is refused.

    So is a form that is longer than `most` bytes, or does not say how long it is, before any of it is read.
    """
    hosts = {f"127.0.0.1:{desk.port}", f"localhost:{desk.port}"}
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    elsewhere = request.method == "POST" and (
        (origin is not None and origin not in {f"http://{host}" for host in hosts})
        or site in ("cross-site", "same-site")
    )
    if request.headers.get("host", "") not in hosts or elsewhere:
        raise Refused(Response("This desk answers on this machine only.\n", status_code=421, media_type="text/plain"))
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not (length.isascii() and length.isdigit() and int(length) <= most):
        raise Refused(Response("This is more than the desk takes at once.\n", status_code=413, media_type="text/plain"))


def arrived(desk: Desk, request: Request) -> tuple[Visit, str]:
    """Who asks for what. The second value is a new cookie for one who has no session and no visit yet."""
    now = desk.clock()
    token, session, who = request.cookies.get(SESSION, ""), None, None
    if token:
        try:
            session, who = sessions.resume(desk.store, token, now=now, limits=desk.sessions)
        except RefusedError:
            who = None  # the session is over: what asks for a person leads to the sign-in page
    fresh = ""
    if who is None:
        token = request.cookies.get(VISIT, "")
        if len(token) < 32:
            token = fresh = secrets.token_urlsafe(32)
    asked = f"{request.url.path}?{request.url.query}".rstrip("?") if request.method == "GET" else "/"
    return Visit(
        desk=desk, now=now, address=request.client.host if request.client else "", token=token,
        csrf=sessions.form_token(token), asked=asked, path=dict(request.path_params), query=dict(request.query_params),
        who=who, session=session,
    ), fresh  # fmt: skip


def with_form(visit: Visit, form: FormData) -> Visit:
    fields: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    uploads: list[UploadFile] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            uploads += [value] if value.filename else []
        else:
            fields[name] = value
            lists.setdefault(name, []).append(value)
    return replace(visit, form=fields, lists=lists, uploads=uploads)


def admitted(visit: Visit, permission: Permission) -> Visit:
    """The visit with its case, where the role and the case allow it; a reading of a case leaves its audit row."""
    if permission.scope == "nobody":
        return visit
    case, found = visit.path.get("case", ""), None
    allowed = visit.user.role in permission.roles
    if permission.scope == "case" and allowed:
        with visit.desk.store.read() as connection:
            allowed = cases.may_open(connection, case, visit.user.id)
            found = cases.get(connection, case) if allowed else None
    if permission.action or not allowed:
        with visit.desk.store.write() as connection:
            audit.append(
                connection, visit.actor, permission.action or "read", permission.entity, known(case), now=visit.now,
                outcome="success" if allowed else "refused",
            )  # fmt: skip
    if not allowed:
        raise Refused(page(visit, "problem", 403, heading="Not open to you", back="",
                           words="Your role or this case does not allow it. Ask the case's owner or an administrator."))  # fmt: skip
    return replace(visit, case=found)


def known(case: str) -> str:
    """An id as it may stand in the audit: what does not look like one is not repeated there."""
    return (case if case.isalnum() and len(case) <= 64 else "unknown") if case else "all"


def sent_to_sign_in(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        first = not accounts.any_account(connection)
    onward = f"/sign-in?next={quote(visit.asked, safe='/')}" if visit.asked != "/" else "/sign-in"
    return signed_out(RedirectResponse("/first-run" if first else onward, status_code=303))


def broken(visit: Visit, error: Exception) -> Response:
    """A defect of ours: where it is, without the text it met, for that may be a patient's."""
    last = extract_tb(error.__traceback__)[-1]
    visit.desk.tell(f"CP-WEB-99: {type(error).__name__} at {Path(last.filename).name}:{last.lineno}")
    words = "CP-WEB-99: the desk met a defect of its own; nothing was changed by this step. Its place was printed where the desk runs."
    return page(visit, "problem", 500, heading="That did not work", words=words, back="")


def told(visit: Visit, error: ChartproofError) -> Response:
    """An error as a page: what, where, what to do next."""
    kinds = ((NotFoundError, 404), (ConflictError, 409), (RefusedError, 403))
    status = next((status for kind, status in kinds if isinstance(error, kind)), 400)
    back = f"/cases/{visit.case.id}" if visit.case else ""
    return page(visit, "problem", status, heading="That did not work", words=str(error), back=back)
