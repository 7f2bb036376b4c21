"""How much a criterion asks for: an operator with its number, class or scale, from the words."""

from __future__ import annotations

import re
from typing import Any

from chartproof.policy.draft.words import UNIT, drafting, filled, measured, value_of

_TURNED = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}
_ROMAN = ("I", "II", "III", "IV", "V")
#: A count that is one word, behind what compares it: "at least twice daily".
_TIMES = re.compile(r"(?:(?<=\bleast )|(?<=\bthan ))(?:once|twice)\b", re.IGNORECASE)
Amount = tuple[str, Any, str | None]


def amount_of(text: str, *, absent: bool) -> Amount | None:
    """(operator, value, unit) of a text without its window, None where it compares nothing.

    `absent` where the words say "no": "no tobacco for 4 months" asks that there be none, and "no toxicity of grade 3 or
    more" sets no level.
    """
    text = _TIMES.sub(
        lambda said: "1 time" if said.group().lower() == "once" else "2 times", measured("titer").sub("", text)
    )
    plain = None if absent else _on_scale(text) or _between(text) or _ordered(text) or _classes(text)
    return plain or _compared(text, absent=absent) or _adult(text)


def _on_scale(text: str) -> Amount | None:
    """A performance status, whose numbers stand alone: "ECOG 0, 1 or 2"."""
    match = measured("scale").search(text)
    if match is None or measured("compared").search(text[match.start() : match.end() + 18]):
        return None
    low, high = int(match["low"]), int(match["high"] or match["low"])
    if match["name"].lower() in drafting()["tests"]["rising"]:
        return "ge", min(low, high), None
    if match["high"] is not None and high >= 3 and low >= 2:
        return "ge", min(low, high), None
    return ("eq" if match["high"] is None and low else "le"), max(low, high), None


def _between(text: str) -> Amount | None:
    match = measured("between").search(text)
    if match is None:
        return None
    named = {name: value for name, value in match.groupdict().items() if value}
    low, high = (value_of(next(named[n] for n in names if n in named)) for names in (
        ("low", "low2", "low3", "low4", "low5"), ("high", "high2", "high3", "high4", "high5"),
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
    words = re.findall(r"F?\d[A-Ca-c]?|[IV]{1,4}[ABC]?|[A-E]", match["v"])
    if len(words) == 2 and re.search(r"-|–|\bto\b|\bthrough\b", match["v"]):
        words = _run(*words)
    values: list[Any] = [int(word) if word.isdigit() else word for word in words]
    if len(values) == 1:
        return None if isinstance(values[0], int) else ("eq", values[0], None)
    return "in", values, None


def _run(first: str, last: str) -> list[str]:
    """The classes from one to another: "II" to "IV", "1" to "3", "A" to "C"; both alone where they count nothing."""
    for names in (_ROMAN, tuple("0123456789"), tuple("ABCDE"), tuple(f"F{n}" for n in range(5))):
        if first in names and last in names:
            return list(names[names.index(first) : names.index(last) + 1])
    return [first, last]


def _compared(text: str, *, absent: bool) -> Amount | None:
    found: list[tuple[re.Match[str], str]] = []
    for one in drafting()["tests"]["compare"]:
        match = filled(one["words"]).search(text)
        if match is not None and absent and _is_denied(text, match):
            continue
        if match is not None and (one.get("beside_no", True) or not (absent or found)):
            found.append((match, one["op"]))
    if not found:
        return None
    # The first limit of a sentence is what it is about: "88 percent or less for at least 5 minutes".
    match, op = min(found, key=lambda one: one[0].start())
    value = next(v for v in match.groupdict().values() if v is not None)
    if (upper := _upper(text, match, found)) is not None and op in ("ge", "gt"):
        other, under = upper
        low, high = value_of(value), value_of(other)
        return (
            "between",
            [low if op == "ge" else f">{low}", f"<{high}" if under == "lt" else high],
            _unit_beside(text, match.start(), match.end()),
        )
    if measured("negated").search(text[: match.start()]):
        op = _TURNED.get(op, op)
    return op, value_of(value), _unit_beside(text, match.start(), match.end())


def _is_denied(text: str, limit: re.Match[str]) -> bool:
    """True for a limit behind a "no" that is not its own: "no lesion above 5 cm", but not "not above 5 cm"."""
    before = text[: limit.start()]
    own = re.search(r"(?i)\b(?:no|not)\b", limit.group()) or measured("negated").search(before)
    return own is None and measured("absent").search(before) is not None


def _upper(text: str, low: re.Match[str], found: list[tuple[re.Match[str], str]]) -> tuple[str, str] | None:
    """The upper limit (number, operator) that follows the lower limit of the same measure: "and not more than 13.5 kg"."""
    for match, op in found:
        gap = measured("and_under").fullmatch(text[low.end() : match.start()]) if match.start() > low.end() else None
        if gap is None or op not in ("le", "lt"):
            continue
        after = re.match(rf"\s*({UNIT})", text[match.end() :])
        if gap["unit"] is None or after is None or gap["unit"].lower() == after[1].lower():
            return next(v for v in match.groupdict().values() if v is not None), op
    return None


def _adult(text: str) -> Amount | None:
    return ("ge", 18, "years") if measured("adult").search(text) else None


def _unit_beside(text: str, start: int, end: int) -> str | None:
    inner = re.search(rf"\d\s*({UNIT})", text[start:end])
    found = inner or re.match(rf"\s*(?:\(\d+\)\s*)?({UNIT})", text[end:])
    return _short(found.group(1)) if found else None


def _short(unit: str) -> str:
    return "%" if unit.lower() in ("percent", "%") else unit
