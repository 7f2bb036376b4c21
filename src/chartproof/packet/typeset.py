"""Typst with our templates and our fonts only, so that the same data give the same bytes on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).parent.parent / "knowledge" / "fonts"

#: Written into a document whose caller gives no moment, so that bytes do not depend on the clock.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

#: Dots per inch of a picture.
PPI = 160


@cache
def fonts() -> typst.Fonts:
    """Our fonts, then the ones inside the typst wheel for signs that ours lack; never the system's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def inputs(data: Mapping[str, Any]) -> dict[str, str]:
    """What a template reads with json(bytes(sys.inputs.data))."""
    return {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}


def compile_pdf(template: str, data: Mapping[str, Any], *, stamp: datetime | None = None, tagged: bool = True) -> bytes:
    """The PDF of templates/TEMPLATE filled with `data`."""
    moment = stamp or EPOCH
    done = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=fonts(),
        format="pdf",
        sys_inputs=inputs(data),
        timestamp=int(moment.timestamp()),
        pdf_tags=tagged,
    )
    assert isinstance(done, bytes)
    return done


def draw(template: str, data: Mapping[str, Any], *, form: str) -> tuple[bytes, ...]:
    """The template's pages as PNG or SVG, one each; as a PDF, one for each page where there is more than one."""
    pages = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=fonts(),
        format="png" if form == "png" else "svg",
        ppi=PPI,
        sys_inputs=inputs(data),
    )
    found = tuple(pages) if isinstance(pages, list) else (pages,)
    return (compile_pdf(template, data),) * len(found) if form == "pdf" else found


def query(template: str, data: Mapping[str, Any], selector: str) -> list[Any]:
    """The values of the template's metadata that carry this label, in page order."""
    found = typst.query(
        str(TEMPLATES / template),
        selector,
        field="value",
        root=str(TEMPLATES),
        font_paths=fonts(),
        sys_inputs=inputs(data),
    )
    values: list[Any] = json.loads(found)
    return values
