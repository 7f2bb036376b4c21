"""Result files that name nobody and are the patient's all the same: what they report, the patient's own papers tell.

A spreadsheet of results often has no name in it. Where several of its values, each of one day, stand on pages that name the
patient, and none of those pages says otherwise for such a day, it is nobody else's (decisions/013).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from chartproof.chart.derive.misfiled import ON_ANOTHERS
from chartproof.chart.folder import NAMELESS, VOUCH
from chartproof.model import Document, Fact

#: So many equal values of one day each: by chance not even two would be.
LEAST = 4
#: What the ledger says of such a file.
WHY = "nobody is named here; its values of the same days stand on the patient's own papers"

Values = Mapping[tuple[str, date], set[float]]


def told_by_own_papers(documents: Sequence[Document], facts: Iterable[Fact]) -> tuple[str, ...]:
    """The files that name nobody whose values the patient's own papers tell too, in order."""
    unnamed = {one.id: one.file for one in documents if one.belongs is False and one.note == NAMELESS + VOUCH}
    if not unnamed:
        return ()
    rows = list(facts)
    own = _values(fact for fact in rows if fact.document in _ids(documents) and fact.assertion in ("present", "absent"))
    found = []
    for file in dict.fromkeys(unnamed.values()):
        whole = all(one.id in unnamed for one in documents if one.file == file)
        theirs = _values(fact for fact in rows if fact.note == ON_ANOTHERS and unnamed.get(fact.document) == file)
        shared = theirs.keys() & own.keys()
        equal = [key for key in shared if theirs[key] & own[key]]
        if whole and len(equal) >= LEAST and len(equal) == len(shared):
            found.append(file)
    return tuple(found)


def _ids(documents: Sequence[Document]) -> frozenset[str]:
    return frozenset(one.id for one in documents if one.belongs)


def _values(facts: Iterable[Fact]) -> Values:
    """What was measured on which day."""
    found: dict[tuple[str, date], set[float]] = defaultdict(set)
    for fact in facts:
        measured = fact.quantity.low if fact.quantity and fact.quantity.low == fact.quantity.high else None
        if measured is not None and fact.when and fact.when.exact:
            found[fact.concept, fact.when.first].add(measured)
    return found
