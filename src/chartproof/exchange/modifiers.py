"""What turns the meaning of an element round: it is called off, or says something that is not known here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chartproof.exchange.coded import data
from chartproof.exchange.elements import extension_value, has_code, mapping, objects, text
from chartproof.exchange.names import PAS
from chartproof.exchange.refusals import Issue, Resource

CANCELLED = f"{PAS}/StructureDefinition/modifierextension-infoCancelled"
CERTIFICATION = f"{PAS}/StructureDefinition/extension-certificationType"
#: Where something may be called off: an item of a Claim, or a supporting information.
_MAY_BE_CALLED_OFF = re.compile(r"(Bundle\.entry\[\d+\]\.resource)\.(?:item|supportingInfo)\[\d+\]")


def cancelled(part: Resource) -> bool:
    """Whether an item or supporting information of an update is no longer asked for: by its flag, and where it has none by
    an item's certification type."""
    flag = extension_value({"extension": objects(part.get("modifierExtension"))}, CANCELLED)
    return flag is True or (flag is None and called_off(part))


def called_off(holder: Resource) -> bool:
    """Whether the certification type of a Claim or an item is that of a cancellation."""
    return has_code(extension_value(holder, CERTIFICATION), str(data()["x12"]["certification"]["cancel"]))


def subsetted(claim: Resource) -> bool:
    """Whether a Claim says that it is only a part."""
    meta = mapping(claim.get("meta"))
    return any(one.get("code") == "SUBSETTED" for key in ("security", "tag") for one in objects(meta.get(key)))


def not_understood(message: Resource) -> Iterator[Issue]:
    """Every modifier and rule of the message that may not be passed over, and is not known where it stands."""
    claims = {
        f"Bundle.entry[{number}].resource"
        for number, one in enumerate(objects(message.get("entry")))
        if isinstance(one.get("resource"), dict) and one["resource"].get("resourceType") == "Claim"
    }
    yield from _below(message, "Bundle", claims)


def _below(value: Any, at: str, claims: set[str]) -> Iterator[Issue]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _below(one, f"{at}[{number}]", claims)
    elif isinstance(value, dict):
        if value.get("implicitRules"):
            yield Issue("rules that are not known here", "not-supported", f"{at}.implicitRules")
        place = _MAY_BE_CALLED_OFF.fullmatch(at)
        known = place is not None and place[1] in claims
        for number, one in enumerate(objects(value.get("modifierExtension"))):
            if not known or text(one.get("url")) != CANCELLED or not isinstance(one.get("valueBoolean"), bool):
                where = f"{at}.modifierExtension[{number}]"
                yield Issue("a modifier extension that is not known here", "extension", where)
        for key, one in value.items():
            yield from _below(one, f"{at}.{key}", claims)
