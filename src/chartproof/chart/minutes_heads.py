"""How the record of a meeting heads a case that names nobody by number or initials: by an ordinal, an age, a name.

A head counts by its form alone: "Third case", "62-year-old man with MCL", "[Other patient]". A line that begins with a
name is a head where the line of this patient's name has the same form: "Karl Quade (DLBCL)" beside "Nadia Ferrone (B-ALL)".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chartproof.model import Patient

_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|(?-i:[IVX]{1,4})|\d{1,2}|(?-i:[A-Z]))"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|next|last|final)"
_TIME = r"(?:\d{1,2}[:.]\d\d ?(?:[ap]m|h)?\W{1,3})?"
#: "Case 1" alone on its line, "Case two.", "Second case:", "12:05 Case 3".
COUNTED_HEAD = re.compile(
    rf"^\W*{_TIME}(?:the )?(?:(?:case|patient|pt|slide|(?:agenda )?item)\.? ?(?:#|no\.? ?)?{_COUNT}(?: (?:of|/) ?\d+)?|{_ORDINAL} (?:case|patient|pt))(?=\s*$|\s*[.:,;(\[|–-])",
    re.IGNORECASE,
)
#: A number alone on its line, with its point.
BARE_NUMBER = re.compile(r"^\W*(?:#\d{1,2}|\d{1,2}[.)])\W*$")
#: "[Other patient]", "Patient (redacted)", "Next case: a man with MCL": another's, whatever follows.
OTHERS_HEAD = re.compile(
    r"^\W*(?:(?:an)?other (?:patient|pt|case|person)(?:'?s)?\b[^a-z]*$|(?:(?:patient|pt|case|name|entry) ?)?[\[(](?:redacted|withheld|removed|name removed|other|other patient|not this patient|blacked out)[\])]"
    r"|(?:the )?(?:next|another) (?:case|patient|pt)\b(?=\s*[:.,(–-]))",
    re.IGNORECASE,
)
#: "62 F with mantle cell lymphoma", "A 71-year-old man with DLBCL": no donor and no relative.
AGED = re.compile(
    r"^\W*(?:an? )?(?P<age>\d{2}) ?-?(?:y/?o|yr|year)?s?(?:[ -]?old)?\W{0,2}(?P<sex>m|f|male|female|man|woman|gentleman|lady)\b(?! (?:sibling|sister|brother|son|daughter|donor|caregiver|MUD|cord))",
    re.IGNORECASE,
)
_WORD = r"[A-Z][\w'’-]+"
#: The forms in which a line may begin with a name; the first group is the surname.
_NAMES = {
    "titled": rf"^\W*(?:\d{{1,2}}\W+|[IVX]{{1,4}}\W+)?(?:Mr|Mrs|Ms|Miss)\.? (?:[A-Z]\.? )*(?P<last>{_WORD})(?=,| ?[(:–|-])",
    "turned": rf"^\W*(?:\d{{1,2}}\W+|[IVX]{{1,4}}\W+)?(?P<last>{_WORD}), {_WORD}(?: [A-Z]\.?)?(?=\s*$|,| ?[(:–|.-])",
    "plain": rf"^\W*(?:\d{{1,2}}\W+|[IVX]{{1,4}}\W+)?{_WORD} (?:[A-Z]\. )?(?P<last>{_WORD})(?=,| ?[(:–|-]|\s*$)",
    "timed": rf"^\W*\d{{1,2}}[:.]\d\d ?(?:[ap]m|h)?\W{{1,3}}(?!Dr)(?:{_WORD} )?(?P<last>{_WORD})(?=,|\. | ?[(:–|-]|\s*$)",
    "told": rf"^\W*(?P<last>{_WORD})(?= (?:was|is) (?:presented|discussed|reviewed|brought))",
    "short": rf"^\W*(?:(?:[Cc]ase|[Ii]tem|[Pp]t|[Pp]atient)? ?#?\d{{1,2}}[.:)]\W+)?(?P<last>{_WORD}),? [A-Z]\.?(?=\s*[:|–-]| [A-Z])",
    "surname": rf"^\W*(?P<last>{_WORD})(?= ?:)",
    "lettered": r"^\W*(?P<last>[A-Z]{2,3})(?= ?\|)",
    "behind": r"^[^.:;|]{2,40} \((?P<last>[A-Z]\.? ?[A-Z]\.?)\)\s*$",
}
NUMERAL = re.compile(r"^\W*(?:\d{1,2}|[IVX]{1,4})[.)]\W")
#: What a head has of a patient, and the list of those present has not.
DISEASE = re.compile(
    r"\b(?:DLBCL|LBCL|PMBCL|MCL|FL|MZL|CLL|B?-?ALL|AML|MM|myeloma|lymphoma|leuk(?:a)?emia|mantle cell|follicular|Burkitt|marginal zone|plasma cell)\b|\b\d{2} ?-?(?:[MF]\b|y)",
    re.IGNORECASE,
)
#: A row of a form begins with its label, and with nobody's name.
LABEL = re.compile(
    r"\W*(?:diagnosis|dx|disease|history|stage|status|product|drug|decision|outcome|plan|risks?|options?|function|infection|lines?|place|date|present|attend\w*|signed|follow\W?up|question|summary|recommendation)\b",
    re.IGNORECASE,
)
STAFF = re.compile(
    r"\b(?:MD|DO|MBBS|PhD|RN|NP|PA|APRN|PharmD|LI?CSW|MSW|chair|presid\w+|attend\w+|Dr|members|coordinator|nurse|pharmacist|social work\w*)\b",
    re.IGNORECASE,
)


def heads(lines: Mapping[int, str], patient: Patient, fits: Mapping[int, bool]) -> dict[int, bool | None]:
    """The lines that begin an entry by their form: True this patient's, False another's, None where the form does not say.

    `fits` says of a line whether the age that it gives may be this patient's.
    """
    found: dict[int, bool | None] = {}
    for at, line in lines.items():
        if OTHERS_HEAD.search(line) and not _names(line, patient):
            found[at] = False
        elif COUNTED_HEAD.match(line) or BARE_NUMBER.match(line):
            found[at] = True if _names(line, patient) else None
        elif AGED.match(line) and _names(line, patient):
            found[at] = True
        elif AGED.match(line) and not (fits[at] and _sex_fits(line, patient)):
            found[at] = False
    return found | _of_one_form(lines, patient)


def _of_one_form(lines: Mapping[int, str], patient: Patient) -> dict[int, bool | None]:
    """Lines that begin with a name in a form in which another line names this patient."""
    for form, words in _NAMES.items():
        named = {at: match for at, line in lines.items() if (match := re.match(words, line)) and not STAFF.search(line)}
        mine = [at for at, match in named.items() if _is_own(match, patient)]
        others = [
            at for at, match in named.items()
            if at not in mine and not DISEASE.search(match["last"]) and not LABEL.match(match[0]) and (form in ("told", "short", "lettered", "behind") or DISEASE.search(lines[at]) or ((form in ("turned", "timed") or NUMERAL.match(lines[at])) and _alone(match, lines[at])))
        ]  # fmt: skip
        if mine and others:
            return {**dict.fromkeys(others, False), **dict.fromkeys(mine, True)}
    return {}


def _alone(match: re.Match[str], line: str) -> bool:
    """Whether the name fills its line, or stands behind the number or time of a run sheet."""
    return not line[match.end() :].strip() or bool(re.match(r"\W*\d{1,2}[:.]\d\d", line))


def _is_own(match: re.Match[str], patient: Patient) -> bool:
    last = match["last"]
    if re.fullmatch(r"[A-Z]\.? ?[A-Z]\.?|[A-Z]{3}", last):
        letters = re.sub(r"\W", "", last)
        return bool(patient.name) and letters[0] == patient.name[0] and letters[-1] == patient.surname[:1]
    return _names(last, patient)


def _names(text: str, patient: Patient) -> bool:
    return bool(patient.surname and re.search(rf"\b{re.escape(patient.surname)}\b", text, re.IGNORECASE))


def _sex_fits(line: str, patient: Patient) -> bool:
    found = AGED.match(line)
    sex = (patient.sex or "")[:1].lower()
    told = found["sex"].lower() if found else ""
    female = told in ("f", "female", "woman", "lady")
    return not sex or (sex == "f") == female
