"""The session's cookie: for this browser's session only, out of reach of scripts and of other sites."""

from __future__ import annotations

from starlette.responses import Response

SESSION = "desk"
#: Before anyone signed in: what a form's token is made of.
VISIT = "desk_visit"


def signed_in(response: Response, token: str) -> Response:
    response.set_cookie(SESSION, token, httponly=True, samesite="strict", path="/")
    return response


def signed_out(response: Response) -> Response:
    response.delete_cookie(SESSION, path="/", httponly=True, samesite="strict")
    return response


def visiting(response: Response, token: str) -> Response:
    response.set_cookie(VISIT, token, httponly=True, samesite="strict", path="/")
    return response
