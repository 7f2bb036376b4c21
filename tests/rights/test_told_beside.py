"""What a letter names beside something that looks like it: the service, the decider, the payer and the kind of letter."""

from __future__ import annotations

import pytest

from chartproof.model import Page
from chartproof.rights.decided import quickens
from chartproof.rights.letter import read_letter
from letterhead import HEAD, TAIL, read

DENIED = "We denied it as not medically necessary.\n"


@pytest.mark.parametrize(
    ("says", "what"),
    [
        ("This is about the following prescription drug that you or your doctor requested: menthol 5% patch, 30 a month.", "menthol 5% patch"),
        ("We decided on the following medical service: laser peel of the left cheek.", "laser peel of the left cheek"),
        ("We got a request on April 9 for a blood sugar monitor (BSM): a reader (E2103) and strips (A4239).", "blood sugar monitor"),
        ("Your doctor asked on May 2 for a home lift: a frame (E0630) and a sling (E0621).", "home lift"),
        ("The office visit (99213) was paid. This letter is about laser treatment of the left foot (0232T).", "laser treatment of the left foot"),
        ("You asked the Fund to pay for the air ambulance (helicopter) that took your son to Elm City after his fall (A0431).", "air ambulance"),
        ("We will not authorize residential eating disorder treatment for Wren at the Elm Residential Program.", "residential eating disorder treatment"),
        ("Wren is at the Birch Residential Program. We cannot approve residential psychiatric care.", "residential psychiatric care"),
    ],
)  # fmt: skip
def test_the_service_among_others(says: str, what: str) -> None:
    assert (read(f"{HEAD}{says} {DENIED}{TAIL}").service or "").startswith(what)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ("Members of employer plans may go to court once internal appeals are exhausted.", "denial"),
        ("A court may hear the case after the internal process is complete.", "denial"),
        ("We uphold our denial of May 2. This is the Plan's last step. We have no second reconsideration.", "final_internal"),
    ],
)  # fmt: skip
def test_what_is_still_to_come_ends_nothing(says: str, kind: str) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").letter_kind == kind


@pytest.mark.parametrize(
    "says",
    [
        "The file was read by Dr. Low, an emergency physician of an independent review company.",
        "The appeal holds the records of the emergency department.",
        "Our reviewer is board certified in emergency medicine.",
    ],
)
def test_emergency_care_is_no_quick_appeal(says: str) -> None:
    assert not quickens(says)


@pytest.mark.parametrize(
    ("says", "who"),
    [
        ("Mira Low, PharmD, a pharmacist, prepared this decision and Edwin Park, MD, made it.", "Edwin Park, MD"),
        ("Rosa Lind, RN, drafted this letter, and Amy Cole, DO, decided the case.", "Amy Cole, DO"),
    ],
)
def test_who_decided_beside_who_prepared(says: str, who: str) -> None:
    assert read(f"{HEAD}{DENIED}{says}\n{TAIL}").reviewer == who


@pytest.mark.parametrize("organ", ["Board of Trustees, Fund Office, 14 Mill Road", "Appeals Committee"])
def test_an_organ_of_the_plan_is_not_the_payer(organ: str) -> None:
    text = f"SLATE ROOFERS HEALTH AND WELFARE FUND\n{organ}\nMarch 3, 2026\n\nDear Mr. Oak:\n\n{DENIED}For the {organ.split(',')[0]}. The {organ.split(',')[0]} met on March 2.\n{TAIL}"
    assert read_letter([Page("letter", 1, text)], file="letter").payer == "SLATE ROOFERS HEALTH AND WELFARE FUND"
