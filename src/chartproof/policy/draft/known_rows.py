"""Criteria that are said in words of which the whole meaning is known (knowledge/vocabulary/drafting_rows.yaml), as tests.

A test stands in a draft only where the words of the whole criterion are known: one qualifier more, and it is left to the
person who reviews it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.windows import window_of
from chartproof.policy.draft.words import value_of

#: Kinds whose words say what must be so, or for the one of exclusions what must not.
KINDS = frozenset(["necessity", "documentation", "continuation", "exclusion"])
_EDGES = re.compile(r"^[\s•☐▪◦*–—-]+|[\s.;:,]+$")
_FOR_WINDOW = re.compile(
    r"[\s,]*\b(?:dated|performed|done|obtained|measured|drawn|collected|taken|before the request|of the request|prior to (?:the )?(?:request|infusion|leukapheresis|apheresis))?[\s,]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownRow:
    """`words` match a whole criterion; `test` is its body, "{n}" in it the number of the words."""

    words: re.Pattern[str]
    test: Mapping[str, Any]
    window: bool = False
    refuses: bool = False
    papers: bool = False

    def is_of(self, kind: str) -> bool:
        """Whether its words mean this in a criterion of the kind."""
        return self.refuses == (kind == "exclusion") and not (self.papers and kind != "documentation")


def known_row(one: Criterion) -> dict[str, Any] | None:
    """The test of a criterion whose every word is known; None for any other."""
    if one.kind not in KINDS:
        return None
    days, _words, rest = window_of(one.text)
    ways = [(_plain(one.text), "")]
    if days:  # where the words know no window of their own, it stands beside the test
        ways.append((_plain(_FOR_WINDOW.sub("", _plain(rest))), f"{days}d"))
    for asked, within in ways:
        for row in _rows():
            match = row.words.fullmatch(asked)
            if match and row.is_of(one.kind) and (row.window or not within):
                number = match.groupdict().get("n")
                return _filled(row.test, int(value_of(number)) if number else None, within)
    return None


def _plain(text: str) -> str:
    """The words without their bullet, their stop and the breaks of their lines."""
    return _EDGES.sub("", re.sub(r"\s+", " ", text).strip())


def _filled(test: Mapping[str, Any], number: int | None, within: str) -> dict[str, Any]:
    """The test with its number and its window."""
    body: dict[str, Any] = {}
    for key, value in test.items():
        if isinstance(value, list):
            body[key] = [_filled(part, number, within) for part in value]
        else:
            body[key] = number if value == "{n}" else value
        if key == "fact" and within:
            body["within"] = within
    return body


@cache
def _rows() -> tuple[KnownRow, ...]:
    path = files("chartproof").joinpath("knowledge", "vocabulary", "drafting_rows.yaml")
    return tuple(_made(yaml.safe_load(path.read_text(encoding="utf-8"))))


def _made(told: Mapping[str, Any]) -> Iterator[KnownRow]:
    words: dict[str, str] = told["words"]
    for row in told["rows"]:
        flags = (bool(row.get(flag)) for flag in ("window", "refuses", "papers"))
        yield KnownRow(_whole(row["words"], words), row["test"], *flags)
    for name, one in told["classes"].items():
        test = {**told["of_class"]["test"], "of": name, "name": one["name"]}
        yield KnownRow(_whole(told["of_class"]["words"], {**words, "class": f"(?:{one['words']})"}), test)
    for short, disease in told["diseases"].items():
        for row in told["of_disease"]:
            yield KnownRow(_whole(row["words"], {**words, "disease": words[short]}), _named(row["test"], disease))


def _named(test: Any, disease: str) -> Any:
    """The test with the disease in the place of `disease`."""
    if isinstance(test, dict):
        return {disease if key == "disease" else key: _named(value, disease) for key, value in test.items()}
    return [_named(part, disease) for part in test] if isinstance(test, list) else test


def _whole(pattern: str, words: Mapping[str, str]) -> re.Pattern[str]:
    for _ in range(2):  # words that are made of words
        pattern = re.sub(r"\{([a-z]+)\}", lambda match: words[match[1]], pattern)
    return re.compile(pattern, re.IGNORECASE)
