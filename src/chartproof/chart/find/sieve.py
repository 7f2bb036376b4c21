"""Whether any of many expressions may stand in a text: asked first, since most sentences name none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

#: Sentences of a large chart; several finders ask the same of each.
REMEMBERED = 1 << 16
CAPITAL = re.compile(r"(?<!\\)[A-Z]")
GROUP_NAME = re.compile(r"\(\?P<\w+>")


def sieve(expressions: Iterable[str], *, left: str = "", right: str = "") -> Callable[[str], bool]:
    """A test for expressions that are matched without regard to case, between the assertions `left` and `right`.

    Expressions in small letters are searched in the text in small letters: without case folding and groups the
    engine tells most alternatives apart by their first letter.
    """
    every = list(expressions)
    small = [one for one in every if not CAPITAL.search(one)]
    rest = [one for one in every if CAPITAL.search(one)]
    quick = joined(small, left, right, 0) if small else None
    slow = joined(rest, left, right, re.IGNORECASE) if rest else None

    @lru_cache(maxsize=REMEMBERED)
    def may(text: str) -> bool:
        return bool((quick and quick.search(text.lower())) or (slow and slow.search(text)))

    return may


def joined(expressions: list[str], left: str, right: str, flags: int) -> re.Pattern[str]:
    nameless = (GROUP_NAME.sub("(?:", one) for one in expressions)  # two may give their parts the same name
    return re.compile(left + "(?:" + "|".join(f"(?:{one})" for one in nameless) + ")" + right, flags)
