"""What a sentence says of viral markers: "HBsAg and HCV antibody nonreactive, CMV IgG positive". Pure text in, statements out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chartproof.chart.find.virology import Mark, marks
from chartproof.chart.vocabulary import load

CLAUSE = re.compile(r";|[.?!]\s|\bbut\b", re.IGNORECASE)
REASON_WORDS = 40


@dataclass(frozen=True, slots=True)
class Said:
    """One marker with its state ("" where there is no result, `why` then says it). `at` is where the marker stands.

    `start`/`end` bound a quote; `group_end` is the end of the comma list in which one date may close for all.
    """

    marker: str
    state: str
    why: str
    at: int
    start: int
    end: int
    group_end: int


def statements(text: str, context: str = "") -> Iterator[Said]:
    """Every statement of `text`; a marker without a state counts only where the clause says why there is none."""
    found = marks(text, context)
    if not any(mark.kind == "marker" for mark in found):
        return
    pairs = list(assigned(text, found))
    for index, (whole, state) in enumerate(pairs):
        group = named_only(whole)
        end = state.end if state else group[-1].end
        for marker in group:
            if state and state.kind == "state":
                sero = text[state.start : state.start + 4].lower() == "sero"  # "CMV seronegative" is of its antibodies
                yield Said(
                    "cmv_igg" if sero and marker.value == "cmv_unnamed" else marker.value,
                    state.value,
                    "",
                    marker.start,
                    group[0].start,
                    end,
                    list_end(text, pairs, index),
                )
                continue
            reason = state or reason_near(text, found, marker)
            if reason:
                first, last = min(marker.start, reason.start), max(marker.end, reason.end)
                if last - first > 130:
                    first, last = marker.start, marker.end
                yield Said(marker.value, "", reason.value, marker.start, first, last, last)


def named_only(group: list[Mark]) -> list[Mark]:
    """ "Hepatitis B: HBsAg neg" is about HBsAg: the virus' name is a title where its markers follow."""
    named = any(mark.value in ("hbsag", "anti_hbc", "hbv_dna", "anti_hbs") for mark in group)
    exact = any(mark.value in ("hcv_ab", "hcv_rna") for mark in group)
    return [
        mark
        for mark in group
        if not (mark.value == "hbv_unnamed" and named) and not (mark.value == "hcv_unnamed" and exact)
    ] or group


def assigned(text: str, found: list[Mark]) -> Iterator[tuple[list[Mark], Mark | None]]:
    """Lists of markers, each with the state or the reason that follows it over nothing but linking words, or None."""
    pending: list[Mark] = []
    for mark in found:
        if mark.kind == "marker":
            if pending and not links().fullmatch(text[pending[-1].end : mark.start]):
                yield pending, None
                pending = []
            pending = [*pending, mark]
        elif pending:
            joined = links().fullmatch(text[pending[-1].end : mark.start])
            yield pending, mark if joined else None
            pending = []
    if pending:
        yield pending, None


def list_end(text: str, pairs: list[tuple[list[Mark], Mark | None]], index: int) -> int:
    """Where the comma list of results ends that this one belongs to: "A neg, B pos, C neg 05/19" is dated as one."""
    end = pairs[index][1].end  # type: ignore[union-attr]
    for group, state in pairs[index + 1 :]:
        if (
            state is None
            or state.kind != "state"
            or not re.fullmatch(r"\s*(?:,|and|, and|&)\s*", text[end : group[0].start])
        ):
            break
        end = state.end
    return end


def reason_near(text: str, found: list[Mark], marker: Mark) -> Mark | None:
    """The reason for no result in the marker's own clause, or before a colon that opens its list."""
    bounds = [0, *(match.end() for match in CLAUSE.finditer(text)), len(text)]
    left = max(bound for bound in bounds if bound <= marker.start)
    right = min((bound for bound in bounds if bound > marker.start), default=len(text))
    near = [mark for mark in found if mark.kind == "none" and left <= mark.start < right]
    states = [mark for mark in found if mark.kind == "state" and left <= mark.start < right]
    return near[0] if near and not states else None


@cache
def links() -> re.Pattern[str]:
    words = "|".join(load("serology.yaml")["links"])
    return re.compile(rf"(?:\s|[,:&/()+=\-\u2013|.*]|[<>]?\s?\d+(?:\.\d+)?|\b(?:{words})(?!\w)){{0,24}}", re.IGNORECASE)
