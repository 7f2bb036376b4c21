"""Small classes of words, and forms that say which of them a clause must hold: how a letter's language is told without phrases.

A class is words parted by bars (regular expressions, found whole and without case; `{name}` stands for another class). A form
such as "paper came no -shows" holds where a clause has a word of each class, in any order, and none of those after a
minus; "contract~pays_not" asks for the first at most 60 characters before the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from chartproof.expressions import Expression
from chartproof.rights.words import table

#: Answers that are kept: a class and a clause each.
REMEMBERED = 1 << 16


@dataclass(frozen=True)
class Grammar:
    """The word classes of one table; `words` maps a class to its words."""

    words: Mapping[str, str]

    @cached_property
    def _known(self) -> dict[str, Expression]:
        return {}

    def source(self, name: str) -> str:
        """The class as one regular expression."""
        words = re.sub(r"\{([a-z_]+)\}", lambda at: self.source(at[1]), self.words[name])
        return rf"(?<!\w)(?:{words})(?!\w)"

    def pattern(self, name: str) -> Expression:
        """The class, or two classes one after the other ("a~b")."""
        if name not in self._known:
            source = r"[^;]{0,60}?".join(self.source(part) for part in name.split("~"))
            self._known[name] = Expression(source, re.I)
        return self._known[name]

    def has(self, name: str, clause: str) -> bool:
        return self._has(name, clause)

    @cached_property
    def _has(self) -> Callable[[str, str], bool]:
        """Forms share their classes, and several parts of a letter's reading ask the same of a clause."""
        return lru_cache(maxsize=REMEMBERED)(lambda name, clause: self.pattern(name).search(clause) is not None)

    def fits(self, form: str, clause: str) -> bool:
        """Whether a clause holds what a form asks for."""
        has = self._has
        for name, wanted in terms(form):  # noqa: SIM110  asked a million times, a generator would take longer
            if has(name, clause) != wanted:
                return False
        return True


@cache
def terms(form: str) -> tuple[tuple[str, bool], ...]:
    """The classes that a form names, and whether a clause must hold a word of each, or none."""
    return tuple((term.lstrip("-"), not term.startswith("-")) for term in form.split())


@cache
def grammar(name: str, part: str = "") -> Grammar:
    """The classes of a table of knowledge/law/letters; those of one of its parts beside them."""
    kept = table(name)
    return Grammar({**kept["classes"], **(kept[part]["classes"] if part else {})})


@cache
def finding_words() -> Grammar:
    """The classes that tell what a clause finds against the request."""
    return grammar("findings")


@cache
def aside_words() -> Grammar:
    """The same, with those that tell what a clause does instead of finding something."""
    return grammar("findings", "asides")
