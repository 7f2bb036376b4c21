"""What a person's name looks like on a letter, and which words are a name of somebody else."""

from __future__ import annotations

import re

from chartproof.rights.words import table

CREDENTIAL = r",? (?:(?:MD|DO|RN|PharmD|PHARMD|Pharm\.D|NP|PA|PMHNP|PhD|MBBS|DDS|DPM)\b|M\.D\.|D\.O\.)"
NAME = r"(?:[A-Z]\.? ){0,2}[A-Z][A-Za-zÀ-ÿ'’-]+(?: (?:[A-Z][A-Za-zÀ-ÿ'’-]+|[A-Z](?:\.|,(?= [A-Z]))?(?![A-Za-z]))){1,3}"
#: A part of an organization, never a person.
UNIT = r"\b(?:section|unit|department|office|division|claims|appeals?|services?|review|management|committee|university|college)\b"


def organized(words: str) -> bool:
    """Whether a name is an organization's or a part of one."""
    return re.search(table("words")["organization"] + "|" + UNIT, words, re.I) is not None
