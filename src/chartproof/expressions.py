"""What a text must hold for an expression to match: thousands of expressions, of which a text can match a few.

An expression needs one of some letters in a row ("transplant" or "graft"); a text without any of them cannot match it
and costs one look at a set instead of a search, and an expression that no text may match is never compiled. The rows
are short pieces of SIZES letters, in small letters; those of a text are found once, whoever asks. An expression of
which nothing is known ("\\d+") is always tried. The answers are those of the expressions alone: nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property, lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

#: Letters of a piece, the longest first: a longer one stands in fewer texts.
SIZES = (5, 3)
#: The only characters beyond ASCII that count as a letter of ASCII where case does not count.
_ODD = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})
#: Of two pieces of a word the one with the rarer letters is looked for.
_COMMON = {letter: 12 - at // 2 for at, letter in enumerate(" etaoinsrhldcumfpgwybvkxjqz")}
#: Texts whose pieces are kept: many ask the same of a sentence or a page, one after the other.
REMEMBERED = 1 << 12


@lru_cache(maxsize=REMEMBERED)
def pieces(text: str) -> frozenset[str]:
    """Every run of SIZES letters of a text, in small letters."""
    small = (text if text.isascii() else text.translate(_ODD)).lower()
    return frozenset([small[at : at + size] for size in SIZES for at in range(len(small) - size + 1)])


def needs(source: str, flags: int = 0) -> frozenset[str]:
    """Pieces of which every match of the expression holds one at least; empty where none are known."""
    return _best(_clauses(_parser.parse(source, flags)))


class Expression:
    """A regular expression that is compiled when a text first may match it. Its answers are those of `re`."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source, self.flags = source, flags

    @cached_property
    def needs(self) -> frozenset[str]:
        return needs(self.source, self.flags)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.source, self.flags)

    def may_match(self, text: str) -> bool:
        """Whether the text holds what a match needs; False says that it holds no match."""
        needed = self.needs
        return not (needed and needed.isdisjoint(pieces(text)))

    def search(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text) if self.may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text) if self.may_match(text) else iter(())


class Expressions(Generic[Key]):
    """Many expressions by a key each, of which those are wanted that a text holds."""

    def __init__(self, expressions: Iterable[tuple[Key, Expression]]) -> None:
        self._every = list(expressions)
        self._always = frozenset(at for at, (_, one) in enumerate(self._every) if not one.needs)
        self._by_piece: dict[str, list[int]] = {}
        for at, (_, one) in enumerate(self._every):
            for piece in one.needs:
                self._by_piece.setdefault(piece, []).append(at)

    def found(self, text: str) -> Iterator[tuple[Key, re.Match[str]]]:
        """The key and the first match of each expression that the text holds, in their order."""
        held = self._by_piece.keys() & pieces(text)
        for at in sorted(self._always.union(*(self._by_piece[piece] for piece in held))):
            key, expression = self._every[at]
            match = expression.pattern.search(text)
            if match:
                yield key, match


_Clause = frozenset[str]


def _clauses(parsed: Any) -> list[_Clause]:
    """Sets of letters in a row: a match of the sequence holds one of each set."""
    found: list[_Clause] = []
    run: list[str] = []

    def ends() -> None:
        if len(run) >= SIZES[-1]:
            found.append(frozenset(["".join(run)]))
        run.clear()

    for name, value in _flat(parsed):
        if name == "LITERAL" and value < 128:
            run.append(chr(value).lower())
            continue
        if name == "AT":
            continue  # a place between two characters
        ends()
        found += _within(name, value)
    ends()
    return found


def _flat(parsed: Any) -> Iterable[tuple[str, Any]]:
    """The parts of a sequence, plain groups opened."""
    for operator, value in parsed:
        name = str(operator)
        if name == "SUBPATTERN":
            yield from _flat(value[3])
        elif name == "ATOMIC_GROUP":
            yield from _flat(value)
        else:
            yield name, value


def _within(name: str, value: Any) -> list[_Clause]:
    """The clauses of a part that is neither a letter nor a place."""
    if name == "BRANCH":
        best = [_best(_clauses(branch)) for branch in value[1]]
        return [frozenset().union(*best)] if all(best) else []
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
        return _clauses(value[2])
    return []


def _best(clauses: list[_Clause]) -> _Clause:
    """The clause that fewest texts hold, each of its rows cut to a piece."""
    cut = [frozenset(map(_piece, clause)) for clause in clauses]
    return min(cut, key=lambda clause: (-min(map(len, clause)), len(clause)), default=frozenset())


def _piece(row: str) -> str:
    size = next(size for size in SIZES if len(row) >= size)
    cuts = [row[at : at + size] for at in range(len(row) - size + 1)]
    return min(cuts, key=lambda cut: sum(_COMMON.get(letter, 0) for letter in cut))
