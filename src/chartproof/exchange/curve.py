"""Signatures on the curve P-384 (FIPS 186-5): whether a point is on it, and whether a signature is of a key.

Only public numbers are computed with, so that how long it takes tells nobody anything.
"""

from __future__ import annotations

import hashlib

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
B = 0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF
#: A point is (x, y); None is the point at infinity.
Point = tuple[int, int] | None
G: Point = (
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
)
SIZE = 48


def on_curve(x: int, y: int) -> bool:
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0


def signed_by(x: int, y: int, data: bytes, signature: bytes) -> bool:
    """Whether the signature (r and s, 48 bytes each) is of the data by the key at this point of the curve."""
    r, s = int.from_bytes(signature[:SIZE]), int.from_bytes(signature[SIZE:])
    if len(signature) != 2 * SIZE or not (0 < r < N and 0 < s < N):
        return False
    digest, inverse = int.from_bytes(hashlib.sha384(data).digest()), pow(s, -1, N)
    there = add(times(digest * inverse % N, G), times(r * inverse % N, (x, y)))
    return there is not None and there[0] % N == r


def add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(factor: int, point: Point) -> Point:
    found: Point = None
    while factor:
        found = add(found, point) if factor & 1 else found
        point, factor = add(point, point), factor >> 1
    return found
