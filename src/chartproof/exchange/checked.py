"""A request of ours, held against base R4, the guide's rules and its profiles before anybody sends it."""

from __future__ import annotations

from collections.abc import Iterator

from chartproof.errors import ChartproofError
from chartproof.exchange.base import problems
from chartproof.exchange.refusals import Issue, Refused, Resource
from chartproof.exchange.snapshots import check_profiles, pas_profiles
from chartproof.exchange.submitted import read_request


def checked(bundle: Resource) -> Resource:
    """The same request. Raises ChartproofError CP-FHIR-16 with the first thing that a payer may refuse."""
    first = next(faults(bundle), None)
    if first is not None:
        raise ChartproofError(
            "CP-FHIR-16", f"the request would not be valid: {first.text}", where=first.at,
            then="Nothing was written. This is a fault of the program: report it with this line.",
        )  # fmt: skip
    return bundle


def faults(bundle: Resource, *, inquiry: bool = False) -> Iterator[Issue]:
    """What is wrong with a request Bundle, or an inquiry's: base R4, then the guide's rules, then its profiles."""
    yield from (one for one in problems(bundle) if one.severity == "error")
    try:
        yield from read_request(bundle, inquiry=inquiry).warnings
    except Refused as refused:
        yield from refused.issues
    yield from check_profiles(bundle, pas_profiles())
