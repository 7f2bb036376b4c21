"""Passwords and one-time codes: what is accepted, how it is kept, and how long it takes to say no.

A password must be long and must not be guessable from the account. It need not hold a digit or a sign: such rules
make passwords that are harder to remember and no harder to guess (NIST SP 800-63B, 3.1.1.2).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from chartproof.errors import RefusedError

SHORTEST = 12
LONGEST = 1024
FEWEST_DIFFERENT = 5
FEWEST_BESIDE_NAME = 6

#: Seconds for which a one-time code holds, and how many codes before and after the present one are taken.
STEP = 30
DRIFT = 1


@dataclass(frozen=True, slots=True)
class Hashing:
    """What one guess costs: passes, memory in KiB, threads. The default is RFC 9106's for little memory."""

    passes: int = 3
    memory: int = 65536
    threads: int = 4

    def hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=self.passes, memory_cost=self.memory, parallelism=self.threads)


#: What is used unless a test wants to be fast.
STRONG = Hashing()


def keep(password: str, *, name: str, hashing: Hashing) -> str:
    """The hash to keep. Raises RefusedError CP-DESK-20 for a password that is too short or too easily guessed."""
    wrong = ""
    if len(password) < SHORTEST:
        wrong = f"it has fewer than {SHORTEST} characters"
    elif len(password) > LONGEST:
        wrong = f"it has more than {LONGEST} characters"
    elif len(set(password.lower())) < FEWEST_DIFFERENT:
        wrong = f"it has fewer than {FEWEST_DIFFERENT} different characters"
    elif name and len(password.lower().replace(name.lower(), "")) < FEWEST_BESIDE_NAME:
        wrong = "it is little more than the account's name"
    if wrong:
        raise RefusedError("CP-DESK-20", f"the password cannot be used: {wrong}", then="Four random words are good.")
    return hashing.hasher().hash(password)


def matches(kept: str, password: str, hashing: Hashing) -> bool:
    """`kept` is empty where there is no such account; the answer then takes as long, and is no."""
    try:
        return hashing.hasher().verify(kept or nobody(hashing), password[: LONGEST + 1]) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def nobody(hashing: Hashing) -> str:
    return hashing.hasher().hash("no account has this")


def new_secret() -> str:
    """A secret for an authenticator application, to be shown once; see `secret_address`."""
    return pyotp.random_base32()


def secret_address(secret: str, name: str) -> str:
    """The otpauth:// address that the application reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name="chartproof")


def code_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The time step of a valid code later than `after`, the last one used; None for a wrong, old or used code."""
    try:
        totp = pyotp.TOTP(secret, interval=STEP)
    except ValueError:  # a secret that we did not make
        return None
    present = int(now.timestamp()) // STEP
    for step in range(present - DRIFT, present + DRIFT + 1):
        right = totp.generate_otp(step)
        if hmac.compare_digest(right.encode(), code.strip().encode()) and step > after:
            return step
    return None
