"""The drug or service that was decided on, as printed, and the drug's name where it is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.model import Span
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_BRAND_FIRST = re.compile(
    r"(?P<brand>[A-Z][\w-]+(?: [A-Z]{2,3})?) \((?P<generic>[a-z][\w-]+(?: [\w-]+){0,2}(?:, \w+)?|[A-Z][a-z]+(?:abtagene|leucel)[\w ]*)\)"
)
_GENERIC_FIRST = re.compile(
    r"(?P<generic>[A-Za-z][a-z]{4,}(?: [a-z]{4,})?) \((?P<brand>[A-Z][A-Za-z]{3,})\b(?:, [A-Z]\d{4})?\)", re.I
)
_ASKED = re.compile(
    r"\b(?:asked (?:us )?(?:for(?! is)|to (?:cover|approve|authori[sz]e))|request(?:ed)? (?:for(?! (?:additional |more |further )?information)|authori[sz]ation (?:of|for))|what was asked for"
    r"|(?<!of )services?(?: requested)?\s*:|drug\s*:|item\s*:|in reference to|\bre:)\s*(?P<what>[^.;(]{4,90})", re.I,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Service:
    """`text` reads brand (generic) for a drug; `drug` is the brand, or the name as printed, else None."""

    text: str
    drug: str | None
    span: Span


def service(letter: Letter) -> Service | None:
    """What was decided on: the first drug named with its other name, else what the letter says was asked for."""
    spoken = [s for s in letter.sentences if s.section not in ("rights", "notices", "policy")]
    text = " ".join(s.text for s in spoken)
    known = _known(letter, text) or _known(letter, letter.flat)
    if known is not None:
        return known
    pairs = [match for pattern in (_BRAND_FIRST, _GENERIC_FIRST) for match in pattern.finditer(text) if _drugs(match)]
    if pairs:
        first = min(pairs, key=lambda match: match.start())
        return Service(
            f"{first.group('brand')} ({first.group('generic')})",
            first.group("brand"),
            letter.locate(first.group("brand")),
        )
    return _charged(letter) or _asked_for(letter, text)


def _known(letter: Letter, text: str) -> Service | None:
    """A cell therapy of drugs.yaml, by either of its names."""
    hits = []
    for row in table("drugs")["drugs"]:
        for name in (row["brand"], row["generic"]):
            match = re.search(rf"\b{re.escape(name)}", text, re.I)
            if match:
                hits.append((match.start(), row, match.group()))
    if not hits:
        return None
    _, row, printed = min(hits, key=lambda hit: hit[0])
    return Service(f"{row['brand']} ({row['generic']})", row["brand"], letter.locate(printed))


def _drugs(match: re.Match[str]) -> bool:
    """A pair of drug names: the generic has a stem that drugs have, or a biologic's four-letter ending."""
    generic = match.group("generic").lower()
    return (
        bool(re.search(table("drugs")["stems"], generic))
        and match.group("brand").lower() not in table("drugs")["not_brands"]
    )


def _charged(letter: Letter) -> Service | None:
    """On a statement of charges: the description of the line that was not paid."""
    for position, line in enumerate(letter.body):
        row = re.match(r"\d{1,2}\s+\d{1,2}/\d{1,2}/\d{2,4}\s+(?:[A-Z]\d{4}|\d{5})(?:-\w{2})?\s+(?P<what>.+)", line.text)
        if not row:
            continue
        whole = [row.group("what")]
        for other in letter.body[position + 1 : position + 6]:
            if re.match(r"\d{1,2}\s+\d{1,2}/|.*total", other.text, re.I):
                break
            whole.append(other.text)
        text = " ".join(whole)
        amounts = [float(word.replace(",", "")) for word in re.findall(r"\d[\d,]*\.\d{2}", text)]
        if len(amounts) >= 3 and amounts[0] > 0 and amounts.count(amounts[0]) >= 2 and 0.0 in amounts:
            what = re.split(r"\s\d[\d,]*\.\d{2}", text)[0].strip()
            return Service(what, None, letter.span(line.page, line.start, line.end))
    return None


def _asked_for(letter: Letter, text: str) -> Service | None:
    match = _ASKED.search(text)
    coded = re.search(r"\b(?:CPT|HCPCS)? ?(?:\d{5}|[A-V]\d{4}) \((?P<what>[a-z][^()]{4,60})\)", text)
    if not match and coded:
        return Service(coded.group("what"), None, letter.locate(coded.group("what")))
    if not match:
        return None
    what = re.split(r"\s+\d+ (?:CAPSULES|TABLETS|units)\b|\bDIAGNOSIS\b", match.group("what"))[0].strip(" ,")
    drug = re.search(r"\b\d+(?:\.\d+)? ?(?:mg|mcg|ml|units?)\b", what, re.I)
    return Service(what, what if drug else None, letter.locate(match.group("what").split()[0]))
