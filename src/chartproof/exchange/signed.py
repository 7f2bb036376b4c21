"""A JSON Web Token whose signature is held against a public key: RS384 or ES384, as the key says, and nothing else.

Verifying needs no secret, so that it is plain arithmetic: the whole padded digest is built and compared, never searched in.
A token that says another algorithm than its key, or asks for an extension, is none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chartproof.exchange.curve import on_curve, signed_by

RSA, CURVE = "RS384", "ES384"
ALGORITHMS = (RSA, CURVE)
#: DER of "this is a SHA-384 digest", as PKCS #1 puts it before the digest.
DIGEST_INFO = bytes.fromhex("3041300d060960864801650304020205000430")
LEAST_BITS, MOST_BITS = 2048, 8192
MOST_TOKEN = 8_000


@dataclass(frozen=True, slots=True)
class Key:
    """A public key. `id` is its kid; `numbers` are modulus and exponent, or the point's x and y."""

    id: str
    algorithm: str
    numbers: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Token:
    """The parts of a token, before anything of it is believed. `signed` are the bytes that the signature is over."""

    key: str
    algorithm: str
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def key_of(jwk: Mapping[str, Any]) -> Key:
    """The key of a JWK. Raises ValueError with the reason, which names no value."""
    algorithm = {"RSA": RSA, "EC": CURVE}.get(str(jwk.get("kty")), "")
    if not algorithm:
        raise ValueError("a key is neither RSA nor on a curve")
    if "d" in jwk or "p" in jwk:
        raise ValueError("a private key stands in the file")
    if not isinstance(jwk.get("kid"), str) or not jwk["kid"]:
        raise ValueError("a key has no kid")
    if jwk.get("alg", algorithm) != algorithm or jwk.get("use", "sig") != "sig":
        raise ValueError(f"a key is not for {algorithm} signatures")
    if algorithm == CURVE:
        x, y = _number(jwk.get("x")), _number(jwk.get("y"))
        if jwk.get("crv") != "P-384" or not on_curve(x, y):
            raise ValueError("a key is not on the curve P-384")
        return Key(jwk["kid"], CURVE, (x, y))
    modulus, exponent = _number(jwk.get("n")), _number(jwk.get("e"))
    if not LEAST_BITS <= modulus.bit_length() <= MOST_BITS or exponent < 3 or exponent % 2 == 0 or exponent >> 32:
        raise ValueError(f"a key has fewer than {LEAST_BITS} bits, or an exponent that is none")
    return Key(jwk["kid"], RSA, (modulus, exponent))


def read_token(words: str) -> Token:
    """Takes a compact token apart. Raises ValueError where it is none, or of another algorithm."""
    parts = words.split(".")
    if len(parts) != 3 or len(words) > MOST_TOKEN:
        raise ValueError("the token is no signed JSON Web Token")
    head, claims = (_object(part) for part in parts[:2])
    if head.get("alg") not in ALGORITHMS:
        raise ValueError(f"the token is not signed with {' or '.join(ALGORITHMS)}")
    if "crit" in head or not isinstance(head.get("kid"), str):
        raise ValueError("the token's header names no key, or asks for what is not known")
    return Token(head["kid"], head["alg"], claims, f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))


def verified(token: Token, key: Key) -> bool:
    """Whether the token was signed with the key's other half, in the key's own way."""
    if token.algorithm != key.algorithm:
        return False
    if key.algorithm == CURVE:
        return signed_by(*key.numbers, token.signed, token.signature)
    return _padded(token, *key.numbers)


def _padded(token: Token, modulus: int, exponent: int) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-384."""
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(token.signature)
    if len(token.signature) != size or number >= modulus:
        return False
    end = DIGEST_INFO + hashlib.sha384(token.signed).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(end) - 3) + b"\x00" + end
    return pow(number, exponent, modulus).to_bytes(size) == expected


def _bytes(part: str) -> bytes:
    if not part.isascii() or "=" in part:
        raise ValueError("a part of the token is not base64url")
    try:
        return base64.b64decode(part.encode() + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("a part of the token is not base64url") from None


def _object(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise ValueError("a part of the token is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("a part of the token is no JSON object")
    return value


def _number(value: object) -> int:
    return int.from_bytes(_bytes(value)) if isinstance(value, str) else 0
