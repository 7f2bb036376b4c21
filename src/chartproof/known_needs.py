"""What the project's own expressions need, read off them beforehand: doing so takes longer than a small review.

knowledge/needs.txt has a line for each, written by scripts/needs.py: a digest of the expression, and its pieces. A line
is good for its own expression alone, and one that has none is read off when it is asked for: a table that is behind
costs time and changes no answer.
"""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

from chartproof import needed

BETWEEN = "|"
#: Texts of a large chart, and expressions.
REMEMBERED, KNOWN = 1 << 14, 1 << 12


@lru_cache(maxsize=KNOWN)
def needs(source: str, flags: int) -> needed.Rows:
    """As `needed.needs`."""
    line = _lines().get(digest(source, flags))
    return needed.needs(source, flags) if line is None else frozenset(line.split(BETWEEN) if line else ())


def line_of(source: str, flags: int) -> str:
    return BETWEEN.join((digest(source, flags), *sorted(needed.needs(source, flags))))


def digest(source: str, flags: int) -> str:
    return blake2b(f"{int(flags)} {source}".encode(), digest_size=8).hexdigest()


@cache
def known_pieces() -> frozenset[str]:
    """Every piece in the table."""
    return frozenset(piece for line in _lines().values() for piece in line.split(BETWEEN))


@lru_cache(maxsize=REMEMBERED)
def pieces_known(text: str) -> frozenset[str]:
    """Of the pieces of a text those in the table, a few of hundreds: they are kept for all texts of a chart."""
    return known_pieces().intersection(needed.pieces(text))


@cache
def _lines() -> dict[str, str]:
    """The pieces of each expression by its digest."""
    text = files("chartproof").joinpath("knowledge", "needs.txt").read_text(encoding="ascii")
    return {key: pieces for key, _, pieces in (line.partition(BETWEEN) for line in text.splitlines())}
