"""The dates of a letter: its own, the stamp or note of its receipt, a fax header's, and the day that a log gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from rapidfuzz import fuzz

from chartproof.model import Page, Span
from chartproof.rights.cells import cells_of, head_of
from chartproof.rights.dates import dates_in
from chartproof.rights.lines import FAX_HEADER
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: A label right before a day that makes it a person's or the filing clerk's, whatever table it stands in.
_OTHER_DAY = re.compile(r"\b(?:birth|born|dob|scan(?:ned)?|document|indexed|keyed|batch)\b[^.;]{0,16}$", re.IGNORECASE)


def letter_date(letter: Letter) -> tuple[date, Span] | None:
    """The date printed as the letter's own, near its top; never a received, decision, birth or service date."""
    bare: list[tuple[int, date, Span]] = []
    for order, line in enumerate(letter.body[:40]):
        for match, day in dates_in(line.text):
            before = line.text[: match.start()].strip()
            place = letter.find(line, match)
            if _of_stamp(line.text, match):
                continue
            stamps = [other.group() for other, _day in dates_in(line.text) if _of_stamp(line.text, other)]
            after = (
                re.sub("|".join(map(re.escape, stamps)), "", line.text[match.end() :])
                if stamps
                else line.text[match.end() :]
            )
            if order and before.isupper() and _stamp(letter.body[order - 1].text) is not None:
                before = ""  # the second line of a stamp that stands beside the head
            if order > 1 and _stamp(letter.body[order - 2].text) is not None and _only_day(letter.body[order - 1].text):
                before = ""  # the third one, below the stamp's own day
            rest = (before + after).strip(" .,|-‘'`")
            titled = order < 8 and re.search(r"(?i:determination|notice|letter|denial|plan|inc\.?|company)$", rest)
            if _OTHER_DAY.search(before):
                continue
            if (len(rest) <= 2 or titled or (order < 8 and match.group() in cells_of(letter, line))) and not _stamped(
                letter, order
            ):
                bare.append((order, day, place))
    paired = sorted(_paired_dates(letter), key=lambda one: one[:2])
    if paired and (paired[0][0] == 0 or not bare or paired[0][1] <= bare[0][0]):
        return paired[0][2], paired[0][3]
    if bare:
        return bare[0][1], bare[0][2]
    return _headed_date(letter) or _decision_date(letter)


def _paired_dates(letter: Letter) -> Iterator[tuple[int, int, date, Span]]:
    """(rank, line, day, place) of each label of a letter's own date near its top."""
    for pair in letter.pairs:
        line = letter.body[pair.order].text if pair.order < len(letter.body) else ""
        if (
            pair.field == "letter_date"
            and pair.order < 20
            and not any(_OTHER_DAY.search(line[: match.start()]) for match, _day in dates_in(line))
        ):
            yield from (
                (pair.rank, pair.order, day, pair.span) for match, day in dates_in(pair.value) if match.start() <= 12
            )


#: What parts the date of a head from its neighbours in the same cell.
_BESIDE = re.compile(r"\s+[/|–—-]+\s+|[;|(]")


#: A title of the letter in capitals, which its date may end.
_TITLED = re.compile(
    r"(?:APPROVAL|DENIAL|DETERMINATION|DECISION|NOTICE|LETTER|BENEFITS|STATEMENT|AUTHORIZATION|RESPONSE|REVIEW|APPEAL|REQUEST)\W*$"
)


def _headed_date(letter: Letter) -> tuple[date, Span] | None:
    """The first date of the head that only words of a letter's own date lead to, with a time or a place after it or none."""
    leads = frozenset(table("labels")["date_words"])
    for order, line in enumerate(head_of(letter)):
        for cell in cells_of(letter, line) or (line.text,):
            for match, day in dates_in(cell):
                before = _BESIDE.split(cell[: match.start()])[-1]
                words = re.findall(r"[a-z]+", re.sub(r"(?i)\b\w+day,", "", before).lower())
                after = re.match(r"\W*(?:$|[/|,;(·–—-]|at\b|\d{1,2}:\d\d)", cell[match.end() :])
                if re.match(r"\s*/\s*\d", cell[match.end() :]):
                    continue  # one of two days beside two labels
                titled = order < 8 and before.isupper() and _TITLED.search(before)
                if after and (titled or set(words) <= leads) and not _stamped(letter, order):
                    return day, letter.within(letter.span(line.page, line.start, line.end), match.group())
    return None


def _stamped(letter: Letter, order: int) -> bool:
    """Whether the date of a line stands under a receipt stamp: right below it, or within three lines in capitals."""
    line = letter.body[order].text
    if any(_of_stamp(line, match) for match, _day in dates_in(line)):
        return False
    reach = 3 if re.search(r"\b[A-Z]{3,4} \d", line) else 1
    # A stamp that holds its own date says nothing of the date below it.
    above = [other for other in letter.body[max(0, order - reach) : order] if not any(dates_in(other.text))]
    faint = (
        order > 0 and letter.pages[letter.body[order].page].read == "ocr" and _faint_stamp(letter.body[order - 1].text)
    )
    return faint or any(_stamp(other.text) is not None for other in above)


def _only_day(text: str) -> bool:
    return any(len(text.strip(" .,;|")) - len(match.group()) <= 2 for match, _day in dates_in(text))


def _of_stamp(text: str, match: re.Match[str]) -> bool:
    """Whether a day in capitals stands beside another that is not: a stamp's, beside the letter's own."""
    others = [other.group() for other, _day in dates_in(text) if other.start() != match.start()]
    shouted = bool(re.search(r"[A-Z]{3}", match.group())) and match.group().isupper()
    return shouted and any(re.search(r"[a-z]{2}", other) for other in others)


#: A line that is no more than a center's stamp in small letters: "Rec'd by post", "Received in mail room".
_STAMP_LINE = re.compile(
    r"\W*(?:rec['’]d|recd|(?:received|rec['’]?d|stamped|date[- ]stamped)(?: (?:by|in|via|at|from) (?:the |our )?(?:post|mail|courier|hand|mail ?room|front desk|reception|office|clinic))+)\W*",
    re.IGNORECASE,
)


#: A stamp in small letters that its day in capitals gives away: "Received 28 SEP 2026", alone on its line.
_STAMPED_DAY = re.compile(
    r"\W*(?P<word>(?i:received|rec['’]?d|date[- ]stamped|stamped)(?: (?i:on|in|by (?:mail|post|fax)))?)\s+"
    r"(?:\d{1,2}[ -][A-Z]{3,9}[ -](?:20)?\d\d|[A-Z]{3,9} \d{1,2},? (?:20)?\d\d)(?:[ ,@]+\d{1,2}:?\d\d(?: ?[AaPp]\.?[Mm]\.?)?)?\W*"
)


def _stamp(text: str) -> int | None:
    """Where the word of a receipt stamp ends: RECEIVED in capitals, perhaps misread, not a field with a colon, or a line of
    no more than such words, or of a day in capitals behind them."""
    dated = _STAMPED_DAY.fullmatch(text)
    if dated:
        return dated.end("word")
    if _STAMP_LINE.fullmatch(text) and ":" not in text:
        return len(text)
    for match in re.finditer(r"\b[A-Z'’]{4,9}\b(?!\s*:)", text):
        stamp = fuzz.ratio(match.group(), "RECEIVED") >= 80 or match.group() in ("RECD", "REC'D", "REC’D")
        if stamp and not re.search(r"(?i)request\s*$", text[: match.start()]):
            return match.end()
    return None


def _faint_stamp(text: str) -> bool:
    """Whether a scanned line ends in what may be left of RECEIVED; a date in capitals must stand below it."""
    word = re.search(r"\b[A-Z][A-Za-z'’]{4,8}\W*$", text)
    return word is not None and fuzz.ratio(word.group().strip().upper(), "RECEIVED") >= 80


def _decision_date(letter: Letter) -> tuple[date, Span] | None:
    for line in letter.body[:40]:
        for match, day in dates_in(line.text):
            if re.search(
                r"(?:decision date|decided|date of decision)\W{0,4}(?:\w+day,? )?$", line.text[: match.start()], re.I
            ):
                return day, letter.find(line, match)
    return None


#: A note that the letter came.
_CAME = re.compile(
    r"\bdate in\b(?=\W{0,3}\w)|\bmail ?room\b|\bincoming mail\b|\bdate[- ]stamp(?:ed)?\b|came in (?:the )?mail|rec(?:eive)?'?d (?:by mail|in (?:the )?mail|at home)|arrived (?:by mail|on|in)"
    r"|\breceived (?:at|by) (?:the )?(?:hospital|office|practice|clinic|cent(?:er|re)|provider)\b(?=\W{0,3}\d)",
    re.I,
)


#: What came is no letter of the payer's.
_OTHER_CAME = re.compile(r"\b(?:requests?|appeals?|claims?|orders?|referrals?|information|records?|documents?)\b", re.I)


def stamped_date(letter: Letter) -> tuple[date, str, Span] | None:
    """A receipt stamp or note: (day, "stamp" or "note", place)."""
    every = [*letter.body, *letter.furniture]
    for position, line in enumerate(letter.lines):  # a cover sheet may bear the stamp
        stamp = _stamp(line.text)
        if stamp is not None:
            after = line.text[stamp:]
            for candidate, text in (
                (line, after),
                *((other, other.text) for other in letter.lines[position + 1 : position + 3]),
            ):
                beside = [one for one in dates_in(text) if _of_stamp(text, one[0])]
                for match, day in beside or dates_in(text):
                    if beside or match.start() <= 12 or (candidate is not line and match.group().isupper()):
                        return day, "stamp", letter.span(candidate.page, candidate.start, candidate.end)
    for line, below in zip(letter.body, letter.body[1:], strict=False):
        if letter.pages[line.page].read == "ocr" and _faint_stamp(line.text):
            for match, day in dates_in(below.text):
                if match.group().isupper():
                    return day, "stamp", letter.span(below.page, below.start, below.end)
    for line in every:
        came = _CAME.search(line.text)
        if came and _OTHER_CAME.search(line.text[: came.start()]):
            continue
        days = list(dates_in(line.text)) if came else []
        for _, day in sorted(days, key=lambda one: came is not None and one[0].start() < came.start()):
            return day, "note", letter.span(line.page, line.start, line.end)
    return None


def fax_header(letter: Letter) -> tuple[date, str, Span] | None:
    """(day, the sender's words, place) of a fax machine's header line."""
    for line in letter.furniture:
        if FAX_HEADER.match(line.text):
            for match, day in dates_in(line.text):
                return day, line.text[match.end() :], letter.span(line.page, line.start, line.end)
    return None


#: How a log says that the plan's letter reached somebody; "it" stands behind the letter's own day.
LETTER_CAME = re.compile(
    r"\b(?:denial|plan|letter|notice)\b[^.;\n]{0,24}\b(?:came|arrived|received|rec'?d|reached|in (?:the |today.s )?(?:mail|post)|in hand|delivered|(?:faxed|mailed|e-?mailed|sent|brought|handed|turned) in|dropped off|forwarded)\b"
    r"|\bletter in\b"
    r"|\b(?:received|rec'?d|got|has|have) (?:the |her |his |their |a )?(?:denial |plan.s |mailed |paper )?(?:letter|notice)\b"
    r"|\bin today.s mail\b|\bdenial\b[^.;\n]{0,24}\b(?:opened|from the mail|in hand)\b"
    r"|(?P<it>\bletter\b.{0,40}\b(?:got|received|rec'?d|has) it (?:on )?)"
    r"|(?P<logged>\b(?:denial|letter)\b[^.;\n]{0,40}\b(?:received|logged|scanned in|stamped|mail ?room)\b[^.;\n\d]{0,24}(?=\d))",
    re.IGNORECASE,
)
OTHER_LETTER = re.compile(
    r"\b(?:approv\w+|pharmacy|necessity|support|appeal|our|draft|referral|thank|cover|work|jury|disability|fmla|clearance) letter\b"
    r"|\bletter of (?:medical )?(?:necessity|support|agreement)\b|\b(?:not|n't|never|no) [^.;]{0,16}\b(?:letter|received|arrived|come|(?:faxed|mailed|sent) in)\b",
    re.IGNORECASE,
)
SHORT_DAY = re.compile(r"\W*(?P<month>\d{1,2})[/-](?P<day>\d{1,2})(?:[/-](?P<year>\d{2,4}))?\b")


def logged_receipt(pages: Sequence[Page], dated: date | None) -> date | None:
    """The first day on which a coordinator's log says that the denial letter came, for a letter of `dated`."""
    if dated is None:
        return None
    days = [day for page in pages for line, came in _receipts(page.text) for day in _days_of_receipt(line, came, dated)]
    return min(days, default=None)


@lru_cache(maxsize=1 << 12)
def _receipts(text: str) -> tuple[tuple[str, re.Match[str]], ...]:
    """The lines of a page that say that a denial letter came; every letter of the folder asks every page."""
    found = ((line, LETTER_CAME.search(line)) for line in text.split("\n"))
    return tuple((line, came) for line, came in found if came and not OTHER_LETTER.search(line))


def _days_of_receipt(line: str, came: re.Match[str], dated: date) -> Iterator[date]:
    behind = SHORT_DAY.match(line, came.end())
    day = behind if came["it"] or came["logged"] else behind or SHORT_DAY.match(line)
    if day is None:
        return
    year, month, number = int(day["year"] or dated.year), int(day["month"]), int(day["day"])
    if month > 12:  # 13/7 can only be a day before its month
        month, number = number, month
    try:
        found = date(year + 2000 if year < 100 else year, month, number)
    except ValueError:
        return
    if timedelta(0) <= found - dated <= timedelta(days=45):
        yield found
