"""Reading and writing the parts of FHIR that recur: lists, codings, references, extensions.

The readers take anything and give what is there: a value of another shape counts as absent, so that no message can stop
the program; `base.check` is what says that the shape is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chartproof.exchange.refusals import Resource

#: What FHIR never writes: it says nothing.
NOTHING: tuple[Any, ...] = ("", None, [], {})


def objects(value: Any) -> list[Resource]:
    """The objects of a list; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts of a list; none where it is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def mapping(value: Any) -> Resource:
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def codings(concept: Any) -> list[Resource]:
    """The codings of a CodeableConcept."""
    return objects(mapping(concept).get("coding"))


def codes(concept: Any) -> list[tuple[str, str]]:
    """(system, code) of each coding."""
    return [(text(one.get("system")), text(one.get("code"))) for one in codings(concept) if text(one.get("code"))]


def has_code(concept: Any, code: str) -> bool:
    return any(one == code for _, one in codes(concept))


def target(value: Any) -> str:
    """The address of a Reference, "" where it has none."""
    return text(mapping(value).get("reference"))


def coding(system: str, code: str, display: str = "") -> Resource:
    found = {"system": system, "code": code}
    return found | {"display": display} if display else found


def concept(system: str, code: str, display: str = "") -> Resource:
    return {"coding": [coding(system, code, display)]}


def reference(address: str, display: str = "") -> Resource:
    return {"reference": address} | ({"display": display} if display else {})


def extension(url: str, **value: Any) -> Resource:
    """An extension with one value, given by its key: extension(URL, valueCode="x")."""
    return {"url": url, **value}


def complex_extension(url: str, *parts: Resource) -> Resource:
    return {"extension": list(parts), "url": url}


def extensions(holder: Any, url: str) -> Iterator[Resource]:
    """The extensions of an element with this address, a version after it or not."""
    for one in objects(mapping(holder).get("extension")):
        if text(one.get("url")).partition("|")[0] == url:
            yield one


def extension_value(holder: Any, url: str) -> Any:
    """The value of the first such extension, None where there is none."""
    for one in extensions(holder, url):
        return next((value for key, value in one.items() if key.startswith("value")), None)
    return None


def without_empty(value: Resource) -> Resource:
    """FHIR has no empty strings, lists or objects."""
    return {key: one for key, one in value.items() if one not in NOTHING}
