"""Entries of a vocabulary file as patterns: `words` are the file's parts of speech, the rest its rules."""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.find.statements import either
from chartproof.chart.vocabulary import load


@cache
def rule(file: str, name: str) -> re.Pattern[str]:
    """The entry `name` of the file, one pattern or a list of them, as one."""
    data = load(file)
    entry = data[name]
    return either([entry] if isinstance(entry, str) else entry, data["words"])


@cache
def word(file: str, name: str) -> re.Pattern[str]:
    """The part of speech `name` of the file, at a word's start."""
    return either([rf"\b{{{name}}}"], load(file)["words"])
