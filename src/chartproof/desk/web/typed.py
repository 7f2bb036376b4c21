"""What a form's text means: days and numbers. A day that is none is one clear line."""

from __future__ import annotations

from datetime import date

from chartproof.errors import InputError


def day_of_form(text: str, name: str) -> date | None:
    """None for an empty field. Raises InputError CP-WEB-07."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            "CP-WEB-07", "this is no day", where=name.replace("_", " "), then="Write it as 2026-05-04."
        ) from None


def whole(text: str) -> int:
    """A number from 0; -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
