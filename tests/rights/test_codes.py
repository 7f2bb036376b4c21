"""What is a code and what only looks like one."""

from __future__ import annotations

import pytest

from chartproof.model import Page
from chartproof.rights.codes import diagnosis_codes, service_codes
from chartproof.rights.policies import policies
from chartproof.rights.text import Letter


def letter(text: str, *, read: str = "text") -> Letter:
    return Letter([Page("l.pdf", 1, text, read=read)], file="l.pdf")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Services: CPT 38225, 38226, 38227 and 38228 are denied.", ["38225", "38226", "38227", "38228"]),
        ("Q2053 Tecartus (brexucabtagene autoleucel), per dose 1 Denied", ["Q2053"]),
        ("asked for proton beam treatment (77523, 25 treatments)", ["77523"]),
        ("P.O. Box 38225, Cato Falls, NY 13047", []),
        ("Appeals, Mail Stop J0257, P.O. Box 31298, Tampa, FL 33631", []),
        ("Contract H7781-014", []),
        ("Call 800-555-38225 or visit Suite 93306", []),
        ("SEQ 0099213 RX 6093306 Form 99214 (rev. 01/2026)", []),
        ("Category III codes 0537T, 0538T", ["0537T", "0538T"]),
        ("Group 51180 Hollander Glass; authorization A-26-153-77208", []),
        ("Billed as J1885 x 4 units a visit; 96374 x 1 a visit", ["J1885", "96374"]),
        ("We will not pay for the shoulder repair, 29827.", ["29827"]),
        ("The drug J1885, 43210 Quarry Street", ["J1885"]),
        ("Write to our desk, Drop 29827", []),
    ],
)
def test_service_codes(text: str, codes: list[str]) -> None:
    assert list(service_codes(letter(text))[0]) == codes


def test_a_misread_digit_is_mended_only_on_a_scanned_page() -> None:
    assert service_codes(letter("HCPCS Q2O53", read="ocr"))[0] == ("Q2053",)
    assert service_codes(letter("HCPCS Q2O53"))[0] == ()
    assert diagnosis_codes(letter("DX: C9O.02", read="ocr"))[0] == ("C90.02",)


def test_diagnosis_codes_need_a_dot_or_a_word() -> None:
    assert diagnosis_codes(letter("Diagnosis: G35 (C50.412), Building G35, remark P44"))[0] == ("C50.412", "G35")
    assert diagnosis_codes(letter("Building G35, Rotterdam, remark P44"))[0] == ()


def test_policies_are_named_once() -> None:
    found = policies(
        letter("We used Medical Policy 7.02.11, CAR-T Therapy. Medical Policy 7.02.11 requires it. See Section 7.14.")
    )
    assert [(name, number) for name, number, _ in found] == [("Medical Policy 7.02.11", "7.02.11")]
