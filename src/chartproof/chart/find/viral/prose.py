"""What a sentence says of viral markers: "HBsAg and HCV antibody nonreactive, CMV IgG positive". Pure text in, statements out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.viral.words import Mark, found_markers, marks
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

CLAUSE = re.compile(r";|[.?!]\s|\bbut\b", re.IGNORECASE)
REASON_WORDS = 40
#: What joins the results of one list, and what may stand before the day that closes it for all: "..., all 05/19".
JOINED = re.compile(r"\s*(?:[,;/|]|(?:, )?and|&)?\s*", re.IGNORECASE)
CLOSING = re.compile(
    r"(?:\s*(?:\[ *\]|[☐□○])\s*[\w/-]+)*(?:\W{0,4}\b(?:date|collected|drawn)\W{1,3}(?=\d))?(?:,?\s*\(?(?:all|both|each)(?: (?:on|of|from|drawn|collected))?(?=\s*\(?\d))?",
    re.IGNORECASE,
)
#: What ties a state to the markers behind it, and what may stand before a state that opens such a phrase.
TIED = re.compile(r":|\bfor\b", re.IGNORECASE)
QUALIFIED = re.compile(
    r"(?:^|[,;:.]\s|\b(?:an?|the|her|his|their|with|had|has|of|and|both|all|was|were)\s)\W*$", re.IGNORECASE
)
TICKED = re.compile(r"\[ ?[xX✓✔] ?\]|[☑☒]|(?:\[ *\]|[☐□○])\s*[A-Za-z][\w-]*")
#: "CMV seronegative", and CMV in a list of serologies, is of its antibodies.
OF_ANTIBODIES = re.compile(r"\bsero(?:log|pos|neg|status)|\bantibod", re.IGNORECASE)
#: Any day will do from which dates without a year are counted: only their places are asked for.
ANY_DAY = date(2000, 12, 31)


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
    if not found_markers(text, context):
        return
    found = marks(text, context)
    pairs = list(assigned(text, found))
    for index, (whole, state) in enumerate(pairs):
        group = named_only(whole)
        end = max(state.end, group[-1].end) if state else group[-1].end
        for marker in group:
            if state and state.kind == "state":
                sero = bool(OF_ANTIBODIES.search(f"{context} {text}"))
                yield Said(
                    "cmv_igg" if sero and marker.value == "cmv_unnamed" else marker.value,
                    state.value,
                    "",
                    marker.start,
                    min(state.start, group[0].start),
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
    """Lists of markers, each with the state or the reason that follows it over nothing but linking words, else the state
    that stands before it ("negative for HIV and HBsAg", "a nonreactive HCV antibody"), else None."""
    bare = undated(text)
    free: Mark | None = None
    pending: list[Mark] = []
    for mark in found:
        if mark.kind == "marker":
            if pending and not links().fullmatch(squeezed(bare[pending[-1].end : mark.start])):
                yield pending, ahead(bare, free, pending[0])
                pending = []
            pending = [*pending, mark]
        elif pending:
            joined = links().fullmatch(squeezed(bare[pending[-1].end : mark.start]))
            earlier = None if joined else ahead(bare, free, pending[0])
            yield pending, mark if joined else earlier
            pending = []
            free = None if joined else mark
        else:
            free = mark
    if pending:
        yield pending, ahead(bare, free, pending[0])


def ahead(text: str, state: Mark | None, marker: Mark) -> Mark | None:
    """The state that stands before the marker's list, where only the words of such an order part the two."""
    if state is None or state.kind != "state" or state.end > marker.start:
        return None
    between = text[state.end : marker.start]
    # Without "for" or a colon it must read as a phrase does: in capitals it is the end of the row before.
    phrase = TIED.search(between) or (
        QUALIFIED.search(text[: state.start]) and not text[state.start : state.end].isupper()
    )
    return state if phrase and before_it().fullmatch(squeezed(between)) else None


def squeezed(gap: str) -> str:
    return re.sub(r"\s+", " ", gap)


def undated(text: str) -> str:
    """The text with its days, ticked boxes and choices not made blanked out: "the HIV test of 20 May 2026 was negative"."""
    for start, end, _days in find_dates(text, year_hint=ANY_DAY):
        if re.search(r"[/-]|[A-Za-z]", text[start:end]):
            text = text[:start] + " " * (end - start) + text[end:]
    return TICKED.sub(lambda box: " " * len(box[0]), text)


def list_end(text: str, pairs: list[tuple[list[Mark], Mark | None]], index: int) -> int:
    """Where the comma list of results ends that this one belongs to: "A neg, B pos, C neg 05/19" is dated as one."""
    group, own = pairs[index]
    end = max(own.end, group[-1].end) if own else group[-1].end
    for group, state in pairs[index + 1 :]:
        if state is None or state.kind != "state" or not JOINED.fullmatch(text[end : group[0].start]):
            break
        end = state.end
    return CLOSING.match(text, end).end()  # type: ignore[union-attr]


def reason_near(text: str, found: list[Mark], marker: Mark) -> Mark | None:
    """The reason for no result in the marker's own clause, or before a colon that opens its list."""
    bounds = [0, *(match.end() for match in CLAUSE.finditer(text)), len(text)]
    left = max(bound for bound in bounds if bound <= marker.start)
    right = min((bound for bound in bounds if bound > marker.start), default=len(text))
    near = [mark for mark in found if mark.kind == "none" and left <= mark.start < right]
    states = [mark for mark in found if mark.kind == "state" and left <= mark.start < right]
    return near[0] if near and not states else None


@cache
def before_it() -> Expression:
    """What may stand between a state and the markers that it is said of."""
    words = "|".join(load("serology.yaml")["state_first"])
    return Expression(rf"(?:\s|[,:(]|\b(?:{words})(?!\w)){{1,8}}", re.IGNORECASE)


@cache
def links() -> Expression:
    words = "|".join(load("serology.yaml")["links"])
    return Expression(rf"(?:\s|[,:&/()+=\-\u2013|.*]|[<>]?\s?\d+(?:\.\d+)?|\b(?:{words})(?!\w)){{0,24}}", re.IGNORECASE)
