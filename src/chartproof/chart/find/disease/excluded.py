"""Diseases that a chart only ever denies, apart from the one that the patient has."""

from __future__ import annotations

from dataclasses import replace

from chartproof.model import Fact


def excluded_apart(facts: list[Fact]) -> list[Fact]:
    """A disease that is only ever denied ("not DLBCL") was excluded; it is no denial of the one that the patient has."""
    held = {fact.value for fact in facts if fact.concept == "diagnosis" and fact.assertion == "present"}
    return [
        replace(fact, concept="diagnosis_excluded")
        if fact.concept == "diagnosis" and fact.assertion == "absent" and held and fact.value not in held
        else fact
        for fact in facts
    ]
