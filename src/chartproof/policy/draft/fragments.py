"""Pieces of a sentence that ask nothing when they stand alone: a person, a span of time, a comparison."""

from __future__ import annotations

from chartproof.policy.draft.words import pattern


def is_fragment(piece: str) -> bool:
    """True for "The employee", "better", "in the past 12 months": words of one test that no cut may part from it."""
    return pattern("fragments", "alone").fullmatch(piece.strip(" .,;")) is not None
