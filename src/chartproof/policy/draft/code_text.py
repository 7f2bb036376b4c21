"""Codes as they are printed: found in a text, mended where a scan misread them, and put into their system."""

from __future__ import annotations

import re
from functools import cache

from chartproof.codes.book import dotted, find, system_of
from chartproof.policy.draft.coded import coding

_ICD = r"[A-TV-Z][0-9OIlSBZ][0-9A-Z](?:\s?\.\s?[0-9A-ZOIl]{1,4}[xX]{0,2}|\.[xX]{1,2})?"
_ONE = rf"(?:{_ICD}(?:\.?-(?![A-Z0-9.]))?|[0-9OIl]{{5}}|[0-9OIl]{{4}}[TFUM]|[A-V][0-9OIlSBZ]{{4}}|XWO0[0-9A-Z]{{4}}|[0-9BCDFGHX][0-9A-Z]{{6}})"
#: A code or a range; not a part of a number, a name or a sum of money.
CODE = re.compile(
    rf"(?<![\w.$-])(?P<first>{_ONE})(?:\s?(?:-|–|—|\bthrough\b|\bthru\b|\bto\b)\s?(?P<last>{_ONE}|\.\d{{1,4}}))?(?![\w%]|\.\d)"
)
#: What a scan makes of the letter before four figures.
_HOOK = re.compile(r"(?:(?<=\s)|^)[)\]](?=\d{4}(?!\d))")
#: What a scan makes of a digit.
_LOOKS = {"O": "0", "I": "1", "l": "1", "S": "5", "B": "8", "Z": "2"}
_DIGITS = _LOOKS | {"o": "0", "a": "4", "g": "9", "i": "1", "s": "5"}
_LETTERS = {"7": "Z", "1": "I", "6": "G", "8": "B", "5": "S", "0": "D", "2": "Z", "€": "C"}
#: What a scan makes of a code's first letter, and of its last.
_STARTS = {
    "(": "CG",
    "<": "C",
    "{": "C",
    "€": "C",
    ")": "J",
    "]": "J",
    "0": "OQ",
    "O": "Q",
    "6": "G",
    "8": "B",
    "5": "S",
    "1": "I",
    "7": "Z",
}
_ENDS = {"7": "T", "1": "T"}
_SIGNS = re.compile(r"(?<!\S)[(<{\[)\]€A-Z0-9][0-9OIlSBZ]{2}(?:\.[0-9A-ZOIl]{1,4}|[0-9OIlSBZ][0-9A-Z])(?!\S)")
_LOOSE = re.compile(r"[A-Za-z0-9€][0-9A-Za-z]{2}\.[0-9A-Za-z]{1,4}")
_SPECIAL = {"MS-DRG": r"\b\d{3}\b", "Revenue": r"\b0?\d{3}\b", "NDC": r"\b\d{4,5}-\d{3,4}-\d{1,2}\b"}


def codes_in(text: str, system: str) -> list[tuple[str, str]]:
    """(code or range, system) of every code in a text; `system` is what its place names, "" for nothing."""
    text = _HOOK.sub("J", text)
    if system in _SPECIAL:
        return [(code, system) for code in re.findall(_SPECIAL[system], text)]
    return [pair for match in CODE.finditer(text) for pair in of_match(match, system)]


def of_match(match: re.Match[str], system: str) -> list[tuple[str, str]]:
    """The code or range of one match of CODE, nothing where it is none."""
    first, of = _read(match["first"], system)
    if not first:
        return []
    if not match["last"]:
        return [(first, of)]
    if match["last"].startswith("."):
        last, same = first.split(".")[0] + match["last"], of
    else:
        last, same = _read(match["last"], of)
    return [(f"{first}-{last}", of)] if last and same == of else [(first, of)]


def misread(cell: str) -> tuple[str, str] | None:
    """A whole cell of a column of codes that a scan misread ("792.3" for Z92.3), where the book has what it must be."""
    if not _LOOSE.fullmatch(cell.strip()):
        return None
    text = cell.strip()
    for first in (text[0].upper(), _LETTERS.get(text[0], "")):
        code = (first + "".join(_DIGITS.get(letter, letter) for letter in text[1:])).upper()
        if first.isalpha() and "." in code and find("ICD-10-CM", code) is not None:
            return code, "ICD-10-CM"
    return None


def of_scan(text: str) -> str:
    """A scanned list's text with the codes that the book has where a scan made other signs of them: "(83.30" is C83.30."""
    return _SIGNS.sub(lambda match: _mended(match.group()), text)


def _mended(printed: str) -> str:
    """The code of the book that these signs look most like, else the signs as they stand."""
    if _read(printed, "")[0] and find("", printed) is not None:
        return printed
    first, last = printed[0], printed[-1]
    body = "".join(_DIGITS.get(letter, letter) for letter in printed[1:-1])
    ends = (_DIGITS.get(last, last), *_ENDS.get(last, ""))
    starts = (first.upper(), *_STARTS.get(first, ""))
    looks = (f"{start}{body}{end}" for start in starts for end in ends)
    return next((code for code in looks if find("", code) is not None), printed)


def is_codes(cell: str) -> bool:
    """True for a cell of codes and nothing else but marks and joining words."""
    rest = CODE.sub("", cell)
    return rest != cell and len(re.sub(r"(?i)[\W_]|\b(?:and|or|to|through|inclusive)\b", "", rest)) <= 3


def system_named(text: str) -> str:
    """The one system that the words name, "" for none or several."""
    names = [name for name, words in coding()["systems"].items() if re.search(words, text, re.IGNORECASE)]
    if "ICD-10-PCS" in names and "ICD-10-CM" in names and not re.search(r"(?i)ICD\W?-?10\W?-?CM|diagnos", text):
        names.remove("ICD-10-CM")
    return names[0] if len(names) == 1 else ""


def system_before(text: str, at: int) -> str:
    """The system that is named last before a place of a sentence, "" for none."""
    best, name = -1, ""
    for system, words in coding()["systems"].items():
        for match in re.finditer(words, text[:at], re.IGNORECASE):
            if match.end() > best or (match.end() == best and system == "ICD-10-PCS"):
                best, name = match.end(), system
    return name


def column_named(column: str, text: str) -> bool:
    """True where a heading has the words of a column of code tables."""
    return bool(re.search(coding()["columns"][column], text, re.IGNORECASE))


@cache
def _read(text: str, system: str) -> tuple[str, str]:
    """A printed code mended where a scan misread it, and its system; ("", "") where it is none."""
    code = re.sub(r"^XWO0", "XW0", re.sub(r"\s", "", text))
    code = code[:-1].upper() + code[-1] if code[-1] in "xX" else code.upper() if "l" not in code else code
    if system == "ICD-10-CM" and re.fullmatch(r"[A-Z]\d{4}", code) and find("ICD-10-CM", dotted(code)) is not None:
        return dotted(code), system
    own = system_of(code)
    if own and _known(own, code):
        return (code, own) if _fits(code, own, system) else ("", "")
    if len(code) < 4:
        return (code, own) if own else ("", "")  # too short for a guess
    mended = code[0] + "".join(_LOOKS.get(letter, letter) for letter in code[1:])
    for candidate in (mended, "".join(_LOOKS.get(letter, letter) for letter in code)):
        of = system_of(candidate)
        if own == "HCPCS" and of == "CPT" and find(of, candidate) is None:
            continue  # "S2085" is a code as it stands: 52085 would be a guess
        if candidate != code and of and _known(of, candidate):
            return (candidate, of) if _fits(candidate, of, system) else ("", "")
    return (code, own) if own and _fits(code, own, system) else ("", "")


def _known(system: str, code: str) -> bool:
    """True for a code of the book; the list of CPT is not ours, so any of its shape is taken."""
    return system == "CPT" or find(system, code.rstrip("xX-.")) is not None


def _fits(code: str, own: str, system: str) -> bool:
    """Seven letters and digits are a procedure only where the place says so or the code is known."""
    if own == "ICD-10-PCS":
        return system == own or find(own, code) is not None or bool(re.match(r"XW[0-9]", code))
    return True


def is_number(text: str, start: int, end: int) -> bool:
    """True where five digits are an address, a count or a sum by the words around them."""
    words = coding()["not_codes"]
    return bool(
        re.search(words["before"], text[:start], re.IGNORECASE) or re.search(words["after"], text[end:], re.IGNORECASE)
    )


def directly_before(text: str, at: int) -> str:
    """The system whose name stands right before a place ("CPT 38225", "CPT codes: 38225"), "" for none."""
    for system, words in coding()["systems"].items():
        if re.search(rf"(?:{words})\W{{0,3}}(?:codes?\W{{0,2}})?$", text[:at], re.IGNORECASE):
            return str(system)
    return ""


def is_told(text: str, match: re.Match[str]) -> bool:
    """True where the words after a code only tell that it was used once."""
    return bool(re.search(coding()["not_codes"]["told"], text[match.end() :], re.IGNORECASE))
