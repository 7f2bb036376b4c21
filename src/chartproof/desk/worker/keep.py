"""A chart and a review as bytes and back, so that the desk can open a case again without reading its files.

The pages are kept once, by `codec.encode_files`; what is kept here names them by their SHA-256 and is refused beside
others. Every value is held against the type of its field on the way back; a whole number stays one, so that the same
review prints the same. Another version of the form is refused: then the case is read again.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from chartproof.errors import InputError
from chartproof.model import Chart, Review, SourceFile

VERSION = 1
#: What a plain value is made into its field's own with; ValueError where it is not such.
Make = Callable[[Any], Any]
_DAY = len("2026-05-04")


def encode_chart(chart: Chart) -> bytes:
    """The chart without its pages."""
    return msgspec.msgpack.encode((VERSION, _without_pages(chart)), enc_hook=dict)


def decode_chart(data: bytes, files: Sequence[SourceFile]) -> Chart:
    """The chart of these files. InputError CP-WORK-10 where it is of other files, of another version, or damaged."""
    found: Chart = _decoded(Chart, data, files)
    return found


def encode_review(review: Review) -> bytes:
    """The review without its pages."""
    plain = {one.name: getattr(review, one.name) for one in fields(review)}
    return msgspec.msgpack.encode((VERSION, plain | {"chart": _without_pages(review.chart)}), enc_hook=dict)


def decode_review(data: bytes, files: Sequence[SourceFile]) -> Review:
    """The review of these files. InputError as `decode_chart`."""
    found: Review = _decoded(Review, data, files)
    return found


def _without_pages(chart: Chart) -> dict[str, Any]:
    plain = {one.name: getattr(chart, one.name) for one in fields(chart)}
    return plain | {"files": [(file.name, file.sha256) for file in chart.files]}


def _decoded(kind: Any, data: bytes, files: Sequence[SourceFile]) -> Any:
    try:
        version, plain = msgspec.msgpack.decode(data)
        if version != VERSION:
            raise _refused("what was kept is of another version")
        chart = plain if kind is Chart else plain["chart"]
        if chart["files"] != [[file.name, file.sha256] for file in files]:
            raise _refused("what was kept belongs to other files")
        chart["files"] = tuple(files)
        return maker(kind)(plain)
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError, AttributeError):
        raise _refused("what was kept is damaged") from None


@lru_cache(maxsize=256)
def maker(kind: Any) -> Make:
    """What makes a plain value into one of this type: a frozen dataclass of ours, or what its fields may hold."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind == tuple[SourceFile, ...]:
        return _same  # put there by `_decoded`: they have a form of their own
    if _of_ours(kind):
        return _of_class(kind)
    if origin is Literal:
        return _checked(lambda value: isinstance(value, str) and value in inner)
    if origin in (Union, types.UnionType):
        return _of_union(inner)
    if origin is tuple:
        return _of_list(maker(inner[0])) if inner[1:] == (Ellipsis,) else _of_row(tuple(map(maker, inner)))
    if origin is Mapping:
        return _of_mapping(maker(inner[1]))
    if kind is date or kind is datetime:
        return _when
    if kind is float:
        return _checked(lambda value: type(value) in (int, float) and isfinite(value))
    if kind in (str, int, bool, types.NoneType):
        return _checked(lambda value: type(value) is kind)
    raise TypeError(f"no form for {kind}")


def _of_ours(kind: Any) -> bool:
    return is_dataclass(kind)


def _of_class(kind: Any) -> Make:
    hints = get_type_hints(kind)
    makers = {one.name: maker(hints[one.name]) for one in fields(kind)}

    def make(value: Any) -> Any:
        if value.keys() != makers.keys():
            raise ValueError("other fields")
        return kind(**{name: makers[name](one) for name, one in value.items()})

    return make


def _of_union(kinds: tuple[Any, ...]) -> Make:
    """By what the plain value is: no two of the types look alike but a day and a moment, which `_when` tells apart."""
    classes = [maker(kind) for kind in kinds if _of_ours(kind)]
    days = [_when for kind in kinds if kind is date]
    texts = [maker(kind) for kind in kinds if kind is str or get_origin(kind) is Literal]
    others = [maker(kind) for kind in kinds if kind in (float, int, bool)]

    def make(value: Any) -> Any:
        if value is None and types.NoneType in kinds:
            return None
        fitting = classes if isinstance(value, dict) else days or texts if isinstance(value, str) else others
        if not fitting:
            raise ValueError("another type")
        return fitting[0](value)

    return make


def _of_list(one: Make) -> Make:
    return lambda value: tuple(map(one, _list(value)))


def _of_row(makers: tuple[Make, ...]) -> Make:
    return lambda value: tuple(make(one) for make, one in zip(makers, _list(value), strict=True))


def _of_mapping(one: Make) -> Make:
    text = _checked(lambda value: type(value) is str)
    return lambda value: {text(key): one(held) for key, held in value.items()}


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _checked(fits: Callable[[Any], bool]) -> Make:
    def make(value: Any) -> Any:
        if not fits(value):
            raise ValueError("another type")
        return value

    return make


def _when(value: Any) -> date | datetime:
    if isinstance(value, datetime):  # one with a time zone has a form of its own
        return value
    if not isinstance(value, str):
        raise ValueError("no day")
    return date.fromisoformat(value) if len(value) == _DAY else datetime.fromisoformat(value)


def _same(value: Any) -> Any:
    return value


def _refused(what: str) -> InputError:
    return InputError("CP-WORK-10", what, then="Read the case again.")
