"""The codes of requests and answers, from knowledge/exchange/pas.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from chartproof.exchange.elements import concept
from chartproof.exchange.names import LOINC, X12
from chartproof.exchange.refusals import Resource
from chartproof.policy.load import knowledge, read_yaml


@cache
def data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(knowledge("exchange", "pas.yaml"))
    return found


def x12(kind: str, name: str) -> Resource:
    """An X12 code as a CodeableConcept, without its meaning."""
    row = data()["x12"][kind]
    return concept(f"{X12}/{row['system']}", row[name])


def attached_as(kind: str) -> str:
    """LOINC code of a kind of chart document."""
    return str(data()["documents"].get(kind, data()["other"]))


def shown_by(concepts: tuple[str, ...]) -> str:
    """LOINC code of the document that would show the first of these facts that has one."""
    known = data()["concepts"]
    return str(next((known[one] for one in concepts if one in known), data()["other"]))


def media_of(name: str) -> str:
    """The media type of a file by its name's ending; "" for one that is not read."""
    return str(data()["media"].get(PurePosixPath(name).suffix.lower(), ""))


def suffix_of(media: str) -> str:
    """The ending for a media type; "" for one that is not read."""
    plain = media.partition(";")[0].strip().lower()
    if plain in ("application/json", "application/xml", "text/xml"):
        return ".json" if plain.endswith("json") else ".xml"
    return next((ending for ending, known in data()["media"].items() if known == plain), "")


def loinc(code: str) -> Resource:
    return concept(LOINC, code)
