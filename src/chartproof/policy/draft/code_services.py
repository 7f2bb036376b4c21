"""What is wrong with the code of a service or a drug: another drug's, another service's, or a slip of the pen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache

from chartproof.codes.book import find
from chartproof.codes.entry import Code
from chartproof.codes.tables import drug_names, services
from chartproof.policy.draft.coded import Listed, PolicyText, coding, spelt, words

_SERVICES = ("CPT", "HCPCS", "ICD-10-PCS")
#: A word that stands in no more titles than these tells a service by itself.
_RARE = 6
#: A text with more telling words is a sentence and no title.
_SHORT = 6
#: What a code says by itself, whatever a policy asks.
_NO_POLICY = PolicyText(date.max)


def drugs_in(text: str) -> frozenset[str]:
    """First names of the drugs that a text names."""
    lower = text.lower()
    return frozenset(first for name, first in drug_names().items() if re.search(rf"\b{re.escape(name)}", lower))


def other_drug(one: Listed, policy: PolicyText) -> str:
    """The words beside the code name a drug, and the code is another's."""
    known = _drug(one)
    if known is None or not one.text:
        return ""
    named = drugs_in(one.text)
    if named and not named & _own(known) and not any(name.lower() in one.text.lower() for name in known.drugs):
        return f"{one.code} is {known.drugs[0]}, not {min(named)}{_confirm(known)}"
    brands = {
        name for name, first in drug_names().items()
        if name != first and name not in known.drugs[0].lower() and not _abbreviates(name, known.drugs[0].lower())
        and re.search(rf"\b{re.escape(name)}\b", one.text.lower())
    }  # fmt: skip
    own = {name.lower() for name in known.drugs[1:]}
    if brands and own and not brands & own:
        return f"{one.code} is {known.drugs[0]} ({known.drugs[1]}), not {min(brands).capitalize()}{_confirm(known)}"
    return ""


def unnamed_drug(one: Listed, policy: PolicyText) -> str:
    """The policy is about one drug, and the code is that of a drug which the document never names."""
    known = _drug(one)
    if known is None or not policy.drugs or policy.drugs & _own(known) or drugs_in(one.text):
        return ""
    bases = {name.lower().split("-")[0].split()[0] for name in known.drugs}
    if any(re.search(rf"\b{re.escape(base)}", policy.text) for base in bases):
        return ""
    return f"{one.code} is {known.drugs[0]}, which the policy does not name{_confirm(known)}"


def unclassified(one: Listed, policy: PolicyText) -> str:
    """A code for any drug without one of its own, beside the own code of the policy's drug."""
    known = find("", one.code) if one.system == "HCPCS" else None
    if known is None or not known.title.startswith("no one drug") or policy.own in ("", one.code):
        return ""
    named = any(word in policy.elsewhere for drug in policy.drugs for word in drug.lower().split())
    if not named or not re.search(r"(?i)unclassified|classified|unlisted|unspecified", one.text):
        return ""
    return f"{one.code} is for drugs without a code of their own: {policy.own} is that of this drug, and is listed"


def own_code(listed: Sequence[Listed], drugs: frozenset[str]) -> str:
    """The first listed code of one of these drugs that has not ended, "" for none."""
    found = ((one.code, _drug(one)) for one in listed if one.system == "HCPCS")
    return next((code for code, known in found if known is not None and known.last is None and drugs & _own(known)), "")


def other_service(one: Listed, policy: PolicyText) -> str:
    """The words beside a service's code name another place or way than the code's own."""
    known = _service(one)
    if known is None:
        return ""
    text, means = one.text.lower(), known.title.lower()
    for set_of in coding()["opposites"]:
        own = {word for word in set_of if re.search(rf"\b{word}\b", means)}
        said = {word for word in set_of if re.search(rf"\b{word}\b", text)}
        if own and said and not own & said:
            return f"{one.code} is {known.title}, not {min(said)}{_confirm(known)}"
    return ""


def other_thing(one: Listed, policy: PolicyText) -> str:
    """The words beside a service's code share none with its own title, and are those of another code."""
    known = _service(one)
    if known is None or known.drugs or known.title.startswith("no one drug"):
        return ""
    said, own = _telling(spelt(one.text)), _telling(known.title)
    if not own or any(a[:5] == b[:5] for a in said for b in own):
        return ""
    best = _titled_so(said)
    return f"{one.code} is {known.title}; {one.text} is {best} (confirm)" if best else ""


def meant_service(one: Listed) -> str:
    """The code whose title has all the telling words that are printed beside a code of another place, "" where none is."""
    known = _service(one)
    if known is None or known.drugs or one.system != "CPT":
        return ""
    best = _titled_so(_telling(spelt(one.text)))
    return best if best != one.code and other_service(one, _NO_POLICY) else ""


def _titled_so(said: frozenset[str]) -> str:
    """The code of which the title has most of these words, "" where none has enough of them."""
    titles, count = _titles()
    if not 0 < len(said) <= _SHORT:
        return ""
    best = max(titles, key=lambda code: (len(said & titles[code]), code))
    shared = said & titles[best]
    rare = any(len(word) > 4 and count[word] <= _RARE for word in shared) and len(shared) * 2 >= len(titles[best])
    most = len(shared) >= 2 and len(shared) * 2 >= len(said)
    return best if most or (rare and len(shared) * 3 >= len(said)) else ""


def misprinted(one: Listed, policy: PolicyText) -> str:
    """A number that no book has, one slip from a code whose title has the words beside it.

    A slip in the last digit is none: a code's sisters stand there, and not every sister is known.
    """
    if one.system != "CPT" or find("CPT", one.code) is not None or not re.fullmatch(r"\d{5}", one.code):
        return ""
    said = words(one.text)
    near = [
        code
        for code, known in services().items()
        if known.system == "CPT"
        and known.last is None
        and code.isdigit()
        and one.code[:4] != code[:4]
        and _one_slip(one.code, code)
        and len(said & words(known.title)) * 2 >= max(4, len(said))
        and not _names_one(said) - words(known.title)
    ]
    if len(near) != 1:
        return ""
    return f"{one.code} is no code that is known; {near[0]} is {services()[near[0]].title} (confirm)"


def other_system(code: str, of: str, named: str) -> str:
    """A code of another system than the one that stands before it; HCPCS is said of CPT too."""
    if not named or named == of or named not in ("CPT", "ICD-10-CM", "ICD-10-PCS"):
        return ""
    return f"{code} is a code of {of}, not of {named}"


def _names_one(said: frozenset[str]) -> frozenset[str]:
    """Words of letters and digits, the names of genes and antigens: a title without them is another service's."""
    return frozenset(word for word in said if re.fullmatch(r"[a-z]+\d+[a-z]*\d*", word))


def _one_slip(printed: str, code: str) -> bool:
    """One digit differs, or the same digits stand in another order."""
    differing = sum(1 for a, b in zip(printed, code, strict=True) if a != b)
    return printed != code and (differing == 1 or (sorted(printed) == sorted(code) and differing <= 3))


def _drug(one: Listed) -> Code | None:
    known = find("", one.code) if one.system in ("HCPCS", "ICD-10-PCS") else None
    return known if known is not None and known.drugs else None


def _own(known: Code) -> frozenset[str]:
    return frozenset(drug_names()[name.lower()] for name in known.drugs)


def _abbreviates(name: str, drug: str) -> bool:
    """True for "axi-cel" of "axicabtagene ciloleucel": a short name of the same drug, and no brand of another."""
    first, mark, last = name.partition("-")
    return bool(mark) and drug.startswith(first) and drug.endswith(last)


def _service(one: Listed) -> Code | None:
    return find("", one.code) if one.system in _SERVICES and one.text else None


def _confirm(known: Code) -> str:
    return "" if known.verified else " (confirm)"


def _telling(text: str) -> frozenset[str]:
    """The words of a service's title that tell it from another."""
    return frozenset(word for word in words(text) if len(word) > 2) - frozenset(coding()["of_any_service"])


@cache
def _titles() -> tuple[dict[str, frozenset[str]], Counter[str]]:
    """(telling words by code, how many titles have a word) of the services that can still be billed."""
    titles = {
        code: _telling(known.title) for code, known in services().items() if not known.drugs and known.last is None
    }
    return titles, Counter(word for title in titles.values() for word in title)
