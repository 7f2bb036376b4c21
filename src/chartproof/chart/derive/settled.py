"""What the conflicts have settled is taken out of the history: a course that, as the record or the clinician says, never was.

A health exchange's list calls ibrutinib active; the oncologist writes that she never took a tablet. Shown side by side, the
list must not count as the class that a label asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.find.drugs import classes_of
from chartproof.model import Conflict, Span

#: How a conflict on giving is named and settled (knowledge/vocabulary/contradictions.yaml, derive/apart/second_hand.py).
NAMED, NEVER = re.compile(r" (?:given|taken) or not$"), "never"


@dataclass(frozen=True, slots=True)
class Never:
    """A drug or a class that was never given, with the two places that disagreed."""

    name: str
    places: tuple[Span, Span]


def never_given(conflicts: Iterable[Conflict]) -> tuple[Never, ...]:
    """The drugs and classes of which a conflict was settled so."""
    found = [one for one in conflicts if NAMED.search(one.what) and one.right.startswith(NEVER)]
    return tuple(Never(NAMED.sub("", one.what).replace(" ", "_"), (one.a, one.b)) for one in found)


def still_told(events: Iterable[Event], nevers: Sequence[Never]) -> list[Event]:
    """The events without those that tell of the giving which was settled as never done, at the very place that did."""
    return [event for event in events if not any(_tells(event, never) for never in nevers)]


def _tells(event: Event, never: Never) -> bool:
    names = {*event.drugs} | {*classes_of(event.drugs)}
    return (
        event.status == "given" and never.name in names and any(_overlap(event.span, place) for place in never.places)
    )


def _overlap(one: Span, other: Span) -> bool:
    same = (one.file, one.page) == (other.file, other.page)
    return same and one.start < other.end and other.start < one.end
