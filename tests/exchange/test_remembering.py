"""Documents that came before are not read again; what changed, or was not read whole, is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.exchange.invented import NOW, read_here

from chartproof import payer_reading
from chartproof.desk.store import audit
from chartproof.desk.store.database import open_store
from chartproof.desk.store.references import sweep
from chartproof.model import SourceFile
from chartproof.payer_reading import COPY, Remembering


class Counting:
    """Reads in this process, and says which files it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, folder: Path) -> Sequence[SourceFile]:
        self.asked += sorted(path.name for path in folder.iterdir())
        return read_here(folder)


def laid(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_only_what_is_new_is_read_and_both_come_in_order(tmp_path: Path) -> None:
    store, reader = open_store(tmp_path / "desk"), Counting()
    first = Remembering(store, reader, lambda: NOW)(laid(tmp_path / "a", one="ECOG 1.", three="LVEF 60 %."))
    store.close()
    store = open_store(tmp_path / "desk")
    remembering = Remembering(store, reader, lambda: NOW)
    folder = laid(tmp_path / "b", one="ECOG 1.", two="Creatinine 0.9.", three="LVEF 60 %.")
    again = remembering(folder)
    assert reader.asked == ["one.txt", "three.txt", "two.txt"]
    assert [one.name for one in again] == ["one.txt", "three.txt", "two.txt"]
    assert [again[0], again[1]] == list(first)
    assert remembering(laid(tmp_path / "c", one="ECOG 1.")) == (first[0],), "nothing is left to be read"
    sweep(store, audit.DESK, now=NOW.replace(year=2030))
    assert remembering(laid(tmp_path / "d", one="ECOG 1.")) == (first[0],)
    store.close()


def test_other_bytes_another_name_and_another_program_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, reader = open_store(tmp_path / "desk"), Counting()
    remembering = Remembering(store, reader, lambda: NOW)
    remembering(laid(tmp_path / "a", one="ECOG 1."))
    remembering(laid(tmp_path / "b", one="ECOG 2.", other="ECOG 1."))
    monkeypatch.setattr(payer_reading, "__version__", "9.9")
    remembering(laid(tmp_path / "c", one="ECOG 1."))
    assert reader.asked == ["one.txt", "one.txt", "other.txt", "one.txt"]
    store.close()


def test_what_was_not_read_whole_or_is_a_copy_is_not_remembered(tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk")
    for name, changed in (
        ("torn", {"read": "unread", "pages": ()}),
        ("copied", {"note": f"p. 1: {COPY} one.txt p. 1"}),
    ):
        counting = Counting()

        def spoiled(
            folder: Path, counting: Counting = counting, changed: dict[str, object] = changed
        ) -> Sequence[SourceFile]:
            return [replace(one, **changed) for one in counting(folder)]  # type: ignore[arg-type]

        for n in range(2):
            Remembering(store, spoiled, lambda: NOW)(laid(tmp_path / f"{name}{n}", one=f"ECOG 1, {name}."))
        assert counting.asked == ["one.txt", "one.txt"]
    store.close()
