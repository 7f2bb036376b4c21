"""Entries of a vocabulary file as patterns: `words` are the file's parts of speech, the rest its rules."""

from __future__ import annotations

from functools import cache

from chartproof.chart.find.statements import either
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression


@cache
def rule(file: str, name: str) -> Expression:
    """The entry `name` of the file, one pattern or a list of them, as one."""
    data = load(file)
    entry = data[name]
    return either([entry] if isinstance(entry, str) else entry, data["words"])


@cache
def word(file: str, name: str) -> Expression:
    """The part of speech `name` of the file, at a word's start."""
    return either([rf"\b{{{name}}}"], load(file)["words"])
