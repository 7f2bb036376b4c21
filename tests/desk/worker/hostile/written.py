"""Text, tables, JSON and XML that mean harm."""

from __future__ import annotations

import base64
import json

from desk.worker.hostile.packed import laughs

NOTE = "Progress note\nECOG performance status 1 on 2026-04-21.\n"
_CCDA = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Summary</title><component><structuredBody><component><section>'
    "<title>Notes</title><text>%s</text></section></component></structuredBody></component></ClinicalDocument>"
)


def fhir(*resources: dict[str, object]) -> bytes:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    return json.dumps(bundle).encode()


def observation(**keys: object) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"text": "Ejection fraction"},
        "effectiveDateTime": "2026-04-21",
        "valueQuantity": {"value": 60, "unit": "%"},
        **keys,
    }


def made(url: str) -> dict[str, bytes]:
    entity = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "{url}"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    calls = f"<script>fetch('{url}')</script><img src='{url}'/><iframe src='{url}'></iframe>"
    return xml(url, entity, calls) | data_files(url, calls) | texts(url)


def xml(url: str, entity: str, calls: str) -> dict[str, bytes]:
    files = {
        "xml-entity.xml": entity + _CCDA % "&e;&f;",
        "xml-laughs.xml": laughs("ClinicalDocument") + _CCDA % "&l9;",
        "xml-quadratic.xml": f'<!DOCTYPE d [<!ENTITY a "{"a" * 100_000}">]><d>{"&a;" * 20_000}</d>',
        "xml-outside-type.xml": f'<!DOCTYPE d SYSTEM "{url}"><d>ECOG</d>',
        "xml-outside-parameter.xml": f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{url}"> %p;]><d/>',
        "xml-style-sheet.xml": f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{url}"?>' + _CCDA % "ECOG 1",
        "xml-includes.xml": f'<d xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{url}"/>'
        '<xi:include href="file:///etc/passwd" parse="text"/></d>',
        "xml-schema-place.xml": f'<d xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x {url}">ECOG</d>',
        "xml-deep.xml": "<d>" * 100_000 + "</d>" * 100_000,
        "xml-long-attribute.xml": f'<d a="{"x" * 12_000_000}"/>',
        "xml-cut.xml": _CCDA[:120],
        "xml-script.xml": _CCDA % calls,
        "xml-body-in-it.xml": '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text mediaType="text/html"'
        f' representation="B64">{base64.b64encode(calls.encode()).decode()}</text></nonXMLBody></component></ClinicalDocument>',
        "picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="fetch(\'{url}\')"><script>alert(1)</script>'
        f'<image href="{url}"/><foreignObject><iframe src="{url}"/></foreignObject><text>ECOG 1</text></svg>',
        "page.html": f"<!DOCTYPE html><html><head><meta http-equiv='refresh' content='0;url={url}'></head>"
        f"<body onload=\"fetch('{url}')\">{calls}<p>ECOG 1</p></body></html>",
        "html-as-page.pdf": f"<html><body>{calls}</body></html>",
    }  # fmt: skip
    found = {name: text.encode() for name, text in files.items()}
    found["xml-wide-entity.xml"] = (entity.replace("?>", ' encoding="UTF-16"?>', 1) + "<d>&e;</d>").encode("utf-16")
    found["xml-seven-bit.xml"] = b'<?xml version="1.0" encoding="UTF-7"?>+ADw-d+AD4-x+ADw-/d+AD4-'
    return found


def data_files(url: str, calls: str) -> dict[str, bytes]:
    loop = {"resourceType": "Condition", "id": "c", "contained": [{"resourceType": "Observation", "status": "final"}]}
    return {
        "json-deep.json": b"[" * 1_000_000,
        "json-deep-objects.json": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
        "json-cut.json": fhir(observation())[:80],
        "json-not-a-number.json": b'{"resourceType":"Observation","status":"final","valueQuantity":{"value":NaN}}',
        "json-twice.json": b'{"resourceType":"Patient","resourceType":"Observation"}',
        "json-other.json": b'{"hello": "world"}',
        "fhir-endless-number.json": fhir(observation()).replace(b"60,", b"9" * 100_000 + b","),
        "fhir-infinite.json": fhir(observation()).replace(b"60,", b"1e999999,"),
        "fhir-days.json": fhir(
            observation(effectiveDateTime="99999-13-45"), observation(effectiveDateTime="0000-00-00")
        ),
        "fhir-wrong-types.json": fhir(
            observation(code=[[]], valueQuantity="x"), {"resourceType": "Patient", "name": 7}
        ),
        "fhir-outside.json": fhir(
            observation(subject={"reference": url}, hasMember=[{"reference": url + "/Observation/2"}]),
            {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": {"url": url}}]},
        ),
        "fhir-narrative.json": fhir(
            observation(text={"status": "generated", "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{calls}</div>"})
        ),
        "fhir-half-letters.json": fhir(observation(code={"text": "\ud800 Ejection \udfff fraction"})),
        "fhir-nul.json": fhir(observation(code={"text": "Ejection\u0000\u0007\u001b[2J fraction"})),
        "fhir-many.json": fhir(*[observation(id=f"o{n}") for n in range(3_000)]),
        "fhir-contained.json": fhir(loop, {**loop, "id": "d"}),
        "fhir-bundles.json": nested_bundles(200),
        "fhir-proto.json": b'{"__proto__": {"x": 1}, "resourceType": "Observation", "status": "final"}',
        "fhir-lines.ndjson": b'{"resourceType":"Patient"}\n{"resourceType":\n',
    }


def nested_bundles(depth: int) -> bytes:
    inner: dict[str, object] = observation()
    for _ in range(depth):
        inner = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}
    return json.dumps(inner).encode()


def texts(url: str) -> dict[str, bytes]:
    plain = NOTE.encode()
    return {
        "text-nuls.txt": plain + b"\x00" * 40 + plain,
        "text-wide.txt": NOTE.encode("utf-16"),
        "text-wide-cut.txt": NOTE.encode("utf-16")[:-1],
        "text-seven-bit.txt": (NOTE + "<script>").encode("utf-7"),
        "text-long-line.txt": b"ECOG 1 " * 300_000,
        "text-one-word.txt": b"A" * 2_000_000,
        "text-terminal.txt": b"\x1b]0;owned\x07\x1b[2J" + plain,
        "text-turned.txt": f"ECOG \u202e1 sutats\u202c\n{NOTE}".encode(),
        "text-many-lines.txt": b"\n" * 1_000_000 + plain,
        "text-marks.txt": ("e" + "\u0301" * 200_000).encode(),
        "text-day-storm.txt": b"1/2/" * 100_000 + plain,
        "empty.pdf": b"",
        "program.pdf": b"MZ\x90\x00\x03" + b"\x00" * 400,
        "program.txt": b"\x7fELF\x02\x01\x01" + b"\x00" * 400,
        "old-office.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "rich.rtf": b"{\\rtf1{\\object\\objautlink\\objupdate{\\*\\objdata 0105}}" + url.encode() + b"}",
        "shortcut.url": b"[InternetShortcut]\nURL=" + url.encode() + b"\n",
        "mail.eml": b"Content-Type: text/html\n\n<img src='" + url.encode() + b"'>ECOG 1",
        "table-formulas.csv": b'Date,Test,Value\n2026-04-21,=cmd|\' /C calc\'!A0,60\n2026-04-22,"=HYPERLINK(""%s"")",@SUM(1)\n'
        % url.encode(),
        "table-wide.csv": b"Date,Test" + b",x" * 300_000 + b"\n2026-04-21,EF" + b",1" * 300_000 + b"\n",
        "table-open-quote.csv": b'Date,Test,Value\n2026-04-21,"ECOG,1\n' + b"a,b,c\n" * 50_000,
        "table-large-cell.csv": b"Date,Test,Value\n2026-04-21," + b"x" * 3_000_000 + b",1\n",
        "message.hl7": b"MSH|^~\\&|LAB\rOBX|1|NM|EF||" + b"9" * 50_000 + b"|%|||||F\r" * 3,
        "chartproof-manifest.json": b'{"files": {"../../etc/passwd": "x", "text-nuls.txt": "0"}}',
        "review.json": b'{"policy": {}, "criteria": ' + b"[" * 500_000,
    }  # fmt: skip
