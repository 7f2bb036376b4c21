"""Flesch-Kincaid grade, by the published formula; syllables are counted as groups of vowels, silent endings left out."""

from __future__ import annotations

import re

_SILENT = re.compile(r"(?:[^laeiouyscgxzh]es|[^aeiouytd]ed|[^laeiouy]e)$")


def syllables(word: str) -> int:
    """At least one; numbers and capitals spoken letter by letter count as the letters and figures that they have."""
    if word.isdigit() or (word.isupper() and len(word) > 1):
        return len(word)
    plain = word.lower()
    groups = len(re.findall(r"[aeiouy]+", plain))
    return max(1, groups - bool(_SILENT.search(plain) and groups > 1))


def grade(sentences: list[str]) -> float:
    """The grade of a text that is given sentence by sentence."""
    words = [re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", one) for one in sentences]
    words = [one for one in words if one]
    count = sum(map(len, words))
    spoken = sum(syllables(re.sub(r"['’].*", "", word)) for one in words for word in one)
    return 0.39 * count / len(words) + 11.8 * spoken / count - 15.59


def split(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?:])\s+|\n", text) if re.search(r"[A-Za-z]", part)]
