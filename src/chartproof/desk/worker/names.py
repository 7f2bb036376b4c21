"""Names of files that no screen, log or archive can show as they are."""

from __future__ import annotations

import unicodedata

#: Marks that turn the reading direction, so that "gpj.exe" reads "exe.jpg".
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST = 1_000


def unfit(name: str) -> str:
    """Why a file of this name (its path in the folder) is not opened; "" where it is fit."""
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return "the file's name is not text: give it another one"
    if any(unicodedata.category(letter) == "Cc" or letter in _TURNS for letter in name):
        return "the file's name holds characters that cannot be seen: give it another one"
    if len(name) > _LONGEST:
        return "the file's name is too long: give it another one"
    return ""


def shown(name: str) -> str:
    """The name with what cannot be shown written out, as \\x07."""
    visible = "".join(
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in ("Cc", "Cs") or letter in _TURNS
        else letter
        for letter in name
    )
    return visible if len(visible) <= _LONGEST else visible[:_LONGEST] + "..."
