"""What a form's text means: days. Bad text is one clear line."""

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
