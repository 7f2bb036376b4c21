"""Writes knowledge/exchange/elm/*.json, the compiled form of each packaged policy's CQL: python scripts/elm.py MODULES

MODULES is a folder with the translator (see scripts/elm.mjs). Run it where a policy's questions, windows or codes changed: a
Library carries the compiled form only of the very CQL that it holds.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from chartproof.exchange.cql import cql
from chartproof.exchange.form import form_id, form_of
from chartproof.policy.load import knowledge, list_policies, load_policy

COMPILER = Path(__file__).with_suffix(".mjs")


def compiled(text: str, modules: str) -> dict[str, Any]:
    """The ELM of a CQL library, without the translator's remarks. Raises CalledProcessError where it does not compile."""
    ended = subprocess.run(["node", str(COMPILER), modules], input=text.encode(), stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(ended.stdout[ended.stdout.index(b"{") :])
    return plain(found)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key not in ("annotation", "localId", "locator")}
    return [plain(one) for one in value] if isinstance(value, list) else value


def main() -> None:
    folder = knowledge("exchange", "elm")
    folder.mkdir(exist_ok=True)
    for entry in list_policies():
        form = form_of(load_policy(entry.id))
        text = cql(form)
        held = {"cql": hashlib.sha256(text.encode()).hexdigest(), "elm": compiled(text, sys.argv[1])}
        (folder / f"{form_id(form.policy)}.json").write_text(json.dumps(held, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
