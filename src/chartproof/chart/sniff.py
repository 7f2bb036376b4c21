"""What a file is, from its first bytes; the suffix only settles what the bytes leave open."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import PurePosixPath

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")
_UNREAD = (
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls, .msg): save it as .docx or PDF"),
    (b"{\\rtf", "rich text: save it as .docx or PDF"),
    (b"\x1f\x8b", "a compressed archive: unpack it into the folder"),
    (b"7z\xbc\xaf", "a compressed archive: unpack it into the folder"),
    (b"Rar!", "a compressed archive: unpack it into the folder"),
    (b"RIFF", "a sound or film file"),
    (b"ID3", "a sound file"),
)
_TABLE_SUFFIXES = {".csv", ".tsv", ".tab"}
#: The list of names and sums that chartproof puts beside what it writes.
MANIFEST = "chartproof-manifest.json"
_OUR_NAMES = ("review.json", "deadlines.json")


def kind_of(name: str, data: bytes) -> tuple[str, str]:
    """(kind, note): kind is pdf, image, docx, text, csv, json, xml or other; note says why `other` is not read."""
    suffix = PurePosixPath(name).suffix.lower()
    if b"%PDF-" in data[:1024] or (suffix == ".pdf" and not looks_like_text(data)):
        return "pdf", ""
    if data[:4] == b"PK\x03\x04" or suffix in (".docx", ".docm"):
        return _zip_kind(data, suffix)
    if len(data) > 132 and data[128:132] == b"DICM":
        return "other", "a DICOM picture: export its report as text or PDF"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim", b"ftypavif"):
        return "other", "a HEIC or AVIF picture: save it as JPEG or PDF"
    if data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "image", ""
    # A bitmap begins with the letters BM; so does a transplant unit's log, "BMT coordinator".
    if data.startswith(b"BM") and not looks_like_text(data):
        return "image", ""
    if suffix in (".png", ".jpg", ".jpeg", ".tif", ".tiff") and not looks_like_text(data):
        return "image", ""
    for mark, note in _UNREAD:
        if data.startswith(mark) and (mark.startswith(b"{") or not looks_like_text(data)):
            return "other", note
    if not looks_like_text(data):
        return "other", f"a binary file{f' of kind {suffix}' if suffix else ''} that is not read"
    return _text_kind(suffix, data)


def is_ours(name: str, data: bytes) -> bool:
    """Whether this is chartproof's own JSON, which holds no page; its papers are read, and known by their words."""
    if PurePosixPath(name).name not in _OUR_NAMES:
        return False
    head = data[:4000]
    return (b'"criteria"' in data and b'"policy"' in head) or b'"safe_due"' in head


def sums_of(manifest: bytes) -> dict[str, str]:
    """Name and SHA-256 of what chartproof wrote beside this manifest; empty where it is not one of ours."""
    try:
        found = json.loads(manifest)
    except ValueError:
        return {}
    files = found.get("files") if isinstance(found, dict) else None
    return {str(name): str(value) for name, value in files.items()} if isinstance(files, dict) else {}


def looks_like_text(data: bytes) -> bool:
    """No control bytes but those of text; UTF-16 and UTF-32 are known by their mark or their pattern of zeros."""
    head = data[:8192]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)) or wide(head):
        return True
    control = sum(byte < 9 or (13 < byte < 32 and byte not in (0x1B, 0x1C)) for byte in head)
    return control <= len(head) // 200


def wide(head: bytes) -> str:
    """The codec of UTF-16 text without a mark, or ''."""
    pairs = len(head) // 2
    if pairs < 8:
        return ""
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.7 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.7 and odd < pairs * 0.05:
        return "utf-16-be"
    return ""


def _zip_kind(data: bytes, suffix: str) -> tuple[str, str]:
    if suffix in (".docx", ".docm") or b"word/document.xml" in data[-70_000:]:
        return "docx", ""
    if b"xl/workbook" in data[-70_000:]:
        return "other", "a spreadsheet: save it as .csv"
    if b"ppt/" in data[-70_000:]:
        return "other", "slides: save them as PDF"
    return "other", "an archive: unpack it into the folder"


def _text_kind(suffix: str, data: bytes) -> tuple[str, str]:
    head = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if suffix in (".json", ".ndjson", ".jsonl", ".fhir") or (
        head[:1] in (b"{", b"[") and re.match(rb'[{\[]\s*["{}\]]', head)
    ):
        return "json", ""
    if re.match(rb"<(\?xml|!DOCTYPE html|html|ClinicalDocument|[\w:]+[\s>])", head, re.IGNORECASE):
        return "xml", ""
    if suffix == ".xml":
        return "xml", ""
    if suffix in _TABLE_SUFFIXES:
        return "csv", ""
    return "text", ""
