"""Sentences that grant: what is granted, and what is asked for it."""

from __future__ import annotations

from chartproof.policy.draft.coordination import person
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.words import pattern, patterns


def granted(text: str) -> tuple[str, str] | None:
    """("The plan covers it", "the member is over 18") of "The plan covers it if the member is over 18", None for other sentences."""
    for one in patterns("frames", "granted"):
        match = one.match(text)
        if match is None or pattern("frames", "acts").search(match["frame"]) is None:
            continue
        if _may_split(match["rest"]):
            return match["frame"].strip(), match["rest"].strip()
    return None


def _may_split(rest: str) -> bool:
    """True unless what is asked for is only counted ("one of the six reasons below is shown")."""
    return ":" in rest or announcement(rest) is None or person(rest) is not None
