"""How much a criterion asks for: an operator with its number, class or scale, from the words."""

from __future__ import annotations

import re
from typing import Any

from chartproof.policy.draft.words import UNIT, drafting, filled, measured, value_of

_TURNED = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}
_ROMAN = ("I", "II", "III", "IV", "V")
Amount = tuple[str, Any, str | None]


def amount_of(text: str, *, absent: bool) -> Amount | None:
    """(operator, value, unit) of a text without its window, None where it compares nothing.

    `absent` where the words say "no": "no tobacco for 4 months" asks that there be none.
    """
    return (
        _on_scale(text)
        or _between(text)
        or _ordered(text)
        or _classes(text)
        or _compared(text, absent=absent)
        or _adult(text)
    )


def _on_scale(text: str) -> Amount | None:
    """A performance status, whose numbers stand alone: "ECOG 0, 1 or 2"."""
    match = measured("scale").search(text)
    if match is None or measured("compared").search(text[match.start() : match.end() + 18]):
        return None
    low, high = int(match["low"]), int(match["high"] or match["low"])
    if match["name"].lower() in drafting()["tests"]["rising"]:
        return "ge", min(low, high), None
    if high >= 3 and low >= 2:
        return "ge", min(low, high), None
    return ("eq" if match["high"] is None and low else "le"), max(low, high), None


def _between(text: str) -> Amount | None:
    match = measured("between").search(text)
    if match is None:
        return None
    named = {name: value for name, value in match.groupdict().items() if value}
    low, high = (value_of(next(named[n] for n in names if n in named)) for names in (
        ("low", "low2", "low3"), ("high", "high2", "high3"),
    ))  # fmt: skip
    unit = named.get("unit") or named.get("unit2")
    return "between", [low, f"<{high}" if "under" in named else high], _short(unit) if unit else None


def _ordered(text: str) -> Amount | None:
    match = measured("ordered").search(text)
    if match is None:
        return None
    word = match["v"].upper().replace("L", "I")
    value: Any = _ROMAN.index(word) + 1 if word in _ROMAN else int(word) if word.isdigit() else word
    return ("ge" if match["up"] else "le"), value, None


def _classes(text: str) -> Amount | None:
    """Classes by their names: "NYHA class II or III", "stage IIIB or IV", "NYHA II-IV"."""
    match = measured("classes").search(text)
    if match is None:
        return None
    words = re.findall(r"[IV]{1,3}[ABC]?|[A-D]|\d", match["v"])
    if len(words) == 2 and re.search(r"-|\bto\b|\bthrough\b", match["v"]) and set(words) <= set(_ROMAN):
        words = list(_ROMAN[_ROMAN.index(words[0]) : _ROMAN.index(words[1]) + 1])
    values: list[Any] = [int(word) if word.isdigit() else word for word in words]
    if len(values) == 1:
        return None if isinstance(values[0], int) else ("eq", values[0], None)
    return "in", values, None


def _compared(text: str, *, absent: bool) -> Amount | None:
    found: list[tuple[re.Match[str], str]] = []
    for one in drafting()["tests"]["compare"]:
        match = filled(one["words"]).search(text)
        if match is not None and (one.get("beside_no", True) or not (absent or found)):
            found.append((match, one["op"]))
    if not found:
        return None
    # The first limit of a sentence is what it is about: "88 percent or less for at least 5 minutes".
    match, op = min(found, key=lambda one: one[0].start())
    value = next(v for v in match.groupdict().values() if v is not None)
    if measured("negated").search(text[: match.start()]):
        op = _TURNED.get(op, op)
    return op, value_of(value), _unit_beside(text, match.start(), match.end())


def _adult(text: str) -> Amount | None:
    return ("ge", 18, "years") if measured("adult").search(text) else None


def _unit_beside(text: str, start: int, end: int) -> str | None:
    inner = re.search(rf"\d\s*({UNIT})", text[start:end])
    found = inner or re.match(rf"\s*(?:\(\d+\)\s*)?({UNIT})", text[end:])
    return _short(found.group(1)) if found else None


def _short(unit: str) -> str:
    return "%" if unit.lower() in ("percent", "%") else unit
