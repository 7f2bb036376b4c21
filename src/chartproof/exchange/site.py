"""What a payer's site decides for itself: its address, its policies, and whether anything is approved without a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chartproof.model.policy import Policy
from chartproof.policy.load import load_policy


@dataclass(frozen=True)
class Site:
    """`base` is the address of its FHIR endpoint, without a slash at the end.

    policies    ids or files; the first is asked where nothing names another
    approves    automatic approval: off unless the site has switched it on
    payer       the insurer's name, as the patient knows it
    payer_ids   identifiers by which a Coverage names this payer; empty: every payer is served (a test bench)
    plan_type   the plan type where a Coverage does not tell it; the clock rests on it
    phone       whom to call about a request
    item        drug or service: as which the site counts a cell product, for the clock; "" by what is asked for
    """

    base: str = "http://127.0.0.1:8766/fhir"
    payer: str = "Excellus BlueCross BlueShield"
    payer_ids: tuple[str, ...] = ()
    policies: tuple[str, ...] = ("excellus/7.02.11",)
    approves: bool = False
    plan_type: str = ""
    state: str = ""
    phone: str = ""
    item: str = ""

    @property
    def origin(self) -> str:
        """The address without the path of the FHIR endpoint: hooks and tokens are beside it."""
        return self.base.removesuffix("/fhir")

    @cached_property
    def loaded(self) -> tuple[Policy, ...]:
        """Its policies. Raises PolicyError where one cannot be read."""
        return tuple(load_policy(one) for one in self.policies)
