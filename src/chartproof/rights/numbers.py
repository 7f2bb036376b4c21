"""The member's, the group's and the case's number, from labels in any layout."""

from __future__ import annotations

import re

from chartproof.model import Span
from chartproof.rights.decided import is_statement
from chartproof.rights.labels import Pair
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_PHONE_OR_DAY = re.compile(r"(?:1-)?\d{3}-\d{3}-\d{4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d\d-\d\d")
#: The employer's name before the group's number.
_EMPLOYER = re.compile(r"^[A-Z][a-z][^\d:;|]{2,40}[,/(] ?(?:#|[Nn]o\.? )?(?=[A-Z0-9-]*\d{3})")
_DIAGNOSIS = re.compile(r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}")
#: A plan's own contract with Medicare, perhaps with the number of its package: "H4417-006".
_OF_MEDICARE = re.compile(r"[HRSE]\d{4}(?:[- ]\d{3}){0,2}")
_NO_GROUP = re.compile(r"NAME|NUMBER|HEALTH|PLAN|POLICY|MEMBER|TYPE|COVERAGE")


def identifiers(letter: Letter) -> dict[str, tuple[str, Span]]:
    """member_id, group_number and reference, each as printed with its place; absent where the letter has none.

    The most telling label comes first, then the first in the letter.
    """
    found: dict[str, tuple[str, Span]] = {}
    statement = is_statement(letter)
    for pair in sorted(letter.pairs, key=lambda one: (not (statement and _of_claim(one)), one.rank, one.order)):
        value = number_of(pair)
        if not value:
            continue
        field = pair.field
        if field == "contract":  # the member's own number is another where one is printed
            field = "member_id" if found.get("member_id", (value,))[0] == value else field
        found.setdefault(field, (value, letter.within(pair.span, value)))
    of_group = found.pop("contract", None)
    if of_group is not None:
        found.setdefault("group_number", of_group)
    beside = next((pair for pair in letter.pairs if _beside(pair)), None)
    if beside is not None:
        found.setdefault("member_id", (_beside(beside), letter.within(beside.span, _beside(beside))))
    return found


def _of_claim(pair: Pair) -> bool:
    """Whether a number is a claim's: what a statement of payments is about."""
    led = rf"\bclaim\W{{1,4}}(?:(?:no|number|id)\b\W*)?{re.escape(number_of(pair))}"
    return pair.field == "reference" and bool(number_of(pair)) and bool(re.search(led, pair.span.quote, re.I))


def _beside(pair: Pair) -> str:
    """The number after the member's name, or in its place: "Member: Ann Lee, ABC 1234 56789"."""
    shape = r"(?:[A-Z][^\d:,;]{3,40}[,;] )?(?P<value>[A-Z]{2,4} ?\d{3,12}(?: \d{1,9})*)(?!\w)"
    match = re.match(shape, pair.value) if pair.field == "member_name" else None
    return match["value"] if match and _plausible("member_id", match["value"]) else ""


def number_of(pair: Pair) -> str:
    """The number at the start of a pair's value; empty where its field has none or it is no such number."""
    shape = table("labels")["shapes"].get(pair.field)
    value = _EMPLOYER.sub("", pair.value) if pair.field == "group_number" else pair.value
    match = re.match(shape, value.lstrip(": "), re.I) if shape else None
    value = match.group().strip(" -.") if match else ""
    return value if _plausible(pair.field, value) else ""


def _plausible(field: str, value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    if _PHONE_OR_DAY.fullmatch(value) or value.startswith(("CPT ", "HCPCS ")) or _DIAGNOSIS.fullmatch(value):
        return False
    if field == "contract" and _OF_MEDICARE.fullmatch(value):
        return False
    if field in ("member_id", "contract"):
        return digits >= 3 and len(value.replace(" ", "")) >= 7
    if field == "group_number":
        letters = bool(
            re.fullmatch(r"[A-Z]{3,8}\d{0,2}|[A-Z]{2,9}(?:-[A-Z]{2,9})*-\d{1,3}|[A-Z]{2,5}-[A-Z]{1,5}", value)
        ) and not _NO_GROUP.match(value)
        return (digits >= 3 and len(value) >= 4) or letters
    return digits >= 4 and len(value) >= 6
