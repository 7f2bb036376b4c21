"""The ladder after a denial as one page: the dates on a line, then each step with who, what, where, by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from chartproof.model import Review, Step
from chartproof.model.route import plan_words
from chartproof.packet.look import day_of, prose_day, sentence, stop, table_day
from chartproof.packet.table import patient_name
from chartproof.packet.typeset import compile_pdf, query

#: How a step stands, in a sign and a word: never by colour.
_MARKS = {
    "past": ("✓", "before this letter"),
    "missed": ("✕", "last day passed"),
    "now": ("●", "open now"),
    "with": ("◐", "open now"),
    "later": ("○", "later"),
}
#: (size of type in points, space between steps, whether the later steps keep every line), largest first: the page takes
#: the first that holds the whole ladder.
_SIZES = (
    (9.6, 16, True), (9.2, 14, True), (9.2, 14, False), (8.8, 13, True), (8.8, 13, False), (8.4, 13, False),
    (8.4, 10, False), (8.0, 11, False), (8.0, 8, False), (7.6, 8, False), (7.6, 4, False),
)  # fmt: skip
#: Days on the line that stand closer than this part of its width need labels at different heights.
_NEAR = 0.16
#: From here on a label stands left of its day, against that of an earlier day, as in templates/ladder.typ.
_EDGE = 0.86


def ladder_pdf(review: Review, *, stamp: Any = None) -> bytes:
    """The page as a PDF; the review must have a ladder."""
    for size, gap, full in _SIZES:
        data = ladder_data(review, full=full) | {"size": size, "gap": gap}
        if int(query("ladder.typ", data, "<end>")[-1]["page"]) == 1:
            break
    return compile_pdf("ladder.typ", data, stamp=stamp)


def ladder_data(review: Review, *, full: bool = True) -> dict[str, Any]:
    """What ladder.typ and the review page set; `full` keeps every line of the later steps."""
    numbers = {step.id: n for n, step in enumerate(review.ladder, 1)}
    return {
        "patient": patient_name(review) or "patient not named",
        "facts": _facts(review),
        "line": _line(review),
        "steps": [_step(step, numbers, full=full or step.stands in ("now", "with")) for step in review.ladder],
    }


def _facts(review: Review) -> str:
    denial = review.denial
    if denial is None:
        return ""
    plan = review.case.plan_type or denial.plan_type or ""
    state = review.case.state or denial.state or ""
    received = review.case.received or denial.received
    parts = [
        f"Plan: {plan_words(plan)}{f', {state}' if state else ''}" if plan else "",
        f"denial dated {prose_day(denial.letter_date)}" if denial.letter_date else "",
        f"received {prose_day(received)}" if received else "receipt not proved",
        f"case {denial.reference}" if denial.reference else "",
        f"as of {prose_day(review.case.as_of)}",
    ]  # fmt: skip
    return stop("; ".join(filter(None, parts)))


def _step(step: Step, numbers: dict[str, int], *, full: bool) -> dict[str, Any]:
    mark, word = _MARKS[step.stands]
    beside = f", together with step {numbers[step.beside]}" if step.beside in numbers and step.stands == "with" else ""
    waits = f", after step {numbers[step.after]}" if step.stands == "later" and step.after in numbers else ""
    day_words, day, rule_day = _when(step, numbers)
    return {
        "n": numbers[step.id],
        "name": step.name,
        "stands": step.stands,
        "mark": mark,
        "tag": f"{word}{beside}{waits}",
        "day_words": day_words,
        "day": day,
        "rule_day": rule_day,
        "rows": [[name, text] for name, text in _rows(step, full=full) if text],
    }


def _when(step: Step, numbers: dict[str, int]) -> tuple[str, str, str]:
    """What stands above the day, the day, and the day by rule where it is another."""
    if step.safe_due is None or step.due is None:
        if step.stands == "with" and step.beside in numbers:
            return f"with step {numbers[step.beside]}", "", ""
        return ("" if step.stands == "past" else "no day yet" if step.stands == "later" else "at once"), "", ""
    safe, due = table_day(step.safe_due), table_day(step.due)
    if step.certify and step.stands == "now":
        return "at once, at the latest", safe, f"last day {due}" if safe != due else ""
    words = "ends no sooner than" if step.earliest else "last day was" if step.stands == "missed" else "act by"
    return words, safe, f"by rule {due}" if safe != due else ""


def _rows(step: Step, *, full: bool) -> list[tuple[str, str]]:
    who = " ".join(stop(sentence(part)) for part in (step.who, step.form if step.form != "none" else "") if part)
    to = "; ".join(filter(None, (f"{step.to}, {step.how}" if step.how else step.to, step.contact)))
    late = " ".join(dict.fromkeys(stop(one.if_late) for one in step.answers if one.if_late))
    rows = [
        ("Who", who),
        ("Urgent if", stop(step.certify) if step.certify else ""),
        ("Send", stop(sentence("; ".join(step.send))) if full else ""),
        ("To", stop(sentence(to))),
        ("Time", stop(sentence(step.period))),
        ("Answer", _answers(step)),
        ("If late", late if full else ""),
        ("Note", " ".join(step.notes)),
        ("Law", "; ".join(step.citations[: 4 if full else 2])),
    ]
    kept = {"past": (), "missed": ("Note", "Law")}.get(step.stands)
    return [row for row in rows if row[1] and (kept is None or row[0] in kept)]


def _answers(step: Step) -> str:
    told = [
        f"{stop(one.says)}{f' Sent on {prose_day(one.sent)}: by {prose_day(day_of(one.due))}.' if one.due and one.sent else ''}"
        for one in step.answers
    ]
    return " ".join(told)


def _line(review: Review) -> dict[str, Any] | None:
    """The days on one line: places as fractions of its width, labels at as many heights as keep them apart."""
    days = [(day_of(step.safe_due), n, step) for n, step in enumerate(review.ladder, 1) if step.safe_due and step.stands != "missed"]  # fmt: skip
    if not days:
        return None
    start, last = review.case.as_of, max(day for day, _n, _step in days)
    planned = review.case.apheresis_planned
    if planned and start <= planned:
        last = max(last, planned)
    end = last + timedelta(days=max(10, (last - start).days // 12))
    width = (end - start).days

    def at(day: date) -> float:
        return round(max(0, (day - start).days) / width, 4)

    points: list[dict[str, Any]] = []
    for day, n, step in sorted(days, key=lambda row: (row[0], row[1])):
        taken = {point["level"] for point in points if at(day) - point["at"] < _reach(point["at"], at(day))}
        level = next(free for free in range(len(points) + 1) if free not in taken)
        points.append(
            {"at": at(day), "n": str(n), "day": table_day(day), "later": step.stands == "later", "level": level}
        )
    return {
        "as_of": f"as of {table_day(start)}",
        "points": points,
        "planned": {"at": at(planned), "words": f"collection planned {table_day(planned)}"} if planned and planned >= start else None,
        "months": [{"at": at(day), "word": day.strftime("%b %Y" if day.month == 1 else "%b")} for day in _months(start, end)],
    }  # fmt: skip


def _reach(before: float, at: float) -> float:
    """How far apart two labels must begin: both stand between their days where only the later is at the edge."""
    return 2 * _NEAR if before <= _EDGE < at else _NEAR


def _months(start: date, end: date) -> list[date]:
    firsts = [date(year, month, 1) for year in range(start.year, end.year + 1) for month in range(1, 13)]
    inside = [day for day in firsts if start < day < end]
    return inside[:: max(1, len(inside) // 12)]
