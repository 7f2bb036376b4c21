"""Answers come in time: nine of ten well within what the guides ask (5 seconds for most hooks), the first call of a process included."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from tests.exchange.invented import request, submitted
from tests.exchange.ordering import CAR_T, OXYGEN, answered, signing
from tests.exchange.test_adaptive_form import start, step
from tests.exchange.test_form import COVERAGE, NOW, ORDER, SITE, asking, no_policy

from chartproof.exchange.package import package

#: Seconds: far below the guides', so that a slow machine does not matter and a slow program does.
SOON = 1.0


def nine_of_ten(call: Callable[[], object], calls: int = 20) -> float:
    """The time within which nine of ten calls are answered."""
    took = []
    for _ in range(calls):
        began = perf_counter()
        call()
        took.append(perf_counter() - began)
    return sorted(took)[calls * 9 // 10 - 1]


def test_a_hook_is_answered_in_time() -> None:
    assert nine_of_ten(lambda: answered(signing(CAR_T, OXYGEN))) < SOON


def test_a_form_is_given_and_continued_in_time() -> None:
    coverage, order = {"name": "coverage", "resource": COVERAGE}, {"name": "order", "resource": ORDER}
    assert nine_of_ten(lambda: package(asking(coverage, order), SITE, now=NOW, policy_of=no_policy)) < SOON
    begun = start()
    assert nine_of_ten(lambda: step(begun)) < SOON


def test_a_request_of_one_note_is_answered_in_time() -> None:
    assert nine_of_ten(lambda: submitted(request(), approves=True), calls=10) < 5 * SOON
