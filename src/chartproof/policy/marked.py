"""YAML that remembers its lines, so that every complaint names file and line. Duplicate keys are refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from chartproof.errors import PolicyError

#: The fast reader where the library has it; both give the same nodes.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Marked:
    """A node of a YAML file and where it stands."""

    file: str
    node: yaml.Node
    key: str = ""

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    @property
    def where(self) -> str:
        return f"{self.file}, line {self.line}"


def parse(text: str, file: str) -> Marked:
    """The root of a YAML text. Raises PolicyError CP-POL-02 with the line where the text is not YAML."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        problem = str(getattr(error, "problem", None) or "the text ends too early")
        at_end = "end of stream" in problem  # then the place where the open quote began is what helps
        mark = getattr(error, "context_mark" if at_end else "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else file
        raise PolicyError("CP-POL-02", f"this is not valid YAML: {problem}", where=where) from error
    if node is None:
        raise PolicyError("CP-POL-02", "the file is empty", where=file)
    return Marked(file, node)


def bad(item: Marked, what: str, *, code: str = "CP-POL-05", then: str = "") -> PolicyError:
    """A PolicyError at the item's line."""
    return PolicyError(code, what, where=item.where, then=then)


def entries(item: Marked) -> dict[str, Marked]:
    """A mapping's keys in file order. Raises CP-POL-05 (not a mapping) or CP-POL-06 (a key twice)."""
    shown = f"'{item.key}'" if item.key else "the file"
    if not isinstance(item.node, yaml.MappingNode):
        raise bad(item, f"{shown} must be a mapping of keys to values")
    found: dict[str, Marked] = {}
    for key_node, value_node in item.node.value:
        key = str(key_node.value)
        at = Marked(item.file, key_node, key)
        if key in found:
            raise bad(at, f"the key '{key}' is given twice", code="CP-POL-06", then="Keep one of them.")
        found[key] = Marked(item.file, value_node, key)
    return found


def mapping(item: Marked, allowed: Iterable[str], required: Iterable[str] = ()) -> dict[str, Marked]:
    """A mapping with known keys only. Raises CP-POL-03 (unknown key, with the nearest) or CP-POL-04 (key missing)."""
    found = entries(item)
    names = sorted(allowed)
    for key_node, _ in item.node.value:
        key = str(key_node.value)
        if key not in names:
            raise bad(
                Marked(item.file, key_node, key),
                f"unknown key '{key}'",
                code="CP-POL-03",
                then=nearest(key, names),
            )
    for key in required:
        if key not in found:
            at = f" in '{item.key}'" if item.key else ""
            raise bad(item, f"the key '{key}' is missing{at}", code="CP-POL-04", then=f"Add a line '{key}: ...'.")
    return found


def nearest(word: str, names: Iterable[str]) -> str:
    """Advice for a misspelt word: the nearest name, else the list."""
    known = sorted(names)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known: {', '.join(known)}."


def text(item: Marked) -> str:
    """A scalar as written, without surrounding space."""
    if not isinstance(item.node, yaml.ScalarNode) or item.node.tag == "tag:yaml.org,2002:null":
        raise bad(item, f"'{item.key}' must be a text")
    return " ".join(str(item.node.value).split())


def number(item: Marked) -> float:
    if not isinstance(item.node, yaml.ScalarNode) or item.node.tag not in (
        "tag:yaml.org,2002:int",
        "tag:yaml.org,2002:float",
    ):
        raise bad(item, f"'{item.key}' must be a number")
    try:
        return float(item.node.value)
    except ValueError as error:
        raise bad(item, f"'{item.key}' must be a plain number") from error


def whole(item: Marked) -> int:
    value = number(item)
    if value != int(value):
        raise bad(item, f"'{item.key}' must be a whole number")
    return int(value)


def flag(item: Marked) -> bool:
    if not isinstance(item.node, yaml.ScalarNode) or item.node.tag != "tag:yaml.org,2002:bool":
        raise bad(item, f"'{item.key}' must be true or false")
    return str(item.node.value).lower() in {"true", "yes", "on"}


def choice(item: Marked, options: Iterable[str]) -> str:
    """A scalar that must be one of `options`; the nearest is suggested."""
    word = text(item)
    known = list(options)
    if word not in known:
        raise bad(item, f"'{item.key}' cannot be '{word}'", then=nearest(word, known))
    return word


def sequence(item: Marked) -> list[Marked]:
    if not isinstance(item.node, yaml.SequenceNode) or not item.node.value:
        raise bad(item, f"'{item.key}' must be a list with at least one entry")
    return [Marked(item.file, node, item.key) for node in item.node.value]


def plain(item: Marked) -> Any:
    """The item as ordinary Python data, for what is printed and not decided. Texts stay texts (no dates)."""
    node = item.node
    if isinstance(node, yaml.MappingNode):
        return {key: plain(value) for key, value in entries(item).items()}
    if isinstance(node, yaml.SequenceNode):
        return [plain(Marked(item.file, child, item.key)) for child in node.value]
    if node.tag == "tag:yaml.org,2002:bool":
        return flag(item)
    if node.tag == "tag:yaml.org,2002:int":
        return whole(item)
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def texts(items: Mapping[str, Marked], key: str) -> str:
    """The text under a key, or "" where the key is not given."""
    return text(items[key]) if key in items else ""
