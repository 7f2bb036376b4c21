"""Expressions that are tried where they may match: there are thousands, of which a text can match a few.

An expression needs one of some letters in a row ("transplant" or "graft"); a text without any of them cannot match it
and costs one look at a set instead of a search, and an expression that no text may match is never compiled. The pieces
of a text are found once, whoever asks. An expression of which nothing is known ("\\d+") is always tried. The answers
are those of the expressions alone: nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from sys import maxsize
from typing import Generic, TypeVar

from chartproof.known_needs import known_pieces, needs, pieces_known
from chartproof.needed import Rows, pieces

Key = TypeVar("Key")


def pieces_for(needed: Rows) -> Callable[[str], Rows]:
    """What finds those of these pieces that a text has: quicker where all are in the table."""
    return pieces_known if needed <= known_pieces() else pieces


class Expression:
    """A regular expression that is compiled when a text first may match it. Its answers are those of `re`."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source, self.flags = source, flags

    @cached_property
    def needs(self) -> Rows:
        return needs(self.source, self.flags)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.source, self.flags)

    @cached_property
    def may_match(self) -> Callable[[str], bool]:
        """Tells whether a text holds what a match needs; False says that it holds no match. Asked millions of times."""
        needed = self.needs
        pieces_of = pieces_for(needed)
        return (lambda text: not needed.isdisjoint(pieces_of(text))) if needed else (lambda text: True)

    def search(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        return self.compiled.search(text, start, end) if self.may_match(text[:end]) else None

    def match(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        return self.compiled.match(text, start, end) if self.may_match(text[:end]) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.compiled.fullmatch(text) if self.may_match(text) else None

    def finditer(self, text: str, start: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(text, start, end) if self.may_match(text[:end]) else iter(())

    def sub(self, put: str | Callable[[re.Match[str]], str], text: str) -> str:
        return self.compiled.sub(put, text) if self.may_match(text) else text

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        return self.compiled.split(text, maxsplit) if self.may_match(text) else [text]


class Expressions(Generic[Key]):
    """Many expressions by a key each, of which those are wanted that a text holds."""

    def __init__(self, expressions: Iterable[tuple[Key, Expression]]) -> None:
        self._every = list(expressions)
        self._always = frozenset(at for at, (_, one) in enumerate(self._every) if not one.needs)
        self._by_piece: dict[str, list[int]] = {}
        for at, (_, one) in enumerate(self._every):
            for piece in one.needs:
                self._by_piece.setdefault(piece, []).append(at)
        self._pieces = frozenset(self._by_piece)
        self._pieces_of = pieces_for(self._pieces)

    def to_try(self, text: str) -> Iterator[tuple[Key, Expression]]:
        """Those that the text may match, in their order."""
        held = self._pieces & self._pieces_of(text)
        for at in sorted(self._always.union(*(self._by_piece[piece] for piece in held))):
            yield self._every[at]

    def found(self, text: str) -> Iterator[tuple[Key, re.Match[str]]]:
        """The key and the first match of each expression that the text holds, in their order."""
        for key, expression in self.to_try(text):
            match = expression.compiled.search(text)
            if match:
                yield key, match
