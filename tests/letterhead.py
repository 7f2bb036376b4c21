"""An invented letter around the words that a test is about: its head, and its way to appeal."""

from __future__ import annotations

from chartproof.model import Denial, Page
from chartproof.rights.letter import read_letter

HEAD = """Alder Grove Health Plan
NOTICE OF ADVERSE DETERMINATION
March 3, 2026
Member ID: AGH 7755 0142
Dear Ms. Ferreira:

"""
TAIL = """
How to appeal
You may appeal within 180 days after you receive this notice.
"""


def read(text: str) -> Denial:
    return read_letter([Page("letter", 1, text)], file="letter")
