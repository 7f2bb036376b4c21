"""A chart and a review are kept and come back the same, down to the type of each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chartproof.desk.worker.keep import VERSION, decode_chart, decode_review, encode_chart, encode_review
from chartproof.errors import InputError
from chartproof.model import (
    Answer,
    Box,
    Case,
    Chart,
    Conflict,
    Coverage,
    DayRange,
    Deadline,
    Denial,
    DenialReason,
    Document,
    Fact,
    Finding,
    NoticeDefect,
    Patient,
    Proposal,
    Proposals,
    Quantity,
    Review,
    Right,
    SourceFile,
    Span,
    StatedDeadline,
    Step,
    TherapyLine,
)  # fmt: skip
from chartproof.model.route import Route

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FILES = (SourceFile("a.txt", "ab" * 32, "text"), SourceFile("b.txt", "cd" * 32, "text"))
FACT = Fact("F0001", "ecog", "present", (Span("a.txt", 1, 0, 4, "ECOG"),), quantity=Quantity(1, 1.5, ""))
CHART = Chart(FILES, (), (FACT,), (), (), ())
REVIEW = Review("p", "P", "2026", "", Case(date(2026, 5, 4)), CHART, (), ())

st.register_type_strategy(str, text)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9))
st.register_type_strategy(int, st.integers(-1000, 1000))
st.register_type_strategy(
    DayRange, st.tuples(st.dates(), st.dates()).map(lambda two: DayRange(min(two), max(two)))
)  # fmt: skip
st.register_type_strategy(datetime, st.datetimes())


def rows(kind: Any) -> st.SearchStrategy[Any]:
    """Few of each, for a review holds many kinds of them."""
    inner = get_args(kind)
    if inner[1:] == (Ellipsis,):
        return st.lists(st.from_type(inner[0]), max_size=1).map(tuple)
    return st.tuples(*map(st.from_type, inner))


def whole(kind: type) -> st.SearchStrategy[Any]:
    """Every field drawn, those with a default too."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.name: st.from_type(hints[one.name]) for one in fields(kind)})  # type: ignore[arg-type]


st.register_type_strategy(tuple, rows)
st.register_type_strategy(Mapping, lambda kind: st.dictionaries(*map(st.from_type, get_args(kind)), max_size=1))
for one in (Patient, Box, Span, Quantity, Fact, Case, Document, Coverage, TherapyLine, Conflict, Finding, DenialReason,
            StatedDeadline, NoticeDefect, Right, Denial, Deadline, Answer, Step, Proposal, Proposals, Route):  # fmt: skip
    st.register_type_strategy(one, whole)
#: Each part by itself, for a whole review draws too much at once.
parts = st.fixed_dictionaries(
    {
        "chart": st.tuples(*(st.from_type(get_type_hints(Chart)[one.name]) for one in fields(Chart)[1:])).map(
            lambda rest: Chart(FILES, *rest)
        )
    },
    optional={
        one.name: st.from_type(get_type_hints(Review)[one.name]) for one in fields(Review) if one.name != "chart"
    },
)
reviews = parts.map(lambda changed: replace(REVIEW, **changed))


def kinds(value: Any) -> Any:
    """The types within, so that 1 is not 1.0 and a day is no moment."""
    if isinstance(value, tuple):
        return [kinds(one) for one in value]
    if isinstance(value, Mapping):
        return {key: kinds(one) for key, one in value.items()}
    inner = [kinds(getattr(value, one.name)) for one in fields(value)] if hasattr(value, "__dataclass_fields__") else []
    return type(value).__name__, inner


@given(reviews)
@settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)  # fmt: skip
def test_any_review_comes_back_the_same(review: Review) -> None:
    data = encode_review(review)
    back = decode_review(data, FILES)
    assert back == review
    assert kinds(back) == kinds(review)
    assert encode_review(back) == data
    assert decode_chart(encode_chart(review.chart), FILES) == review.chart


def test_what_belongs_to_other_files_is_refused() -> None:
    for files in (FILES[:1], FILES[::-1], (FILES[0], replace(FILES[1], sha256="ef" * 32))):
        with pytest.raises(InputError, match="CP-WORK-10"):
            decode_review(encode_review(REVIEW), files)
        with pytest.raises(InputError, match="CP-WORK-10"):
            decode_chart(encode_chart(CHART), files)


def changed(*path: str | int, to: Any) -> bytes:
    """A kept review with one value in it replaced."""
    plain = msgspec.msgpack.decode(encode_review(REVIEW))
    inner = plain[1]
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return msgspec.msgpack.encode(plain)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("edition",), 7),
        (("case", "as_of"), "yesterday"),
        (("case", "as_of"), None),
        (("criteria",), "none"),
        (("chart", "facts", 0, "assertion"), "certain"),
        (("chart", "facts", 0, "signed"), 1),
        (("chart", "facts", 0, "quantity", "low"), "1"),
        (("chart", "facts", 0, "quantity", "low"), float("nan")),
        (("chart", "facts", 0, "evidence"), [[1, 2]]),
        (("chart", "facts", 0, "surplus"), 1),
        (("extra",), []),
    ],
)
def test_a_value_of_another_type_is_refused(path: tuple[str | int, ...], to: Any) -> None:
    with pytest.raises(InputError, match="CP-WORK-10"):
        decode_review(changed(*path, to=to), FILES)


def test_another_version_and_cut_bytes_are_refused() -> None:
    version, plain = msgspec.msgpack.decode(encode_review(REVIEW))
    assert version == VERSION
    with pytest.raises(InputError, match="CP-WORK-10"):
        decode_review(msgspec.msgpack.encode([VERSION + 1, plain]), FILES)
    with pytest.raises(InputError, match="CP-WORK-10"):
        decode_review(encode_review(REVIEW)[:-5], FILES)


def test_a_deadline_keeps_its_hour_or_has_none() -> None:
    moment = Deadline("r", "w", datetime(2026, 5, 4, 16, 30), date(2026, 5, 4), "who", "c", "y")
    back = decode_review(encode_review(replace(REVIEW, deadlines=(moment,))), FILES)
    assert back.deadlines == (moment,)
    assert type(back.deadlines[0].safe_due) is date
