"""A code and what is known of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["valid", "header", "deleted", "not_yet", "unknown"]

SYSTEMS = ("ICD-10-CM", "ICD-10-PCS", "HCPCS", "CPT", "MS-DRG")


_SHAPES = (
    ("ICD-10-CM", re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?:\.?-|\.?[xX]{1,3})?")),
    ("CPT", re.compile(r"\d{5}|\d{4}[TFUM]")),
    ("HCPCS", re.compile(r"[A-CEGHJ-MP-V]\d{4}")),
    ("ICD-10-PCS", re.compile(r"[0-9B-DF-HX][0-9A-HJ-NP-Z]{6}")),
    ("MS-DRG", re.compile(r"\d{3}")),
)  # fmt: skip


def system_of(code: str) -> str:
    """The system that a code has the shape of, "" for none. A code with a dot is ICD-10-CM."""
    return next((system for system, shape in _SHAPES if shape.fullmatch(code)), "")


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one system. `first` and `last` are the days between which it is or was valid, None where not known.

    `title` is the public title (ICD-10-CM) or our own words; `drugs` are names of the drug that it stands for, and
    `products` ids of labels. `billable` is False for a header, whose codes are `children`. `sevenths` are the seventh
    characters that complete it; `inclusion` other names; `excludes1` what may not stand beside it, as printed.
    """

    code: str
    system: str
    title: str
    source: str
    verified: bool = True
    billable: bool = True
    first: date | None = None
    last: date | None = None
    now: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    sevenths: str = ""
    inclusion: tuple[str, ...] = ()
    excludes1: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a code could be billed on a day.

    valid; header (`children` are billed in its place, `when` is the day since which, None where it always was one;
    with `by` it is only the first release that shows it so);
    deleted (`when` is its last day, `now` what took its place); not_yet (`when` is its first day); unknown.
    `verified` is False where the day was not confirmed in a source.
    """

    kind: Kind
    when: date | None = None
    now: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    verified: bool = True
    by: bool = False
