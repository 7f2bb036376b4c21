"""A form's list of outcomes of which one is ticked, on a scan that lost the tick or made a figure of an empty box.

"0 APPROVED / NOT APPROVED / [0 PENDED" says that one of them holds, and not which: such a list decides nothing, and the
words that follow it do.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: A line that is an outcome's: what may be its box, and words in capitals or with a capital.
_LINE = re.compile(
    r"^[ \t]*(?P<box>(?:[\[({|][ xX✓✔0OoDUC_]{0,3}[\])}|]?|[☐☒☑□✓✔]|[0OoxX_]{1,2})(?=\s))?[ \t]*"
    r"(?P<outcome>(?:NOT |Not )?(?:APPROVED?|Approved?)|DENIED|Denied|DENY|PEND(?:ED|ING)?|Pend(?:ed|ing)?|DEFER(?:RED)?|Deferred)\b[^\n]*$",
    re.MULTILINE,
)
_TICKED = re.compile(r"[xX✓✔☒☑]")
#: Words that an outcome's line has at the most, and letters between two lines of one list.
_WORDS, _GAP = 9, 3


@lru_cache(maxsize=1 << 10)
def undecided(text: str) -> tuple[tuple[int, int], ...]:
    """[start, end) of the lines of each list of outcomes of which none, or more than one, is ticked."""
    found: list[list[re.Match[str]]] = []
    for match in _LINE.finditer(text):
        if len(match[0].split()) > _WORDS:
            continue
        if (
            found
            and not text[found[-1][-1].end() : match.start()].strip()
            and match.start() - found[-1][-1].end() <= _GAP
        ):
            found[-1].append(match)
        else:
            found.append([match])
    return tuple(one.span() for block in found if _is_list(block) and _ticks(block) != 1 for one in block)


def _is_list(block: list[re.Match[str]]) -> bool:
    return len({one["outcome"].lower() for one in block}) > 1 and any(one["box"] for one in block)


def _ticks(block: list[re.Match[str]]) -> int:
    return sum(bool(one["box"] and _TICKED.search(one["box"])) for one in block)
