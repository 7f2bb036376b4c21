"""What is held open: bounded by bytes, made once."""

from __future__ import annotations

import threading

import pytest

from chartproof.desk.shelf import Shelf


def test_the_oldest_use_leaves_first() -> None:
    shelf = Shelf(most=10)
    for name in "abc":
        shelf.get(name, lambda name=name: (name, 4))  # type: ignore[misc]
        shelf.get("a", lambda: ("anew", 4))
    assert shelf.get("a", lambda: ("anew", 4)) == "a" and shelf.bytes == 8
    assert shelf.get("b", lambda: ("anew", 4)) == "anew"


def test_what_is_larger_than_the_shelf_is_held_alone() -> None:
    shelf = Shelf(most=10)
    shelf.get("small", lambda: (1, 1))
    assert shelf.get("large", lambda: (2, 99)) == 2 and list(shelf.held) == ["large"]
    shelf.get("small", lambda: (1, 1))
    assert (list(shelf.held), shelf.bytes) == (["small"], 1)


def test_two_who_ask_at_once_make_it_once() -> None:
    shelf, made, begun = Shelf(), [], threading.Event()

    def make() -> tuple[str, int]:
        begun.wait(5)
        made.append(1)
        return "it", 1

    asking = [threading.Thread(target=shelf.get, args=("key", make)) for _ in range(5)]
    for one in asking:
        one.start()
    begun.set()
    for one in asking:
        one.join()
    assert made == [1]


def test_what_fails_is_asked_for_again() -> None:
    shelf = Shelf()
    with pytest.raises(ZeroDivisionError):
        shelf.get("key", lambda: (1 // 0, 1))
    assert shelf.get("key", lambda: ("it", 1)) == "it"
