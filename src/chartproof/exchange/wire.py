"""Bytes to plain values and back. A message is bounded in size and depth before anyone looks at what it says."""

from __future__ import annotations

import json
from typing import Any

import orjson

from chartproof.exchange.elements import NOTHING, without_empty
from chartproof.exchange.refusals import TOO_LARGE, Issue, Refused, Resource

#: A chart of some hundred scanned pages, in base64, with room to spare.
MAX_BYTES = 120_000_000
#: Some systems begin with it; it says nothing (RFC 8259, 8.1).
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: Deeper than any resource of the three guides; a questionnaire nests its groups.
MAX_DEPTH = 48
#: More values than any honest message has; attachments are one value each.
MAX_VALUES = 2_000_000


def parse(data: bytes, *, limit: int = MAX_BYTES) -> Resource:
    """One JSON object. Raises Refused CP-FHIR-01 (400, or 413 where it is too large)."""
    if len(data) > limit:
        raise Refused("CP-FHIR-01", Issue(f"the message is larger than {limit:,} bytes", "too-long"), status=TOO_LARGE)
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused("CP-FHIR-01", Issue(f"the message is not valid JSON ({where})", "structure")) from None
    if not isinstance(value, dict):
        raise Refused("CP-FHIR-01", Issue("the message is not a JSON object", "structure"))
    _bounded(value)
    _said_once(data)
    return value


def _said_once(data: bytes) -> None:
    """A member that stands twice is read one way here and another way elsewhere: nobody knows what was asked."""

    def seen(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            raise Refused("CP-FHIR-01", Issue("an object has two members of the same name", "structure"))

    json.loads(data, object_pairs_hook=seen, parse_int=len, parse_float=len)


def spoken(value: Any) -> Any:
    """A member that is null or empty says nothing: FHIR has none, and an answer would repeat it. Where a list has siblings
    (`_given` beside `given`) null keeps its place."""
    if isinstance(value, list):
        return [one for one in map(spoken, value) if one not in NOTHING]
    if isinstance(value, dict):
        return without_empty({key: _in_place(key, one, value) for key, one in value.items()})
    return value


def _in_place(key: str, one: Any, holder: Resource) -> Any:
    kept = spoken(one)
    paired = isinstance(one, list) and (f"_{key}" in holder or key.startswith("_"))
    if not paired or not kept:
        return kept
    return [None if held in NOTHING else held for held in map(spoken, one)]


def write(value: Any) -> bytes:
    """JSON without white space; the same value gives the same bytes."""
    return orjson.dumps(value)


def _bounded(value: Any) -> None:
    """Walks without recursion, so that depth itself cannot stop the program."""
    level, seen = [value], 0
    for _ in range(MAX_DEPTH):
        seen += len(level)
        if seen > MAX_VALUES:
            raise Refused("CP-FHIR-01", Issue("the message holds too many values", "too-long"), status=TOO_LARGE)
        level = [below for one in level for below in _below(one)]
        if not level:
            return
    raise Refused("CP-FHIR-01", Issue(f"the message nests more than {MAX_DEPTH} levels deep", "structure"))


def _below(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
