"""review.html: one self-contained page for the people who check the review. Nothing outside of it is loaded."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chartproof.model import Review, Span
from chartproof.packet.doubtful import crops, data_uri, doubtful
from chartproof.packet.look import STATUS, in_order
from chartproof.packet.page_data import page_data
from chartproof.packet.pictures import page_images
from chartproof.packet.typeset import FONTS, TEMPLATES


def review_html(review: Review, *, folder: Path) -> str:
    """The page. `folder` holds the case's files; images are made of the cited pages only, each once."""
    images = page_images(review, _cited(review), folder)
    sheets = {key: f"s{n}" for n, key in enumerate(sorted(images))}
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (TEMPLATES / "review.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("review.html.j2").render(
        **page_data(review, sheets, _looks(review, folder)),
        fonts=_fonts(),
        script=Markup(script),
        script_hash=digest,
        images=[(sheets[key], Markup(uri)) for key, uri in sorted(images.items())],
        looks=STATUS,
        sign=sign,
    )


def sign(status: str) -> Markup:
    """The shape of a status as a drawing, since not every font has it; the word always stands beside it."""
    shapes = {
        "met": '<circle cx="6" cy="6" r="4.6" fill="currentColor"/>',
        "not_met": '<rect x="1.6" y="1.6" width="8.8" height="8.8" fill="currentColor"/>',
        "missing": '<path d="M6 .9 11.1 6 6 11.1 .9 6Z" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        "not_applicable": '<path d="M1.5 6h9" stroke="currentColor" stroke-width="1.8"/>',
    }
    return Markup(f'<svg class="sign" viewBox="0 0 12 12" aria-hidden="true">{shapes[status]}</svg>')


def _cited(review: Review) -> Iterable[Span]:
    for finding in in_order(review):
        yield from finding.evidence
        yield from finding.against
    for conflict in review.chart.conflicts:
        yield from (conflict.a, conflict.b)
    for line in review.chart.lines:
        yield from line.evidence
    for reason in review.denial.reasons if review.denial else ():
        if reason.span:
            yield reason.span
    for proposal in review.proposals.found if review.proposals else ():
        yield proposal.quote


def _looks(review: Review, folder: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What of each row, by layer and id, needs a look: the place, both readings, and its crop."""
    places = {(f.layer, f.id): doubtful(review, f) for f in in_order(review)}
    pictures = crops(review, (place for found in places.values() for place in found), folder)
    return {
        key: [
            {"file": one.file, "page": one.page, "says": one.says, "uri": data_uri(pictures[one])}
            for one in found
            if one in pictures
        ]
        for key, found in places.items()
    }


def _fonts() -> list[tuple[str, int, Markup]]:
    """(family, weight, base64 of the WOFF2 file) of the fonts that the page carries."""
    files = (
        ("Plex Sans", 400, "Sans-Regular"),
        ("Plex Sans", 600, "Sans-SemiBold"),
        ("Plex Mono", 400, "Mono-Regular"),
    )
    return [
        (family, weight, Markup(base64.b64encode((FONTS / f"IBMPlex{name}.woff2").read_bytes()).decode()))
        for family, weight, name in files
    ]
