"""A grammar over classes of words: whether a run of tokens is one of its rules, whole.

Notation of a rule: a word stands for itself, `{name}` for a class, a range of numbers or another rule, CAPITALS for a terminal that the
caller knows; `( a | b )` choice, `?` `*` `+` repetition. Matching takes time in proportion to the square of a sentence's length
at most, whatever it says, and nothing is tried twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

DAY = r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)(?!\d)"
#: A day, a time of day, a number, a word, a row of dots that leads to a value, or one sign.
PIECE = re.compile(
    rf"(?P<day>{DAY})|(?P<time>\d\d?:\d\d(?!\d))|(?P<number>\d+(?:\.\d+)?)|(?P<word>t\(\d+;\d+\)|[^\W\d_]+(?:['’][^\W\d_]+)*)|\.{{2,}}|\S"
)
#: What a sign stands for; a hyphen between words or before a number is nothing.
SIGNS = {
    "(": ",",
    ")": ",",
    "[": ",",
    "]": ",",
    "|": ":",
    "=": ":",
    "&": "and",
    "+": "plus",
    "%": "percent",
    "–": "-",
    "—": "-",
}
NOTATION = re.compile(r"\{\w+\}|[A-Z]+\b|[()|?*+]|[^\s(){}|?*+]+")
LONGEST = 160

#: What a caller knows of a token's place: the places at which something that begins there may end.
Terminal = Callable[[Sequence["Token"], int], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is lower case, `raw` as it stands there; `day` and `number` where it is one; `start`, `end` in the line."""

    text: str
    raw: str
    start: int
    end: int
    day: date | None = None
    number: float | None = None


def tokens_of(line: str) -> list[Token]:
    found = []
    for one in PIECE.finditer(line):
        text, start, end = one.group(), one.start(), one.end()
        if text == "-" and start and line[start - 1].isalnum() and line[end : end + 1].isalpha():
            continue
        sign = ":" if text.startswith("..") else SIGNS.get(text, text)
        day = _day(text) if one["day"] else None
        number = float(text) if one["number"] else None
        found.append(Token(re.sub("['’]", "", sign.lower()), text, start, end, day, number))
    return found


def _day(text: str) -> date | None:
    try:
        if "-" in text:
            return date.fromisoformat(text)
        month, day, year = map(int, text.split("/"))
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


#: (what it is, what it holds): word, name, terminal with a text; all, any with parts; many with (part, least, most).
Node = tuple[str, Any]


def parsed(rule: str) -> Node:
    """A rule as a tree. Raises ValueError where it is not well formed."""
    pieces = NOTATION.findall(rule)
    node, at = _choice(pieces, 0, rule)
    if at != len(pieces):
        raise _wrong(rule)
    return node


def _choice(pieces: list[str], at: int, rule: str) -> tuple[Node, int]:
    choices = []
    while True:
        node, at = _sequence(pieces, at, rule)
        choices.append(node)
        if at >= len(pieces) or pieces[at] != "|":
            return (choices[0] if len(choices) == 1 else ("any", tuple(choices))), at
        at += 1


def _sequence(pieces: list[str], at: int, rule: str) -> tuple[Node, int]:
    parts: list[Node] = []
    while at < len(pieces) and pieces[at] not in "|)":
        piece, at = pieces[at], at + 1
        if piece == "(":
            node, at = _choice(pieces, at, rule)
            if at >= len(pieces):
                raise _wrong(rule)
            at += 1
        elif piece in "?*+":
            raise _wrong(rule)
        elif piece.startswith("{"):
            node = ("name", piece[1:-1])
        else:
            node = ("terminal", piece) if piece.isupper() else ("word", piece)
        if at < len(pieces) and pieces[at] in "?*+":
            node, at = ("many", (node, int(pieces[at] == "+"), pieces[at] != "?")), at + 1
        parts.append(node)
    return ("all", tuple(parts)), at


def _wrong(rule: str) -> ValueError:
    return ValueError(f"a rule of the grammar is not well formed: {rule[:60]}")


class Grammar:
    """`classes`: words, in one text with commas; `numbers`: [least, most]; `rules`: in the notation above.

    Raises ValueError where a rule names what is not there.
    """

    def __init__(
        self, classes: Mapping[str, str], numbers: Mapping[str, Sequence[float]], rules: Mapping[str, str]
    ) -> None:
        self.classes = {name: _class(words) for name, words in classes.items()}
        self.numbers = {name: (float(low), float(high)) for name, (low, high) in numbers.items()}
        self.rules = {name: parsed(rule) for name, rule in rules.items()}
        known = {*self.classes, *self.numbers, *self.rules}
        lost = sorted({name for rule in self.rules.values() for name in _names(rule)} - known)
        members = (one for held in self.classes.values() for many in held.values() for one in many)
        self.words = _words(self.rules.values()).union(*members)
        if lost or len(known) < len(self.classes) + len(self.numbers) + len(self.rules):
            raise _wrong(f"names {', '.join(lost) or 'that stand for two things'}")

    def ends(self, name: str, tokens: Sequence[Token]) -> frozenset[int]:
        """Where a member of a class that stands at the beginning may end."""
        return _Match(self, tokens, {}).ends(("name", name), 0)

    def knows(self, word: str) -> bool:
        """Whether a word stands in any class or rule, as it is or in the plural."""
        return word in self.words or word.removesuffix("s") in self.words

    def matches(self, rule: str, tokens: Sequence[Token], terminals: Mapping[str, Terminal]) -> bool:
        """Whether all of the tokens are the rule."""
        return len(tokens) <= LONGEST and len(tokens) in _Match(self, tokens, terminals).ends(("name", rule), 0)


def _class(words: str) -> dict[str, list[tuple[str, ...]]]:
    """The members of a class by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for one in words.split(","):
        member = tuple(token.text for token in tokens_of(one))
        if member:
            found.setdefault(member[0], []).append(member)
    return found


def _words(rules: Iterable[Any]) -> set[str]:
    """The words that stand for themselves in rules."""
    found: set[str] = set()
    for kind, held in rules:
        found |= {held} if kind == "word" else set()
        found |= _words(held) if kind in ("all", "any") else _words(held[:1]) if kind == "many" else set()
    return found


def _names(node: Node) -> set[str]:
    kind, held = node
    if kind == "name":
        return {held}
    if kind == "many":
        return _names(held[0])
    return set().union(*map(_names, held)) if kind in ("all", "any") else set()


@dataclass
class _Match:
    grammar: Grammar
    tokens: Sequence[Token]
    terminals: Mapping[str, Terminal]
    known: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)

    def ends(self, node: Node, at: int) -> frozenset[int]:
        """Where what begins at a place may end."""
        kind, held = node
        if kind == "word":
            return frozenset({at + 1} if at < len(self.tokens) and _alike(self.tokens[at].text, held) else ())
        if kind == "terminal":
            return frozenset(self.terminals[held](self.tokens, at) if at < len(self.tokens) else ())
        if kind == "name":
            return self._named(held, at)
        if kind == "any":
            return frozenset().union(*(self.ends(one, at) for one in held))
        if kind == "all":
            here = frozenset({at})
            for one in held:
                here = frozenset().union(*(self.ends(one, place) for place in here))
            return here
        part, least, more = held
        return self._many(part, least, more, at)

    def _many(self, node: Node, least: int, more: bool, at: int) -> frozenset[int]:
        found, edge = (set() if least else {at}), {at}
        while edge:
            edge = set().union(*(self.ends(node, place) for place in edge)) - found
            found |= edge
            if not more:
                break
        return frozenset(found)

    def _named(self, name: str, at: int) -> frozenset[int]:
        if (name, at) not in self.known:
            self.known[name, at] = frozenset()  # a rule that begins with itself leads nowhere
            self.known[name, at] = self._fresh(name, at)
        return self.known[name, at]

    def _fresh(self, name: str, at: int) -> frozenset[int]:
        if name in self.grammar.rules:
            return self.ends(self.grammar.rules[name], at)
        if at >= len(self.tokens):
            return frozenset()
        token = self.tokens[at]
        if name in self.grammar.numbers:
            low, high = self.grammar.numbers[name]
            return frozenset({at + 1} if token.number is not None and low <= token.number <= high else ())
        members = self.grammar.classes[name]
        first = (
            (*members.get(token.text, ()), *members.get(token.text.removesuffix("s"), ()))
            if token.text.endswith("s")
            else members.get(token.text, ())
        )
        return frozenset(at + len(one) for one in first if self._follows(one, at))

    def _follows(self, member: tuple[str, ...], at: int) -> bool:
        """Whether a member of a class stands there."""
        there = [token.text for token in self.tokens[at : at + len(member)]]
        return len(there) == len(member) and all(map(_alike, there, member))


def _alike(word: str, wanted: str) -> bool:
    """Whether a word is the one that is wanted, or its plural."""
    return word == wanted or (len(wanted) > 2 and word == f"{wanted}s")
