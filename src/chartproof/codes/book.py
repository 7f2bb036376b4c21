"""Look a code up, say whether it was valid on a day, and unfold a printed range."""

from __future__ import annotations

import re
from datetime import date

from chartproof.codes import icd
from chartproof.codes.entry import SYSTEMS, Code, Status, system_of
from chartproof.codes.tables import changes, services

__all__ = ["dotted", "ends", "expand", "find", "status", "system_of"]

_RANGE = re.compile(r"\s*(?:-|–|—|to|through|thru)\s*", re.IGNORECASE)


def find(system: str, code: str) -> Code | None:
    """A code by its system (a name of SYSTEMS, "" for whichever has its shape), None where the book does not have it."""
    if system not in ("", *SYSTEMS):
        raise ValueError(f"no code system is called '{system}'")
    wanted = code.strip().upper()
    if (system or system_of(wanted)) == "ICD-10-CM":
        return _diagnosis(dotted(wanted))
    known = services().get(wanted)
    return known if known is not None and system in ("", known.system) else None


def dotted(code: str) -> str:
    """C8339 as C83.39; a code with its dot as it is."""
    return code if "." in code or len(code) < 4 else f"{code[:3]}.{code[3:]}"


def _diagnosis(code: str) -> Code | None:
    row = icd.row(code)
    if row is None:
        return _with_seventh(code)
    change = changes().get(code, {})
    verified = bool(change.get("verified", True))
    return Code(
        code, "ICD-10-CM", row.title, f"ICD-10-CM, release of {icd.releases()[0]}", verified,
        billable=not row.header, first=change.get("from") or row.first, last=row.last, children=icd.children(code),
        sevenths=row.sevenths, inclusion=row.inclusion, excludes1=row.excludes1, notes=row.notes,
    )  # fmt: skip


def _with_seventh(code: str) -> Code | None:
    """S00.03XA: a code that a seventh character completes, with x where a place is empty."""
    flat = code.replace(".", "")
    if len(flat) != 7 or "." not in code:
        return None
    row = icd.row(code[:-1].rstrip("X"))
    if row is None or flat[-1] not in row.sevenths.split():
        return None
    return Code(code, "ICD-10-CM", row.title, f"ICD-10-CM, release of {icd.releases()[0]}", inclusion=row.inclusion)


def status(code: str, on: date, *, system: str = "") -> Status:
    """Whether the code could be billed on a day. Unknown where the book does not have it or its dates do not tell."""
    known = find(system, code)
    if known is None:
        return Status("unknown")
    if known.system == "ICD-10-CM":
        return _diagnosis_status(known, on)
    if known.last is not None and on > known.last:
        return Status("deleted", known.last, known.now, verified=known.verified)
    if known.first is not None and on < known.first:
        return Status("not_yet", known.first, verified=known.verified)
    return Status("valid", verified=known.verified)


def _diagnosis_status(known: Code, on: date) -> Status:
    row = icd.row(known.code)
    if row is None:
        return Status("valid")
    change = changes().get(known.code, {})
    if row.last is not None:
        return (
            Status("deleted", row.last) if on >= icd.releases()[0] else Status("unknown" if on > row.last else "valid")
        )
    if row.header:
        since = change.get("header_from")
        if row.billable_until is None or on >= (since or row.header_from or on):
            return Status("header", since or row.header_from, children=known.children, by=since is None)
        return Status("valid" if since or on <= row.billable_until else "unknown")
    begun = change.get("from") or row.first
    if begun is not None and on < begun:
        # A release only says that the code was there by then.
        return Status("not_yet", begun) if change.get("from") else Status("unknown")
    return Status("valid")


def expand(printed: str) -> tuple[str, ...]:
    """Every known code that a printed code or range covers, in order.

    'C83.10-C83.19', 'C34.-' and 'D89.83x' give the codes below that can be billed; a single code gives itself, known
    or not; what has no shape of a code gives nothing.
    """
    first, last = ends(printed)
    if not first:
        return ()
    if first == last:
        stem = re.sub(r"\.?-$|(?<=\d)\.?[xX]+$|(?<=\.)[xX]+$", "", first).rstrip(".")
        return _billable(icd.below(stem)) or (stem,) if stem != first else (first,)
    system = system_of(first)
    if system == "ICD-10-CM":
        low, high = _stem(first), _stem(last)
        return _billable(icd.between(low, high)) if low <= high else ()
    if system in ("CPT", "HCPCS", "ICD-10-PCS"):
        known = [code for code in services() if system_of(code) == system and first <= code <= last]
        return tuple(sorted({first, *known, last}))
    return ()


def ends(printed: str) -> tuple[str, str]:
    """The two ends of a printed range, the same twice for a single code, ("", "") where it is none."""
    text = printed.strip().strip(".,;")
    whole = _shaped(text)
    if whole:
        return whole, whole
    parts = _RANGE.split(text)
    if len(parts) != 2:
        return "", ""
    first = _shaped(parts[0])
    last = _shaped(parts[1]) or _shaped(_completed(first, parts[1]))
    return (first, last) if first and last else ("", "")


def _completed(first: str, rest: str) -> str:
    """'C83.10-.19' and '38225-28': the end of a range that leaves out what both ends share."""
    rest = rest.strip()
    if rest.startswith(".") and "." in first:
        return first.split(".")[0] + rest
    return first[: len(first) - len(rest)] + rest if rest.isalnum() and len(rest) < len(first) else rest


def _shaped(text: str) -> str:
    code = text.strip()
    upper = code[:-1].upper() + code[-1:] if code[-1:] == "x" else code.upper()
    return upper if system_of(upper) else ""


def _stem(code: str) -> str:
    return re.sub(r"\.?-$|x+$|(?<=\.)X+$", "", code).rstrip(".")


def _billable(codes: tuple[str, ...]) -> tuple[str, ...]:
    rows = ((code, icd.row(code)) for code in codes)
    return tuple(code for code, row in rows if row is not None and not row.header and row.last is None)
