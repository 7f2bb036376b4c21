"""The therapy timeline as SVG: lines as bars with their responses and ends, the as-of day, the planned apheresis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from chartproof.model import Review, TherapyLine
from chartproof.packet.look import prose_day, prose_range, tidy

WIDTH, ROW, LEFT, RIGHT, TOP = 980, 50, 16, 16, 30


def extent(review: Review) -> tuple[date, date] | None:
    """The first day of the first year and the day after the last year of the drawing; None where no line has a start."""
    starts = [line.start.first for line in review.chart.lines if line.start]
    if not starts:
        return None
    as_of, planned = review.case.as_of, review.case.apheresis_planned
    last = max(as_of, planned or as_of, *starts, *(line.end.last for line in review.chart.lines if line.end))
    return date(min(starts).year, 1, 1), date(last.year + 1, 1, 1)


def bars(review: Review) -> dict[str, Any] | None:
    """The same drawing for typst: every place as a fraction of the width, 0 to 1."""
    span = extent(review)
    if span is None:
        return None
    start, end = span

    def at(day: date) -> float:
        return round((day - start).days / (end - start).days, 4)

    as_of, planned = review.case.as_of, review.case.apheresis_planned
    step = max(1, (end.year - start.year) // 12)
    return {
        "years": [{"year": year, "at": at(date(year, 1, 1))} for year in range(start.year, end.year, step)],
        "bars": [
            {"n": line.line, "left": at(line.start.first), "right": at(line.end.last if line.end else as_of)}
            for line in review.chart.lines
            if line.start
        ],
        "as_of": {"at": at(as_of), "words": f"read as of {prose_day(as_of)}"},
        "planned": {"at": at(planned), "words": f"apheresis planned {prose_day(planned)}"} if planned else None,
    }


def timeline(review: Review) -> Markup:
    """An SVG drawing, readable in grey; empty where no line has a start."""
    span = extent(review)
    if span is None:
        return Markup("")
    start, end = span
    lines = [line for line in review.chart.lines if line.start]
    as_of, planned = review.case.as_of, review.case.apheresis_planned
    scale = (WIDTH - LEFT - RIGHT) / (end - start).days

    def x(day: date) -> float:
        return round(LEFT + (day - start).days * scale, 1)

    height = TOP + ROW * len(lines) + 44
    parts = [_years(start, end, x, height)]
    parts += [_bar(line, x, TOP + 8 + n * ROW, as_of) for n, line in enumerate(lines)]
    parts.append(_moment(x(as_of), height, f"read as of {prose_day(as_of)}", 26))
    if planned:
        parts.append(_moment(x(planned), height, f"apheresis planned {prose_day(planned)}", 10))
    label = f"Timeline of {len(lines)} lines of therapy from {start.year} to {end.year - 1}"
    return Markup('<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, label, Markup("").join(parts)
    )


def _years(start: date, end: date, x: Callable[[date], float], height: int) -> Markup:
    parts = []
    step = max(1, (end.year - start.year) // 12)
    for year in range(start.year, end.year + 1, step):
        at = x(date(year, 1, 1))
        parts.append(Markup('<line x1="{0}" x2="{0}" y1="20" y2="{1}" class="tick"/>').format(at, height - 40))
        if year < end.year:
            parts.append(Markup('<text x="{}" y="14" class="year">{}</text>').format(at + 3, year))
    return Markup("").join(parts)


def _bar(line: TherapyLine, x: Callable[[date], float], y: int, as_of: date) -> Markup:
    assert line.start is not None
    left = x(line.start.first)
    right = x(line.end.last) if line.end else x(as_of)
    open_end = "" if line.end else " open"
    words = f"{line.line}. {tidy(line.regimen)}"
    response = f"best response {line.best_response}" if line.best_response else "best response not stated"
    why = f"ended: {line.stop_reason}" if line.stop_reason else "why it ended is not stated"
    when = f"{prose_range(line.start)} to {prose_range(line.end) or 'not stated'}"
    anchor, at = ("end", max(right, left + 60)) if left > WIDTH * 0.6 else ("start", left)
    return Markup(
        '<g><title>{t}</title><rect x="{l}" y="{y}" width="{w}" height="12" class="bar{o}"/>'
        '<text x="{at}" y="{y2}" text-anchor="{a}" class="words"><tspan class="name">{n}</tspan>  {d}</text></g>'
    ).format(
        t=f"{words}: {when}", l=left, y=y, w=max(right - left, 3), o=open_end, at=at, y2=y + 27, a=anchor, n=words,
        d=escape(f"{response}; {why}"),
    )  # fmt: skip


def _moment(at: float, height: int, words: str, up: int) -> Markup:
    anchor = "end" if at > WIDTH / 2 else "start"
    shift = -4 if anchor == "end" else 4
    return Markup(
        '<line x1="{0}" x2="{0}" y1="20" y2="{1}" class="moment"/>'
        '<text x="{2}" y="{3}" text-anchor="{4}" class="moment">{5}</text>'
    ).format(at, height - 4, at + shift, height - up, anchor, words)
