"""XML from strangers: no entities, no network, no document type that defines anything."""

from __future__ import annotations

import re

from lxml import etree

from chartproof.errors import InputError

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(\[|SYSTEM|PUBLIC)", re.IGNORECASE)


def parse_xml(name: str, data: bytes) -> etree._Element:
    """The root element; an InputError that names the file where the XML is broken or tries to pull something in."""
    plain = _as_ascii(data)
    if _ENTITY.search(plain) or _DOCTYPE.search(plain):
        raise InputError(
            "CP-READ-11",
            "the XML declares entities or an outside document type, which a clinical document never needs",
            where=name,
            then="Do not use it; ask its sender for a clean export.",
        )
    strict = _parser(recover=False)
    try:
        root = etree.fromstring(data, strict)
    except etree.XMLSyntaxError:
        # A fragment whose prefixes are declared in the document that it was cut from is whole all the same.
        # The parser's own log: the error's may hold what another file left behind.
        kinds = {entry.type_name for entry in strict.error_log}
        if not kinds or not kinds <= {"NS_ERR_UNDEFINED_NAMESPACE"}:
            raise _damaged(name) from None
        root = etree.fromstring(data, _parser(recover=True))
    except ValueError:
        raise _damaged(name) from None
    if root is None:
        raise InputError("CP-READ-12", "the XML is empty", where=name, then="Export it again.")
    tree = root.getroottree().docinfo
    if tree.internalDTD is not None and list(tree.internalDTD.iterentities()):
        raise InputError(
            "CP-READ-11", "the XML declares entities", where=name, then="Ask its sender for a clean export."
        )
    return root


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True,
        remove_pis=True, recover=recover,
    )  # fmt: skip


def _damaged(name: str) -> InputError:
    return InputError("CP-READ-12", "the XML is damaged or cut short", where=name, then="Export it again.")


def _as_ascii(data: bytes) -> bytes:
    """The bytes with the zero bytes of UTF-16 and UTF-32 taken out, so that a search for a keyword finds it."""
    return data.replace(b"\x00", b"") if b"\x00" in data[:64] else data
