"""The one writer of the texts that Asterisk reads, and their exact inverse; it refuses whatever would break out of its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from tenants.texts import is_clean

from .model import HINT, Entry, Line
from .names import (
    MAX_LINE_BYTES,
    check_application,
    check_data,
    check_device,
    check_exten,
    check_key,
    check_priority,
    check_slug,
    check_trunk,
    check_value,
    check_whole_family,
)
from .pjsip import Section

_CONTEXT = re.compile(r"[a-z0-9][a-z0-9-]{0,78}")
_SECTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,78}")
_OPTION = re.compile(r"[a-z][a-z0-9_]*")
_HEADER = re.compile(r"\[([^\]]*)\]")
_EXTEN = re.compile(r"exten => ([^,]+),(?:(hint),(.*)|([0-9]+),([A-Za-z0-9_]+)\((.*)\))")


class UnsafeText(ValueError):
    """Something that cannot be written so that Asterisk reads back exactly that."""


def dialplan_text(lines: Iterable[Line]) -> str:
    """Write lines, named as in Asterisk, as the contexts of an extensions.conf; the order given does not matter."""
    ordered = sorted(lines)
    for one, other in pairwise(ordered):
        if (one.context, one.exten, one.priority) == (other.context, other.exten, other.priority):
            raise UnsafeText(f"{_place(one)}: two lines claim this place; Asterisk would load only the first")
    written: list[str] = []
    context: str | None = None
    for line in ordered:
        if line.context != context:
            written += [""] if written else []
            written.append(f"[{_safe(_CONTEXT, 'context', line.context)}]")
            context = line.context
        written.append(_line_text(line))
    return _joined(written)


def parse_dialplan(text: str) -> list[Line]:
    """Read back what dialplan_text wrote."""
    lines: list[Line] = []
    context = ""
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw:
            continue
        if header := _HEADER.fullmatch(raw):
            context = header[1]
            continue
        found = _EXTEN.fullmatch(raw)
        if found is None or not context:
            raise UnsafeText(f"line {number}: {raw[:60]!a} was not written here; deploy the whole file again")
        exten, hint, device, priority, application, data = found.groups()
        if hint:
            lines.append(Line(context, exten, HINT, "", _unescaped(device)))
        else:
            lines.append(Line(context, exten, int(priority), application, _unescaped(data)))
    return lines


def pjsip_text(sections: Iterable[Section]) -> str:
    """Write sections as a pjsip.conf, in the order given."""
    written: list[str] = []
    for section in sections:
        written += [""] if written else []
        written.append(f"[{_safe(_SECTION, 'section', section.name)}]")
        for name, value in section.options:
            where = f"[{section.name}] {name}"
            _safe(_OPTION, where, name)
            if value != value.strip() or not is_clean(value):  # not shown: it may be a secret
                raise UnsafeText(f"{where}: has blanks at an end, a line end or an invisible character; take them out")
            written.append(_fitting(where, f"{name} = {_escaped(value)}"))
    return _joined(written)


def node_dialplan_text(slugs: Iterable[str], trunks: Mapping[str, Iterable[str]]) -> str:
    """Write a node's extensions.conf: its tenants' files, and for each trunk the contexts in which its calls are looked up."""
    written = ["[general]", "static = yes", "writeprotect = yes", ""]
    written += [f'#tryinclude "tenants/{check_slug(slug)}.conf"' for slug in sorted(slugs)]
    for trunk, contexts in sorted(trunks.items()):
        written += ["", f"[trunk-{check_trunk(trunk)}]"]
        written += [f"include => {_safe(_CONTEXT, 'context', context)}" for context in sorted(contexts)]
    return _joined([*written, "", '#tryinclude "extensions_local.conf"'])


def node_pjsip_text(slugs: Iterable[str], sections: Iterable[Section]) -> str:
    """Write a node's pjsip.conf: what all tenants share (transport, trunks), then its tenants' files."""
    shared = [Section("global", (("type", "global"), ("endpoint_identifier_order", "username,auth_username,ip"))), *sections]
    includes = [f'#tryinclude "tenants/{check_slug(slug)}.pjsip.conf"' for slug in sorted(slugs)]
    return _joined([pjsip_text(shared), *includes, '#tryinclude "pjsip_local.conf"'])


def entries_text(entries: Iterable[Entry]) -> str:
    """Write the manifest of the AstDB keys that are ours on a node: one JSON line each, families in full."""
    ordered = sorted(entries)
    for one, other in pairwise(ordered):
        if (one.family, one.key) == (other.family, other.key):
            raise UnsafeText(f"AstDB {one.family}/{one.key}: two values for one key")
    return _joined([_entry_text(entry) for entry in ordered])


def parse_entries(text: str) -> list[Entry]:
    """Read back what entries_text wrote."""
    entries: list[Entry] = []
    for number, raw in enumerate(text.split("\n"), 1):
        if raw:
            try:
                family, key, value = json.loads(raw)
                entries.append(Entry(check_whole_family(family), check_key(key), check_value(value)))
            except (ValueError, TypeError) as error:
                raise UnsafeText(f"line {number}: {raw[:60]!a} was not written here ({error})") from error
    return entries


def _line_text(line: Line) -> str:
    place = _place(line)
    try:
        exten = check_exten(line.exten)
        if line.priority == HINT:
            check_device(line.data)
        else:
            check_priority(line.priority)
            check_application(line.application)
            check_data(line.data)
    except ValueError as error:
        raise UnsafeText(f"{place}: {error}") from error
    if exten != line.exten:
        raise UnsafeText(f"{place}: this pattern is written {exten}")
    if line.priority == HINT:
        if line.application:
            raise UnsafeText(f"{place}: a hint has no application")
        return f"exten => {exten},hint,{line.data}"
    return _fitting(place, f"exten => {exten},{line.priority},{line.application}({_escaped(line.data)})")


def _entry_text(entry: Entry) -> str:
    try:
        return json.dumps([check_whole_family(entry.family), check_key(entry.key), check_value(entry.value)], ensure_ascii=False)
    except ValueError as error:
        raise UnsafeText(f"AstDB {entry.family!a}/{entry.key!a}: {error}") from error


def _escaped(text: str) -> str:
    # A ';' preceded by '\' loses that one backslash and stays; any other backslash is an ordinary character.
    return text.replace(";", r"\;")


def _unescaped(text: str) -> str:
    return text.replace(r"\;", ";")


def _safe(regex: re.Pattern[str], where: str, text: str) -> str:
    if not isinstance(text, str) or regex.fullmatch(text) is None:
        raise UnsafeText(f"{where}: {text!a} is not a name that Asterisk's files can hold")
    return text


def _fitting(where: str, line: str) -> str:
    if (size := len(line.encode())) > MAX_LINE_BYTES:
        raise UnsafeText(f"{where}: a line of {size:,} bytes; Asterisk would skip it, shorten it to {MAX_LINE_BYTES:,}")
    return line


def _place(line: Line) -> str:
    return f"{line.context!a} {line.exten!a} {'hint' if line.priority == HINT else line.priority}"


def _joined(written: list[str]) -> str:
    return "".join(f"{line}\n" for line in written)
