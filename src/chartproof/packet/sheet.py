"""The signature sheet: one page beside a package that names the signer, the words, and the hash of each file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chartproof.packet.typeset import compile_pdf


def signature_sheet(data: Mapping[str, Any], *, stamp: datetime) -> bytes:
    """The PDF. `data`: signer, licence, when, meaning, version, sha, head, void ("" where it holds), judged (lines), parts
    (name, sha)."""
    return compile_pdf("signature.typ", data, stamp=stamp)
