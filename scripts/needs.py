"""Writes knowledge/needs.txt, what the project's expressions need (see known_needs.py):

    python scripts/needs.py            writes the file
    python scripts/needs.py FOLDER     lists them as JSON when FOLDER's records are read, and what modules compile themselves

The expressions are those that there are when every module is loaded, every rule that is made once is made, and the demo
case is read. Run it after a change to many of them: without its line an expression is read off at every start.
"""

from __future__ import annotations

import gc
import inspect
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import chartproof
from chartproof.demo import demo_folder
from chartproof.expressions import Expression
from chartproof.known_needs import line_of
from chartproof.tour import review_folder

OUT = Path(__file__).resolve().parent.parent / "src" / "chartproof" / "knowledge" / "needs.txt"
#: Modules that act when they are loaded.
LEFT_OUT = (".__main__.", ".migrations.")


def main() -> None:
    if len(sys.argv) > 1:
        every = made(Expression, Path(sys.argv[1]))
        told = {"expressions": [[one.source, int(one.flags)] for one in every], "patterns": list(compiled())}
        print(json.dumps(told))
        return
    lines = sorted({line_of(one.source, one.flags) for one in made(Expression, demo_folder())})
    OUT.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    print(f"{len(lines)} expressions")


def made(kind: type[Any], folder: Path) -> list[Any]:
    """Every object of that type that there is once all rules are made and the records of a folder are read."""
    for module in modules():
        for make in rules(module):
            make()
    review_folder(folder, today=date(2026, 9, 1), workers=1)
    return [one for one in gc.get_objects() if isinstance(one, kind)]


def modules() -> Iterator[ModuleType]:
    for found in walk_packages(chartproof.__path__, "chartproof."):
        if not any(one in f"{found.name}." for one in LEFT_OUT):
            yield import_module(found.name)


def compiled() -> Iterator[list[Any]]:
    """The source and flags of what modules compile themselves."""
    for module in modules():
        for one in vars(module).values():
            for each in one if isinstance(one, tuple | list) else (one,):
                if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
                    yield [each.pattern, each.flags]


def rules(module: ModuleType) -> Iterator[Any]:
    """What a module makes once, without being told anything."""
    for one in vars(module).values():
        if hasattr(one, "cache_info") and one.__module__ == module.__name__ and not inspect.signature(one).parameters:
            yield one


if __name__ == "__main__":
    main()
