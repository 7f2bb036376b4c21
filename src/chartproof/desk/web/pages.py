"""Templates: what every page has at hand, and how a day is said beside today."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from chartproof.desk.web.access import may
from chartproof.desk.web.visit import Visit
from chartproof.packet.look import STATUS, prose_day
from chartproof.packet.page import sign

SOON_DAYS = 7

STAGE_WORDS = {
    "new": "New",
    "reading": "Being read",
    "review": "In review",
    "signing": "To be signed",
    "signed": "Signed",
    "sent": "Sent",
    "answered": "Answered",
    "closed": "Closed",
}

#: What was done, said once above the page that follows; the address carries the word on the left alone.
TOLD = {
    "accepted": "Accepted. It stays as it is until something new is read.",
    "decided": "Decided. The row says that it is yours, and why.",
    "set_aside": "Set aside; every row was decided again without it.",
    "added": "Added; every row was decided again with it.",
    "undone": "Undone. What was judged stays in the history.",
    "asked": "Asked for. It stands under Requests, and in the queue as awaited.",
    "settled": "Kept.",
    "kept": "Kept.",
    "typed": "Kept. Where it changes what is decided, the files are read again with it.",
    "given": "Access was given.",
    "taken": "Access was taken away.",
    "files": "The files are in the store; they are being read.",
    "package": "The package is being made from the rows as they stand.",
    "signed": "Signed. The package is locked; a later change will void the signature, visibly.",
    "sent": "Recorded.",
    "ruled": "Decided and signed. The payer's endpoint answers with it from now on.",
    "password": "The password was changed; other sessions of yours have ended.",
    "codes_on": "Codes are on.",
    "codes_off": "Codes are off.",
    "person": "The account was added.",
    "changed": "Changed.",
}

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_ISO_DAY = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b")


def whole_days(text: str) -> Markup:
    """The text with each day on one line: a browser breaks 2026-05-04 after a hyphen."""
    return Markup(_ISO_DAY.sub(lambda day: f'<span class="day">{day[0]}</span>', escape(text)))


_environment.filters["whole_days"] = whole_days


def page(visit: Visit, template: str, status: int = 200, **data: Any) -> Response:
    """The page of a template. `told` and `problem` are lines above it; both are empty unless given."""
    role = visit.who.role if visit.who else ""
    given = {
        "who": visit.who,
        "may": lambda name: bool(role) and may(role, name),
        "csrf": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(visit.csrf),
        "told": TOLD.get(visit.query.get("told", ""), ""),
        "problem": "",
        "looks": STATUS,
        "sign": sign,
        "prose_day": prose_day,
        "stage_words": STAGE_WORDS,
        "due_words": lambda day: due_words(day, visit.now.date()),
        "due_class": lambda day: due_class(day, visit.now.date()),
    }
    body = _environment.get_template(f"{template}.html.j2").render(**{**given, **data})
    return HTMLResponse(body, status_code=status)


def due_words(day: date, today: date) -> str:
    """ "3 days late", "today", "in 5 days": a colour never says it alone."""
    days = (day - today).days
    if days == 0:
        return "today"
    many = f"{abs(days)} {'day' if abs(days) == 1 else 'days'}"
    return f"{many} late" if days < 0 else f"in {many}"


def due_class(day: date, today: date) -> str:
    days = (day - today).days
    return "late" if days < 0 else "soon" if days <= SOON_DAYS else "due"
