"""What the code table says of the codes that a denial names: missing from the policy's list, or ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.model import DenialReason, Review
from chartproof.packet.library import CodeRow, code_row
from chartproof.packet.look import prose_day
from chartproof.packet.subjects import answer_words
from chartproof.packet.table import policy_short
from chartproof.packet.tree import Run

_SPEAKS = re.compile(r"(?i)\bcodes?\b|\bICD\b|\bCPT\b|\bHCPCS\b")


def code_runs(review: Review, reason: DenialReason) -> Iterator[Run]:
    """The sentences on codes, for a reason that speaks of one; only from the checked rows of the table."""
    denial = review.denial
    if denial is None or not _SPEAKS.search(reason.quote):
        return
    said, listed = answer_words("codes"), tuple(filter(None, review.extra.get("codes_listed", "").split("; ")))
    for code in denial.diagnosis_codes if listed else ():
        row = code_row(code)
        if in_list(code, listed):
            yield Run(said["listed"].format(code=code, policy=policy_short(review)), source="policy:")
        elif row and row.verified:
            text = said["not_listed"].format(
                policy=policy_short(review), means=row.means, table=row.code, source=row.source
            )
            yield Run(text, source=f"code:{row.code}")
            if row.code != code:
                yield Run(said["own"].format(code=code), source=f"code:{row.code}")
    for code in (*denial.service_codes, *denial.diagnosis_codes):
        row = code_row(code)
        if row and row.verified and _over(row, review):
            text = said["ended"].format(code=code, day=prose_day(row.last) if row.last else "", now=row.now)
            yield Run(text, source=f"code:{row.code}")


def in_list(code: str, listed: tuple[str, ...]) -> bool:
    """True where a list such as 'C83.30-C83.39', 'C86.6' holds the code. A range holds what lies under its ends too."""
    for entry in listed:
        first, _, last = entry.partition("-")
        if first <= code <= (last or first) or code.startswith(last or first):
            return True
    return False


def _over(row: CodeRow, review: Review) -> bool:
    denial = review.denial
    day = (denial.letter_date if denial else None) or review.case.as_of
    return bool(row.last and row.now and row.last < day)
