"""What the notice lacks or gets wrong, by plan type, each with the rule that asks for it.

A defect is named only where the letter's own words show it. Payers' notices carry much boilerplate: a statement that is
there in any wording is taken as made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from chartproof.model import Denial, NoticeDefect
from chartproof.rights import law
from chartproof.rights.dates import dates_in
from chartproof.rights.notice import applied_to_person, defect, lacking, named_for, shows, spoken
from chartproof.rights.text import Letter
from chartproof.rights.words import table
from chartproof.rights.wrong_dates import wrong_dates

_PRIVATE = ("commercial_insured", "marketplace", "self_funded_erisa")
_MEDICARE = ("medicare_advantage", "dsnp")
#: Medicare's own national decision, however a letter spells it.
_NATIONAL = re.compile(r"\bNCD\b|national coverage determination|110\.24", re.IGNORECASE)
#: CAR-T administration codes that ended on 2024-12-31; 38225 to 38228 took their place.
_RETIRED = {"0537T", "0538T", "0539T", "0540T"}
_RETIRED_FROM = date(2025, 1, 1)
_REMS_ENDED = date(2025, 6, 26)
_THRESHOLD = re.compile(
    r"(?P<what>\b(?:LVEF|ejection fraction|ECOG|Karnofsky|creatinine clearance|creatinine|prior lines?|lines of therapy)\b)[^.;]{0,45}?"
    r"(?P<amount>\b(?:\d{1,3} ?%|\d(?: or \d)?|two|three|four|five)(?!\d))"
    r"|(?P<amount2>\b(?:at least )?(?:two|three|four|five|\d)) (?:or more )?(?P<what2>prior lines?)", re.I,
)  # fmt: skip


def notice_defects(denial: Denial, letter: Letter, *, policy_terms: Sequence[str] = ()) -> Denial:
    """The denial with `notice_defects` and, in our words and without the small ones, `letter_defects`."""
    found = [
        *wrong_dates(denial), *lacking(denial, letter), *_misdirected(denial, letter), *_content(denial, letter),
        *_medicare_criteria(denial),
        *_late(denial, letter),
        *_outdated(denial, letter), *_not_in_policy(denial, letter, policy_terms),
    ]  # fmt: skip
    unique = {(one.rule, one.what): one for one in found}
    return replace(
        denial,
        notice_defects=tuple(unique.values()),
        letter_defects=tuple(d.what for d in unique.values() if not d.small),
    )


def _misdirected(denial: Denial, letter: Letter) -> Iterator[NoticeDefect]:
    """External review sent to a state office by a plan that no state reviews."""
    if denial.plan_type == "self_funded_erisa" and re.search(
        r"(?:Department|Division|Bureau) of (?:Insurance|Managed)[^.]{0,80}(?:independent|external|assign)|(?:external|independent)[^.]{0,80}Department of Insurance",
        letter.flat,
        re.I,
    ):
        yield defect("aca.external.no_fee", "Sends external review to a state insurance department; a self-funded ERISA plan is "
                                            "outside state review unless it chose it, and falls under the federal process.")  # fmt: skip


def _content(denial: Denial, letter: Letter) -> Iterator[NoticeDefect]:
    """The reason as applied to this person, what more is needed, the criterion and the reviewer."""
    text = letter.flat
    told = spoken(letter)
    private = denial.plan_type in (*_PRIVATE, "grandfathered", None)
    clinical = {
        "prior_therapy",
        "performance_status",
        "organ_function",
        "documentation",
        "experimental",
        "not_medically_necessary",
    }
    explained = applied_to_person(denial, told) or shows(letter, law.notices()["rationale_words"])
    if private and clinical & {reason.kind for reason in denial.reasons} and not explained:
        yield defect("erisa.notice.clinical_judgment", "Gives no clinical rationale applied to this patient: no fact of the chart and "
                                                        "no record is discussed.")  # fmt: skip
    lacking_papers = [reason.quote for reason in denial.reasons if reason.kind == "documentation"]
    named = any(re.search(law.notices()["paper_words"], quote, re.I) for quote in lacking_papers)
    if lacking_papers and not named and not denial.criteria_unmet and not re.search(
        r"(?:please |could |should )?(?:send|submit|provide|supply|include)[^.]{0,60}(?:report|result|note from|score|following)|what could change"
        r"|submission of this|(?:was|were) not attached|no [^.]{0,80}(?:was|were) (?:identified|found|included)", told, re.I):  # fmt: skip
        yield from named_for(
            denial, "missing", "Says that documentation is insufficient but not what is missing or why it is needed."
        )
    if (
        private
        and not denial.policies_cited
        and not re.search(r"criteri|guideline|section \d|article \d|contract pays|protocol", text, re.I)
    ):
        yield defect(
            "erisa.notice.criterion",
            "Names no rule, guideline or criterion, and does not say that one is free on request.",
        )
    if denial.reviewer is None and not re.search(r"board certified|licensed in", text, re.I):
        yield from named_for(denial, "reviewer", "Does not identify the reviewer: no name, credentials or specialty. Ask for it; the "
                                                 "plan must tell.")  # fmt: skip


def _medicare_criteria(denial: Denial) -> Iterator[NoticeDefect]:
    """A plan's own policy for a therapy that a national coverage decision governs."""
    brands = {row["brand"] for row in table("drugs")["drugs"]}
    own = [one for one in denial.policies_cited if not _NATIONAL.search(one)]
    if denial.plan_type in _MEDICARE and denial.drug_named in brands and own and len(own) == len(denial.policies_cited):
        yield defect("ma.criteria.ncd_binding", f"Applies {own[0]}; a Medicare plan follows the national decision on "
                                                 "CAR-T, NCD 110.24, first, and its own criteria only where that leaves a gap.")  # fmt: skip


_TAKEN_IN = re.compile(r"(?i:(?:request )?received)\W{0,3}(?:on )?(?i:\w+day,? )?$")


def _late(denial: Denial, letter: Letter) -> Iterator[NoticeDefect]:
    """An urgent request of a private plan that was decided more than three days after it came in."""
    if denial.decision_type != "urgent" or denial.plan_type not in _PRIVATE or denial.letter_date is None:
        return
    taken: date | None = None
    decided = denial.letter_date
    for line in letter.body[:45]:
        for match, day in dates_in(line.text):
            before = line.text[: match.start()]
            if _TAKEN_IN.search(before) and (denial.received is None or day < decided):
                taken = taken or day
            elif re.search(r"(?i)decided\W{0,3}(?:\w+day,? )?$|decision date\W*$", before):
                decided = day
    if taken is not None and (decided - taken).days > 3:
        yield defect(
            "erisa.claim.urgent",
            f"The urgent request of {taken.isoformat()} was decided on {decided.isoformat()}, past 72 hours.",
        )


def _outdated(denial: Denial, letter: Letter) -> Iterator[NoticeDefect]:
    """What the letter asks for that no longer exists on its date."""
    dated = denial.letter_date
    if (
        dated
        and dated >= _REMS_ENDED
        and any(reason.kind == "rems_atc" and re.search(r"\bREMS\b", reason.quote) for reason in denial.reasons)
    ):
        yield defect("fda.car_t_rems_ended", "Demands REMS certification, although FDA ended the REMS of the CAR-T products on 26 June "
                                              "2025: no hospital can hold that certificate.")  # fmt: skip
    retired = sorted(_RETIRED & set(denial.service_codes))
    if dated and dated >= _RETIRED_FROM and retired:
        yield NoticeDefect(
            rule="codes.retired", citation="CPT 2025 code set",
            what=f"Lists {', '.join(retired)}, which ended on 31 December 2024; 38225 to 38228 took their place.",
        )  # fmt: skip


def _not_in_policy(denial: Denial, letter: Letter, policy_terms: Sequence[str]) -> Iterator[NoticeDefect]:
    """Thresholds and demands that the cited policy's text does not contain; nothing without that text."""
    if not policy_terms:
        return
    policy = _folded(" ".join(policy_terms))
    cited = denial.policy_cited or "the cited policy"
    sentences = [s.text for s in letter.sentences if s.section in ("", "reasons", "policy", "reviewer")]
    for text in sentences:
        for match in _THRESHOLD.finditer(text):
            what, amount = match.group("what") or match.group("what2"), match.group("amount") or match.group("amount2")
            subject, number = re.escape(_folded(what)), re.escape(_folded(amount).strip(" %"))
            near = re.compile(rf"{subject}.{{0,60}}\b{number}\b|\b{number}\b.{{0,60}}{subject}")
            if not near.search(policy):
                yield defect(
                    "erisa.notice.criterion", f"Uses a threshold ({what} {amount}) that {cited} does not contain."
                )
    demands = {
        "prior_therapy": r"prior (?:line|therap|treatment)|refractory|failed|relapsed",
        "rems_atc": r"rems|authorized treatment|certified",
    }
    for kind, pattern in demands.items():
        if any(reason.kind == kind for reason in denial.reasons) and not re.search(pattern, policy):
            says = "prior therapies" if kind == "prior_therapy" else "a REMS or certified centre"
            yield defect("erisa.notice.criterion", f"Requires {says}, which {cited} does not contain.")


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower())
