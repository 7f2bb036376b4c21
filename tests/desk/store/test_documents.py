"""Documents are kept by their hash, told when damaged, and swept only when nothing names them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chartproof.desk.store.database import Store
from chartproof.errors import NotFoundError, StoreError


def test_the_same_bytes_are_one_document(store: Store) -> None:
    whole = store.documents.put(b"one two")
    assert store.documents.put(iter([b"one ", b"two"])) == whole
    assert store.documents.get(whole) == b"one two" and store.documents.has(whole)
    assert list(store.documents.all()) == [whole]


def test_an_upload_that_breaks_off_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield b"the first half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.documents.put(broken())
    assert [file for file in store.documents.folder.rglob("*") if file.is_file()] == []


def test_damage_is_told(store: Store) -> None:
    sha = store.documents.put(b"what was put")
    store.documents.place(sha).write_bytes(b"what is there")
    with pytest.raises(StoreError, match="CP-DESK-07"):
        store.documents.get(sha)
    assert store.documents.put(b"what was put") == sha
    assert store.documents.get(sha) == b"what was put"


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "0" * 63 + "/", "Z" * 64])
def test_what_is_no_document_is_not_found(store: Store, name: str) -> None:
    with pytest.raises(NotFoundError):
        store.documents.get(name)


def test_only_what_nothing_names_and_is_old_is_swept(store: Store, now: datetime) -> None:
    named, old, young = (store.documents.put(word) for word in (b"named", b"old", b"young"))
    half = store.documents.place(old).with_name(".half-written")
    half.write_bytes(b"ol")
    for file, age in ((named, 30), (old, 30), (young, 0)):
        set_age(store, file, now - timedelta(days=age))
    os.utime(half, (0, 0))
    assert store.documents.delete_unreferenced({named}, now=now) == 2
    assert sorted(store.documents.all()) == sorted([named, young]) and not half.exists()


def test_a_document_that_is_put_again_is_young_again(store: Store, now: datetime) -> None:
    sha = store.documents.put(b"again")
    set_age(store, sha, datetime.fromtimestamp(0, now.tzinfo))
    store.documents.put(b"again")
    assert store.documents.delete_unreferenced(set(), now=now) == 0


def set_age(store: Store, sha: str, when: datetime) -> None:
    os.utime(store.documents.place(sha), (when.timestamp(), when.timestamp()))
