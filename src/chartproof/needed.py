"""What a text must hold for an expression to match, read off the expression: short pieces of the words in it.

A text is taken in small letters, each run of what is no letter, digit or underscore as one blank, and a blank at either
end. So "\\bpt\\b", "car[- ]?t" and "no\\s+sign" ask for rows of such letters too: " pt ", "car t" or "cart", "no sign".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

#: Letters of a piece, the longest first: a longer one stands in fewer texts.
SIZES = (6, 4, 3)
#: The only characters beyond ASCII that count as a letter of ASCII where case does not count.
_ODD = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})
#: Of two pieces of a word the one with the rarer letters is looked for.
_COMMON = {letter: 12 - at // 2 for at, letter in enumerate(" etaoinsrhldcumfpgwybvkxjqz")}
#: Rows that stand for one another ("scan", "scans", "echo") before they are taken as a whole.
ROWS = 24
#: Texts whose pieces are kept, hundreds each: several ask the same of a sentence or a page, one after the other.
REMEMBERED = 1 << 8
_APART = re.compile(r"\W+")
#: A place where a word begins or ends: a blank beside a letter, nothing beside a blank.
_EDGE = "\0"
_EDGES = re.compile(rf" *{_EDGE}[ {_EDGE}]*")

#: Letters one after the other, as one part of a sequence; and the parts that are told how often they stand.
WORD = "word"
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)

Rows = frozenset[str]


@lru_cache(maxsize=REMEMBERED)
def pieces(text: str) -> frozenset[str]:
    """Every run of SIZES letters of a text, in small letters."""
    small = (text if text.isascii() else text.translate(_ODD)).lower()
    small = f" {_APART.sub(' ', small).strip()} "
    return frozenset([small[at : at + size] for size in SIZES for at in range(len(small) - size + 1)])


def needs(source: str, flags: int = 0) -> Rows:
    """Pieces of which every match of the expression holds one at least; empty where none are known."""
    parsed = _parser.parse(source, flags)
    if parsed.state.flags & re.ASCII:
        return frozenset()  # what a word is would be told otherwise than in a text's pieces
    return _best(_clauses(parsed))


_NOTHING: Rows = frozenset([""])
_BLANK: Rows = frozenset([" "])
_BOUND: Rows = frozenset([_EDGE])


def _clauses(parsed: Any, before: Rows = _NOTHING, behind: Rows = _NOTHING) -> list[Rows]:
    """Sets of rows: a match of the sequence holds one of each set. `before` stands in front of it, `behind` behind it."""
    found: list[Rows] = []
    run = before
    parts = [(name, value, _rows(name, value)) for name, value in _parts(parsed)]
    for at, (name, value, rows) in enumerate(parts):
        if rows is not None and len(run) * len(rows) <= ROWS:
            run = _joined(run, rows)
            continue
        found.append(run)
        if rows is None:
            following = parts[at + 1][2] if at + 1 < len(parts) else behind
            found += _within(name, value, run, following or _NOTHING)
            rows = _last(name, value)
        run = rows
    return [*found, _joined(run, behind) if len(run) * len(behind) <= ROWS else run]


def _parts(parsed: Any) -> Iterator[tuple[Any, Any]]:
    """The parts of a sequence: plain groups opened, letters one after the other as one WORD."""
    word = ""
    for name, value in _opened(parsed):
        letter = _letter(value) if name is op.LITERAL else None
        if letter is not None:
            word += letter
            continue
        if word:
            yield WORD, word
            word = ""
        yield name, value
    if word:
        yield WORD, word


def _opened(parsed: Any) -> Iterator[tuple[Any, Any]]:
    for name, value in parsed:
        if name is op.SUBPATTERN and not value[1] & re.ASCII:
            yield from _opened(value[3])
        elif name is op.ATOMIC_GROUP:
            yield from _opened(value)
        else:
            yield name, value


def _letter(code: int) -> str | None:
    """The letter as a text's pieces have it: a blank for what is none; None where case may make it another."""
    if code < 128:
        letter = chr(code).lower()
        return letter if letter.isalnum() or letter == "_" else " "
    return " " if _APART.match(chr(code)) else None


def _rows(name: Any, value: Any) -> Rows | None:
    """All that the part can be, where that is little: rows of letters and blanks."""
    if name is WORD:
        return frozenset([value])
    if name is op.IN:
        return _either(map(_member, value))
    if name is op.AT:
        return _NOTHING if value is op.AT_NON_BOUNDARY else _BOUND
    if name is op.ASSERT_NOT:
        return _BOUND if _no_letter(value[1]) else _NOTHING
    if name is op.BRANCH:
        return _either(map(_whole, value[1]))
    if name in REPEATS:
        least, most, part = value
        rows = _whole(part)
        if rows == _BLANK or (rows is not None and most == 1):
            return rows if least else rows | _NOTHING
    return None


def _member(item: tuple[Any, Any]) -> Rows | None:
    """What one member of a class of characters can be."""
    name, value = item
    if name is op.LITERAL:
        letter = _letter(value)
        return None if letter is None else frozenset([letter])
    return _BLANK if value is op.CATEGORY_SPACE or value is op.CATEGORY_NOT_WORD else None


def _no_letter(parsed: Any) -> bool:
    """Whether the part is a class that holds every letter: "(?!\\w)" and "(?<![\\w-])" say that none stands there."""
    if len(parsed) != 1 or parsed[0][0] is not op.IN:
        return False
    members = parsed[0][1]
    return (op.CATEGORY, op.CATEGORY_WORD) in members and (op.NEGATE, None) not in members


def _whole(parsed: Any) -> Rows | None:
    """All that a sequence can be, where that is little."""
    run = _NOTHING
    for name, value in _parts(parsed):
        rows = _rows(name, value)
        if rows is None or len(run) * len(rows) > ROWS:
            return None
        run = _joined(run, rows)
    return run


def _either(every: Iterable[Rows | None]) -> Rows | None:
    found: set[str] = set()
    for rows in every:
        if rows is None or len(found) > ROWS:
            return None
        found |= rows
    return frozenset(found)


def _joined(left: Rows, right: Rows) -> Rows:
    if left is _NOTHING:
        return right
    return frozenset([one + other for one in left for other in right])


def _within(name: Any, value: Any, before: Rows, behind: Rows) -> list[Rows]:
    """The clauses of a part that can be too much."""
    if name is op.BRANCH:
        best = [_best(_clauses(branch, before, behind)) for branch in value[1]]
        return [frozenset().union(*best)] if all(best) else []
    if name in REPEATS and value[0] > 0:
        return _clauses(value[2], before)
    return _clauses(value[1]) if name is op.ASSERT else []


def _last(name: Any, value: Any) -> Rows:
    """What stands right behind a part that can be too much."""
    rows = _whole(value[2]) if name in REPEATS and value[0] > 0 else None
    return _NOTHING if rows is None else rows


def _best(clauses: list[Rows]) -> Rows:
    """The clause that fewest texts hold, each of its rows cut to a piece."""
    known = [clause for clause in (frozenset(map(_plain, one)) for one in clauses) if _least(clause)]
    best = min(known, key=lambda clause: (-_least(clause), len(clause)), default=frozenset[str]())
    return frozenset([_piece(row) for row in best if len(best) > ROWS or not _holds_another(row, best)])


def _least(clause: Rows) -> int:
    """Letters of the clause's shortest piece; 0 where a row is too short for one."""
    shortest = min(map(len, clause))
    return next((size for size in SIZES if shortest >= size), 0)


def _holds_another(row: str, rows: Rows) -> bool:
    """Whether another says enough: a text with "grafted" has "graft"."""
    return any(other in row and other != row for other in rows)


def _plain(row: str) -> str:
    """The row with its places of words as blanks, and one blank where several meet."""
    if _EDGE in row:
        row = _EDGES.sub(" ", row)
    return re.sub(" +", " ", row) if "  " in row else row


def _piece(row: str) -> str:
    size = next(size for size in SIZES if len(row) >= size)
    if len(row) == size:
        return row
    common = [0, *accumulate(_COMMON.get(letter, 0) for letter in row)]
    at = min(range(len(row) - size + 1), key=lambda at: common[at + size] - common[at])
    return row[at : at + size]
