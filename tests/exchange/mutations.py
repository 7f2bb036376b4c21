"""Steps that spoil a message, as mutations.yaml writes them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def spoiled(message: dict[str, Any], steps: list[list[Any]]) -> dict[str, Any]:
    """A copy of the message after the steps. Raises LookupError where a path is not there."""
    made = deepcopy(message)
    for verb, path, *rest in steps:
        holder, key = place(made, path)
        if verb == "set":
            put(holder, key, deepcopy(rest[0]))
        elif verb == "drop":
            take(holder, key)
        elif verb == "copy":
            there, name = place(made, rest[0])
            put(there, name, deepcopy(holder[key]))
        else:
            there, name = place(made, rest[0])
            holder[key], there[name] = there[name], holder[key]
    return made


def place(message: dict[str, Any], path: str) -> tuple[Any, Any]:
    """What holds the last step of a path, and that step."""
    first, *steps = path.split("/")
    kind = first.removeprefix("entry ")
    number = next((n for n, one in enumerate(message["entry"]) if one["resource"]["resourceType"] == kind), None)
    if first != kind:
        return message["entry"], number
    where: Any = message if first == "Bundle" else message["entry"][number]["resource"]
    for step in steps[:-1]:
        where = where[int(step) if isinstance(where, list) else step]
    last = steps[-1]
    return where, (last if last == "-" or not isinstance(where, list) else int(last))


def put(holder: Any, key: Any, value: Any) -> None:
    if key == "-":
        holder.append(value)
    else:
        holder[key] = value


def take(holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder.pop(key, None)
    else:
        del holder[key]


def rewritten(message: dict[str, Any], steps: list[list[Any]]) -> dict[str, Any]:
    """A copy of a hook's message after steps of set and drop; a path begins at the message itself."""
    made = deepcopy(message)
    for verb, path, *rest in steps:
        *above, last = path.split("/")
        where: Any = made
        for step in above:
            where = where[int(step) if isinstance(where, list) else step]
        key = int(last) if isinstance(where, list) else last
        if verb == "set":
            where[key] = deepcopy(rest[0])
        else:
            take(where, key)
    return made
