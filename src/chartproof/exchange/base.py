"""Base R4: what a resource must have to be FHIR at all. The elements and codes are data (knowledge/exchange/base.yaml)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from chartproof.exchange.elements import NOTHING
from chartproof.exchange.refusals import Issue, Refused, Resource
from chartproof.policy.load import knowledge, read_yaml

_DATE = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?"
)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_CODE = re.compile(r"\S+( \S+)*")
#: What an element of a type may be in JSON.
_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "code": lambda value: isinstance(value, str) and bool(_CODE.fullmatch(value)),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "flag": lambda value: isinstance(value, bool),
    "count": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
}
#: The most issues that one answer lists.
MOST = 20


@cache
def base() -> Mapping[str, Any]:
    return read_yaml(knowledge("exchange", "base.yaml"))


def check(resource: Resource, *, at: str = "") -> None:
    """Raises Refused CP-FHIR-02 (400) where the resource, or one inside it, is not base R4."""
    found = list(islice((one for one in problems(resource, at=at) if one.severity == "error"), MOST))
    if found:
        raise Refused("CP-FHIR-02", *found)


def problems(resource: Resource, *, at: str = "") -> Iterator[Issue]:
    """What is wrong, in the order of the message. `at` is the resource's own place in it.

    An id of the wrong form and an empty element are warnings: systems in use send such, and neither can mislead.
    """
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        yield Issue("a resource has no resourceType that FHIR knows", "structure", at or "$this")
        return
    if kind not in base()["kinds"]:
        yield Issue("R4 has no resource of this type", "structure", f"{at or '$this'}.resourceType")
        return
    at = at or kind
    narrative = resource.get("text")
    if isinstance(narrative, dict) and not {"status", "div"} <= narrative.keys():
        yield Issue("a narrative has no status, or no text", "required", f"{at}.text")
    if "language" in resource and not isinstance(resource["language"], str | None):
        yield Issue("a language is no text", "structure", f"{at}.language")
    name = resource.get("id")
    if name not in NOTHING and not isinstance(name, str):
        yield Issue("an id is no text", "structure", f"{at}.id")
    elif name is not None and not (isinstance(name, str) and _ID.fullmatch(name)):
        yield Issue("an id is not a FHIR id", "value", f"{at}.id", "warning")
    rules = base()["types"].get(kind, {})
    yield from _holds(resource, rules, at, kind)
    yield from _codes(resource, rules, at)
    for part, below in rules.get("parts", {}).items():
        held = resource.get(part)
        for number, one in enumerate(held if isinstance(held, list) else ()):
            if isinstance(one, dict):
                yield from _holds(one, below, f"{at}.{part}[{number}]", f"{kind}.{part}")
            else:
                yield Issue(f"an entry of {kind}.{part} is no object", "structure", f"{at}.{part}[{number}]")
    yield from _shapes(resource, at)


def _holds(holder: Resource, rules: Mapping[str, Any], at: str, name: str) -> Iterator[Issue]:
    for element in rules.get("required", ()):
        stem = element.removesuffix("[x]")
        if stem == element:
            there = holder.get(element) not in (None, "", [], {}) or f"_{element}" in holder
        else:
            there = any(key.startswith(stem) and key[len(stem) : len(stem) + 1].isupper() for key in holder)
        if not there:
            yield Issue(f"{name}.{element} is missing", "required", f"{at}.{stem}")
    yield from _typed(holder, rules.get("is", {}), at)
    for stem in rules.get("one_of", ()):
        ways = [key for key in holder if key.startswith(stem) and key[len(stem) : len(stem) + 1].isupper()]
        if len(ways) > 1:
            yield Issue(f"{name}.{stem}[x] is said in two ways", "invariant", f"{at}.{stem}")
    for element in rules.get("lists", ()):
        value = holder.get(element)
        if value is not None and (not isinstance(value, list) or not value):
            yield Issue(f"{name}.{element} is not a list with an entry", "structure", f"{at}.{element}")


def _codes(resource: Resource, rules: Mapping[str, Any], at: str) -> Iterator[Issue]:
    for element, allowed in rules.get("codes", {}).items():
        words = base()[allowed] if isinstance(allowed, str) else allowed
        value = resource.get(element)
        if value is not None and value not in words:
            yield Issue(
                f"{resource['resourceType']}.{element} has a code that R4 does not know",
                "code-invalid",
                f"{at}.{element}",
            )


def _typed(values: Any, of: Mapping[str, str], at: str) -> Iterator[Issue]:
    """An element whose parts have a type that JSON could get wrong; each of a list."""
    several = isinstance(values, list)
    for number, one in enumerate(values if several else [values]):
        place = f"{at}[{number}]" if several else at
        if not isinstance(one, dict):
            if one is not None:
                yield Issue("an element is no object", "structure", place)
            continue
        for name, kind in of.items():
            if one.get(name) is not None and not _TYPES[kind](one[name]):
                yield Issue(f"{name} is not written as R4 writes it", "value", f"{place}.{name}")


def _shapes(value: Any, at: str) -> Iterator[Issue]:
    """What holds of every element: nothing empty, extensions with an address, references and dates in their form."""
    for key, one in value.items():
        place = f"{at}.{key}"
        if key in base()["typed"] and isinstance(one, dict | list):
            yield from _typed(one, base()["typed"][key], place)
        if one in ("", {}) or one == [] or (one is None):
            yield Issue("an element is empty", "value", place, "warning")
        elif key.startswith("_") and not isinstance(one, dict | list):
            yield Issue("an element's sibling is no object", "structure", place)
        elif key in base()["dates"] and not isinstance(one, str | dict):
            yield Issue("a date is no text", "structure", place)
        elif key in base()["days"] and isinstance(one, str) and "T" in one:
            yield Issue("a day has a time", "value", place)
        elif key == "reference" and not isinstance(one, str) and not isinstance(one, dict):
            yield Issue("a reference is no text", "structure", place)
        elif key in base()["objects"] and not isinstance(one, dict):
            yield Issue(f"{key} is no object", "structure", place)
        elif key == "profile" and at.endswith(".meta") and not isinstance(one, list):
            yield Issue("profile is no list", "structure", place)
        elif key == "sequence" and (not isinstance(one, int) or isinstance(one, bool) or one < 1):
            yield Issue("a sequence is no number from 1", "value", place)
        elif key in ("extension", "modifierExtension"):
            yield from _extensions(one, place)
        elif key in base()["dates"] and isinstance(one, str) and not _is_date(one):
            yield Issue("a date is not written as FHIR writes it", "value", place)
        elif isinstance(one, dict):
            yield from problems(one, at=place) if "resourceType" in one or key == "resource" else _shapes(one, place)
        elif key == "contained":
            yield from _contained(one, place)
        elif isinstance(one, list) and not key.startswith("_"):
            yield from _list(one, place)


def _is_date(words: str) -> bool:
    """Whether it is a date, time or part of one as FHIR writes it, on a day that the calendar has."""
    if not _DATE.fullmatch(words):
        return False
    try:
        date.fromisoformat((words + "-01-01"[len(words) - 4 :])[:10])
    except ValueError:
        return False
    return True


def _contained(values: Any, at: str) -> Iterator[Issue]:
    for number, one in enumerate(values if isinstance(values, list) else [None]):
        if isinstance(one, dict) and "contained" in one:
            yield Issue("a contained resource contains another", "invariant", f"{at}[{number}].contained")
        elif isinstance(one, dict):
            yield from problems(one, at=f"{at}[{number}]")
        else:
            yield Issue("a contained resource is no object", "structure", f"{at}[{number}]")


def _list(values: list[Any], at: str) -> Iterator[Issue]:
    for number, one in enumerate(values):
        place = f"{at}[{number}]"
        if isinstance(one, dict) and one:
            yield from problems(one, at=place) if "resourceType" in one else _shapes(one, place)
        elif one in ("", {}, []):
            yield Issue("an element is empty", "value", place, "warning")


def _extensions(values: Any, at: str) -> Iterator[Issue]:
    if not isinstance(values, list):
        yield Issue("an extension is no list", "structure", at)
        return
    for number, one in enumerate(values):
        place = f"{at}[{number}]"
        if not isinstance(one, dict) or not isinstance(one.get("url"), str) or not one["url"]:
            yield Issue("an extension has no url", "required", f"{place}.url")
            continue
        if ("extension" in one) == any(key.lstrip("_").startswith("value") for key in one):
            yield Issue("an extension has neither a value nor extensions, or both", "invariant", place)
        yield from _shapes(one, place)
